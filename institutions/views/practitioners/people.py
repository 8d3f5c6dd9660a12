"""One person's file across institutions, and finding it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, FormView

from agency.enums import ReadingKind
from agency.forms.audit import OwnPurposeForm
from agency.home import navigation
from agency.permissions import Act
from agency.views.pages import ActRequired, KeysetList
from agency.views.reading import RevealPage
from institutions.enums.practitioners import PaymentStatus
from institutions.forms.practitioners import FindByNumberForm, PractitionerFilter
from institutions.models import Institution, Practitioner, RosterEntry
from institutions.permissions.practitioners import (
    AMEND_FILE,
    CONFIRM_COMMITMENT,
    CORRECT_ENTRY,
    LEAVE,
    MOVE,
    PREPARE_COMMITMENT,
    READ_ID_NUMBER,
    READ_OWN_ID_NUMBER,
    STRIKE_ENTRY,
    VIEW_OWN_ROSTER,
    VIEW_ROSTERS,
)
from institutions.services.practitioners.files import practitioner_by
from institutions.services.practitioners.statuses import status_on

navigation(
    "desk",
    _("Practitioners"),
    "institutions_desk:practitioners",
    VIEW_ROSTERS,
    order=17,
    rules=("D-01", "D-06"),
)


class PractitionerList(ActRequired, KeysetList):
    """Every file; by name or staff code here, by identity number in a form of its own, because
    addresses are logged.
    """

    act = VIEW_ROSTERS
    template_name = "institutions/roster/practitioners.html"
    order_field = "-pk"
    filterset_class = PractitionerFilter

    def get_queryset(self) -> QuerySet[Practitioner]:
        today = timezone.localdate()
        present = RosterEntry.objects.on(today).select_related("institution", "department")
        return (
            Practitioner.objects.visible_to(self.user)
            .select_related("person")
            .prefetch_related(Prefetch("entries", present, to_attr="present"))
        )


class FindByNumber(ActRequired, FormView):
    """Looks a file up by an identity number, which must stand in no address."""

    act = VIEW_ROSTERS
    form_class = FindByNumberForm
    template_name = "institutions/roster/find.html"

    def form_valid(self, form: FindByNumberForm) -> HttpResponse:
        found = practitioner_by(id_number=form.cleaned_data["id_number"])
        if found is not None:
            return redirect(found)
        form.add_error("id_number", gettext("Nobody is on file under this identity number."))
        return self.form_invalid(form)


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a person's file, by its day."""

    on: date
    text: str | Promise
    about: str = ""


