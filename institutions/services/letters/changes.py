"""The letters about a change of information: taken in, its result (B-13a), a new assessment and
the commitment for a new address (C-09).
"""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value, kind_of
from agency.letters.wording import written_day
from agency.models import OfficialLetter, User
from agency.privacy import mask_account
from agency.services.letters import issue_letter
from agency.services.letters.heads import head_in_force
from institutions.enums.changes import ChangeField
from institutions.models import ChangeItem, ChangeRequest
from institutions.services.letters.issuing import addressed, issue_to_institution


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
            context["effective_on"] = effective_days(change)
        return _issue(change, kind, context, by=by, at=at)


def effective_days(change: ChangeRequest) -> str:
    """Return from when an approved change holds, as its letter says it: a bank account from a
    later day than what is filed with it.
    """
    decided_at = change.decided_at or change.filed_at
    today = written_day(timezone.localdate(decided_at))
    if not change.changes_account or change.effect_due_on is None:
        return today
    account = written_day(change.effect_due_on)
    if all(each.is_of_account for each in change.items.all()):
        return account
    text = _("%(day)s (the bank account: %(account)s)")
    return text % {"day": today, "account": account}


def reassessment_letter(change: ChangeRequest, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the notice that a new assessment comes before the decision (C-09)."""
    with translation.override(CHINESE):
        reasons = "\n".join(change.route_basis.get("because", []))
        context: dict[str, Value] = {
            "row": change.route_row or "—",
            "reasons": reasons or _("none"),
        }
        return _issue(change, "change_reassessment", context, by=by, at=at)


def commitment_letter(change: ChangeRequest, *, old: str, new: str, at: datetime) -> OfficialLetter:
    """Issue the signed commitment for a new address: a letter of the institution to the agency."""
    institution, on = change.institution, timezone.localdate(at)
    kind = "address_commitment"
    letter = issue_letter(
        kind=kind,
        context={
            "institution": institution.name,
            "old_address": old,
            "new_address": new,
            "change": change.number,
            "representative": institution.legal_representative or "—",
            "committed_on": on,
        },
        addressee=head_in_force(institution.region, kind_of(kind).actor, on).office_name,
        matter=change.number,
        url=change.get_absolute_url(),
        by=None,
        at=at,
        on=on,
        region=institution.region,
        sender=institution.name,
    )
    return addressed(letter, institution, portal_url=change.get_portal_url(), by=None, at=at)


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
