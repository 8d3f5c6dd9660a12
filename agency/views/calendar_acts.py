"""Acts on the calendar: taking in a notice, publishing it, closing days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agency import permissions
from agency.forms import NoForm
from agency.forms.calendar import ClosingDayForm, PublishForm, RevocationForm, UploadCalendarForm
from agency.models import CalendarImport, ClosingDay
from agency.rules import Obstacle
from agency.services import calendar_imports, closing, recomputation
from agency.services.holidays import difference
from agency.tasks import run_job
from agency.views.pages import ActPage

# More than these are computed anew by the worker, so that nobody waits for a page.
AT_ONCE = 5000


class CalendarActPage(ActPage):
    """An act on the calendar as a whole comes back to the year it is about."""

    def next_url(self, result: Any) -> str:
        return reverse("agency_desk:calendar_year", args=[getattr(result, "year", self.year())])

    def year(self) -> int:
        return timezone.localdate().year

    def back_url(self) -> str:
        return self.next_url(self.object)

    def subject(self) -> Any:
        return _("Calendar")


class UploadCalendar(CalendarActPage):
    act = permissions.UPLOAD_CALENDAR
    form_class = UploadCalendarForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext_lazy(
                "The file is read and compared with the calendar; nothing changes before it is "
                "published."
            ),
            gettext_lazy("A notice of the same year that still waits is discarded."),
        ]

    def perform(self, form: UploadCalendarForm) -> CalendarImport:
        data = form.cleaned_data
        return calendar_imports.propose_import(
            raw=data["file"].read(),
            filename=data["file"].name,
            notice_no=data["notice_no"],
            source=data["source"],
            by=self.user,
            at=timezone.now(),
        )

    def next_url(self, result: Any) -> str:
        if isinstance(result, CalendarImport):
            return result.get_absolute_url()
        return reverse("agency_desk:calendar")


class ImportAct(CalendarActPage):
    object: CalendarImport

    def subject(self) -> CalendarImport:
        return get_object_or_404(CalendarImport, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.state}.{self.object.digest[:16]}.{self.object.based_on}"

    def back_url(self) -> str:
        return self.object.get_absolute_url()


class PublishImport(ImportAct):
    act = permissions.PUBLISH_CALENDAR
    form_class = PublishForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return calendar_imports.publishing_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        change = difference(calendar_imports.notice_of(self.object))
        days = len(change.added) + len(change.removed) + len(change.changed)
        return [
            ngettext("%(n)d day of %(year)d changes.", "%(n)d days of %(year)d change.", days)
            % {"n": days, "year": self.object.year},
            gettext_lazy(
                "Every open deadline that rests on the old calendar is computed again, recorded "
                "in its matter, and both sides are told."
            ),
        ]

    def perform(self, form: Any) -> CalendarImport:
        published, _change = calendar_imports.publish_import(
            import_id=self.object.pk,
            digest=self.object.digest,
            by=self.user,
            at=timezone.now(),
        )
        messages.info(self.request, recomputed())
        return published


def recomputed() -> str:
    """Compute the deadlines anew, here or by the worker; return what to say of it."""
    waiting = recomputation.waiting()
    if waiting > AT_ONCE:
        name = "agency.recompute_deadlines"
        transaction.on_commit(lambda: run_job.delay(name), robust=True)
        return _("%(n)d deadlines are being computed again in the background.") % {"n": waiting}
    moved = recomputation.recompute_deadlines(on=timezone.localdate(), at=timezone.now())
    if not moved:
        return _("No open deadline moved.")
    return ngettext(
        "The deadline of %(n)d matter moved or is confirmed; both sides have been told.",
        "The deadlines of %(n)d matters moved or are confirmed; both sides have been told.",
        moved,
    ) % {"n": moved}


class DiscardImport(ImportAct):
    act = permissions.DISCARD_CALENDAR
    form_class = NoForm

    def consequences(self) -> Sequence[str | Promise]:
        return [gettext_lazy("The calendar stays as it is; the notice is kept as discarded.")]

    def perform(self, form: Any) -> CalendarImport:
        return calendar_imports.discard_import(
            import_id=self.object.pk, by=self.user, at=timezone.now()
        )


# --- closing days -------------------------------------------------------------------------------


class AddClosingDay(CalendarActPage):
    act = permissions.ADD_CLOSING_DAY
    form_class = ClosingDayForm

    def consequences(self) -> Sequence[str | Promise]:
        if closing.closing_days_count(timezone.localdate()):
            return [
                gettext_lazy(
                    "Closing days count: the agency's own deadlines that reach over the day are "
                    "computed again, and both sides are told."
                ),
                gettext_lazy("The institutions' deadlines stay as they are."),
            ]
        return [gettext_lazy("The day is shown in the calendar; no deadline moves.")]

    def perform(self, form: ClosingDayForm) -> ClosingDay:
        data = form.cleaned_data
        added = closing.add_closing_day(
            day=data["on"],
            name=data["name"],
            decided_by=data["decided_by"],
            document=data["document"],
            by=self.user,
            on=timezone.localdate(),
            at=timezone.now(),
        )
        if added.counts:
            messages.info(self.request, recomputed())
        return added

    def next_url(self, result: Any) -> str:
        return reverse("agency_desk:closing_days")


class RevokeClosingDay(CalendarActPage):
    act = permissions.REVOKE_CLOSING_DAY
    form_class = RevocationForm

    def subject(self) -> ClosingDay:
        return get_object_or_404(ClosingDay, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.revoked_at}.{self.object.version}"

    def obstacles(self) -> Sequence[Obstacle]:
        return closing.revoking_obstacles(self.object, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [gettext_lazy("The agency works on that day; the entry is kept as revoked.")]

    def perform(self, form: RevocationForm) -> ClosingDay:
        counted = self.object.counts
        revoked = closing.revoke_closing_day(
            closing_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            on=timezone.localdate(),
            at=timezone.now(),
        )
        if counted:
            messages.info(self.request, recomputed())
        return revoked

    def next_url(self, result: Any) -> str:
        return reverse("agency_desk:closing_days")