class PersonPage(ActRequired, DetailView):
    template_name = "institutions/roster/practitioner.html"
    context_object_name = "practitioner"
    area = "desk"

    def get_queryset(self) -> QuerySet[Practitioner]:
        return Practitioner.objects.visible_to(self.user).select_related("person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        practitioner, today = self.object, timezone.localdate()
        own = Institution.objects.visible_to(self.user).first() if self.area == "portal" else None
        entries = list(
            practitioner.entries.select_related("institution", "department").order_by(
                "-starts_on", "-pk"
            )
        )
        # What a person does elsewhere concerns an institution only as far as it is now.
        shown = [
            each
            for each in entries
            if own is None or each.institution_id == own.pk or each.holds_on(today)
        ]
        commitments = {
            each.institution_id: each
            for each in practitioner.commitments.select_related("letter", "file")
        }
        for entry in shown:
            entry.commitment = commitments.get(entry.institution_id)
            entry.buttons = (
                self.entry_buttons(entry)
                if own is not None and entry.institution_id == own.pk and not entry.is_void
                else []
            )
        status = status_on(practitioner, today)
        return super().get_context_data(
            area=self.area,
            layout=f"agency/{self.area}.html",
            own=own,
            entries=shown,
            status=status,
            is_normal=status == PaymentStatus.NORMAL,
            first=practitioner.first_registrations.on(today).select_related("institution").first(),
            statuses=practitioner.statuses.order_by("-starts_on"),
            doubled=full_time_places(entries, today),
            timeline=timeline(practitioner, shown),
            buttons=self.buttons(own),
            **kwargs,
        )

    def buttons(self, own: Institution | None) -> list[dict[str, Any]]:
        names = {"desk": (READ_ID_NUMBER,), "portal": (AMEND_FILE, READ_OWN_ID_NUMBER)}
        pages = {
            READ_ID_NUMBER: "practitioner_number",
            READ_OWN_ID_NUMBER: "practitioner_number",
            AMEND_FILE: "practitioner_amend",
        }
        return [
            {
                "act": act,
                "url": reverse(f"institutions_{self.area}:{pages[act]}", args=[self.object.pk]),
            }
            for act in names[self.area]
            if act.allows(self.user)
        ]

    def entry_buttons(self, entry: RosterEntry) -> list[dict[str, Any]]:
        commitment = entry.commitment  # type: ignore[attr-defined]
        acts: list[tuple[Act, str]] = []
        if commitment is None or not commitment.is_signed:
            acts += [
                (PREPARE_COMMITMENT, "commitment_prepare"),
                (CONFIRM_COMMITMENT, "commitment_sign"),
            ]
        if entry.is_open:
            acts += [(MOVE, "roster_move"), (LEAVE, "roster_leave")]
        acts += [(CORRECT_ENTRY, "roster_correct"), (STRIKE_ENTRY, "roster_strike")]
        return [
            {"act": act, "url": reverse(f"institutions_portal:{name}", args=[entry.pk])}
            for act, name in acts
            if act.allows(self.user)
        ]


def full_time_places(entries: Sequence[RosterEntry], on: date) -> list[RosterEntry]:
    """Return the full-time rows of a day where they are in more than one institution."""
    full = [each for each in entries if each.holds_on(on) and each.employment == "full_time"]
    return full if len({each.institution_id for each in full}) > 1 else []


def timeline(practitioner: Practitioner, entries: Sequence[RosterEntry]) -> list[Event]:
    """Return what happened to a person, the latest first. Two queries."""
    events = []
    for each in entries:
        about = f"{each.institution.name} · {each.department}"
        if each.is_void:
            void = gettext("Row from %(day)s void: %(reason)s")
            words = {"day": each.starts_on, "reason": each.void_reason}
            on = timezone.localdate(each.voided_at)
            events.append(Event(on, void % words, about))
            continue
        events.append(Event(each.starts_on, _("On the roster"), about))
        if each.ends_on:
            reason = f" · {each.end_reason}" if each.end_reason else ""
            events.append(Event(each.ends_on, _("Last day on the roster"), about + reason))
    for status in practitioner.statuses.all():
        through = status.ends_on or gettext("further notice")
        text = gettext("%(status)s through %(day)s") % {
            "status": status.get_status_display(),
            "day": through,
        }
        events.append(Event(status.starts_on, text, status.basis))
    for place in practitioner.first_registrations.select_related("institution"):
        where = place.institution.name if place.institution else place.place
        events.append(Event(place.starts_on, _("First registered"), where))
    return sorted(events, key=lambda each: each.on, reverse=True)


class DeskPerson(PersonPage):
    act = VIEW_ROSTERS


class OwnPerson(PersonPage):
    act = VIEW_OWN_ROSTER
    area = "portal"


class NumberPage(RevealPage):
    """A person's identity number, shown for a purpose."""

    kind = ReadingKind.PRACTITIONER
    fields = ("id_number",)
    object: Practitioner

    def subject(self) -> Practitioner:
        rows = Practitioner.objects.visible_to(self.user).select_related("person")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.pk)

    def values(self) -> Sequence[tuple[str, str]]:
        return [
            (pgettext("person", "Name"), self.object.person.name),
            (gettext("Identity number"), self.object.person.id_number),
        ]

    def masked(self) -> Sequence[tuple[str, str]]:
        return [(gettext("Identity number"), self.object.person.masked_number)]

    def consequences(self) -> Sequence[str | Promise]:
        return super().consequences()[:2]


class DeskNumber(NumberPage):
    act = READ_ID_NUMBER


class OwnNumber(NumberPage):
    act = READ_OWN_ID_NUMBER
    area = "portal"
    form_class = OwnPurposeForm

    def owner(self) -> Institution | None:
        return Institution.objects.visible_to(self.user).first()
