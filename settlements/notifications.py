"""Who is told what. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.enums import Role
from agency.models import User
from agency.services.notices import Message, tell_each
from agency.topics import Topic, topic
from settlements.enums import StatementState
from settlements.models import ClaimBatch, Statement

# --- statements and payments ------------------------------------------------------------------

# Who has to act next on a statement in a state.
RESPONSIBLE = {
    StatementState.DECLARED: Role.CLAIM_REVIEWER,
    StatementState.AUDITED: Role.SETTLEMENT_OFFICER,
    StatementState.APPROVED: Role.AUDIT_OFFICER,
    StatementState.VERIFIED: Role.PAYMENT_OFFICER,
}


def members_of(institution_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the active accounts of each institution. One query."""
    members: dict[int, list[User]] = {}
    rows = User.objects.filter(
        is_active=True, membership__institution__in=set(institution_ids)
    ).select_related("membership")
    for user in rows:
        members.setdefault(user.membership.institution_id, []).append(user)
    return members


PAYOUTS = topic(Topic("payouts", _("Statements and payments"), prefixes=("statement.",)))
BATCHES = topic(Topic("batches", _("Claim batches and findings"), prefixes=("claim-batch.",)))


def _notice(user: User, statement: Statement, key: str, subject: str, body: str) -> Message:
    url = statement.get_absolute_url() if user.is_office_staff else statement.get_portal_url()
    return Message(user, f"statement.{statement.pk}.{key}", subject, body, url)


def alarm_notices(
    statements: Iterable[Statement], recipients: dict[Role, list[User]], *, count: int
) -> list[Message]:
    """The alarm at 20 or 27 working days: whoever has to act next; at 27 the head as well."""
    subject = _("Working day %(count)d: statement %(number)s is not paid yet")
    body = _("%(institution)s, %(amount)s CNY, state “%(state)s”. To be paid by %(due)s.")
    notices = []
    with override("zh-hans"):
        for statement in statements:
            facts = {
                "count": count,
                "number": statement.number,
                "institution": statement.institution.name,
                "amount": f"{statement.payable:,.2f}",
                "state": statement.get_state_display(),
                "due": statement.due_on,
            }
            roles = {RESPONSIBLE[StatementState(statement.state)]}
            if count > 20:
                roles.add(Role.AGENCY_HEAD)
            users = {user for role in roles for user in recipients[role]}
            notices += [
                _notice(user, statement, f"alarm.{count}", str(subject) % facts, str(body) % facts)
                for user in sorted(users, key=lambda each: each.pk)
            ]
    return notices


def overdue_notices(
    statements: Iterable[Statement],
    staff: Iterable[User],
    members: dict[int, list[User]],
) -> list[Message]:
    """An overdue payment: the institution and the administration see it, and the agency too."""
    subject = _("Statement %(number)s is overdue: a potential breach by the agency")
    body = _(
        "%(institution)s, %(amount)s CNY, was to be paid by %(due)s. The institution may demand "
        "correction or ask the administration to coordinate or supervise (B-12)."
    )
    notices = []
    staff = list(staff)
    with override("zh-hans"):
        for statement in statements:
            facts = {
                "number": statement.number,
                "institution": statement.institution.name,
                "amount": f"{statement.payable:,.2f}",
                "due": statement.due_on,
            }
            key = f"overdue.{statement.due_on}"
            notices += [
                _notice(user, statement, key, str(subject) % facts, str(body) % facts)
                for user in (*staff, *members.get(statement.institution_id, ()))
            ]
    return notices


def tell_institution(
    statement: Statement, *, key: str, subject: object, body: object, at: datetime
) -> None:
    """One message to every account of the statement's institution."""
    with override("zh-hans"):
        messages = [
            _notice(user, statement, key, str(subject), str(body))
            for user in members_of([statement.institution_id]).get(statement.institution_id, ())
        ]
    tell_each(messages, at=at)


# --- claim batches ------------------------------------------------------------------------------


def batch_rejected(batch: ClaimBatch, *, at: datetime) -> None:
    """The institution learns that nothing of its batch was kept, and where the errors are."""
    subject = _("Batch %(number)s was rejected: %(errors)d errors")
    body = _("Nothing of it was stored. Correct what the error report names and hand it in again.")
    _tell_of_batch(batch, "rejected", subject, body, at)


def batch_accepted(batch: ClaimBatch, *, at: datetime) -> None:
    """The institution learns the day from which the payout period runs (B-04)."""
    subject = _("Batch %(number)s was accepted; declared on %(declared)s")
    body = _("%(lines)d lines, %(fund)s CNY declared from the fund. The review follows.")
    _tell_of_batch(batch, "accepted", subject, body, at)


def _tell_of_batch(
    batch: ClaimBatch, key: str, subject: Promise, body: Promise, at: datetime
) -> None:
    with override("zh-hans"):
        facts = {
            "number": batch.number,
            "errors": batch.error_count,
            "declared": batch.declared_on,
            "lines": batch.line_count,
            "fund": f"{batch.fund_amount:,.2f}",
        }
        messages = [
            Message(
                user,
                f"claim-batch.{batch.pk}.{key}",
                str(subject) % facts,
                str(body) % facts,
                batch.get_portal_url(),
            )
            for user in members_of([batch.institution_id]).get(batch.institution_id, ())
        ]
    tell_each(messages, at=at)
