"""The letters about a change of information: taken in, and its result (B-13a)."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.privacy import mask_account
from institutions.enums.changes import ChangeField
from institutions.models import ChangeItem, ChangeRequest
from institutions.services.letters.issuing import issue_to_institution


def acceptance_letter(change: ChangeRequest, *, at: datetime) -> OfficialLetter:
    """Issue the notice that a filing has been taken in, by the program itself."""
    with translation.override(CHINESE):
        late = _("It was filed after its deadline, %(day)s, and is accepted with a warning.")
        lateness = late % {"day": change.filing_due_on} if change.is_late else _("Filed in time.")
        return _issue(
            change,
            "change_accepted",
            {
                "filed_on": timezone.localdate(change.filed_at),
                "decision_due_on": change.decision_due_on,
                "lateness": lateness,
            },
            by=None,
            at=at,
        )


def result_letter(
    change: ChangeRequest, kind: str, *, reason: str, by: User, at: datetime
) -> OfficialLetter:
    """Issue the result of a filing, `change_approved` or `change_rejected`."""
    with translation.override(CHINESE):
        context: dict[str, Value] = {"reason": reason or _("none")}
        if kind == "change_approved":
            context["effective_on"] = timezone.localdate(at)
        return _issue(change, kind, context, by=by, at=at)


def _issue(
    change: ChangeRequest,
    kind: str,
    context: dict[str, Value],
    *,
    by: User | None,
    at: datetime,
) -> OfficialLetter:
    fields = "\n".join(_line(each) for each in change.items.all())
    return issue_to_institution(
        kind=kind,
        institution=change.institution,
        context={"change": change.number, "fields": fields, **context},
        matter=change.number,
        url=change.get_absolute_url(),
        portal_url=change.get_portal_url(),
        by=by,
        at=at,
        region=change.institution.region,
    )


def _line(item: ChangeItem) -> str:
    """One changed field; of an account only its last figures."""
    old, new = item.old_shown, item.new_shown
    if item.field == ChangeField.BANK_ACCOUNT:
        old, new = mask_account(item.old_value), mask_account(item.new_value)
    return f"{ChangeField(item.field).label}：{old or '—'} → {new}"
