"""Objections at the desk: read, and decided by the agency head."""

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

from agency.clocks import ends_on
from agency.enums import ReadingKind
from agency.home import Matter, desk_queue
from agency.models import User
from agency.privacy import mask_name, mask_phone
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agency.views.reading import RevealPage
from institutions.enums.notices import ObjectionState
from institutions.forms.notices import DecisionForm, ObjectionFilter
from institutions.models import Objection
from institutions.permissions.notices import (
    DISMISS_OBJECTION,
    READ_OBJECTOR,
    REJECT_OBJECTION,
    UPHOLD_OBJECTION,
    VIEW_OBJECTIONS,
    deciding_obstacles,
)
from institutions.services.notices.objections import decide_objection

QUEUE_LENGTH = 50


@desk_queue
def objections_waiting(user: User, on: date) -> Iterator[Matter]:
    if not UPHOLD_OBJECTION.allows(user):
        return
    rows = Objection.objects.undecided().with_content().order_by("decision_due_on", "pk")
    for each in rows[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Objection %(number)s") % {"number": each.number},
            institution=each.entry.name,
            state=ObjectionState(each.state),
            url=each.get_absolute_url(),
            act=_("Decide"),
            due_on=ends_on(each.decision_due_on, each.decision_due_basis),
            provisional=bool(each.decision_due_basis.get("provisional")),
        )


class ObjectionList(ActRequired, KeysetList):
    act = VIEW_OBJECTIONS
    template_name = "institutions/notices/objections.html"
    order_field = "-received_at"
    filterset_class = ObjectionFilter

    def get_queryset(self) -> QuerySet[Objection]:
        return Objection.objects.visible_to(self.user).with_content()


class ObjectionPage(ActRequired, DetailView):
    act = VIEW_OBJECTIONS
    template_name = "institutions/notices/objection.html"
    context_object_name = "objection"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Objection]:
        rows = Objection.objects.visible_to(self.user).with_content()
        return rows.select_related("commented_by", "decided_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        objection, user = self.object, self.user
        obstacles = deciding_obstacles(objection, user)
        buttons: list[dict[str, Any]] = [
            {
                "act": act,
                "url": reverse(f"institutions_desk:{name}", args=[objection.number]),
                "obstacles": obstacles,
            }
            for name, act in (
                ("objection_reject", REJECT_OBJECTION),
                ("objection_dismiss", DISMISS_OBJECTION),
                ("objection_uphold", UPHOLD_OBJECTION),
            )
            if objection.is_open and act.allows(user)
        ]
        if READ_OBJECTOR.allows(user) and (objection.objector or objection.contact):
            url = reverse("institutions_desk:objector", args=[objection.number])
            buttons.append({"act": READ_OBJECTOR, "url": url})
        answers = objection.transitions.filter(letter__isnull=False).select_related("letter")
        return super().get_context_data(
            buttons=buttons,
            objector=mask_name(objection.objector),
            contact=mask_phone(objection.contact),
            answers=[each.letter for each in answers],
            **kwargs,
        )


class ShowObjector(RevealPage):
    """Who objected: shown for a purpose, and logged."""

    act = READ_OBJECTOR
    kind = ReadingKind.REPORT
    fields = ("objector", "contact")
    object: Objection

    def subject(self) -> Objection:
        rows = Objection.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def values(self) -> Sequence[tuple[str, str]]:
        return [
            (gettext("Name"), self.object.objector or "—"),
            (gettext("Contact"), self.object.contact or "—"),
        ]

    def masked(self) -> Sequence[tuple[str, str]]:
        return [(gettext("Name"), mask_name(self.object.objector) or "—")]

    def consequences(self) -> Sequence[str | Promise]:
        return super().consequences()[:2]


class DecideObjection(ActPage):
    """What the three ways to decide share."""

    form_class: Any = DecisionForm
    template_name = "institutions/notices/objection_act.html"
    decision: ObjectionState

    def subject(self) -> Objection:
        rows = Objection.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return deciding_obstacles(self.object, self.user)

    def perform(self, form: DecisionForm) -> Objection:
        return decide_objection(
            objection_id=self.object.pk,
            state=self.decision,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class Uphold(DecideObjection):
    act = UPHOLD_OBJECTION
    decision = ObjectionState.UPHELD
    danger = True

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The applicant has not passed: it is told by letter why, and what to put right."),
            _("It may be assessed again after the time the law sets."),
            _("The objector is answered with your reason."),
        ]


class Reject(DecideObjection):
    act = REJECT_OBJECTION
    decision = ObjectionState.REJECTED

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("With no other objection undecided, the agreement is negotiated after the notice."),
            _("The objector is answered with your reason."),
        ]


class Dismiss(DecideObjection):
    act = DISMISS_OBJECTION
    decision = ObjectionState.INADMISSIBLE

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Its matter is not looked into: it has nothing to do with the designation."),
            _("The objector is answered with your reason."),
        ]
