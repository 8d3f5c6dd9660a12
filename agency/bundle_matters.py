"""Service matters in the registers of the office: their clocks, receipts and files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.bundles import BundlePartState, BundleState
from agency.clocks import Computed, Duty, Matter, Step, Text, clock
from agency.enums import Role
from agency.models import BundlePart, ServiceBundle, ServiceBundleTransition, User
from agency.owners import file_owner
from agency.permissions import VIEW_BUNDLES
from agency.receipts import check_code, receipt_kind
from agency.services.bundle_clocks import decisive
from agency.services.notices import holders
from agency.workdays import DeadlineBasis, WorkdayCalendar

CHUNK = 1000
PERIOD = "registration_change_wd"
# While it stands still, and once it is returned or withdrawn, no day is promised.
PROMISED = (BundlePartState.FILED, BundlePartState.DONE)


def _transition(step: Step, bundle: ServiceBundle, on: date, at: datetime) -> Any:
    return ServiceBundleTransition(
        subject=bundle,
        part=step.row if isinstance(step.row, BundlePart) else None,
        act=step.act,
        source=bundle.state,
        target=bundle.state,
        on=on,
        at=at,
        by=step.by,
        reason=step.reason,
        rule=step.rule,
    )


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    ServiceBundleTransition.objects.bulk_create(
        [_transition(each, each.row, on, at) for each in steps], batch_size=CHUNK
    )


def _record_parts(steps: Sequence[Step], on: date, at: datetime) -> None:
    ServiceBundleTransition.objects.bulk_create(
        [_transition(each, each.row.bundle, on, at) for each in steps], batch_size=CHUNK
    )


def _told(rows: Sequence[Any]) -> Mapping[int, list[User]]:
    clerks = holders(Role.INTAKE_CLERK)
    return {each.pk: clerks for each in rows}


def _latest(rows: Sequence[Any], calendar: WorkdayCalendar) -> Computed:
    """The whole is promised by the latest of its parts, each counted anew."""
    found = {}
    for bundle in rows:
        parts = list(bundle.parts.all())
        for part in parts:
            deadline, _basis = calendar.renewed(DeadlineBasis.from_json(part.due_basis))
            part.due_on = deadline.on
        last = decisive(bundle, parts)
        found[bundle.pk] = calendar.renewed(DeadlineBasis.from_json(last.due_basis))
    return found


BUNDLES = Matter(
    model=ServiceBundle,
    key="bundle",
    record=_record,
    told=_told,
    desk_act=VIEW_BUNDLES,
    visible=lambda rows, user: rows.visible_to(user),
    related=("region",),
    prefetch=("parts",),
    portal_url=lambda _row: "",
)
PARTS = Matter(
    model=BundlePart,
    key="bundle_part",
    record=_record_parts,
    told=_told,
    desk_act=VIEW_BUNDLES,
    related=("bundle", "type"),
    portal_url=lambda _row: "",
)

BUNDLE = clock(
    "agency.bundle",
    _("Completion of a service matter"),
    BUNDLES,
    due="due_on",
    basis="due_basis",
    open=ServiceBundle.objects.waiting,
    duty=Duty.OURS,
    parameter=PERIOD,
    # Its parts are, each by its own day.
    listed=False,
    compute=_latest,
)
PART = clock(
    "agency.bundle_part",
    _("Part of a service matter"),
    PARTS,
    due="due_on",
    basis="due_basis",
    open=BundlePart.objects.waiting,
    duty=Duty.OURS,
    parameter=PERIOD,
)


def _public_parts(
    bundle: ServiceBundle,
) -> Iterator[tuple[Text, BundlePartState, date | None, Text]]:
    for part in bundle.parts.select_related("type"):
        due_on = part.due_on if part.state in PROMISED else None
        yield str(part.type), BundlePartState(part.state), due_on, part.answer


def _public_acts(bundle: ServiceBundle) -> Iterator[tuple[Text, str]]:
    asked = f"?number={bundle.number}&code={check_code(bundle.number)}"
    if bundle.parts.filter(state=BundlePartState.SUPPLEMENT).exists():
        yield _("Supply what is missing"), f"{reverse('agency:bundle_supplement')}{asked}"
    if bundle.is_open:
        yield _("Withdraw"), f"{reverse('agency:bundle_withdraw')}{asked}"


RECEIPTS = receipt_kind(
    "BND",
    _("Service matter"),
    ServiceBundle,
    turns={
        BundleState.FILED: Duty.OURS,
        BundleState.SUPPLEMENT: Duty.THEIRS,
        BundleState.COMPLETED: None,
        BundleState.WITHDRAWN: None,
    },
    answered=(BundleState.COMPLETED,),
    promise=("agency.bundle",),
    institution="",
    counts_pauses=False,
    kind_of=lambda row: row.get_kind_display(),
    parts=_public_parts,
    acts=_public_acts,
    portal_url=None,
)


@file_owner(ServiceBundle, "files", VIEW_BUNDLES)
def bundle_files(user: User) -> QuerySet[ServiceBundle]:
    return ServiceBundle.objects.visible_to(user)
