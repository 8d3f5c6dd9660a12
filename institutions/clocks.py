"""The deadlines of filings, entered in the office's register of clocks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.lawbook import Office
from agency.models import LetterTransition, User
from agency.permissions import VIEW_LETTERS
from agency.services.in_force import parameters_on
from agency.services.notices import holders
from agency.workdays import Deadline, DeadlineBasis, WorkdayCalendar
from institutions.enums import ChangeField
from institutions.models import ChangeRequest, ChangeTransition, InstitutionLetter
from institutions.permissions import VIEW_CHANGES, VIEW_OWN_INSTITUTION, VIEW_OWN_LETTERS
from institutions.rules import GENERAL_CHANGE_WORKDAYS, change_basis
from institutions.services.filing import DECISION_WORKDAYS, FieldChange, approval_days

CHUNK = 1000


def members_by_institution(institution_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the active accounts of each institution. One query."""
    members: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(
        is_active=True, membership__institution__in=set(institution_ids)
    ).select_related("membership"):
        members[user.membership.institution_id].append(user)
    return members


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


def _record_letters(steps: Sequence[Step], on: date, at: datetime) -> None:
    LetterTransition.objects.bulk_create(
        [
            LetterTransition(
                subject=each.row.letter,
                act=each.act,
                source=each.row.letter.state,
                target=each.row.letter.state,
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


def _told_of_letters(letters: Sequence[InstitutionLetter]) -> Mapping[int, list[User]]:
    """The institution, and whoever issued the letter."""
    members = members_by_institution(each.institution_id for each in letters)
    return {
        each.pk: [
            *members[each.institution_id],
            *([each.letter.issued_by] if each.letter.issued_by else []),
        ]
        for each in letters
    }


LETTERS = Matter(
    model=InstitutionLetter,
    key="letter",
    record=_record_letters,
    told=_told_of_letters,
    desk_act=VIEW_LETTERS,
    portal_act=VIEW_OWN_LETTERS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region", "letter__issued_by"),
)

LETTER_PERIOD = clock(
    "institutions.letter_period",
    _("Period from the service of a letter"),
    LETTERS,
    due="period_due_on",
    basis="period_due_basis",
    provisional="period_due_provisional",
    open=InstitutionLetter.objects.with_period,
    duty=Duty.THEIRS,
    listed=False,
)
