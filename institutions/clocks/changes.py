"""The deadlines of filings, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
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
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import AddressCommitment, ChangeRequest, ChangeTransition
from institutions.permissions.changes import VIEW_CHANGES, needs_head
from institutions.permissions.register import VIEW_OWN_INSTITUTION
from institutions.rules import GENERAL_CHANGE_WORKDAYS, change_basis
from institutions.services.change_effects import WAIT_DAYS
from institutions.services.change_periods import DECISION_WORKDAYS
from institutions.services.change_values import approval_days
from institutions.services.commitments import CHECK_DAYS


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
        each.pk: [*(heads if _is_heads_turn(each) else clerks), *members[each.institution_id]]
        for each in changes
    }


def _is_heads_turn(change: ChangeRequest) -> bool:
    return change.state != ChangeState.FILED and needs_head(change)


def _effect(
    changes: Sequence[Any], calendar: WorkdayCalendar
) -> Mapping[int, tuple[Deadline, DeadlineBasis]]:
    """The waiting time is no period to act: it ends where it ends, on a rest day too."""
    found = {}
    for change in changes:
        if change.effect_due_basis:
            basis = DeadlineBasis.from_json(change.effect_due_basis)
            ends_on = basis.start + timedelta(basis.total)
            renewed = replace(basis, calendar_version=calendar.version)
            found[change.pk] = Deadline(ends_on, False, ends_on), renewed
    return found


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
            (ChangeField(item.field), item.approved_on) for item in change.items.all()
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
    open=ChangeRequest.objects.decision_running,
    duty=Duty.OURS,
    owed=True,
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

CHANGE_EFFECT = clock(
    "institutions.change_effect",
    _("Bank account takes effect"),
    CHANGES,
    due="effect_due_on",
    basis="effect_due_basis",
    open=ChangeRequest.objects.to_take_effect,
    duty=Duty.OURS,
    parameter=WAIT_DAYS,
    listed=False,
    compute=_effect,
)


def _record_of_commitment(steps: Sequence[Step], on: date, at: datetime) -> None:
    _record([replace(each, row=each.row.change) for each in steps], on, at)


def _told_of_commitment(commitments: Sequence[AddressCommitment]) -> Mapping[int, list[User]]:
    """Who visits the place, and the institution."""
    visitors = holders(Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER)
    members = members_by_institution(each.change.institution_id for each in commitments)
    return {each.pk: [*visitors, *members[each.change.institution_id]] for each in commitments}


COMMITMENTS = Matter(
    model=AddressCommitment,
    key="commitment",
    record=_record_of_commitment,
    told=_told_of_commitment,
    desk_act=VIEW_CHANGES,
    portal_act=VIEW_OWN_INSTITUTION,
    visible=lambda rows, user: rows.visible_to(user),
    institution="change__institution",
    related=("change__institution__region",),
)

COMMITMENT_CHECK = clock(
    "institutions.commitment_check",
    _("Verification of a commitment for a new address"),
    COMMITMENTS,
    due="check_due_on",
    basis="check_due_basis",
    open=AddressCommitment.objects.to_verify,
    duty=Duty.OURS,
    parameter=CHECK_DAYS,
)
