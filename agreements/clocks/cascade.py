"""The deadlines of cascades, of the dissolved list and of inpatients, entered in the office's
register of clocks.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import (
    AgreementTransition,
    CascadeReceipt,
    CascadeReceiptTransition,
    DissolvedEntry,
    DissolvedEntryTransition,
    InpatientWarning,
)
from agreements.notifications.cascade import of_region
from agreements.permissions.agreements import VIEW_AGREEMENTS, VIEW_OWN_AGREEMENTS
from agreements.rules.following import ACKNOWLEDGEMENT
from agreements.services.dissolved import PUBLICATION_WORKDAYS, WITHDRAWAL_WORKDAYS
from agreements.services.inpatients import ANSWER_WORKDAYS
from institutions.clocks.members import members_by_institution

CHUNK = 1000


def _recorded(model: Any, subject: Callable[[Any], Any]) -> Callable[..., None]:
    def record(steps: Sequence[Step], on: date, at: datetime) -> None:
        model.objects.bulk_create(
            [
                model(
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

    return record


def _itself(row: Any) -> Any:
    return row


def _officers(rows: Sequence[CascadeReceipt | DissolvedEntry]) -> Mapping[int, list[User]]:
    officers = holders(Role.AGREEMENT_OFFICER)
    return {each.pk: of_region(each.region_id, officers) for each in rows}


def _both_sides(rows: Sequence[InpatientWarning]) -> Mapping[int, list[User]]:
    officers = holders(Role.AGREEMENT_OFFICER)
    members = members_by_institution(each.agreement.institution_id for each in rows)
    return {
        each.pk: [
            *of_region(each.agreement.region_id, officers),
            *members[each.agreement.institution_id],
        ]
        for each in rows
    }


def _visible(rows: QuerySet, user: User) -> QuerySet:
    return rows.visible_to(user)  # type: ignore[attr-defined]


RECEIPTS = Matter(
    model=CascadeReceipt,
    key="cascade_receipt",
    record=_recorded(CascadeReceiptTransition, _itself),
    told=_officers,
    desk_act=VIEW_AGREEMENTS,
    institution="agreement__institution",
    related=("agreement__institution", "region"),
)

CASCADE_ANSWER = clock(
    "agreements.cascade_answer",
    _("Answer of another region to a cascade"),
    RECEIPTS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=CascadeReceipt.objects.waiting,
    duty=Duty.OURS,
    parameter=ACKNOWLEDGEMENT,
)

ENTRIES = Matter(
    model=DissolvedEntry,
    key="dissolved_entry",
    record=_recorded(DissolvedEntryTransition, _itself),
    told=_officers,
    desk_act=VIEW_AGREEMENTS,
    institution="agreement__institution",
    related=("agreement__institution", "region"),
)

DISSOLVED_PUBLICATION = clock(
    "agreements.dissolved_publication",
    _("Publication of a dissolution"),
    ENTRIES,
    due="publish_due_on",
    basis="publish_due_basis",
    provisional="publish_due_provisional",
    open=DissolvedEntry.objects.publishing,
    duty=Duty.OURS,
    parameter=PUBLICATION_WORKDAYS,
)

DISSOLVED_WITHDRAWAL = clock(
    "agreements.dissolved_withdrawal",
    _("Withdrawal of an annulled entry from the dissolved list"),
    ENTRIES,
    due="withdraw_due_on",
    basis="withdraw_due_basis",
    provisional="withdraw_due_provisional",
    open=DissolvedEntry.objects.withdrawing,
    duty=Duty.OURS,
    parameter=WITHDRAWAL_WORKDAYS,
)

WARNINGS = Matter(
    model=InpatientWarning,
    key="inpatient_warning",
    record=_recorded(AgreementTransition, lambda row: row.agreement),
    told=_both_sides,
    desk_act=VIEW_AGREEMENTS,
    portal_act=VIEW_OWN_AGREEMENTS,
    visible=_visible,
    institution="agreement__institution",
    related=("agreement__institution", "agreement__region"),
    name=lambda row: str(row.agreement),
)

INPATIENTS = clock(
    "agreements.inpatients",
    _("Answer about inpatients at a suspension or an end"),
    WARNINGS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=InpatientWarning.objects.waiting,
    duty=Duty.THEIRS,
    parameter=ANSWER_WORKDAYS,
)
