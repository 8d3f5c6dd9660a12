"""The supervision view of the administration: one page over the agency's work (Order 2 art. 47)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import View

from agency.home import navigation
from agency.models import User
from agency.overview import AREAS, Asked, Line
from agency.reports import Column, Kind, Params, Report, Row
from agency.services.overview import WHAT, AreaFigures, label_of, lines_of, overview, rows_of
from agency.services.report_files import csv_lines
from agency.views.pages import ActPage, ActRequired, KeysetList
from agency.views.reports import in_language
from institutions.models import Institution
from supervision.forms.overview import PeriodForm, RemarkForm
from supervision.models import SupervisionRemark
from supervision.permissions.orders import NOTE_EXCEPTION, ORDER_HANDLING, VIEW_SUPERVISION
from supervision.services.remarks import note_exception

FILE_CHUNK = 1000
WHAT_LABELS = {
    "open": gettext_lazy("open"),
    "overdue": gettext_lazy("overdue"),
    "done": gettext_lazy("done in the period"),
    "late": gettext_lazy("done late"),
    "all": "",
}

navigation(
    "desk",
    gettext_lazy("Supervision of the agency"),
    "supervision_desk:overview",
    VIEW_SUPERVISION,
    order=52,
    rules=("B-20",),
)


def proposed(on: date) -> dict[str, Any]:
    """The period shown unless another is asked for: the year so far."""
    return {"first": date(on.year, 1, 1), "last": on, "region": ""}


class Supervised(ActRequired):
    """A page of the view, under its filters, which stay in the address."""

    act = VIEW_SUPERVISION

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        on = timezone.localdate()
        known = {name: request.GET.get(name) or value for name, value in proposed(on).items()}
        self.form = PeriodForm(known)
        if self.form.is_valid():
            data = self.form.cleaned_data
            code = data["region"].code if data["region"] else ""
            self.asked = Asked(data["first"], data["last"], on, code)
        else:
            self.asked = Asked(date(on.year, 1, 1), on, on)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def query(self) -> str:
        asked = self.asked
        return urlencode({"first": asked.first, "last": asked.last, "region": asked.region})

    def filter_context(self) -> dict[str, Any]:
        return {
            "filter": {"form": self.form},
            "is_filtered": bool(self.request.GET),
            "asked": self.asked,
            "query": self.query,
        }


class Overview(Supervised, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        valid = self.form.is_valid()
        areas = overview(self.asked) if valid else []
        context = {
            **self.filter_context(),
            "areas": [self._drawn(each) for each in areas],
            "remarks": SupervisionRemark.objects.select_related("by", "institution")[:10],
            "may_order": ORDER_HANDLING.allows(self.user),
            "printed_at": timezone.localtime(),
        }
        status = 200 if valid else 400
        return render(request, "supervision/desk/overview/page.html", context, status=status)

    def _drawn(self, found: AreaFigures) -> dict[str, Any]:
        return {
            "area": found.area,
            "exceptions": found.exceptions,
            "measures": [
                {
                    "figures": each,
                    "urls": {what: self._url(found, each.measure.key, what) for what in WHAT},
                }
                for each in found.figures
            ],
            "flags": [
                {
                    "label": each.flag.label,
                    "count": each.count,
                    "url": self._url(found, each.flag.key, "all"),
                }
                for each in found.flags
            ],
        }

    def _url(self, found: AreaFigures, key: str, what: str) -> str:
        url = reverse("supervision_desk:overview_list", args=[found.area.key, key, what])
        return f"{url}?{self.query}"


class OverviewCsv(Supervised, View):
    """Every figure of the view as a file."""

    def get(self, request: HttpRequest) -> Any:
        table = _table(
            "supervision",
            (
                Column(key="area", label=_("Area")),
                Column(key="what", label=_("What")),
                Column(key="open", label=_("Open"), kind=Kind.NUMBER),
                Column(key="overdue", label=_("Overdue"), kind=Kind.NUMBER),
                Column(key="done", label=_("Done in the period"), kind=Kind.NUMBER),
                Column(key="late", label=_("Done late"), kind=Kind.NUMBER),
                Column(key="median", label=_("Median days"), kind=Kind.DECIMAL),
                Column(key="longest", label=_("Longest days"), kind=Kind.NUMBER),
                Column(key="exceptions", label=_("Exceptions"), kind=Kind.NUMBER),
            ),
        )
        return _csv(table, figure_rows(overview(self.asked)), timezone.localdate())


def figure_rows(areas: Iterable[AreaFigures]) -> Iterator[dict[str, Any]]:
    for found in areas:
        for each in found.figures:
            yield {
                "area": found.area.label,
                "what": each.measure.label,
                "open": each.open,
                "overdue": each.overdue,
                "done": each.done,
                "late": each.late,
                "median": each.median,
                "longest": each.longest,
            }
        for flagged in found.flags:
            yield {
                "area": found.area.label,
                "what": flagged.flag.label,
                "exceptions": flagged.count,
            }


class Listed(Supervised):
    """The rows behind a figure."""

    kwargs: dict[str, Any]

    def rows(self) -> Any:
        area, key, what = (self.kwargs[name] for name in ("area", "key", "what"))
        rows = rows_of(area, key, what, self.asked) if area in AREAS else None
        if rows is None:
            raise Http404
        return rows

    def lines(self, rows: Any) -> list[Line]:
        return lines_of(self.kwargs["area"], self.kwargs["key"], rows)


class OverviewList(Listed, KeysetList):
    template_name = "supervision/desk/overview/list.html"
    order_field = "-pk"

    def get_queryset(self) -> Any:
        return self.rows()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        area, key, what = (self.kwargs[name] for name in ("area", "key", "what"))
        here = reverse("supervision_desk:overview_list", args=[area, key, what])
        return {
            **context,
            **self.filter_context(),
            "area": AREAS[area],
            "label": label_of(area, key),
            "what": WHAT_LABELS.get(what, ""),
            "lines": [
                self._drawn(row, line)
                for row, line in zip(
                    context["object_list"], self.lines(context["object_list"]), strict=True
                )
            ],
            "csv_url": f"{here}csv/?{self.query}",
            "back_url": f"{reverse('supervision_desk:overview')}?{self.query}",
        }

    def _drawn(self, row: Any, line: Line) -> dict[str, Any]:
        drawn: dict[str, Any] = {"line": line}
        area, key, what = (self.kwargs[name] for name in ("area", "key", "what"))
        if NOTE_EXCEPTION.allows(self.user):
            note = reverse("supervision_desk:overview_note", args=[area, key, what, row.pk])
            drawn["note_url"] = f"{note}?{self.query}"
        if ORDER_HANDLING.allows(self.user) and line.institution is not None:
            asked = {
                "institution": line.institution.pk,
                "text": f"{label_of(area, key)}：{line.matter}",
            }
            drawn["order_url"] = f"{reverse('supervision_desk:order_new')}?{urlencode(asked)}"
        return drawn


class OverviewListCsv(Listed, View):
    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        rows = self.rows().order_by("-pk")
        table = _table(
            f"supervision-{self.kwargs['key']}",
            (
                Column(key="matter", label=_("Matter")),
                Column(key="code", label=_("National code")),
                Column(key="institution", label=_("Institution")),
                Column(key="day", label=_("Day"), kind=Kind.DAY),
                Column(key="note", label=_("Note")),
            ),
        )
        found = (self.lines([row])[0] for row in rows.iterator(chunk_size=FILE_CHUNK))
        lines = (
            {
                "matter": each.matter,
                "code": each.institution.code if each.institution else "",
                "institution": each.institution.name if each.institution else "",
                "day": each.day,
                "note": each.note,
            }
            for each in found
        )
        return _csv(table, lines, timezone.localdate())


class NoteException(Supervised, ActPage):
    """A remark of the administration on one row of a list."""

    act = NOTE_EXCEPTION
    form_class = RemarkForm

    def subject(self) -> Any:
        area, key, what = (self.kwargs[name] for name in ("area", "key", "what"))
        rows = rows_of(area, key, what, self.asked) if area in AREAS else None
        if rows is None:
            raise Http404
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.line = lines_of(area, key, [row])[0]
        return self.line.matter

    def stamp(self) -> str:
        return ""

    def consequences(self) -> list[Any]:
        label = label_of(self.kwargs["area"], self.kwargs["key"])
        return [
            f"{label}: {self.line.matter}",
            _("Your note is kept with your name; it binds nobody."),
        ]

    def perform(self, form: Any) -> SupervisionRemark:
        institution = self.line.institution
        return note_exception(
            area=self.kwargs["area"],
            exception=self.kwargs["key"],
            matter=str(self.line.matter),
            url=self.line.url,
            institution=institution if isinstance(institution, Institution) else None,
            text=form.cleaned_data["text"],
            by=self.user,
            at=timezone.now(),
        )

    def back_url(self) -> str:
        area, key, what = (self.kwargs[name] for name in ("area", "key", "what"))
        url = reverse("supervision_desk:overview_list", args=[area, key, what])
        return f"{url}?{self.query}"

    def next_url(self, result: Any) -> str:
        return self.back_url()


def _table(code: str, columns: tuple[Column, ...]) -> Report:
    return Report(
        code=code, label=code, description="", act=VIEW_SUPERVISION, columns=columns, rows=_apart
    )


def _apart(params: Params, user: User, on: date) -> list[Row]:
    """The file gets its rows itself."""
    return []


def _csv(table: Report, rows: Iterable[Row], on: date) -> StreamingHttpResponse:
    lines = in_language(csv_lines(table, rows), get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.code}-{on:%Y%m%d}.csv"'
    return response
