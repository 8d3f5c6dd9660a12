"""Letterheads: what stands on the letters of each region's offices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.enums import Actor, RegionLevel
from agency.forms.letters import HeadForm
from agency.models import LetterHead, Region
from agency.permissions import ENTER_ADM_LETTERHEAD, ENTER_LETTERHEAD, VIEW_LETTERS
from agency.services.letters.heads import enter_letterhead, head_in_force
from agency.views.pages import ActPage, ActRequired

SHOWN_REGIONS = 200


class LetterHeads(ActRequired, TemplateView):
    """Every letterhead entered for the user's side, by region; and where to enter one."""

    act = VIEW_LETTERS
    template_name = "agency/letters/heads.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heads = (
            LetterHead.objects.filter(actor=self.user.actor)
            .select_related("entered_by", "seal")
            .order_by("-effective_from")
        )
        regions = Region.objects.exclude(level=RegionLevel.NATION).prefetch_related(
            Prefetch("letter_heads", heads, to_attr="heads")
        )
        act, name = _entering(self.user.actor)
        may_enter = act.allows(self.user)
        rows = [
            {
                "region": region,
                "heads": region.heads,
                "url": reverse(f"agency_desk:{name}", args=[region.code]) if may_enter else "",
            }
            for region in regions.order_by("code")[:SHOWN_REGIONS]
        ]
        return super().get_context_data(rows=rows, enter=act, today=timezone.localdate(), **kwargs)


def _entering(actor: str) -> tuple[Any, str]:
    if actor == Actor.ADMINISTRATION:
        return ENTER_ADM_LETTERHEAD, "adm_letterhead_enter"
    return ENTER_LETTERHEAD, "letterhead_enter"


class EnterLetterHead(ActPage):
    act = ENTER_LETTERHEAD
    form_class = HeadForm
    owner: ClassVar[Actor] = Actor.AGENCY
    object: Region

    def subject(self) -> Region:
        return get_object_or_404(Region.objects.select_related("parent"), pk=self.kwargs["code"])

    def stamp(self) -> str:
        heads = self.object.letter_heads.filter(actor=self.owner)
        return f"{self.object.pk}.{heads.count()}"

    def initial(self) -> dict[str, Any]:
        on = timezone.localdate()
        head = head_in_force(self.object, self.owner, on)
        names = ("office_name", "prefix", "number_format", "address", "phone")
        return {name: getattr(head, name) for name in names} | {"effective_from": on}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("Letters of %(region)s issued from that day on bear this head and number rule.")
            % {"region": self.object},
            _("Another prefix begins another series of numbers, from 1."),
            _("It stays as it is; a change is a new one of a later day."),
        ]

    def perform(self, form: Any) -> Region:
        at = timezone.now()
        enter_letterhead(
            region=self.object, by=self.user, at=at, on=timezone.localdate(at), **form.cleaned_data
        )
        return self.object

    def next_url(self, result: Any) -> str:
        return reverse("agency_desk:letterheads")


class EnterAdministrationHead(EnterLetterHead):
    act = ENTER_ADM_LETTERHEAD
    owner = Actor.ADMINISTRATION
