"""The deadlines of filings, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.lawbook import Office
from agency.models import User
from agency.services.in_force import parameters_on
from agency.services.notices import holders
from agency.workdays import Deadline, DeadlineBasis, WorkdayCalendar
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest, ChangeTransition
from institutions.permissions.changes import VIEW_CHANGES
from institutions.permissions.register import VIEW_OWN_INSTITUTION
from institutions.rules import GENERAL_CHANGE_WORKDAYS, change_basis
from institutions.services.filing import DECISION_WORKDAYS, FieldChange, approval_days


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    ChangeTransition.objects.bulk_create(
        [
            ChangeTransition(
                subject=each.row,
                act=each.act,
                source=each.row.state,
                target=each.row.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
        ],
        batch_size=CHUNK,
    )


def _told(changes: Sequence[ChangeRequest]) -> Mapping[int, list[User]]:
    """Who decides the filing, and the institution."""
    clerks, heads = holders(Role.INTAKE_CLERK), holders(Role.AGENCY_HEAD)
    members = members_by_institution(each.institution_id for each in changes)
    return {
        each.pk: [*(heads if each.changes_account else clerks), *members[each.institution_id]]
        for each in changes
    }


def _filing(
    changes: Sequence[Any], calendar: WorkdayCalendar
) -> Mapping[int, tuple[Deadline, DeadlineBasis]]:
    """The earliest of the periods of the fields. The numbers of local rules are those of the day
    of filing; the calendar is the one given. A query for each region and day with several fields.
    """
    offices: dict[tuple[str, date], Office] = {}
    found = {}
    for change in changes:
        fields = approval_days(
            FieldChange(ChangeField(item.field), item.new_value, item.approved_on)
            for item in change.items.all()
        )
        if len(fields) <= 1:
            basis = DeadlineBasis.from_json(change.filing_due_basis)
            found[change.pk] = calendar.renewed(basis)
            continue
        region, filed_on = change.institution.region, timezone.localdate(change.filed_at)
        if (region.pk, filed_on) not in offices:
            parameters = parameters_on(filed_on, region)
            offices[region.pk, filed_on] = Office(calendar, parameters, filed_on)
        found[change.pk] = change_basis(fields, offices[region.pk, filed_on])
    return found


def _settle(changes: Sequence[Any], calendar: WorkdayCalendar, on: date) -> Mapping[int, str]:
    for change in changes:
        change.is_late = timezone.localdate(change.filed_at) > change.filing_due_on
    return {}


CHANGES = Matter(
    model=ChangeRequest,
    key="change",
    record=_record,
    told=_told,
    desk_act=VIEW_CHANGES,
    portal_act=VIEW_OWN_INSTITUTION,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
    prefetch=("items",),
    columns=("is_late",),
    settle=_settle,
)

CHANGE_DECISION = clock(
    "institutions.change_decision",
    _("Decision on a change of information"),
    CHANGES,
    due="decision_due_on",
    basis="decision_due_basis",
    open=ChangeRequest.objects.waiting,
    duty=Duty.OURS,
    parameter=DECISION_WORKDAYS,
    pause=Permit("A-04", _("The time in which the institution supplements its filing.")),
)

CHANGE_FILING = clock(
    "institutions.change_filing",
    _("Filing of a change of information"),
    CHANGES,
    due="filing_due_on",
    basis="filing_due_basis",
    open=ChangeRequest.objects.waiting,
    duty=Duty.THEIRS,
    parameter=GENERAL_CHANGE_WORKDAYS,
    listed=False,
    compute=_filing,
)
