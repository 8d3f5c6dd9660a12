"""The figures of claims and payments that indicators of performance may name (B-09)."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.aggregates import Aggregate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.figures import figure
from settlements.enums import BatchState, FindingStatus
from settlements.models import ClaimBatch, Finding, Statement

_CNY = _("CNY")
_TIMES = pgettext_lazy("unit of a figure", "times")

Counts = Mapping[int, Decimal]


def _by_institution(rows: QuerySet, what: Aggregate, key: str = "institution") -> Counts:
    found = rows.order_by().values_list(key).annotate(figure=what)
    return {institution: Decimal(value or 0) for institution, value in found}


def _batches(institutions: Collection[int], first: date, last: date) -> QuerySet[ClaimBatch]:
    """Batches of months that end in the period, taken in."""
    return ClaimBatch.objects.taken_in().filter(
        institution__in=institutions, month__range=(first.replace(day=1), last)
    )


def _statements(institutions: Collection[int], first: date, last: date) -> QuerySet[Statement]:
    return Statement.objects.filter(
        institution__in=institutions, month__range=(first.replace(day=1), last)
    )


def _findings(institutions: Collection[int], first: date, last: date) -> QuerySet[Finding]:
    return Finding.objects.filter(
        batch__institution__in=institutions, batch__month__range=(first.replace(day=1), last)
    )


@figure(
    "months_declared",
    _("Months declared"),
    _("months"),
    explains=_("Months of the period for which claims were handed in and taken in."),
)
def months_declared(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _by_institution(_batches(institutions, first, last), Count("month", distinct=True))


@figure(
    "batches_rejected",
    _("Batches rejected"),
    _TIMES,
    explains=_("Claim files handed in during the period and rejected for their errors."),
)
def batches_rejected(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    rows = ClaimBatch.objects.filter(
        institution__in=institutions,
        state=BatchState.REJECTED,
        submitted_at__date__range=(first, last),
    )
    return _by_institution(rows, Count("pk"))


@figure(
    "batches_submitted",
    _("Batches handed in"),
    _TIMES,
    explains=_("Claim files handed in during the period, rejected ones included."),
)
def batches_submitted(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    rows = ClaimBatch.objects.filter(
        institution__in=institutions, submitted_at__date__range=(first, last)
    )
    return _by_institution(rows, Count("pk"))


@figure(
    "claims",
    _("Settlements of patients"),
    _TIMES,
    explains=_("Settlements with patients in the months of the period."),
)
def claims(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _by_institution(_batches(institutions, first, last), Sum("claim_count"))


@figure(
    "medical_costs",
    _("Medical costs"),
    _CNY,
    explains=_("Medical costs of these settlements; divided by their number, the average cost."),
)
def medical_costs(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _by_institution(_batches(institutions, first, last), Sum("medfee_amount"))


@figure(
    "declared_amount",
    _("Amount declared"),
    _CNY,
    explains=_("Fund amounts declared in the statements of the period."),
)
def declared_amount(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _by_institution(_statements(institutions, first, last), Sum("declared"))


@figure(
    "deducted_amount",
    _("Amount deducted"),
    _CNY,
    explains=_("Of the amount declared, what was deducted for confirmed findings."),
)
def deducted_amount(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _by_institution(_statements(institutions, first, last), Sum("deducted"))


@figure(
    "findings",
    _("Findings"),
    _TIMES,
    explains=_("Doubts of the review about the claims of the period."),
)
def findings(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    rows = _findings(institutions, first, last)
    return _by_institution(rows, Count("pk"), "batch__institution")


@figure(
    "findings_confirmed",
    _("Number of findings confirmed"),
    _TIMES,
    explains=_("Of these doubts, those that were confirmed."),
)
def findings_confirmed(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    rows = _findings(institutions, first, last).filter(status=FindingStatus.CONFIRMED)
    return _by_institution(rows, Count("pk"), "batch__institution")
