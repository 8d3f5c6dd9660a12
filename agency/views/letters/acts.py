"""Acts on one letter. Each page exists twice, once for each side: agency and administration share
no act.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, ServiceMethod
from agency.forms import ReasonForm
from agency.forms.letters import CorrectionForm, HandForm, NoticeForm, PostForm
from agency.letters.values import thawed
from agency.models import LetterService, OfficialLetter
from agency.rules import Obstacle, Refusal
from agency.services.in_force import parameters_on
from agency.services.letters import (
    confirm_service,
    correct_letter,
    fail_service,
    send_letter,
    serve_letter,
    withdraw_letter,
)
from agency.services.letters.obstacles import (
    correcting_obstacles,
    delivery_obstacles,
    failing_obstacles,
    sending_obstacles,
    withdrawing_obstacles,
)
from agency.views.letters.buttons import ACTS, SIDES
from agency.views.pages import ActPage


class LetterAct(ActPage):
    owner: ClassVar[Actor]
    object: OfficialLetter

    def subject(self) -> OfficialLetter:
        rows = OfficialLetter.objects.of_side(self.owner).visible_to(self.user)
        return get_object_or_404(rows.select_related("correction"), pk=self.kwargs["pk"])

    def moment(self) -> dict[str, Any]:
        """Who acts, and when."""
        at = timezone.now()
        return {"by": self.user, "at": at, "on": timezone.localdate(at)}


class ServeByHand(LetterAct):
    form_class = HandForm

    def obstacles(self) -> Sequence[Obstacle]:
        return sending_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("The letter %(number)s counts as served on the day you enter.")
            % {"number": self.object.number},
            _("Periods that run from its receipt start on that day."),
        ]

    def perform(self, form: Any) -> OfficialLetter:
        return serve_letter(
            letter_id=self.object.pk,
            method=ServiceMethod.HAND,
            **form.cleaned_data,
            **self.moment(),
        ).letter


class ServeByPost(LetterAct):
    form_class = PostForm

    def initial(self) -> dict[str, Any]:
        return {"sent_on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return sending_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("Service by post to %(addressee)s begins.")
            % {"addressee": self.object.addressee},
            _("No period runs yet: it starts when you record the delivery with the receipt."),
        ]

    def perform(self, form: Any) -> OfficialLetter:
        return send_letter(
            letter_id=self.object.pk,
            method=ServiceMethod.POST,
            **form.cleaned_data,
            **self.moment(),
        ).letter


class ServeByNotice(LetterAct):
    form_class = NoticeForm

    def initial(self) -> dict[str, Any]:
        return {"sent_on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return sending_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        region = self.object.region
        days = int(parameters_on(timezone.localdate(), region)["notice_service_days"])
        return [
            _("Number, title and addressee of the letter are published on the public site."),
            gettext("It counts as served %(days)d days after that day.") % {"days": days},
        ]

    def perform(self, form: Any) -> OfficialLetter:
        return send_letter(
            letter_id=self.object.pk,
            method=ServiceMethod.NOTICE,
            **form.cleaned_data,
            **self.moment(),
        ).letter


class _OfPending(LetterAct):
    """An act on the service that is under way."""

    _NONE = Obstacle(
        "no_service_under_way",
        _("No service of this letter is under way."),
        rule="T-09",
        remedy=_("Serve it first."),
    )

    @property
    def service(self) -> LetterService | None:
        return self.object.open_service

    def the_service(self) -> LetterService:
        service = self.service
        if service is None:
            raise Refusal([self._NONE])
        return service


class RecordDelivery(_OfPending):
    form_class = HandForm

    def obstacles(self) -> Sequence[Obstacle]:
        service = self.service
        return [self._NONE] if service is None else delivery_obstacles(service, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("The letter %(number)s counts as served on the day you enter.")
            % {"number": self.object.number},
            _("Periods that run from its receipt start on that day."),
        ]

    def perform(self, form: Any) -> OfficialLetter:
        return confirm_service(
            service_id=self.the_service().pk, **form.cleaned_data, **self.moment()
        ).letter


class RecordFailure(_OfPending):
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        service = self.service
        return [self._NONE] if service is None else failing_obstacles(service, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("No period runs. The letter can be served another way.")]

    def perform(self, form: Any) -> OfficialLetter:
        return fail_service(
            service_id=self.the_service().pk, **form.cleaned_data, **self.moment()
        ).letter


class Withdraw(LetterAct):
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return withdrawing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = [
            gettext("The letter %(number)s to %(addressee)s no longer holds.")
            % {"number": self.object.number, "addressee": self.object.addressee},
            _("The public page of its code says so from now on; its number is not given again."),
        ]
        if self.object.open_service is not None:
            lines.append(_("The service under way ends."))
        return lines

    def perform(self, form: Any) -> OfficialLetter:
        return withdraw_letter(letter_id=self.object.pk, **form.cleaned_data, **self.moment())


class Correct(LetterAct):
    def obstacles(self) -> Sequence[Obstacle]:
        return correcting_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("A letter with a number of its own is issued that corrects %(number)s.")
            % {"number": self.object.number},
            _("The new letter must be served; the old one's page names it."),
        ]

    def form_class(self, *args: Any, **kwargs: Any) -> CorrectionForm:  # type: ignore[override]
        kind = self.object.the_kind
        values = {name: thawed(value) for name, value in self.object.context.items()}
        variables = kind.variables if kind else {}
        return CorrectionForm(*args, variables=variables, values=values, **kwargs)

    def initial(self) -> dict[str, Any]:
        return {"addressee": self.object.addressee}

    def perform(self, form: Any) -> OfficialLetter:
        return correct_letter(
            letter_id=self.object.pk,
            context=form.changes,
            addressee=form.cleaned_data["addressee"],
            reason=form.cleaned_data["reason"],
            **self.moment(),
        )


PAGES: dict[str, type[LetterAct]] = {
    "hand": ServeByHand,
    "post": ServeByPost,
    "notice": ServeByNotice,
    "delivery": RecordDelivery,
    "failure": RecordFailure,
    "correct": Correct,
    "withdraw": Withdraw,
}


def both_sides(slug: str) -> tuple[type[LetterAct], type[LetterAct]]:
    """Return the page of an act for the agency and for the administration."""
    page = PAGES[slug]
    agency, administration = (
        type(f"{page.__name__}{owner.title()}", (page,), {"act": act, "owner": owner})
        for owner, act in zip(SIDES, ACTS[slug], strict=True)
    )
    return agency, administration
