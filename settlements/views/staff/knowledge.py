"""The knowledge base at the desk: versions, their rows, and their release by a second person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from settlements.enums import KnowledgeState
from settlements.forms.batches import Confirmation, KnowledgeRowFilter
from settlements.models import KnowledgeRow, KnowledgeVersion
from settlements.permissions import RELEASE_KNOWLEDGE, VIEW_KNOWLEDGE, release_obstacles
from settlements.services.rulebase import release_rulebase

navigation("desk", _("Knowledge base"), "settlements_desk:knowledge_list", VIEW_KNOWLEDGE, order=35)


@desk_queue
def versions_waiting(user: User, on: date) -> Iterator[Matter]:
    """Versions that wait for their second person."""
    if not RELEASE_KNOWLEDGE.allows(user):
        return
    drafts = KnowledgeVersion.objects.filter(state=KnowledgeState.DRAFT)
    for version in drafts.exclude(imported_by=user).order_by("number")[:10]:
        yield Matter(
            title=gettext("Knowledge base %s") % version,
            institution="",
            state=KnowledgeState(version.state),
            url=version.get_absolute_url(),
            act=RELEASE_KNOWLEDGE.label,
        )


class VersionList(ActRequired, KeysetList):
    act = VIEW_KNOWLEDGE
    template_name = "settlements/desk/knowledge_list.html"
    order_field = "-number"

    def get_queryset(self) -> QuerySet[KnowledgeVersion]:
        return KnowledgeVersion.objects.select_related("imported_by", "released_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        in_use = KnowledgeVersion.objects.in_use_on(timezone.localdate())
        return super().get_context_data(in_use=in_use, **kwargs)


class VersionPage(ActRequired, KeysetList):
    """A version with its rows, to be searched."""

    act = VIEW_KNOWLEDGE
    template_name = "settlements/desk/knowledge_detail.html"
    order_field = "pk"
    filterset_class = KnowledgeRowFilter

    def get_queryset(self) -> QuerySet[KnowledgeRow]:
        self.version = get_object_or_404(
            KnowledgeVersion.objects.select_related("imported_by", "released_by"),
            number=self.kwargs["number"],
        )
        return KnowledgeRow.objects.filter(version=self.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        version, user = self.version, self.request.user
        buttons = []
        if version.state == KnowledgeState.DRAFT and user.is_agency_staff:
            buttons = [
                {
                    "act": RELEASE_KNOWLEDGE,
                    "url": reverse("settlements_desk:knowledge_release", args=[version.number]),
                    "obstacles": release_obstacles(version, user),
                }
            ]
        return context | {
            "version": version,
            "buttons": buttons,
            "counts": sorted(version.row_counts.items()),
        }


class Release(ActPage):
    act = RELEASE_KNOWLEDGE
    form_class = Confirmation
    object: KnowledgeVersion

    def subject(self) -> KnowledgeVersion:
        return get_object_or_404(KnowledgeVersion, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return release_obstacles(self.object, self.request.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every review from today on uses this version."),
            _("Batches reviewed before keep their findings until they are reviewed again."),
        ]

    def perform(self, form: Any) -> KnowledgeVersion:
        return release_rulebase(version_id=self.object.pk, by=self.request.user, at=timezone.now())
