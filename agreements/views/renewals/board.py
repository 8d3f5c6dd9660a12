"""The board of readiness: which agreements end, and what stands against their renewal (B-15)."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agency.home import navigation
from agency.models import User
from agency.reports import Column, Kind, Params, Report, Row, choice_labels
from agency.services.report_files import csv_lines
from agency.views.pages import ActRequired, KeysetList
from agency.views.reports import in_language
from agency.workdays import add_months
from agreements.enums.life import AgreementState
from agreements.enums.renewals import RenewalState
from agreements.forms.renewals import BoardFilter
from agreements.models import Agreement, RenewalRound
from agreements.permissions.agreements import (
    ISSUE_RENEWAL_NOTICE,
    RENEW_AGREEMENT,
    VIEW_AGREEMENTS,
)
from agreements.permissions.renewals import EXTEND_ROUND, OPEN_ROUND
from agreements.readiness import Level, Light, columns
from agreements.services.renewal_board import board_rows, file_rows
from agreements.views.renewals import queues

__all__ = ["RenewalBoard", "queues"]

WINDOW_MONTHS = 4
FILE_CHUNK = 500
SORTS = ("valid_to", "-valid_to", "institution__name")
CLEAR = Light(Level.GREEN, _("nothing against it"))

navigation(
    "desk", _("Renewals"), "agreements_desk:renewals", VIEW_AGREEMENTS, order=24, rules=("B-15",)
)


class RenewalBoard(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/renewals/board.html"
    filterset_class = BoardFilter

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        asked = request.GET.copy()
        if not any(asked.get(name) for name in ("ends_from", "ends_to", "round", "q")):
            today = timezone.localdate()
            asked["ends_from"] = today.isoformat()
            asked["ends_to"] = add_months(today, WINDOW_MONTHS).isoformat()
            request.GET = asked  # type: ignore[assignment]

    @property
    def order_field(self) -> str:  # type: ignore[override]
        sort = self.request.GET.get("sort", "")
        return sort if sort in SORTS else SORTS[0]

    def get_queryset(self) -> QuerySet[Agreement]:
        rows = Agreement.objects.visible_to(self.user).filter(signed_on__isnull=False)
        return rows.select_related("institution__region", "region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        agreements, today = context["object_list"], timezone.localdate()
        return {
            **context,
            "columns": columns(),
            "rows": board_rows(agreements, today, CLEAR),
            "bulk": self._bulk(),
            "may_open": OPEN_ROUND.allows(self.user),
            "open_rounds": list(RenewalRound.objects.open().order_by("-pk")[:5]),
            "export": f"{reverse('agreements_desk:renewals_csv')}?{self._query()}",
        }

    def _query(self) -> str:
        query = self.request.GET.copy()
        query.pop("after", None)
        return query.urlencode()

    def _bulk(self) -> list[dict[str, Any]]:
        """What the chosen rows can be made to do."""
        acts = [
            (EXTEND_ROUND, "include"),
            (ISSUE_RENEWAL_NOTICE, "notice"),
            (RENEW_AGREEMENT, "draft"),
        ]
        return [
            {"act": act, "url": reverse(f"agreements_desk:renewals_{name}")}
            for act, name in acts
            if act.allows(self.user)
        ]


class RenewalCsv(RenewalBoard):
    """The board under its filters as a file, all rows."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows: Any = BoardFilter(request.GET, self.get_queryset(), request=request).qs
        on = timezone.localdate()
        table = Report(
            code="renewals",
            label=_("Renewals"),
            description="",
            act=self.act,
            columns=file_columns(),
            rows=_rows_apart,
        )
        found = rows.order_by(self.order_field, "pk").iterator(chunk_size=FILE_CHUNK)
        lines = in_language(csv_lines(table, file_rows(found, on)), get_language())
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="renewals-{on:%Y%m%d}.csv"'
        return response


def _rows_apart(params: Params, user: User, on: date) -> list[Row]:
    """The file gets its rows itself."""
    return []


def file_columns() -> tuple[Column, ...]:
    """The columns of the file: what the agreement is, and what each column of the board says."""
    return (
        Column(key="number", label=_("Agreement")),
        Column(key="code", label=_("National code")),
        Column(key="name", label=_("Institution")),
        Column(key="region", label=_("Region")),
        Column(key="valid_to", label=_("Valid to"), kind=Kind.DAY),
        Column(key="apply_by", label=_("Apply by"), kind=Kind.DAY),
        Column(key="state", label=_("State"), labels=choice_labels(AgreementState)),
        Column(key="renewal", label=_("Renewal"), labels=choice_labels(RenewalState)),
        *(Column(key=each.key, label=each.label) for each in columns()),
    )
