"""The deadlines of cases, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.clocks import EXTEND
from agency.services.notices import holders
from institutions.clocks.members import members_by_institution
from institutions.models import InstitutionLetter
from supervision.enums.cases import CaseState
from supervision.models import AdministrationReport, Case, CaseTransition
from supervision.permissions.cases import VIEW_CASES, VIEW_OWN_CASES
from supervision.rules import DEFENCE_WORKDAYS, REPORT_WORKDAYS

CHUNK = 1000
DEFENCE_EXTENSION = "defence_extension_max_wd"


def _case_of(row: Any) -> Case | None:
    return row if isinstance(row, Case) else row.case


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    """Reports have the history of their case."""
    CaseTransition.objects.bulk_create(
        [
            CaseTransition(
                subject=case,
                act=each.act,
                source=case.state,
                target=case.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
            if (case := _case_of(each.row))
        ],
        batch_size=CHUNK,
    )
    for each in steps:
        if each.act == EXTEND:
            _keep_with_letter(each.row)


def _keep_with_letter(case: Case) -> None:
    """The letter whose service started the period says the longer one too."""
    InstitutionLetter.objects.filter(letter=case.notice_letter_id).update(
        period_due_on=case.defence_due_on,
        period_due_basis=case.defence_due_basis,
        period_due_provisional=case.defence_due_provisional,
    )


def _told_of_case(cases: Sequence[Case]) -> Mapping[int, list[User]]:
    """The officer who keeps the case (the others once that one has left), and the institution."""
    officers = holders(Role.AUDIT_OFFICER)
    members = members_by_institution(each.institution_id for each in cases)
    return {
        each.pk: [
            *([each.opened_by] if each.opened_by and each.opened_by.is_active else officers),
            *members[each.institution_id],
        ]
        for each in cases
    }


def _told_of_duty(
    rows: Sequence[AdministrationReport],
) -> Mapping[int, list[User]]:
    """The agency, which owes it, and the administration, which waits for it."""
    people = holders(Role.AUDIT_OFFICER, Role.SUPERVISOR)
    return {each.pk: people for each in rows}


CASES = Matter(
    model=Case,
    key="case",
    record=_record,
    told=_told_of_case,
    desk_act=VIEW_CASES,
    portal_act=VIEW_OWN_CASES,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region", "opened_by"),
)

DEFENCE = clock(
    "supervision.defence",
    _("Statement and defence"),
    CASES,
    due="defence_due_on",
    basis="defence_due_basis",
    provisional="defence_due_provisional",
    open=lambda: Case.objects.filter(state=CaseState.DEFENCE, defence_outcome=""),
    duty=Duty.THEIRS,
    parameter=DEFENCE_WORKDAYS,
    extension=Permit(
        "B-11",
        _("The institution has asked for more time and said why."),
        bound=DEFENCE_EXTENSION,
    ),
)

REPORTS = Matter(
    model=AdministrationReport,
    key="administration_report",
    record=_record,
    told=_told_of_duty,
    desk_act=VIEW_CASES,
    institution="case__institution",
    related=("case__institution",),
)

REPORT = clock(
    "supervision.report",
    _("Report to the administration"),
    REPORTS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=AdministrationReport.objects.unsent,
    duty=Duty.OURS,
    parameter=REPORT_WORKDAYS,
)
