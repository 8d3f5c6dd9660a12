"""The acts of the desk on one change of information."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.forms import ReasonForm
from agency.rules import Obstacle
from agency.views.pages import ActPage
from institutions.forms import OptionalReasonForm
from institutions.forms.changes import RouteForm, StopForm, VisitForm
from institutions.models import AddressCommitment, ChangeRequest
from institutions.permissions.changes import (
    APPROVE_CHANGE,
    CHECK_CHANGE,
    CHOOSE_ROUTE,
    REJECT_CHANGE,
    STOP_CHANGE,
    VERIFY_COMMITMENT,
    approval_obstacles,
    check_obstacles,
    commitment_obstacles,
    decision_obstacles,
    route_obstacles,
    stop_obstacles,
)
from institutions.rules.reevaluation import Route
from institutions.services.change_checks import hints_for
from institutions.services.change_effects import effective_day, stop_change
from institutions.services.changes import (
    approve_change,
    check_change,
    choose_route,
    reject_change,
)
from institutions.services.commitments import record_visit
from institutions.views.changes.portal import stop_consequences


class OfChange(ActPage):
    """What the acts on a change share."""

    template_name = "institutions/desk/change_act.html"

    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user).with_everything()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def extra(self) -> dict[str, Any]:
        return {"hints": hints_for(self.object, on=timezone.localdate())}


class CheckChange(OfChange):
    act = CHECK_CHANGE
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return check_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        first = _("You confirm that the new values are what the evidence says.")
        if self.object.final_route is Route.REEVAL:
            return [first, _("A new assessment begins, and the institution is told by letter.")]
        if self.object.waits_for_choice or self.object.final_route is Route.MANUAL_REVIEW:
            return [first, _("The agency head decides whether there is a new assessment.")]
        lines: list[str | Promise] = [first, _("The change then waits for its approval.")]
        if self.object.changes_account:
            lines.append(_("You cannot approve it yourself: a bank account takes two people."))
        return lines

    def perform(self, form: OptionalReasonForm) -> ChangeRequest:
        return check_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class ChooseRoute(OfChange):
    act = CHOOSE_ROUTE
    form_class = RouteForm

    def initial(self) -> dict[str, Any]:
        return {"route": self.object.route_basis.get("proposal") or ""}

    def obstacles(self) -> Sequence[Obstacle]:
        return route_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Without a new assessment the change can be approved at once."),
            _("A new assessment begins at once, and the institution is told by letter."),
        ]

    def perform(self, form: RouteForm) -> ChangeRequest:
        return choose_route(
            change_id=self.object.pk,
            route=Route(form.cleaned_data["route"]),
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class ApproveChange(OfChange):
    act = APPROVE_CHANGE
    form_class = OptionalReasonForm

    def asks_for_code(self) -> bool:
        return self.object.changes_account

    def obstacles(self) -> Sequence[Obstacle]:
        return approval_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        change = self.object
        lines: list[str | Promise] = []
        if any(not each.is_of_account for each in change.items.all()):
            lines.append(_("The new values are entered in the register with effect from today."))
        if change.changes_account:
            lines += [
                gettext("The bank account takes effect on %(day)s; until then it can be stopped.")
                % {"day": self._effect_on()},
                _(
                    "The old contact is told: every account of the institution, and the e-mail "
                    "address on file."
                ),
                _("What was paid before stays with the account so far."),
            ]
        lines.append(_("The institution is told."))
        return lines

    def _effect_on(self) -> date:
        day, _basis = effective_day(self.object, timezone.localdate())
        return day

    def perform(self, form: OptionalReasonForm) -> ChangeRequest:
        return approve_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RejectChange(OfChange):
    act = REJECT_CHANGE
    form_class = ReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return decision_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The register stays as it is."),
            _("The institution is told the reason and may file again."),
        ]

    def perform(self, form: ReasonForm) -> ChangeRequest:
        return reject_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class StopChange(OfChange):
    act = STOP_CHANGE
    form_class = StopForm

    def obstacles(self) -> Sequence[Obstacle]:
        return stop_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return stop_consequences(self.object)

    def perform(self, form: StopForm) -> ChangeRequest:
        return stop_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RecordVisit(OfChange):
    """Whether a commitment turned out true at the new place."""

    act = VERIFY_COMMITMENT
    form_class = VisitForm

    @property
    def commitment(self) -> AddressCommitment:
        found = self.object.own_commitment
        if found is None:
            raise Http404
        return found

    def stamp(self) -> str:
        return f"{super().stamp()}.{self.commitment.state}"

    def obstacles(self) -> Sequence[Obstacle]:
        return commitment_obstacles(self.commitment, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("If the commitment holds, the matter is done."),
            _(
                "If it is false, the agency head is told and decides what follows; nothing "
                "follows by itself."
            ),
            _("The institution reads your findings."),
        ]

    def perform(self, form: VisitForm) -> AddressCommitment:
        data = form.cleaned_data
        return record_visit(
            commitment_id=self.commitment.pk,
            holds=data["holds"] == "yes",
            visited_on=data["visited_on"],
            findings=data["findings"],
            evidence=data["evidence"],
            by=self.user,
            at=timezone.now(),
        )
