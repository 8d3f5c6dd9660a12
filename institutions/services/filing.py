"""Filing a change of information, and withdrawing it: the institution's side (B-13a)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Unit
from institutions.enums.changes import ChangeField
from institutions.models import ChangeItem, ChangeRequest, ChangeTransition, Institution
from institutions.notifications import changes as notifications
from institutions.permissions.changes import FILE_CHANGE, withdrawal_obstacles
from institutions.rules import change_basis
from institutions.services.facts import as_text, clean_value
from institutions.services.letters.changes import acceptance_letter

RULE = "B-13a"
DECISION_WORKDAYS = "change_decision_wd"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, its new value as written, and the day the competent authority approved it (for a
    bank account: the day the new one takes over).
    """

    field: ChangeField
    value: str
    approved_on: date


@transaction.atomic
def file_change(
    *,
    institution_id: int,
    changes: Sequence[FieldChange],
    by: User,
    at: datetime,
    evidence: Sequence[UploadedFile | UploadRef] = (),
    explanation: str = "",
) -> ChangeRequest:
    """File a change of one or several fields. A late filing is accepted and marked.

    Refuses a stranger to the institution, no change, a value that is not possible, a day to
    come, and a field that waits for a decision already.
    """
    on = timezone.localdate(at)
    institution = Institution.objects.select_related("region").locked(institution_id)
    refuse_if(filing_obstacles(institution, changes, by=by, on=on))
    region_office = office(on=on, region=institution.region)
    due, basis = change_basis(approval_days(changes), region_office)
    decision_due, decision_basis = region_office.calendar.own.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(DECISION_WORKDAYS)
    )
    key = f"{institution.region_id}-{on.year}"
    change = ChangeRequest.objects.create(
        number=f"CHG-{key}-{next_number(f'change:{key}'):04}",
        institution=institution,
        filed_at=at,
        filed_by=by,
        filing_due_on=due.on,
        filing_due_basis=basis.to_json(),
        is_late=on > due.on,
        decision_due_on=decision_due.on,
        decision_due_basis=decision_basis.to_json(),
        explanation=explanation,
    )
    ChangeItem.objects.bulk_create(
        ChangeItem(
            request=change,
            field=each.field,
            old_value=as_text(getattr(institution, each.field.column)),
            new_value=as_text(clean_value(each.field.column, each.value)),
            approved_on=each.approved_on,
        )
        for each in changes
    )
    change.evidence.set(store_files(evidence, by=by, at=at))
    letter = acceptance_letter(change, at=at)
    record_step(
        change, act="file", source="", on=on, at=at, by=by, reason=explanation, letter=letter
    )
    notifications.change_filed(change, at=at)
    return change


@transaction.atomic
def withdraw_change(*, change_id: int, by: User, at: datetime, reason: str = "") -> ChangeRequest:
    """Take a filing back while nobody has decided it."""
    change = ChangeRequest.objects.visible_to(by).locked(change_id)
    refuse_if(withdrawal_obstacles(change, by))
    source = change.state
    change.withdraw()
    change.save(update_fields=["state"])
    record_step(
        change,
        act="withdraw",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
    )
    notifications.change_withdrawn(change, at=at)
    return change


def approval_days(changes: Iterable[FieldChange]) -> dict[str, date]:
    """Return the fields as rule B-13a asks for them, each with its (earliest) day of approval."""
    days: dict[str, date] = {}
    for each in changes:
        name = each.field.law_field
        days[name] = min(each.approved_on, days.get(name, each.approved_on))
    return days


def filing_obstacles(
    institution: Institution, changes: Sequence[FieldChange], *, by: User, on: date
) -> list[Obstacle]:
    """Return why the changes cannot be filed. One query for the fields that already wait."""
    obstacles = []
    if not FILE_CHANGE.allows(by) or not institution.memberships.filter(user=by).exists():
        text = _("Only an administrator of the institution may do this.")
        obstacles.append(Obstacle("not_entitled", text))
    if not changes:
        text = _("No field has a new value.")
        remedy = _("Enter the new value of at least one field.")
        obstacles.append(Obstacle("nothing_changed", text, remedy=remedy))
    waiting = set(
        ChangeItem.objects.filter(
            request__in=ChangeRequest.objects.filter(institution=institution).waiting()
        ).values_list("field", flat=True)
    )
    for each in changes:
        obstacles += _field_obstacles(institution, each, on=on, waits=each.field in waiting)
    return obstacles


def _field_obstacles(
    institution: Institution, change: FieldChange, *, on: date, waits: bool
) -> list[Obstacle]:
    label, column = change.field.label, change.field.column
    try:
        value = clean_value(column, change.value)
    except ValidationError as error:
        text = _("%(field)s: %(error)s") % {"field": label, "error": " ".join(error.messages)}
        return [Obstacle("value_invalid", text)]
    checks = {
        Obstacle("value_empty", _("%(field)s: the new value is empty.") % {"field": label}): (
            as_text(value) == ""
        ),
        Obstacle(
            "value_unchanged",
            _("%(field)s: the new value is the present one.") % {"field": label},
            remedy=_("Leave out what does not change."),
        ): value == getattr(institution, column),
        Obstacle(
            "approved_in_future",
            _("%(field)s: %(day)s has not come yet.") % {"field": label, "day": change.approved_on},
            rule=RULE,
            remedy=_("File the change once it has been approved."),
        ): change.approved_on > on,
        Obstacle(
            "field_waits_already",
            _("%(field)s: another filing for it has not been decided yet.") % {"field": label},
            remedy=_("Withdraw that filing first, or wait for the decision."),
        ): waits,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def record_step(
    change: ChangeRequest,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User,
    reason: str,
    letter: OfficialLetter | None = None,
) -> None:
    """Write what happened into the change's history."""
    ChangeTransition.objects.create(
        subject=change,
        act=act,
        source=source,
        target=change.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )
