"""Rounds of performance assessment at the desk: the board, one round, its acts."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.forms import NoForm
from agency.home import navigation
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.performance import PerformanceState, RoundState
from agreements.forms.performance import EntrustForm, PerformanceFilter, RoundForm
from agreements.models import PerformanceAssessment, PerformanceRound
from agreements.permissions.performance import (
    ASSESS_ALL,
    DISCLOSE,
    ENTRUST,
    OPEN_ROUND,
    PROPOSE_ALL,
    PUBLISH_ALL,
    RECOMPUTE,
    VIEW_PERFORMANCE,
    disclosing_obstacles,
    round_obstacles,
)
from agreements.services.performance import assessing, entrusting, publishing, rounds
from agreements.tasks import hand_letters_to_worker, hand_round_to_worker

SHOWN_ROUNDS = 50
STATES = (
    PerformanceState.OPEN,
    PerformanceState.SELF_ASSESSED,
    PerformanceState.ASSESSED,
    PerformanceState.PROPOSED,
    PerformanceState.CONFIRMED,
    PerformanceState.APPEALED,
    PerformanceState.APPEAL_DECIDED,
    PerformanceState.PUBLISHED,
)

navigation(
    "desk",
    _("Performance assessment"),
    "agreements_desk:performance_board",
    VIEW_PERFORMANCE,
    order=27,
    rules=("B-09",),
)


class RoundBoard(ActRequired, TemplateView):
    """All rounds, the newest first: how far each is, and what is late."""

    act = VIEW_PERFORMANCE
    template_name = "agreements/desk/performance/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(
            PerformanceRound.objects.select_related("region", "indicator_set").order_by(
                "-year", "region_id"
            )[:SHOWN_ROUNDS]
        )
        counts = rounds.counts_of(rows, on=timezone.localdate())
        buttons = []
        if OPEN_ROUND.allows(self.user):
            url = reverse("agreements_desk:performance_round_new")
            buttons.append({"act": OPEN_ROUND, "url": url, "obstacles": []})
        return super().get_context_data(
            rounds=[(each, _stages(counts[each.pk])) for each in rows], buttons=buttons, **kwargs
        )


def _stages(counts: dict[str, int]) -> dict[str, Any]:
    return {
        "states": [(each, counts[each.value]) for each in STATES],
        "late": counts["late"],
        "all": counts["all"],
        "published": counts[PerformanceState.PUBLISHED.value],
    }


class RoundPage(ActRequired, KeysetList):
    """One round: its stages, and its institutions."""

    act = VIEW_PERFORMANCE
    template_name = "agreements/desk/performance/round.html"
    order_field = "pk"
    filterset_class = PerformanceFilter

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        self.round = get_object_or_404(
            PerformanceRound.objects.select_related("region", "indicator_set", "opened_by"),
            pk=self.kwargs["pk"],
        )
        rows = PerformanceAssessment.objects.filter(round=self.round).select_related(
            "institution", "entrustment__third_party"
        )
        if self.request.GET.get("late"):
            rows = rows.filter(_late(self.round, timezone.localdate()))
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        on = timezone.localdate()
        counts = rounds.counts_of([self.round], on=on)[self.round.pk]
        return context | {
            "round": self.round,
            "stages": _stages(counts),
            "entrustments": self.round.entrustments.select_related("third_party"),
            "buttons": self._buttons(counts),
            "on": on,
        }

    def _buttons(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        general = round_obstacles(self.round, self.user)
        published = bool(counts[PerformanceState.PUBLISHED.value])
        disclosing = disclosing_obstacles(self.round, self.user, published=published)
        offered: list[tuple[str, Act, list[Obstacle], bool]] = [
            ("recompute", RECOMPUTE, general, True),
            ("entrust", ENTRUST, general, True),
            ("assess_all", ASSESS_ALL, general, True),
            ("propose_all", PROPOSE_ALL, general, bool(counts["assessed"])),
            ("publish_all", PUBLISH_ALL, general, True),
            ("disclose", DISCLOSE, disclosing, self.round.disclosed_at is None),
        ]
        is_open = self.round.state != RoundState.CLOSED
        return [
            {
                "act": act,
                "url": reverse(f"agreements_desk:performance_round_{name}", args=[self.round.pk]),
                "obstacles": obstacles,
            }
            for name, act, obstacles, wanted in offered
            if act.allows(self.user) and wanted and (is_open or act is DISCLOSE)
        ]


def _late(round_: PerformanceRound, on: date) -> Q:
    late = (
        Q(state=PerformanceState.OPEN, self_due_on__lt=on)
        | Q(state=PerformanceState.PROPOSED, appeal_due_on__lt=on)
        | Q(state=PerformanceState.APPEALED, decision_due_on__lt=on)
    )
    if round_.assess_due_on < on:
        late |= Q(state=PerformanceState.SELF_ASSESSED)
    return late


class OpenRound(ActPage):
    act = OPEN_ROUND
    form_class = RoundForm

    def subject(self) -> Any:
        return _("Performance assessment")

    def back_url(self) -> str:
        return reverse("agreements_desk:performance_board")

    def initial(self) -> dict[str, Any]:
        year = timezone.localdate().year - 1
        return {"year": year, "first": date(year, 1, 1), "last": date(year, 12, 31)}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every institution with an agreement in the period takes part and is told."),
            _("The figures of the program are computed by a worker; the page shows how far."),
            _("The institutions have the days of the policy to assess themselves."),
        ]

    def perform(self, form: forms.Form) -> PerformanceRound:
        data = form.cleaned_data
        made = rounds.open_round(
            region_code=data["region"].pk,
            year=data["year"],
            first=data["first"],
            last=data["last"],
            by=self.user,
            at=timezone.now(),
        )
        hand_round_to_worker(made.pk)
        return made


class RoundAct(ActPage):
    """An act on a whole round; its result is how many it reached."""

    form_class: Any = NoForm
    said: Sequence[str | Promise] = ()
    work: Callable[..., Any]

    def subject(self) -> PerformanceRound:
        rows = PerformanceRound.objects.select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return round_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return self.said

    def stamp(self) -> str:
        counts = rounds.counts_of([self.object], on=timezone.localdate())[self.object.pk]
        return ".".join(str(counts[each.value]) for each in STATES)

    def perform(self, form: forms.Form) -> PerformanceRound:
        work = type(self).work
        self.count = work(round_id=self.object.pk, by=self.user, at=timezone.now())
        return self.object

    def success(self, result: Any) -> str:
        return _t("%(act)s: %(count)d institutions.") % {
            "act": self.act.label,
            "count": self.count,
        }


class Recompute(RoundAct):
    act = RECOMPUTE
    work = rounds.recompute_figures
    said = [
        _("The figures of all assessments not proposed yet are computed anew."),
        _("Points that people entered stay as they are."),
    ]


class AssessAll(RoundAct):
    act = ASSESS_ALL
    work = assessing.assess_all
    said = [
        _("Assessed are those with points for every indicator, self-assessed or late with it."),
        _("Those of a third party, and those with points still to be entered, are left."),
    ]


class ProposeAll(RoundAct):
    act = PROPOSE_ALL
    work = assessing.propose_all
    said = [
        _("The figures are computed once more, then every assessed result is proposed."),
        _("Each institution is told, and may confirm or appeal against it."),
    ]


class PublishAll(RoundAct):
    act = PUBLISH_ALL
    work = publishing.publish_all
    said = [
        _("All results confirmed, or with their appeals decided, are published."),
        _("Clearing, deposit and renewal read them from now on; each institution has a letter."),
        _("Whoever assessed a result does not publish it; those are left."),
    ]

    def perform(self, form: forms.Form) -> PerformanceRound:
        done = super().perform(form)
        hand_letters_to_worker()
        return done


class Disclose(RoundAct):
    act = DISCLOSE
    said = [_("Everybody can read the grades of published results; scores stay inside.")]

    def obstacles(self) -> Sequence[Obstacle]:
        published = PerformanceAssessment.objects.published().filter(round=self.object).exists()
        return disclosing_obstacles(self.object, self.user, published=published)

    def perform(self, form: forms.Form) -> PerformanceRound:
        return publishing.disclose(round_id=self.object.pk, by=self.user, at=timezone.now())

    def success(self, result: Any) -> str:
        return ActPage.success(self, result)


class Entrust(RoundAct):
    act = ENTRUST
    form_class = EntrustForm
    said = [
        _("The third party assesses these institutions; its report is entered by the officer."),
        _("One with a tie to an institution is refused."),
    ]

    def perform(self, form: forms.Form) -> PerformanceRound:
        data = dict(form.cleaned_data)
        lines = [each.strip().upper() for each in data.pop("matters").split("\n") if each.strip()]
        entrusting.entrust(
            round_id=self.object.pk,
            third_party_id=data.pop("third_party").pk,
            assessment_ids=entrusting.found_in(self.object.pk, lines),
            by=self.user,
            at=timezone.now(),
            **data,
        )
        return self.object

    def success(self, result: Any) -> str:
        return ActPage.success(self, result)
