"""What an institution does to its roster, one page for each act."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.forms import NoForm
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.enums.practitioners import CommitmentKind
from institutions.forms.practitioners import (
    AmendFileForm,
    CorrectForm,
    HireForm,
    LeaveForm,
    MoveForm,
    SignForm,
    StrikeForm,
)
from institutions.models import (
    Institution,
    Practitioner,
    RosterEntry,
    ServiceCommitment,
)
from institutions.permissions.practitioners import (
    AMEND_FILE,
    CONFIRM_COMMITMENT,
    CORRECT_ENTRY,
    HIRE,
    LEAVE,
    MOVE,
    PREPARE_COMMITMENT,
    STRIKE_ENTRY,
    entry_obstacles,
    leaving_obstacles,
)
from institutions.services.practitioners.commitments import (
    commitment_of,
    confirm_commitment,
    prepare_commitment,
    signing_obstacles,
)
from institutions.services.practitioners.files import amend_file, practitioner_by
from institutions.services.practitioners.places import full_time_elsewhere
from institutions.services.practitioners.roster import (
    correct_entry,
    hire,
    leave,
    move,
    strike_entry,
)


def own_institution(page: ActRequired) -> Institution:
    """Return the institution of the user's account."""
    own = Institution.objects.visible_to(page.user).first()
    if own is None:
        raise Http404
    return own


class Hire(ActPage):
    act = HIRE
    area = "portal"
    form_class = HireForm
    template_name = "institutions/roster/hire.html"

    def subject(self) -> Institution:
        return own_institution(self)

    def initial(self) -> dict[str, Any]:
        return {"institution": self.object}

    def stamp(self) -> str:
        # One row more since the page was opened may have been this one, sent twice.
        return str(self.object.roster.count())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Whoever has a file keeps it: one person, one file, wherever they work."),
            _("From the first day on, charges may name the person."),
            _("The service commitment counts as missing until its signature is entered."),
        ]

    def perform(self, form: HireForm) -> RosterEntry:
        data = form.cleaned_data
        return hire(
            institution_id=self.object.pk,
            person=form.file_facts(name=data["name"], id_number=data["id_number"]),
            entry=form.entry_facts(),
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: RosterEntry) -> str:
        for other in full_time_elsewhere(result):
            text = gettext("Note: this person is full-time at %(name)s as well.")
            messages.warning(self.request, text % {"name": other.institution.name})
        return gettext("%(person)s is on the roster from %(day)s.") % {
            "person": result.practitioner.person.name,
            "day": result.starts_on,
        }

    def back_url(self) -> str:
        return reverse("institutions_portal:roster")


class LookUp(ActRequired, View):
    """Whether somebody is on file under a number: the name masked, and whether it fits the one
    that was typed. Asked by POST, because addresses are logged.
    """

    act = HIRE

    def post(self, request: HttpRequest) -> HttpResponse:
        number, code = request.POST.get("id_number", ""), request.POST.get("staff_code", "")
        found = practitioner_by(id_number=number[:20], staff_code=code[:20])
        name = request.POST.get("name", "").strip()
        fits = found is not None and bool(name) and found.person.name == name
        context = {
            "found": found,
            "fits": fits,
            "name": name,
            "asked": bool(number.strip() or code.strip()),
        }
        return render(request, "institutions/roster/looked_up.html", context)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "institutions/roster/looked_up.html", {"asked": False})


class OfEntry(ActPage):
    """An act on one row of the institution's own roster."""

    area = "portal"

    def subject(self) -> RosterEntry:
        rows = RosterEntry.objects.visible_to(self.user).select_related(
            "practitioner__person", "department", "institution"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.is_void}.{self.object.ends_on}"

    def obstacles(self) -> Sequence[Obstacle]:
        return entry_obstacles(self.object)

    def next_url(self, result: Any) -> str:
        return self.object.get_portal_url()


class Move(OfEntry):
    act = MOVE
    form_class = MoveForm

    def initial(self) -> dict[str, Any]:
        return {"entry": self.object}

    def obstacles(self) -> Sequence[Obstacle]:
        return leaving_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The present row ends the day before; a new one begins.")]

    def perform(self, form: MoveForm) -> RosterEntry:
        data = form.cleaned_data
        return move(
            entry_id=self.object.pk,
            department_id=data["department"].pk,
            on=data["on"],
            position=data["position"],
            by=self.user,
            at=timezone.now(),
        )


