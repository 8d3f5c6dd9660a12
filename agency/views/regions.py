"""Regions at the desk: the tree of divisions, the page of one, and who follows which rules."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.enums import Profile, ProposalState, RuleSet
from agency.forms.policy import DayFilter, RegionFilter
from agency.home import Matter, desk_queue, navigation
from agency.models import Region, RuleSetChoice, User
from agency.permissions import (
    ADD_REGION,
    APPROVE_CHOICE,
    PROPOSE_CHOICE,
    REJECT_CHOICE,
    SEE_POLICY,
    SET_COORDINATION,
    WITHDRAW_CHOICE,
)
from agency.regions import RULES_OF, is_local
from agency.services.in_force import choices_on, followed_by
from agency.services.policy import decision_obstacles, withdrawal_obstacles
from agency.services.rule_sets import choice_approval_obstacles
from agency.views.pages import ActRequired, KeysetList

navigation("desk", _("Regions"), "agency_desk:regions", SEE_POLICY, order=84)

QUEUE_LENGTH = 50
COLUMNS_SHOWN = 8
EVENTS_SHOWN = 20


@desk_queue
def choices_waiting(user: User, on: date) -> Iterator[Matter]:
    """Proposed profiles that wait for the head."""
    if not APPROVE_CHOICE.allows(user):
        return
    rows = RuleSetChoice.objects.filter(state=ProposalState.PROPOSED).select_related("region")
    for each in rows.exclude(proposed_by=user).order_by("effective_from", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("“%(rule_set)s” is to follow %(profile)s")
            % {
                "rule_set": each.get_rule_set_display(),
                "profile": each.get_profile_display(),
            },
            institution=each.region.name,
            state=ProposalState(each.state),
            url=reverse("agency_desk:choice_approve", args=[each.pk]),
            act=_("Approve or reject"),
            due_on=each.effective_from,
        )


def day_form(form_class: type[Form], given: QueryDict) -> tuple[Form, date]:
    """Return the filter, filled with today where it says nothing, and the day it asks for."""
    today = timezone.localdate()
    form = form_class({"on": today, **given.dict()})
    return form, (form.cleaned_data.get("on") if form.is_valid() else None) or today


class RegionList(ActRequired, KeysetList):
    """The tree: codes in order are the tree in order."""

    act = SEE_POLICY
    template_name = "agency/regions/list.html"
    order_field = "code"
    page_size = 100

    def get_queryset(self) -> QuerySet[Region]:
        form = RegionFilter(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        rows = Region.objects.select_related("parent", "coordination")
        if text := wanted.get("q", "").strip():
            rows = rows.filter(Q(name__icontains=text) | Q(code__startswith=text))
        if level := wanted.get("level"):
            rows = rows.filter(level=level)
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form, on = day_form(RegionFilter, self.request.GET)
        regions = context["object_list"]
        above = {each.coordination_id for each in regions} | {each.pk for each in regions}
        followed = followed_by(regions, choices_on(on).filter(region__in=above))
        rows = [
            {
                "region": each,
                "indent": _depth(each),
                "apart": [
                    (rule_set, one.profile)
                    for rule_set, one in followed[each.pk].items()
                    if one.profile != each.profile
                ],
            }
            for each in regions
        ]
        return context | {
            "filter": {"form": form},
            "rows": rows,
            "on": on,
            "add": ADD_REGION.allows(self.user),
            "add_act": ADD_REGION,
        }


def _depth(region: Region) -> int:
    """Return how far the region stands in from the left: by its level."""
    return ["nation", "province", "prefecture", "county"].index(region.level)


class RegionMatrix(ActRequired, TemplateView):
    """Rule sets against the regions that decide for themselves."""

    act = SEE_POLICY
    template_name = "agency/regions/matrix.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, on = day_form(DayFilter, self.request.GET)
        choices = list(choices_on(on))
        deciding = Q(pk__in={each.region_id for each in choices}) | (
            ~Q(profile=Profile.NATIONAL) & Q(coordination__isnull=True)
        )
        regions = list(Region.objects.filter(deciding).order_by("code")[: COLUMNS_SHOWN + 1])
        shown = regions[:COLUMNS_SHOWN]
        followed = followed_by(shown, choices)
        rows = [
            {
                "rule_set": rule_set,
                "rules": RULES_OF[rule_set],
                "local": is_local(rule_set),
                "cells": [followed[region.pk][rule_set] for region in shown],
            }
            for rule_set in RuleSet
        ]
        return super().get_context_data(
            filter={"form": form},
            is_filtered=any(self.request.GET.values()),
            regions=shown,
            more=len(regions) > COLUMNS_SHOWN,
            rows=rows,
            on=on,
            **kwargs,
        )


class RegionPage(ActRequired, TemplateView):
    """One region: where it lies, whose fund it shares, what it follows, and who decided it."""

    act = SEE_POLICY
    template_name = "agency/regions/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Region.objects.select_related("parent", "coordination")
        region = get_object_or_404(rows, pk=self.kwargs["code"])
        today = timezone.localdate()
        form, on = day_form(DayFilter, self.request.GET)
        deciding = {region.pk, region.coordination_id or region.pk}
        choices = (
            RuleSetChoice.objects.filter(pk__in=choices_on(on).values("pk"), region__in=deciding)
        ).select_related("region", "proposed_by", "decided_by")
        followed = followed_by([region], choices)[region.pk]
        own = list(
            region.choices.select_related("proposed_by", "decided_by").order_by("-proposed_at")
        )
        may_propose = PROPOSE_CHOICE.allows(self.user)
        return super().get_context_data(
            region=region,
            facts=facts_of(region),
            filter={"form": form},
            is_filtered=any(self.request.GET.values()),
            on=on,
            rows=[
                {
                    "rule_set": rule_set,
                    "rules": RULES_OF[rule_set],
                    "followed": one,
                    "waiting": next((x for x in own if x.rule_set == rule_set and x.is_open), None),
                    "coming": next(
                        (
                            x
                            for x in reversed(own)
                            if x.rule_set == rule_set
                            and x.state == ProposalState.APPROVED
                            and x.effective_from > on
                        ),
                        None,
                    ),
                }
                for rule_set, one in followed.items()
            ],
            waiting=[
                {"choice": each, "buttons": buttons_for(each, self.user, on=today)}
                for each in own
                if each.is_open
            ],
            past=[each for each in own if not each.is_open],
            children=region.children.order_by("code")[:200],
            events=entry_events(region),
            propose=may_propose,
            buttons=region_buttons(region, self.user),
            **kwargs,
        )


def facts_of(region: Region) -> list[tuple[Any, Any]]:
    return [
        (_("Code"), region.code),
        (_("Level"), region.get_level_display()),
        (_("Parent"), region.parent and f"{region.parent.name} {region.parent.code}"),
        (
            _("Coordination region"),
            f"{region.coordination.name} {region.coordination.code}"
            if region.coordination
            else _("none: it stands alone"),
        ),
        (_("Default profile"), region.get_profile_display()),
    ]


def entry_events(region: Region) -> list[dict[str, Any]]:
    """Return what was entered and changed of the region itself, the newest first. Two queries."""
    events = region.events.select_related("pgh_context")  # type: ignore[attr-defined]
    rows = list(events.order_by("-pgh_created_at", "-pgh_id")[:EVENTS_SHOWN])
    contexts = [each.pgh_context.metadata if each.pgh_context else {} for each in rows]
    people = User.objects.in_bulk({each["user"] for each in contexts if each.get("user")})
    return [
        {
            "at": row.pgh_created_at,
            "text": _("Entered")
            if row.pgh_label == "insert"
            else _("Coordination region: %(code)s") % {"code": row.coordination_id or "—"},
            "by": people.get(context.get("user"), ""),
            "reason": context.get("reason", ""),
        }
        for row, context in zip(rows, contexts, strict=True)
    ]


def region_buttons(region: Region, user: User) -> list[dict[str, Any]]:
    acts = [
        (PROPOSE_CHOICE, reverse("agency_desk:choice_propose", args=[region.pk])),
        (SET_COORDINATION, reverse("agency_desk:region_coordination", args=[region.pk])),
    ]
    return [{"act": act, "url": url, "obstacles": ()} for act, url in acts if act.allows(user)]


def buttons_for(choice: RuleSetChoice, user: User, *, on: date) -> list[dict[str, Any]]:
    """Return the next acts on a waiting proposal."""
    checks = [
        (
            APPROVE_CHOICE,
            "choice_approve",
            lambda: choice_approval_obstacles(choice, user, on=on),
        ),
        (REJECT_CHOICE, "choice_reject", lambda: decision_obstacles(choice, user, on=on)),
        (WITHDRAW_CHOICE, "choice_withdraw", lambda: withdrawal_obstacles(choice, user)),
    ]
    return [
        {
            "act": act,
            "url": reverse(f"agency_desk:{name}", args=[choice.pk]),
            "obstacles": obstacles(),
        }
        for act, name, obstacles in checks
        if act.allows(user)
    ]
