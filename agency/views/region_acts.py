"""Adding a region, saying whose fund it shares, and deciding which profile it follows."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.enums import Profile, RuleSet
from agency.forms import ReasonForm
from agency.forms.policy import (
    AddRegionForm,
    CoordinationForm,
    OptionalReasonForm,
    ProposeChoiceForm,
)
from agency.models import Region, RuleSetChoice
from agency.permissions import (
    ADD_REGION,
    APPROVE_CHOICE,
    PROPOSE_CHOICE,
    REJECT_CHOICE,
    SET_COORDINATION,
    WITHDRAW_CHOICE,
)
from agency.rules import Obstacle
from agency.services import policy, rule_sets
from agency.services.in_force import profiles_on
from agency.services.regions import add_region, set_coordination
from agency.views.pages import ActPage


class AddRegion(ActPage):
    act = ADD_REGION
    form_class = AddRegionForm

    def subject(self) -> str:
        return _("Regions")

    def stamp(self) -> str:
        return ""

    def perform(self, form: Any) -> Region:
        asked = form.cleaned_data
        parent = asked["parent"]
        return add_region(
            code=asked["code"],
            name=asked["name"],
            level=asked["level"],
            parent_code=parent.pk if parent else None,
            profile=asked["profile"],
            by=self.user,
        )

    def back_url(self) -> str:
        return reverse("agency_desk:regions")


class OnRegion(ActPage):
    def subject(self) -> Region:
        rows = Region.objects.select_related("coordination")
        return get_object_or_404(rows, pk=self.kwargs["code"])


class SetCoordination(OnRegion):
    act = SET_COORDINATION

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        return partial(CoordinationForm, region=self.object)

    def stamp(self) -> str:
        return self.object.coordination_id or ""

    def initial(self) -> dict[str, Any]:
        return {"coordination": self.object.coordination}

    def consequences(self) -> Sequence[str]:
        return [
            _("The region follows the profiles its coordination region has chosen, at once."),
            _("What the region has chosen itself goes before them."),
        ]

    def perform(self, form: Any) -> Region:
        coordination = form.cleaned_data["coordination"]
        return set_coordination(
            region_code=self.object.pk,
            coordination_code=coordination.pk if coordination else None,
            reason=form.cleaned_data["reason"],
            by=self.user,
        )


class ProposeChoice(OnRegion):
    act = PROPOSE_CHOICE
    form_class = ProposeChoiceForm

    def stamp(self) -> str:
        rows = self.object.choices.order_by("pk").values_list("pk", "state")
        return "-".join(f"{pk}{state}" for pk, state in rows)

    def initial(self) -> dict[str, Any]:
        return {
            "rule_set": self.request.GET.get("rule_set", ""),
            "effective_from": timezone.localdate(),
        }

    def consequences(self) -> Sequence[str]:
        return [
            _("The agency head decides; until then nothing changes."),
            _("From the day on, the region and those it coordinates read the profile's values."),
        ]

    def perform(self, form: Any) -> RuleSetChoice:
        asked = form.cleaned_data
        return rule_sets.propose_choice(
            region_code=self.object.pk,
            rule_set=RuleSet(asked["rule_set"]),
            profile=Profile(asked["profile"]),
            effective_from=asked["effective_from"],
            document=asked["document"],
            reason=asked["reason"],
            by=self.user,
            at=timezone.now(),
        )


class OnChoice(ActPage):
    """Base of the acts on a waiting proposal."""

    template_name = "agency/regions/decide.html"

    def subject(self) -> RuleSetChoice:
        rows = RuleSetChoice.objects.select_related("region", "proposed_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def title(self) -> str | Promise:
        return f"{self.act.label}: {self.object.region}"

    def extra(self) -> dict[str, Any]:
        choice = self.object
        followed = profiles_on(choice.effective_from, choice.region)
        return {"followed": followed[RuleSet(choice.rule_set)].label}


class ApproveChoice(OnChoice):
    act = APPROVE_CHOICE
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return rule_sets.choice_approval_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str]:
        return [
            _("From %(day)s on, the region and those it coordinates follow the profile.")
            % {"day": self.object.effective_from},
            _("Deadlines that run already keep the number they began with."),
        ]

    def perform(self, form: Any) -> RuleSetChoice:
        return rule_sets.approve_choice(
            choice_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RejectChoice(OnChoice):
    act = REJECT_CHOICE
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return policy.decision_obstacles(self.object, self.user, on=timezone.localdate())

    def perform(self, form: Any) -> RuleSetChoice:
        return rule_sets.reject_choice(
            choice_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class WithdrawChoice(OnChoice):
    act = WITHDRAW_CHOICE
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return policy.withdrawal_obstacles(self.object, self.user)

    def perform(self, form: Any) -> RuleSetChoice:
        return rule_sets.withdraw_choice(
            choice_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
