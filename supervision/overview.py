"""What the administration sees of cases, reports and its orders (art. 47, 49)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.overview import Line, flag, measure
from agency.services.overview import day_of
from supervision.enums.cases import CaseState
from supervision.enums.orders import OPEN_ORDERS, OrderState
from supervision.models import AdministrationOrder, AdministrationReport, Case


def _of_report(row: AdministrationReport) -> Line:
    return Line(
        row.case.number,
        row.get_absolute_url(),
        row.case.institution,
        row.due_on,
        row.case.get_state_display(),
    )


def _of_order(row: AdministrationOrder) -> Line:
    return Line(
        row.number, row.get_absolute_url(), row.institution, row.due_on, row.get_state_display()
    )


def _of_case(row: Case) -> Line:
    return Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.supplement_due_on or row.opened_on,
        row.get_state_display(),
    )


measure(
    area="handling",
    key="reports",
    label=_("Grave measures reported"),
    rows=lambda: AdministrationReport.objects.filter(case__decided_on__isnull=False),
    started="case__decided_on",
    done=day_of("sent_at"),
    due="due_on",
    open=Q(sent_at__isnull=True),
    region="case__region__code",
    line=_of_report,
    related=("case__institution",),
)
measure(
    area="handling",
    key="orders",
    label=_("Orders reported back on"),
    rows=AdministrationOrder.objects.all,
    started="ordered_on",
    done=day_of("answered_at"),
    due="due_on",
    open=Q(state__in=OPEN_ORDERS),
    finished=Q(state__in=[OrderState.ANSWERED, OrderState.ACCEPTED]),
    region="institution__region__code",
    line=_of_order,
    related=("institution",),
)
flag(
    area="handling",
    key="reports_unsent",
    label=_("Reports not sent in time"),
    rows=lambda asked: AdministrationReport.objects.unsent().filter(due_on__lt=asked.on),
    region="case__region__code",
    line=_of_report,
    related=("case__institution",),
)
flag(
    area="handling",
    key="reports_unacknowledged",
    label=_("Reports that wait for your acknowledgement"),
    rows=lambda _asked: AdministrationReport.objects.filter(
        sent_at__isnull=False, acknowledged_at__isnull=True
    ),
    region="case__region__code",
    line=_of_report,
    related=("case__institution",),
)
flag(
    area="handling",
    key="orders_to_judge",
    label=_("Reports on orders that wait for you"),
    rows=lambda _asked: AdministrationOrder.objects.filter(state=OrderState.ANSWERED),
    region="institution__region__code",
    line=_of_order,
    related=("institution",),
)
flag(
    area="handling",
    key="supplements_overdue",
    label=_("Returned cases not supplemented in time"),
    rows=lambda asked: Case.objects.filter(
        state=CaseState.RETURNED, supplement_due_on__lt=asked.on
    ),
    region="region__code",
    line=_of_case,
    related=("institution",),
)