class Leave(OfEntry):
    act = LEAVE
    form_class = LeaveForm

    def obstacles(self) -> Sequence[Obstacle]:
        return leaving_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every open row of the person at this institution ends on that day."),
            _("Charges of later days may not name the person here any more."),
            _("The file stays, and so do rows at other institutions."),
        ]

    def perform(self, form: LeaveForm) -> list[RosterEntry]:
        return leave(
            entry_id=self.object.pk,
            ends_on=form.cleaned_data["ends_on"],
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: list[RosterEntry]) -> str:
        text = ngettext("%(n)d row ends on %(day)s.", "%(n)d rows end on %(day)s.", len(result))
        return text % {"n": len(result), "day": result[0].ends_on}


class Correct(OfEntry):
    act = CORRECT_ENTRY
    form_class = CorrectForm

    def initial(self) -> dict[str, Any]:
        entry = self.object
        return {
            "institution": entry.institution,
            "department": entry.department_id,
            "position": entry.position,
            "employment": entry.employment,
            "starts_on": entry.starts_on,
            "ends_on": entry.ends_on,
        }

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The wrong row stays in the file, void, with what was wrong."),
            _("The new row counts from its first day, as if it had always been there."),
        ]

    def perform(self, form: CorrectForm) -> RosterEntry:
        return correct_entry(
            entry_id=self.object.pk,
            entry=form.entry_facts(),
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class Strike(OfEntry):
    act = STRIKE_ENTRY
    form_class = StrikeForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The row counts no more, on no day. For somebody who left, enter the leaving.")]

    def perform(self, form: StrikeForm) -> RosterEntry:
        return strike_entry(
            entry_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class OfCommitment(OfEntry):
    def obstacles(self) -> Sequence[Obstacle]:
        return [*entry_obstacles(self.object), *signing_obstacles(commitment_of(self.object))]

    def stamp(self) -> str:
        commitment = commitment_of(self.object)
        letter = commitment.letter_id if commitment else None
        return f"{letter}.{commitment.signed_on if commitment else None}"


class PrepareCommitment(OfCommitment):
    act = PREPARE_COMMITMENT
    form_class = NoForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("A letter with the person's data is made, to be printed and signed.")]

    def perform(self, form: NoForm) -> ServiceCommitment:
        return prepare_commitment(entry_id=self.object.pk, by=self.user, at=timezone.now())

    def success(self, result: ServiceCommitment) -> str:
        return gettext("The commitment for signing is among your letters.")


class SignCommitment(OfCommitment):
    act = CONFIRM_COMMITMENT
    form_class = SignForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("On paper: the scan of the signed page is kept."),
            _("Electronically: you confirm that the person has signed and that you can prove it."),
        ]

    def perform(self, form: SignForm) -> ServiceCommitment:
        data = form.cleaned_data
        return confirm_commitment(
            entry_id=self.object.pk,
            kind=CommitmentKind(data["kind"]),
            signed_on=data["signed_on"],
            files=data["file"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: ServiceCommitment) -> str:
        return gettext("The commitment of %(day)s is on file.") % {"day": result.signed_on}


class Amend(ActPage):
    act = AMEND_FILE
    area = "portal"
    form_class = AmendFileForm

    def subject(self) -> Practitioner:
        rows = Practitioner.objects.visible_to(self.user).select_related("person")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        file = self.object
        return {
            "institution": own_institution(self),
            "staff_code": file.staff_code,
            "category": file.category,
            "qualification": file.qualification,
            "licence_no": file.licence_no,
        }

    def stamp(self) -> str:
        file = self.object
        return f"{file.staff_code}.{file.category}.{file.qualification}.{file.licence_no}"

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The file is one for all institutions: each of them sees the change."),
            _("Another first place of registration holds from today on."),
        ]

    def perform(self, form: AmendFileForm) -> Practitioner:
        return amend_file(
            practitioner_id=self.object.pk,
            institution_id=own_institution(self).pk,
            facts=form.file_facts(name=self.object.person.name),
            by=self.user,
            at=timezone.now(),
        )
