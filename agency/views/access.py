"""Acts and roles as one table, who holds which role, stand-ins, and the history of log-ins."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from agency.enums import ADMINISTRATORS, Actor, Role
from agency.forms import ReasonForm
from agency.forms.account import StandInForm
from agency.forms.people import LogInFilter, StandInFilter
from agency.home import navigation
from agency.models import LogInRecord, StandIn, User
from agency.permissions import (
    ACTS,
    GRANT_STAND_IN,
    REVOKE_STAND_IN,
    SECOND_FACTOR_ROLES,
    SEE_ACCESS,
    SEE_LOG_INS,
    SEE_PEOPLE,
    Act,
)
from agency.rules import Obstacle
from agency.services import stand_ins
from agency.views.pages import ActPage, ActRequired, KeysetList

navigation("desk", _("Roles and acts"), "agency_desk:access", SEE_ACCESS, order=93, rules=("B-02",))
navigation("desk", _("Stand-ins"), "agency_desk:stand_ins", SEE_PEOPLE, order=95)
navigation("desk", _("Log-ins"), "agency_desk:log_ins", SEE_LOG_INS, order=96)

FORMULA = ("=", "+", "-", "@", "\t", "\r")
KINDS = {
    "money": lambda act: act.moves_money,
    "irreversible": lambda act: act.irreversible,
    "factor": lambda act: act.needs_second_factor,
    "look": lambda act: act.only_looks,
    "do": lambda act: not act.only_looks,
}


def chosen_acts(query: str, kind: str, role: str) -> list[Act]:
    """Return the acts of the table that fit, by app and label."""
    words = query.casefold().split()
    acts = [
        act
        for act in ACTS.values()
        if all(word in f"{act.label} {act.code}".casefold() for word in words)
        and KINDS.get(kind, bool)(act)
        and (not role or role in act.roles)
    ]
    order = [config.label for config in apps.get_app_configs()]
    return sorted(acts, key=lambda act: (order.index(act.app), act.only_looks, str(act.label)))


class Access(ActRequired, TemplateView):
    """Who may do what: every act of the program, from the table that decides."""

    act = SEE_ACCESS
    template_name = "agency/access/acts.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = {
            name: request.GET.get(name, "").replace("\x00", "") for name in ("q", "kind", "role")
        }
        acts = chosen_acts(asked["q"], asked["kind"], asked["role"])
        if request.GET.get("format") == "csv":
            return as_csv(acts)
        by_app = [
            (
                apps.get_app_config(app).verbose_name,
                [(act, [role in act.roles for role in Role]) for act in rows],
            )
            for app, rows in groupby(acts, key=lambda act: act.app)
        ]
        context = self.get_context_data(
            by_app=by_app,
            roles=list(Role),
            actors=[
                (actor, len([role for role in Role if role.actor is actor])) for actor in Actor
            ],
            number=len(acts),
            asked=asked,
            is_filtered=any(asked.values()),
            second_factor_roles=SECOND_FACTOR_ROLES,
            query=request.GET.urlencode(),
        )
        return self.render_to_response(context)


def as_csv(acts: Sequence[Act]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="acts-and-roles.csv"'
    response.write("\ufeff")
    rows = csv.writer(response)
    marks = [_now("Moves money"), _now("Irreversible"), _now("Second factor"), _now("Only looks")]
    rows.writerow(
        [
            pgettext("table of acts", "Act"),
            _now("Code"),
            *marks,
            *(str(role.label) for role in Role),
        ]
    )
    for act in acts:
        facts = [act.moves_money, act.irreversible, act.needs_second_factor, act.only_looks]
        held = [role in act.roles for role in Role]
        ticks = ["✓" if each else "" for each in [*facts, *held]]
        label = str(act.label)
        rows.writerow([f"'{label}" if label.startswith(FORMULA) else label, act.code, *ticks])
    return response


class Holders(ActRequired, TemplateView):
    """Who holds which role today, and in whose place."""

    act = SEE_ACCESS
    template_name = "agency/access/holders.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        staff = User.objects.filter(is_active=True, actor__in=[Actor.AGENCY, Actor.ADMINISTRATION])
        held: dict[Role, list[User]] = {role: [] for role in Role}
        for person in staff.order_by("name", "pk").prefetch_related("groups"):
            for role in person.own_roles:
                held[role].append(person)
        today = timezone.localdate()
        running = StandIn.objects.filter(
            starts_on__lte=today, ends_on__gte=today, revoked_at=None
        ).select_related("delegate", "delegator")
        through: dict[Role, list[StandIn]] = {role: [] for role in Role}
        for each in running.prefetch_related("delegator__groups"):
            for role in each.delegator.own_roles:
                through[role].append(each)
        return super().get_context_data(
            rows=[
                (role, held[role], through[role], role in SECOND_FACTOR_ROLES)
                for role in Role
                if role.actor in (Actor.AGENCY, Actor.ADMINISTRATION)
            ],
            administrators=ADMINISTRATORS,
            may_see_people=SEE_PEOPLE.allows(self.user),
            **kwargs,
        )


# --- stand-ins ------------------------------------------------------------------------------------


class StandIns(ActRequired, KeysetList):
    act = SEE_PEOPLE
    template_name = "agency/access/stand_ins.html"
    order_field = "-starts_on"
    filterset_class = StandInFilter

    def get_queryset(self) -> Any:
        return StandIn.objects.select_related("delegator", "delegate", "granted_by", "revoked_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            today=timezone.localdate(),
            may_grant=GRANT_STAND_IN.allows(self.user),
            may_revoke=REVOKE_STAND_IN.allows(self.user),
            **kwargs,
        )


class GrantStandIn(ActPage):
    act = GRANT_STAND_IN
    form_class = StandInForm

    def subject(self) -> str | Promise:
        return _("Stand-ins")

    def stamp(self) -> str:
        return ""

    def initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"starts_on": today, "ends_on": today + timedelta(days=6)}

    def back_url(self) -> str:
        return reverse("agency_desk:stand_ins")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From the first to the last day the stand-in has the other's roles too."),
            _("What the stand-in does counts as done by both: neither is the second person there."),
            _("Both are told."),
        ]

    def perform(self, form: Any) -> StandIn:
        asked = form.cleaned_data
        return stand_ins.grant(
            delegator_id=asked["delegator"].pk,
            delegate_id=asked["delegate"].pk,
            starts_on=asked["starts_on"],
            ends_on=asked["ends_on"],
            reason=asked["reason"],
            by=self.user,
            at=timezone.now(),
        )


class RevokeStandIn(ActPage):
    act = REVOKE_STAND_IN
    form_class = ReasonForm
    danger = True
    object: StandIn

    def subject(self) -> StandIn:
        rows = StandIn.objects.select_related("delegator", "delegate")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.is_revoked)

    def obstacles(self) -> Sequence[Obstacle]:
        return stand_ins.revocation_obstacles(self.object, self.user, timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The stand-in loses the other's roles at once; what was done stays as it is."),
            _("Both are told."),
        ]

    def perform(self, form: Any) -> StandIn:
        return stand_ins.revoke(
            stand_in_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


# --- log-ins --------------------------------------------------------------------------------------


class LogIns(ActRequired, KeysetList):
    act = SEE_LOG_INS
    template_name = "agency/access/log_ins.html"
    order_field = "-at"
    filterset_class = LogInFilter

    def get_queryset(self) -> Any:
        return LogInRecord.objects.select_related("user")
