"""Service matters at the desk: the list, one matter, its parts, and what matters consist of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView

from agency.bundle_rules import RULE
from agency.bundles import BundleKind, BundlePartState
from agency.enums import ReadingKind
from agency.forms.bundles import BundleFilter
from agency.home import Matter, desk_queue, navigation
from agency.models import BundlePart, BundlePartType, ServiceBundle, User
from agency.permissions import (
    ASK_SUPPLEMENT,
    FINISH_PART,
    READ_BUNDLE_PERSON,
    RECORD_BUNDLE,
    RETURN_PART,
    SET_PART,
    TAKE_SUPPLEMENT,
    VIEW_BUNDLES,
)
from agency.services.bundle_parts import settling_obstacles
from agency.services.stand_ins import name_doers
from agency.views.pages import ActRequired, KeysetList
from agency.views.reading import RevealPage

QUEUE = 50
PART_ACTS = (
    ("bundle_part_done", FINISH_PART),
    ("bundle_part_supplement", ASK_SUPPLEMENT),
    ("bundle_part_return", RETURN_PART),
)

navigation(
    "desk", _("Service matters"), "agency_desk:bundles", VIEW_BUNDLES, order=61, rules=(RULE,)
)


@desk_queue
def parts_to_settle(user: User, on: date) -> Iterator[Matter]:
    """Parts that wait for the office, for those who settle them."""
    if not FINISH_PART.allows(user):
        return
    rows = BundlePart.objects.filter(state=BundlePartState.FILED).select_related("bundle", "type")
    for part in rows.order_by("due_on", "pk")[:QUEUE]:
        title = f"{part.type} · {part.bundle.number}"
        yield Matter(
            title=title,
            institution="",
            state=BundlePartState(part.state),
            url=part.get_absolute_url(),
            act=_("Settle the part"),
            due_on=part.due_on,
            provisional=bool(part.due_basis.get("provisional")),
            plain=title,
        )


class BundleList(ActRequired, KeysetList):
    act = VIEW_BUNDLES
    model = ServiceBundle
    template_name = "agency/bundles/list.html"
    order_field = "-filed_at"
    filterset_class = BundleFilter

    def get_queryset(self) -> QuerySet[ServiceBundle]:
        return ServiceBundle.objects.visible_to(self.user).with_parts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            kinds=list(BundleKind), record_act=RECORD_BUNDLE, today=timezone.localdate(), **kwargs
        ) | {"may_record": RECORD_BUNDLE.allows(self.user), "settable": SET_PART}


class BundlePage(ActRequired, DetailView):
    act = VIEW_BUNDLES
    template_name = "agency/bundles/detail.html"
    context_object_name = "bundle"

    def get_object(self, queryset: Any = None) -> ServiceBundle:
        rows = ServiceBundle.objects.visible_to(self.user).select_related("region", "taken_in_by")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bundle: ServiceBundle = self.object
        parts = list(bundle.parts.select_related("type", "settled_by"))
        steps: list[Any] = list(
            bundle.transitions.select_related("by", "part__type").order_by("-at", "-pk")
        )
        name_doers(steps)
        labels = dict(bundle._meta.get_field("state").flatchoices)
        for step in steps:
            step.target_label = labels.get(step.target, step.target)
        return super().get_context_data(
            parts=[{"part": each, "buttons": list(self._buttons(each))} for each in parts],
            steps=steps,
            buttons=list(self._bundle_buttons(bundle, parts)),
            files=bundle.files.all(),
            acts_named=ACT_LABELS,
            **kwargs,
        )

    def _buttons(self, part: BundlePart) -> Iterator[dict[str, Any]]:
        if not part.is_open:
            return
        for name, act in PART_ACTS:
            if act.allows(self.user):
                obstacles = settling_obstacles(part, act, self.user)
                url = reverse(f"agency_desk:{name}", args=[part.pk])
                yield {"act": act, "url": url, "obstacles": obstacles}

    def _bundle_buttons(
        self, bundle: ServiceBundle, parts: Sequence[BundlePart]
    ) -> Iterator[dict[str, Any]]:
        if READ_BUNDLE_PERSON.allows(self.user):
            url = reverse("agency_desk:bundle_person", args=[bundle.number])
            yield {"act": READ_BUNDLE_PERSON, "url": url, "obstacles": []}
        waits = any(each.state == BundlePartState.SUPPLEMENT for each in parts)
        if waits and TAKE_SUPPLEMENT.allows(self.user):
            url = reverse("agency_desk:bundle_take_supplement", args=[bundle.number])
            yield {"act": TAKE_SUPPLEMENT, "url": url, "obstacles": []}


ACT_LABELS = {
    "file": _("filed"),
    "finish_part": _("done"),
    "return_part": _("returned"),
    "ask_supplement": _("supplement asked"),
    "take_supplement": _("supplement taken in"),
    "go_on": _("goes on"),
    "withdraw": _("withdrawn"),
    "recompute": _("deadline computed anew"),
}


class BundlePerson(RevealPage):
    """Whom a matter concerns, in clear, for a purpose."""

    act = READ_BUNDLE_PERSON
    kind = ReadingKind.INSURED_PERSON
    fields = ("person_name", "id_number", "contact_name", "phone", "details")
    object: ServiceBundle

    def subject(self) -> ServiceBundle:
        rows = ServiceBundle.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

    def values(self) -> Sequence[tuple[str, str]]:
        meta = ServiceBundle._meta
        return [
            (str(meta.get_field(name).verbose_name), getattr(self.object, name))
            for name in self.fields
            if getattr(self.object, name)
        ]

    def masked(self) -> Sequence[tuple[str, str]]:
        return [
            (gettext("Insured person"), self.object.masked_name),
            (gettext("Identity number"), self.object.masked_number),
            (gettext("Telephone"), self.object.masked_phone),
        ]

    def consequences(self) -> Sequence[str | Promise]:
        return super().consequences()[:2]


class PartTypes(ActRequired, TemplateView):
    """What each kind of matter consists of, and what is promised."""

    act = VIEW_BUNDLES
    template_name = "agency/bundles/kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(BundlePartType.objects.all())
        kinds = [
            {"kind": kind, "parts": [each for each in rows if each.bundle == kind]}
            for kind in BundleKind
        ]
        may_set = SET_PART.allows(self.user)
        return super().get_context_data(kinds=kinds, may_set=may_set, set_act=SET_PART, **kwargs)


def kind_named(name: str) -> BundleKind:
    if name not in BundleKind.values:
        raise Http404
    return BundleKind(name)
