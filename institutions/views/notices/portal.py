"""Objections to the institution's own application: read without who objected, and commented on."""

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
from django.views.generic import DetailView

from agency.home import Matter, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.application_panels import application_panel
from institutions.enums.notices import ObjectionState
from institutions.forms.notices import CommentForm
from institutions.models import DesignationApplication, Objection
from institutions.permissions.notices import (
    COMMENT_OBJECTION,
    READ_OWN_OBJECTIONS,
    commenting_obstacles,
)
from institutions.services.notices.objections import comment_on_objection
from institutions.views.notices.posting import notice_panel

QUEUE_LENGTH = 50


@portal_queue
def objections_to_comment(user: User, on: date) -> Iterator[Matter]:
    if not COMMENT_OBJECTION.allows(user):
        return
    rows = Objection.objects.visible_to(user).undecided().filter(commented_at__isnull=True)
    for each in rows.with_content().order_by("pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Objection %(number)s to your application") % {"number": each.number},
            institution=each.entry.name,
            state=ObjectionState(each.state),
            url=each.get_portal_url(),
            act=COMMENT_OBJECTION.label,
        )


@application_panel("institutions/notices/portal_panel.html", area="portal", order=60)
def own_notice_panel(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    return notice_panel(application, user, on)


class OwnObjection(ActRequired, DetailView):
    act = READ_OWN_OBJECTIONS
    template_name = "institutions/notices/own_objection.html"
    context_object_name = "objection"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Objection]:
        return Objection.objects.visible_to(self.user).with_content()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        objection, user = self.object, self.user
        buttons = []
        if objection.is_open and COMMENT_OBJECTION.allows(user):
            buttons.append(
                {
                    "act": COMMENT_OBJECTION,
                    "url": reverse(
                        "institutions_portal:objection_comment", args=[objection.number]
                    ),
                    "obstacles": commenting_obstacles(objection, user),
                }
            )
        return super().get_context_data(buttons=buttons, **kwargs)


class Comment(ActPage):
    act = COMMENT_OBJECTION
    form_class: Any = CommentForm
    template_name = "institutions/notices/objection_act.html"
    area = "portal"

    def subject(self) -> Objection:
        rows = Objection.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return commenting_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Your comment is read before the objection is decided; it can be made once.")]

    def perform(self, form: CommentForm) -> Objection:
        return comment_on_objection(
            objection_id=self.object.pk,
            text=form.cleaned_data["text"],
            by=self.user,
            at=timezone.now(),
        )
