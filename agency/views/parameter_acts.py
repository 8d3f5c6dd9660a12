"""Proposing, approving, rejecting and withdrawing a value of a policy parameter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.enums import Profile
from agency.forms import ReasonForm
from agency.forms.policy import OptionalReasonForm, ProposeParameterForm
from agency.models import PolicyParameter
from agency.parameters import DEFINITIONS, Definition, definition_of, parse_value, shown
from agency.permissions import (
    APPROVE_PARAMETER,
    PROPOSE_PARAMETER,
    REJECT_PARAMETER,
    WITHDRAW_PARAMETER,
)
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services import parameters, policy
from agency.services.parameter_preview import ClockPreview, preview
from agency.views.pages import ActPage
from agency.views.parameters import facts_of, known_definition


@dataclass(frozen=True, slots=True)
class Change:
    """What the pages show of a value that is proposed: before, after, and what would differ."""

    definition: Definition
    profile: Profile
    old: Decimal | None
    new: Decimal
    effective_from: date
    clocks: list[ClockPreview]


def change_to(definition: Definition, profile: Profile, value: Decimal, on: date) -> Change:
    """Return what the value would change for the profile from the day on."""
    old = parameters.values_of_profile(on, profile).get(definition.key)
    clocks = preview(key=definition.key, profile=profile, value=value, effective_from=on)
    return Change(definition, profile, old, value, on, clocks)


class ProposeParameter(ActPage):
    """The form of a new value. “Show what would change” counts the open deadlines with it."""

    act = PROPOSE_PARAMETER
    form_class = ProposeParameterForm
    template_name = "agency/parameters/propose.html"
    change: Change | None = None

    def subject(self) -> Any:
        return known_definition(self.kwargs["key"])

    def obstacles(self) -> Sequence[Obstacle]:
        try:
            definition_of(self.object.key)
        except Refusal as refusal:
            return refusal.obstacles
        return ()

    def initial(self) -> dict[str, Any]:
        return {"profile": Profile.NATIONAL, "effective_from": timezone.localdate()}

    def stamp(self) -> str:
        """A page drawn before somebody else's proposal or decision is stale."""
        rows = PolicyParameter.objects.filter(key=self.object.key)
        return "-".join(f"{pk}{state}" for pk, state in rows.values_list("pk", "state"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.form_class(request.POST, initial=self.initial())
        form.fields["reason"].required = False
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            self.change = self._change(form)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        return self.show(form)

    def _change(self, form: Any) -> Change:
        definition = definition_of(self.object.key)
        value, asked = parse_value(form.cleaned_data["value"]), form.cleaned_data
        profile, on = Profile(asked["profile"]), asked["effective_from"]
        today = timezone.localdate()
        refuse_if(
            parameters.proposal_obstacles(
                definition, profile=profile, value=value, effective_from=on, on=today
            )
        )
        return change_to(definition, profile, value, on)

    def perform(self, form: Any) -> PolicyParameter:
        asked = form.cleaned_data
        return parameters.propose_parameter(
            key=self.object.key,
            profile=Profile(asked["profile"]),
            value=parse_value(asked["value"]),
            effective_from=asked["effective_from"],
            document=asked["document"],
            reason=asked["reason"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: PolicyParameter) -> str:
        return _(
            "Proposed: %(label)s, %(value)s %(unit)s from %(day)s. The agency head decides."
        ) % {
            "label": self.object.label,
            "value": shown(result.value),
            "unit": self.object.unit.label,
            "day": result.effective_from,
        }

    def back_url(self) -> str:
        return reverse("agency_desk:parameter", args=[self.object.key])

    def extra(self) -> dict[str, Any]:
        rows = parameters.values_of_profile(timezone.localdate(), Profile.NATIONAL)
        return {
            "facts": facts_of(self.object),
            "value": rows.get(self.object.key),
            "change": self.change,
        }


class OnProposal(ActPage):
    """Base of the acts on a waiting proposal."""

    template_name = "agency/parameters/decide.html"

    def subject(self) -> PolicyParameter:
        rows = PolicyParameter.objects.select_related("proposed_by")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or found.key not in DEFINITIONS:
            raise Http404
        return found

    def title(self) -> str | Promise:
        return f"{self.act.label}: {DEFINITIONS[self.object.key].label}"

    def extra(self) -> dict[str, Any]:
        row = self.object
        definition = DEFINITIONS[row.key]
        change = change_to(definition, Profile(row.profile), row.value, row.effective_from)
        return {"definition": definition, "change": change if row.is_open else None}


class ApproveParameter(OnProposal):
    act = APPROVE_PARAMETER
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return parameters.parameter_approval_obstacles(
            self.object, self.user, on=timezone.localdate()
        )

    def consequences(self) -> Sequence[str]:
        return [
            _("From %(day)s on, matters that begin are counted with the new value.")
            % {"day": self.object.effective_from},
            _("Deadlines that run already keep the number they began with."),
            _("The value can be changed again only by another proposal."),
        ]

    def perform(self, form: Any) -> PolicyParameter:
        return parameters.approve_parameter(
            parameter_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RejectParameter(OnProposal):
    act = REJECT_PARAMETER
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return policy.decision_obstacles(self.object, self.user, on=timezone.localdate())

    def perform(self, form: Any) -> PolicyParameter:
        return parameters.reject_parameter(
            parameter_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class WithdrawParameter(OnProposal):
    act = WITHDRAW_PARAMETER
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return policy.withdrawal_obstacles(self.object, self.user)

    def perform(self, form: Any) -> PolicyParameter:
        return parameters.withdraw_parameter(
            parameter_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
