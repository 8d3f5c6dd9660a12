"""The roster as at a day, at the desk and in the portal: on screen, as files, to print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.home import navigation
from agency.models import User
from agency.permissions import Act
from agency.reports import Row
from agency.services.report_files import csv_lines, write_workbook
from agency.views.pages import ActRequired, KeysetList
from agency.views.reports import XLSX, in_language
from institutions.application_panels import application_panel
from institutions.forms.practitioners import RosterFilter
from institutions.models import DesignationApplication, Institution, RosterEntry
from institutions.panels import institution_panel
from institutions.permissions.practitioners import (
    HIRE,
    UPLOAD_ROSTER,
    VIEW_OWN_ROSTER,
    VIEW_ROSTERS,
)
from institutions.services.practitioners.naming import own_physicians_on, roster_on
from institutions.views.practitioners.table import ROSTER, row_of

navigation(
    "portal",
    _("Practitioners"),
    "institutions_portal:roster",
    VIEW_OWN_ROSTER,
    order=17,
    rules=("D-01",),
)
PRINTED = 5000


@institution_panel("institutions/roster/panel.html")
def roster_panel(institution: Institution, on: date) -> dict[str, Any]:
    """How many persons the institution has on the day, and what misses. Four queries."""
    rows = roster_on(institution.pk, on)
    return {
        "listed": rows.values("practitioner").distinct().count(),
        "physicians": own_physicians_on(institution.pk, on),
        "uncommitted": rows.uncommitted().count(),
        "departments": institution.departments.open_on(on).count(),
    }


@application_panel("institutions/roster/application_panel.html", order=30)
@application_panel("institutions/roster/application_panel.html", area="portal", order=30)
def stated_physicians(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    """What the applicant states of its own physicians, against its roster (A-03, item 2)."""
    stated = application.own_physicians
    if stated is None:
        return None
    listed = own_physicians_on(application.institution_id, on)
    return {"stated": stated, "listed": listed, "differs": listed < stated}


class RosterPart(ActRequired):
    """What every page of one institution's roster knows: whose, and on which day."""

    area = "desk"
    kwargs: dict[str, Any]

    def institution(self) -> Institution:
        rows = Institution.objects.visible_to(self.user)
        if self.area == "desk":
            return get_object_or_404(rows, pk=self.kwargs["pk"])
        own = rows.first()
        if own is None:
            raise Http404
        return own

    def day(self) -> date:
        try:
            return date.fromisoformat(self.request.GET.get("on", ""))
        except ValueError:
            return timezone.localdate()

    def entries(self) -> QuerySet[RosterEntry]:
        day = self.day()
        self.owner = self.institution()
        return roster_on(self.owner.pk, day).annotated(day)

    def addresses(self) -> dict[str, str]:
        """The pages of this roster, with the filters of this one."""
        query = self.request.GET.copy()
        query.pop("after", None)
        asked = f"?{query.urlencode()}" if query else ""
        args = [self.owner.pk] if self.area == "desk" else []
        return {
            name: reverse(f"institutions_{self.area}:roster{suffix}", args=args) + asked
            for name, suffix in (
                ("list", ""),
                ("csv", "_csv"),
                ("xlsx", "_xlsx"),
                ("print", "_print"),
            )
        }


class RosterList(RosterPart, KeysetList):
    template_name = "institutions/roster/roster.html"
    order_field = "department__code"
    filterset_class = RosterFilter
    is_print = False

    def get_queryset(self) -> QuerySet[RosterEntry]:
        return self.entries()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        day, user = self.day(), self.user
        return context | {
            "institution": self.owner,
            "area": self.area,
            "layout": f"agency/{self.area}.html",
            "on": day,
            "is_today": day == timezone.localdate(),
            "is_print": self.is_print,
            "urls": self.addresses(),
            "physicians": own_physicians_on(self.owner.pk, day),
            "listed": roster_on(self.owner.pk, day).values("practitioner").distinct().count(),
            "may_hire": self.area == "portal" and HIRE.allows(user),
            "may_upload": self.area == "portal" and UPLOAD_ROSTER.allows(user),
            "hire_act": HIRE,
            "upload_act": UPLOAD_ROSTER,
        }


class RosterPrint(RosterList):
    page_size = PRINTED
    is_print = True


class RosterFile(RosterPart, View):
    """The whole roster under the filters. It names persons, never their identity numbers."""

    suffix = ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        filterset = RosterFilter(request.GET, self.entries(), request=request)
        if not filterset.form.is_valid():
            lines = [f"{name}: {' '.join(each)}" for name, each in filterset.form.errors.items()]
            return HttpResponse(
                "\n".join(lines), status=400, content_type="text/plain; charset=utf-8"
            )
        day = self.day()
        entries = filterset.qs.order_by("department__code", "pk").iterator(chunk_size=2000)
        response = self.response(row_of(each, day) for each in entries)
        name = f"roster-{self.owner.code or self.owner.pk}-{day:%Y%m%d}.{self.suffix}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def response(self, rows: Iterator[Row]) -> HttpResponseBase:
        raise NotImplementedError


class RosterCsv(RosterFile):
    suffix = "csv"

    def response(self, rows: Iterator[Row]) -> HttpResponseBase:
        lines = in_language(csv_lines(ROSTER, rows), get_language())
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


class RosterXlsx(RosterFile):
    suffix = "xlsx"

    def response(self, rows: Iterator[Row]) -> HttpResponseBase:
        return FileResponse(write_workbook(ROSTER, rows), content_type=XLSX)


class OfDesk:
    act: Act = VIEW_ROSTERS
    area = "desk"


class OfPortal:
    act: Act = VIEW_OWN_ROSTER
    area = "portal"


class DeskRoster(OfDesk, RosterList):
    pass


class DeskPrint(OfDesk, RosterPrint):
    pass


class DeskCsv(OfDesk, RosterCsv):
    pass


class DeskXlsx(OfDesk, RosterXlsx):
    pass


class OwnRoster(OfPortal, RosterList):
    pass


class OwnPrint(OfPortal, RosterPrint):
    pass


class OwnCsv(OfPortal, RosterCsv):
    pass


class OwnXlsx(OfPortal, RosterXlsx):
    pass
