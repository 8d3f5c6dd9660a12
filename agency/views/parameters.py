"""Policy parameters at the desk: the list, the page of one, and what waits for the head."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.clocks import CLOCKS
from agency.enums import Evidence, Profile, ProposalState, RuleSet
from agency.forms.policy import ParameterFilter
from agency.home import Matter, desk_queue, navigation
from agency.models import PolicyParameter, User
from agency.parameters import DEFINITIONS, Definition, shown
from agency.permissions import (
    APPROVE_PARAMETER,
    PROPOSE_PARAMETER,
    REJECT_PARAMETER,
    SEE_POLICY,
    WITHDRAW_PARAMETER,
)
from agency.services.laws import all_laws
from agency.services.parameter_tables import Row, rows_of_profile, spans
from agency.services.parameters import parameter_approval_obstacles
from agency.services.policy import decision_obstacles, withdrawal_obstacles
from agency.views.pages import ActRequired

navigation("desk", _("Parameters"), "agency_desk:parameters", SEE_POLICY, order=82)

QUEUE_LENGTH = 50


@desk_queue
def parameters_waiting(user: User, on: date) -> Iterator[Matter]:
    """Proposed values that wait for the head; they are late on the day they are to be in force."""
    if not APPROVE_PARAMETER.allows(user):
        return
    rows = PolicyParameter.objects.filter(state=ProposalState.PROPOSED)
    for each in rows.exclude(proposed_by=user).order_by("effective_from", "pk")[:QUEUE_LENGTH]:
        definition = DEFINITIONS[each.key]
        yield Matter(
            title=gettext("“%(parameter)s” is to be %(value)s %(unit)s")
            % {
                "parameter": definition.label,
                "value": shown(each.value),
                "unit": definition.unit.label,
            },
            institution=each.get_profile_display(),
            state=ProposalState(each.state),
            url=reverse("agency_desk:parameter_approve", args=[each.pk]),
            act=_("Approve or reject"),
            due_on=each.effective_from,
        )


class ParameterList(ActRequired, TemplateView):
    """Every number of the catalogue, as one profile reads it on a day."""

    act = SEE_POLICY
    template_name = "agency/parameters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        start = {"profile": Profile.NATIONAL, "on": today}
        form = ParameterFilter({**start, **self.request.GET.dict()})
        wanted = form.cleaned_data if form.is_valid() else {}
        on = wanted.get("on") or today
        profile = Profile(wanted.get("profile") or Profile.NATIONAL)
        rows = [each for each in rows_of_profile(profile, on) if _matches(each, wanted)]
        groups = [
            (rule_set, list(each))
            for rule_set, each in groupby(
                sorted(rows, key=lambda row: _place(row.definition)),
                key=lambda row: row.definition.rule_set,
            )
        ]
        return super().get_context_data(
            filter={"form": form},
            is_filtered=any(self.request.GET.values()),
            groups=groups,
            count=len(rows),
            profile=profile,
            on=on,
            query=self.request.GET.urlencode(),
            **kwargs,
        )


def _place(definition: Definition) -> int:
    return list(RuleSet).index(definition.rule_set)


def _matches(row: Row, wanted: Mapping[str, Any]) -> bool:
    definition = row.definition
    text = wanted.get("q", "").strip().lower()
    said = f"{definition.key} {definition.label} {' '.join(definition.rules)}".lower()
    return (
        text in said
        and wanted.get("rule_set", "") in ("", definition.rule_set)
        and wanted.get("evidence", "") in ("", definition.evidence)
    )


def known_definition(key: str) -> Definition:
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise Http404
    return definition


class ParameterPage(ActRequired, TemplateView):
    """One number: its values through time, who decided them, what reads it."""

    act = SEE_POLICY
    template_name = "agency/parameters/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = known_definition(self.kwargs["key"])
        today = timezone.localdate()
        lives = spans(definition.key)
        proposals = list(
            PolicyParameter.objects.filter(key=definition.key)
            .exclude(state=ProposalState.APPROVED)
            .select_related("proposed_by", "decided_by")
            .order_by("-proposed_at")
        )
        waiting = [each for each in proposals if each.is_open]
        return super().get_context_data(
            definition=definition,
            facts=facts_of(definition),
            profiles=[
                {
                    "profile": profile,
                    "spans": lives.get(profile, []),
                    "now": next(
                        (each for each in lives.get(profile, []) if each.holds(today)), None
                    ),
                }
                for profile in Profile
            ],
            waiting=[
                {"parameter": each, "buttons": buttons_for(each, self.user, on=today)}
                for each in waiting
            ],
            past=[each for each in proposals if not each.is_open],
            rules=rules_of(definition),
            clocks=[each.label for each in CLOCKS.values() if each.parameter == definition.key],
            propose=PROPOSE_PARAMETER.allows(self.user) and not definition.is_law,
            propose_act=PROPOSE_PARAMETER,
            today=today,
            **kwargs,
        )


def facts_of(definition: Definition) -> list[tuple[Any, Any]]:
    unit = definition.unit.label
    facts = [
        (_("Key"), definition.key),
        (_("Rule set"), definition.rule_set.label),
        (_("Evidence"), f"{definition.evidence} · {Evidence(definition.evidence).label}"),
    ]
    if definition.is_law:
        return [
            *facts,
            (_("Value"), f"{shown(definition.default)} {unit}"),
            (_("Fixed by"), definition.article),
        ]
    return [
        *facts,
        (_("Unit"), unit),
        (_("Bounds"), f"{shown(definition.minimum)} – {shown(definition.maximum)} {unit}"),
        (_("Value of the catalogue"), f"{shown(definition.default)} {unit}"),
    ]


def rules_of(definition: Definition) -> list[dict[str, Any]]:
    """Return the rules that read the number; those the program applies lead to the lawbook."""
    lawbook = {each.id: each for each in all_laws()}
    reading = [each.id for each in lawbook.values() if definition.key in each.parameters]
    named = {rule: lawbook.get(rule) for rule in [*definition.rules, *reading]}
    return [{"id": rule, "law": law} for rule, law in named.items()]


def buttons_for(parameter: PolicyParameter, user: User, *, on: date) -> list[dict[str, Any]]:
    """Return the next acts on a waiting proposal."""
    checks = [
        (
            APPROVE_PARAMETER,
            "parameter_approve",
            lambda: parameter_approval_obstacles(parameter, user, on=on),
        ),
        (
            REJECT_PARAMETER,
            "parameter_reject",
            lambda: decision_obstacles(parameter, user, on=on),
        ),
        (
            WITHDRAW_PARAMETER,
            "parameter_withdraw",
            lambda: withdrawal_obstacles(parameter, user),
        ),
    ]
    return [
        {
            "act": act,
            "url": reverse(f"agency_desk:{name}", args=[parameter.pk]),
            "obstacles": obstacles(),
        }
        for act, name, obstacles in checks
        if act.allows(user)
    ]
