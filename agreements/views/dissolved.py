"""The list of dissolved agreements: kept at the desk, read by everybody (B-14, C-04)."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.forms import NoForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.services.report_files import BOM, csv_text
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.cascade import EntryState
from agreements.forms.cascade import DeskEntryFilter, EntryFilter, ExplanationOfWithdrawal
from agreements.models import DissolvedEntry
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.permissions.cascade import (
    PUBLISH_DISSOLVED,
    WITHDRAW_DISSOLVED,
    publishing_obstacles,
    withdrawing_obstacles,
)
from agreements.services.dissolved import publish_entry, withdraw_entry

QUEUE_LENGTH = 50
WITHDRAWN_SHOWN = 10
MOST_ROWS = 20_000

navigation(
    "desk",
    _("Dissolved agreements"),
    "agreements_desk:dissolved",
    VIEW_AGREEMENTS,
    order=28,
    rules=("B-14",),
)


@desk_queue
def entries_waiting(user: User, on: date) -> Iterator[Matter]:
    """Dissolutions to be published, annulled ones to be withdrawn, of the user's region."""
    if not PUBLISH_DISSOLVED.allows(user):
        return
    own = DissolvedEntry.objects.filter(region=user.region_id) if user.region_id else None
    rows = DissolvedEntry.objects.all() if own is None else own
    for entry in rows.withdrawing().order_by("withdraw_due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Annulled dissolution of %(day)s") % {"day": entry.dissolved_on},
            institution=entry.name,
            state=EntryState(entry.state),
            url=entry.get_absolute_url(),
            act=WITHDRAW_DISSOLVED.label,
            due_on=ends_on(entry.withdraw_due_on, entry.withdraw_due_basis),
            provisional=entry.withdraw_due_provisional,
        )
    for entry in rows.publishing().order_by("publish_due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Dissolution of %(day)s") % {"day": entry.dissolved_on},
            institution=entry.name,
            state=EntryState(entry.state),
            url=entry.get_absolute_url(),
            act=PUBLISH_DISSOLVED.label,
            due_on=ends_on(entry.publish_due_on, entry.publish_due_basis),
            provisional=entry.publish_due_provisional,
        )


class DissolvedList(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/dissolved.html"
    order_field = "-dissolved_on"
    filterset_class = DeskEntryFilter

    def get_queryset(self) -> QuerySet[DissolvedEntry]:
        return DissolvedEntry.objects.select_related("region", "agreement")


class EntryPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/dissolved_entry.html"
    context_object_name = "entry"

    def get_queryset(self) -> QuerySet[DissolvedEntry]:
        return DissolvedEntry.objects.select_related(
            "region", "agreement__institution", "letter", "published_by", "withdrawn_by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry, user = self.object, self.user
        on = timezone.localdate()
        table = [
            (
                "dissolved_publish",
                PUBLISH_DISSOLVED,
                entry.state == EntryState.PENDING,
                publishing_obstacles(entry, on=on),
            ),
            (
                "dissolved_withdraw",
                WITHDRAW_DISSOLVED,
                entry.state == EntryState.TO_WITHDRAW,
                withdrawing_obstacles(entry),
            ),
        ]
        buttons = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[entry.pk]),
                "obstacles": obstacles,
            }
            for name, act, belongs, obstacles in table
            if belongs and act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class OfEntry(ActPage):
    def subject(self) -> DissolvedEntry:
        rows = DissolvedEntry.objects.select_related("region", "agreement__institution")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class Publish(OfEntry):
    act = PUBLISH_DISSOLVED
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        return publishing_obstacles(self.object, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        facts = {
            "name": self.object.name,
            "code": self.object.code,
            "day": self.object.dissolved_on,
            "ground": self.object.ground,
        }
        return [
            gettext("Everybody reads: %(name)s, %(code)s, %(day)s, ground %(ground)d.") % facts,
            _("Only an annulment takes the entry off the page again."),
        ]

    def perform(self, form: NoForm) -> DissolvedEntry:
        return publish_entry(entry_id=self.object.pk, by=self.user, at=timezone.now())


class Withdraw(OfEntry):
    act = WITHDRAW_DISSOLVED
    form_class: Any = ExplanationOfWithdrawal

    def obstacles(self) -> Sequence[Obstacle]:
        return withdrawing_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The entry leaves the list of dissolved agreements."),
            _("Your explanation stands on the public page in its place."),
            _("The institution is told."),
        ]

    def perform(self, form: Any) -> DissolvedEntry:
        return withdraw_entry(
            entry_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            explanation=form.cleaned_data["reason"],
        )


class PublicList(KeysetList):
    """Who is not designated any more: name, code, day, number of the ground. Nothing personal."""

    template_name = "agreements/public/dissolved.html"
    order_field = "-dissolved_on"
    filterset_class = EntryFilter

    def get_queryset(self) -> QuerySet[DissolvedEntry]:
        return DissolvedEntry.objects.public().select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("after", None)
        withdrawn = DissolvedEntry.objects.filter(state=EntryState.WITHDRAWN)
        return super().get_context_data(
            query=query.urlencode(),
            withdrawn=list(withdrawn.order_by("-withdrawn_on", "-pk")[:WITHDRAWN_SHOWN]),
            **kwargs,
        )


def public_csv(request: HttpRequest) -> HttpResponse:
    """The list as a file, with the filters of the page."""
    rows = DissolvedEntry.objects.public().select_related("region")
    found = EntryFilter(request.GET, rows, request=request).qs
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="dissolved-agreements.csv"'
    response.write(BOM)
    writer = csv.writer(response)
    writer.writerow(
        [
            gettext("name"),
            gettext("national code"),
            gettext("region"),
            gettext("dissolved on"),
            gettext("ground of dissolution"),
            gettext("published on"),
        ]
    )
    for each in found.order_by("-dissolved_on", "-pk")[:MOST_ROWS]:
        writer.writerow(
            csv_text(value)
            for value in (
                each.name,
                each.code,
                each.region.name,
                each.dissolved_on,
                each.ground,
                each.published_on,
            )
        )
    return response
