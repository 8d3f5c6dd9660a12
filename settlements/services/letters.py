"""The letter about a payment: what is paid, and what was taken off (B-04, B-06)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.privacy import mask_account
from institutions.services.letters import issue_to_institution
from settlements.models import PaymentOrder
from settlements.services.statements import CheckRow, deductions_of


def payment_letter(order: PaymentOrder, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the payment notice of an order, with the deductions by check."""
    statement = order.statement
    with translation.override(CHINESE):
        rows = [row for row in deductions_of(statement.batch).rows if row.counted]
        lines = [f"{n}. {_worded(row)}" for n, row in enumerate(rows, start=1)]
        return issue_to_institution(
            kind="payment_notice",
            institution=statement.institution,
            context={
                "month": f"{statement.month.year}年{statement.month.month}月",
                "statement": statement.number,
                "declared_on": statement.declared_on,
                "order": order.number,
                "declared": statement.declared,
                "deducted": statement.deducted,
                "payable": order.amount,
                "payee": order.payee_name,
                "bank": order.payee_bank,
                "account": mask_account(order.payee_account),
                "due_on": statement.due_on,
                "deductions": "\n".join(lines) or _("none"),
            },
            matter=statement.number,
            url=statement.get_absolute_url(),
            portal_url=statement.get_portal_url(),
            by=by,
            at=at,
            region=statement.institution.region,
        )


def _worded(row: CheckRow) -> str:
    label = getattr(row.check, "label", row.check)
    return _("%(check)s: %(n)d findings, %(amount)s CNY") % {
        "check": label,
        "n": row.confirmed,
        "amount": f"{row.counted:,.2f}",
    }
