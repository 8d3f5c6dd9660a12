"""The figures of cases of breach that indicators of performance may name (B-09)."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.figures import figure
from supervision.enums.cases import CaseState, Origin
from supervision.models import Case

_TIMES = pgettext_lazy("unit of a figure", "times")

Counts = Mapping[int, Decimal]


def _cases(institutions: Collection[int], condition: Q) -> Counts:
    rows = Case.objects.filter(condition, institution__in=institutions).exclude(
        state=CaseState.DISMISSED
    )
    found = rows.order_by().values_list("institution").annotate(count=Count("pk"))
    return {institution: Decimal(count) for institution, count in found}


@figure(
    "cases_decided",
    _("Cases decided"),
    _TIMES,
    explains=_("Cases of breach of agreement decided in the period with a handling measure."),
)
def cases_decided(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _cases(institutions, Q(region=region, decided_on__range=(first, last)))


@figure(
    "grave_cases",
    _("Grave cases decided"),
    _TIMES,
    explains=_("Of these cases, those with a grave measure: suspension or dissolution."),
)
def grave_cases(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _cases(institutions, Q(region=region, decided_on__range=(first, last), is_grave=True))


@figure(
    "complaints_upheld",
    _("Complaints upheld"),
    _TIMES,
    explains=_("Reports received in the period that became a case and were not dismissed."),
)
def complaints_upheld(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    opened = Q(region=region, origin=Origin.REPORT, opened_on__range=(first, last))
    return _cases(institutions, opened & ~Q(state=CaseState.CLUE))
