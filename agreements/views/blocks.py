"""Persons and departments blocked: who, when, why; at the desk and in the portal (B-18)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.forms.measures import BlockFilter, EndBlockForm
from agreements.models import Agreement, Obligation, ServiceBlock
from agreements.panels import agreement_panel
from agreements.permissions.measures import END_BLOCK, VIEW_MEASURES, VIEW_OWN_MEASURES
from agreements.rules.measures import early_end_obstacles
from agreements.services.blocks import end_block

SHOWN_BLOCKS, SHOWN = 200, 20

navigation("desk", _("Blocks"), "agreements_desk:blocks", VIEW_MEASURES, order=48, rules=("B-18",))


def worded(blocks: Iterable[ServiceBlock]) -> list[ServiceBlock]:
    """Give each block the word of today for its badge."""
    today = timezone.localdate()
    rows: list[Any] = list(blocks)
    for each in rows:
        each.word = each.word_on(today)
    return rows


def own_blocks(user: User) -> list[ServiceBlock]:
    """Return the blocks of the user's own institution, the latest first. One query."""
    return worded(ServiceBlock.objects.visible_to(user).with_targets()[:SHOWN_BLOCKS])


class BlockList(ActRequired, KeysetList):
    act = VIEW_MEASURES
    template_name = "agreements/desk/blocks.html"
    order_field = "-first_day"
    filterset_class = BlockFilter

    def get_queryset(self) -> QuerySet[ServiceBlock]:
        return ServiceBlock.objects.visible_to(self.user).with_targets()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        worded(context["object_list"])
        return context


class BlockPage(ActRequired, DetailView):
    act = VIEW_MEASURES
    template_name = "agreements/desk/block.html"
    context_object_name = "block"

    def get_queryset(self) -> QuerySet[ServiceBlock]:
        rows = ServiceBlock.objects.visible_to(self.user).with_targets()
        return rows.select_related(
            "institution",
            "agreement",
            "practitioner__person",
            "department",
            "letter",
            "blocked_by",
            "ended_early_by",
            "annulled_by",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        block = self.object
        worded([block])
        buttons = []
        if END_BLOCK.allows(self.user):
            url = reverse("agreements_desk:block_end", args=[block.pk])
            buttons.append({"act": END_BLOCK, "url": url, "obstacles": ending_obstacles(block)})
        return super().get_context_data(buttons=buttons, **kwargs)


def ending_obstacles(block: ServiceBlock) -> list[Obstacle]:
    """Return why it cannot end on the earliest possible day."""
    today = timezone.localdate()
    return early_end_obstacles(
        annulled=block.annulled_on is not None,
        first_day=block.first_day,
        last_day=block.last_day,
        ends_on=max(today, block.first_day),
        on=today,
    )


class EndBlock(ActPage):
    act = END_BLOCK
    form_class: Any = EndBlockForm

    def subject(self) -> ServiceBlock:
        return get_object_or_404(ServiceBlock.objects.with_targets(), pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.last_day}.{self.object.annulled_on}"

    def obstacles(self) -> Sequence[Obstacle]:
        return ending_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From the day after, the services are settled again; the institution is told."),
            _("What was refused until then stays refused."),
        ]

    def perform(self, form: forms.Form) -> ServiceBlock:
        return end_block(
            block_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class OwnBlock(ActRequired, DetailView):
    act = VIEW_OWN_MEASURES
    template_name = "agreements/portal/block.html"
    context_object_name = "block"

    def get_queryset(self) -> QuerySet[ServiceBlock]:
        rows = ServiceBlock.objects.visible_to(self.user).with_targets()
        return rows.select_related(
            "institution", "agreement", "practitioner__person", "department", "letter"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        worded([self.object])
        return super().get_context_data(portal=True, **kwargs)


# --- what is left of measures, on the page of the agreement --------------------------------------


@agreement_panel("agreements/measures_panel.html", order=30)
def measures_of(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    """The obligations and blocks of an agreement, at the desk."""
    return _panel(agreement, user, on) if VIEW_MEASURES.allows(user) else None


@agreement_panel("agreements/measures_panel.html", area="portal", order=30)
def own_measures_of(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    """The same in the portal: what the institution has been told of."""
    if not VIEW_OWN_MEASURES.allows(user):
        return None
    panel = _panel(agreement, user, on)
    return panel and {**panel, "portal": True}


def _panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    obligations = Obligation.objects.visible_to(user).filter(agreement=agreement)
    rows = list(obligations.prefetch_related("entries")[:SHOWN])
    blocks = ServiceBlock.objects.visible_to(user).with_targets().filter(agreement=agreement)
    shown = worded(blocks[:SHOWN])
    if not rows and not shown:
        return None
    return {"obligations": rows, "blocks": shown, "today": on}
