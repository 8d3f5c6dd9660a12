"""The deadlines of filings of results, public notices and objections."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.models import (
    ApplicationTransition,
    Objection,
    ObjectionTransition,
    PublicNotice,
    PublicNoticeTransition,
    ResultToFile,
)
from institutions.permissions.notices import (
    READ_OWN_OBJECTIONS,
    VIEW_FILINGS,
    VIEW_NOTICES,
    VIEW_OBJECTIONS,
)
from institutions.rules.designation import PUBLIC_NOTICE
from institutions.services.notices.filing import FILING_WORKDAYS
from institutions.services.notices.objections import DECISION_WORKDAYS


def _write(table: Any, steps: Sequence[Step], subject: Any, on: date, at: datetime) -> None:
    table.objects.bulk_create(
        [
            table(
                subject=subject(each.row),
                act=each.act,
                source=subject(each.row).state,
                target=subject(each.row).state,
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


def _record_results(steps: Sequence[Step], on: date, at: datetime) -> None:
    _write(ApplicationTransition, steps, lambda row: row.application, on, at)


def _record_notices(steps: Sequence[Step], on: date, at: datetime) -> None:
    _write(PublicNoticeTransition, steps, lambda row: row, on, at)


def _record_objections(steps: Sequence[Step], on: date, at: datetime) -> None:
    _write(ObjectionTransition, steps, lambda row: row, on, at)


def _officers(rows: Sequence[Any]) -> Mapping[int, list[User]]:
    officers = holders(Role.AGREEMENT_OFFICER)
    return {each.pk: officers for each in rows}


def _told_of_objections(rows: Sequence[Objection]) -> Mapping[int, list[User]]:
    heads = holders(Role.AGENCY_HEAD)
    members = members_by_institution(each.entry.application.institution_id for each in rows)
    return {each.pk: [*heads, *members[each.entry.application.institution_id]] for each in rows}


RESULTS = Matter(
    model=ResultToFile,
    key="result_to_file",
    record=_record_results,
    told=_officers,
    desk_act=VIEW_FILINGS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="application__institution",
    related=("application__institution",),
    name=lambda row: str(row.application),
    url=lambda row: row.application.get_absolute_url(),
)

RESULT_FILING = clock(
    "institutions.result_filing",
    _("Filing of an assessment result"),
    RESULTS,
    due="due_on",
    basis="due_basis",
    open=ResultToFile.objects.waiting,
    duty=Duty.OURS,
    parameter=FILING_WORKDAYS,
)

NOTICES = Matter(
    model=PublicNotice,
    key="public_notice",
    record=_record_notices,
    told=_officers,
    desk_act=VIEW_NOTICES,
)

# Nobody's duty runs out with it: the day ends what the public may do.
NOTICE_END = clock(
    "institutions.public_notice",
    _("Last day for objections to a public notice"),
    NOTICES,
    due="ends_on",
    basis="ends_basis",
    open=PublicNotice.objects.open,
    duty=Duty.BOTH,
    parameter=PUBLIC_NOTICE,
    listed=False,
)

OBJECTIONS = Matter(
    model=Objection,
    key="objection",
    record=_record_objections,
    told=_told_of_objections,
    desk_act=VIEW_OBJECTIONS,
    portal_act=READ_OWN_OBJECTIONS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="entry__application__institution",
    related=("entry__application__institution", "entry__notice__region"),
)

OBJECTION_DECISION = clock(
    "institutions.objection_decision",
    _("Decision on an objection"),
    OBJECTIONS,
    due="decision_due_on",
    basis="decision_due_basis",
    open=Objection.objects.undecided,
    duty=Duty.OURS,
    parameter=DECISION_WORKDAYS,
)
