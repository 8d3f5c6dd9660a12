"""How long the office needs: the published figures of its promises."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from agency.services.published import Figures, KindFigures, as_rows, published

BAR, GAP, HEIGHT = 26, 10, 90
HEADER = (
    "kind",
    "label",
    "span",
    "from",
    "to",
    "promise",
    "matters",
    "average",
    "p90",
    "average_other_side",
    "in_time_percent",
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the chart: the average inside, the 90th percentile behind it."""

    x: int
    middle: int
    label: str
    words: str
    top: int
    height: int
    top_90: int
    height_90: int


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    bars: list[Bar]
    promise_y: int | None


def chart_of(each: KindFigures) -> Chart | None:
    """Return where the bars of the months stand; none without a month that is shown."""
    shown = [month for month in each.months if month.is_shown]
    if not shown:
        return None
    heights = [month.p90 or Decimal(0) for month in shown]
    most = max([*heights, Decimal(each.promise or 0), Decimal(1)])
    bars = [_bar(number, month, most) for number, month in enumerate(each.months)]
    promise_y = HEIGHT - _high(Decimal(each.promise), most) if each.promise else None
    return Chart(len(bars) * (BAR + GAP) + GAP, bars, promise_y)


def _bar(number: int, month: Figures, most: Decimal) -> Bar:
    x = GAP + number * (BAR + GAP)
    low, high = _high(month.average, most), _high(month.p90, most)
    words = (
        _("%(month)s: average %(average)s, 90th percentile %(p90)s")
        % {"month": f"{month.first:%Y-%m}", "average": month.average, "p90": month.p90}
        if month.is_shown
        else f"{month.first:%Y-%m}: —"
    )
    label = f"{month.first:%m}"
    return Bar(x, x + BAR // 2, label, words, HEIGHT - low, low, HEIGHT - high, high)


def _high(value: Decimal | None, most: Decimal) -> int:
    return round((value or Decimal(0)) / most * HEIGHT)


class ServiceFigures(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        found = published(timezone.localdate())
        rows = [{"figures": each, "chart": chart_of(each)} for each in found]
        return render(request, "agency/status/figures.html", {"rows": rows, "height": HEIGHT})


class ServiceFiguresFile(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="service-figures.csv"'
        response.write("\ufeff")
        writer = csv.writer(response)
        writer.writerow(HEADER)
        writer.writerows(as_rows(published(timezone.localdate())))
        return response
