"""Changes found unfiled: recorded and decided at the desk, explained in the portal (B-13a)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.forms import ReasonForm
from agency.home import Matter, desk_queue, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.life import ReviewState
from agreements.forms.life import ExplanationForm, ReviewFilter, UnfiledChangeForm
from agreements.models import DissolutionReview
from agreements.permissions.agreements import VIEW_OWN_AGREEMENTS
from agreements.permissions.reviews import (
    DISMISS_REVIEW,
    EXPLAIN_UNFILED,
    PROPOSE_DISSOLUTION,
    RECORD_UNFILED,
    VIEW_REVIEWS,
    explaining_obstacles,
    review_obstacles,
)
from agreements.services.reviews import (
    decide_review,
    explain_unfiled_change,
    record_unfiled_change,
)
from institutions.enums.changes import ChangeField
from institutions.models import Institution
from institutions.panels import institution_panel

QUEUE_LENGTH = 50

navigation(
    "desk",
    _("Unfiled changes"),
    "agreements_desk:reviews",
    VIEW_REVIEWS,
    order=26,
    rules=("B-13a", "B-14"),
)


def _rows() -> QuerySet[DissolutionReview]:
    return DissolutionReview.objects.select_related("agreement__institution", "agreement__region")


@desk_queue
def reviews_waiting(user: User, on: date) -> Iterator[Matter]:
    """Reviews that can be decided: explained, or with the time to explain gone by."""
    if not DISMISS_REVIEW.allows(user):
        return
    rows = _rows().filter(state=ReviewState.OPEN).exclude(recorded_by=user)
    for each in rows.order_by("explain_due_on", "pk")[:QUEUE_LENGTH]:
        if each.explained_at is None and on <= each.explain_due_on:
            continue
        yield Matter(
            title=gettext("Unfiled change %(number)s") % {"number": each.number},
            institution=each.agreement.institution.name,
            state=ReviewState(each.state),
            url=each.get_absolute_url(),
            act=_("Decide"),
        )


@portal_queue
def reviews_to_explain(user: User, on: date) -> Iterator[Matter]:
    if not EXPLAIN_UNFILED.allows(user):
        return
    rows = DissolutionReview.objects.visible_to(user).unexplained()
    for each in rows.select_related("agreement__institution").order_by("pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("A change found unfiled: %(field)s")
            % {"field": each.get_field_display()},
            institution=each.agreement.institution.name,
            state=ReviewState(each.state),
            url=each.get_portal_url(),
            act=EXPLAIN_UNFILED.label,
            due_on=ends_on(each.explain_due_on, each.explain_due_basis),
            provisional=bool(each.explain_due_basis.get("provisional")),
        )


@institution_panel("agreements/desk/reviews_panel.html")
def reviews_of(institution: Institution, on: date) -> dict[str, Any] | None:
    """The reviews of an institution, on its page at the desk."""
    rows = DissolutionReview.objects.filter(agreement__institution=institution)
    return {"reviews": list(rows.order_by("-pk")[:10]), "record_act": RECORD_UNFILED}


class ReviewList(ActRequired, KeysetList):
    act = VIEW_REVIEWS
    template_name = "agreements/desk/reviews.html"
    order_field = "-recorded_at"
    filterset_class = ReviewFilter

    def get_queryset(self) -> QuerySet[DissolutionReview]:
        return _rows()


class ReviewPage(ActRequired, DetailView):
    act = VIEW_REVIEWS
    template_name = "agreements/desk/review.html"
    context_object_name = "review"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[DissolutionReview]:
        return _rows().select_related(
            "agreement__institution",
            "agreement__region",
            "recorded_by",
            "explained_by",
            "decided_by",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, user = self.object, self.user
        obstacles = review_obstacles(review, user, on=timezone.localdate())
        buttons: list[dict[str, Any]] = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[review.number]),
                "obstacles": obstacles,
            }
            for name, act in (
                ("review_dismiss", DISMISS_REVIEW),
                ("review_propose", PROPOSE_DISSOLUTION),
            )
            if review.is_open and act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class RecordUnfiled(ActPage):
    """Recording what was found, from the page of the institution."""

    act = RECORD_UNFILED
    form_class: Any = UnfiledChangeForm

    def subject(self) -> Institution:
        rows = Institution.objects.visible_to(self.user)
        return get_object_or_404(rows, pk=self.kwargs["institution_pk"])

    def stamp(self) -> str:
        rows = DissolutionReview.objects.filter(agreement__institution=self.object)
        return str(rows.count())

    def initial(self) -> dict[str, Any]:
        return {"discovered_on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A review opens; the institution is invited by letter to explain itself."),
            _("Somebody else decides what follows. The agreement goes on meanwhile."),
        ]

    def perform(self, form: forms.Form) -> DissolutionReview:
        data = form.cleaned_data
        return record_unfiled_change(
            institution_id=self.object.pk,
            field=ChangeField(data.pop("field")),
            by=self.user,
            at=timezone.now(),
            **data,
        )


class DecideReview(ActPage):
    form_class = ReasonForm
    template_name = "agreements/desk/review_act.html"
    decision: ReviewState

    def subject(self) -> DissolutionReview:
        return get_object_or_404(_rows(), number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return review_obstacles(self.object, self.user, on=timezone.localdate())

    def perform(self, form: forms.Form) -> DissolutionReview:
        return decide_review(
            review_id=self.object.pk,
            state=self.decision,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class Dismiss(DecideReview):
    act = DISMISS_REVIEW
    decision = ReviewState.DISMISSED

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Nothing further is done; the institution is told by letter."),
            _("The change is still to be filed."),
        ]


class Propose(DecideReview):
    act = PROPOSE_DISSOLUTION
    decision = ReviewState.PROPOSED
    danger = True

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution is told by letter that the dissolution is proposed."),
            _("The agreement stays in force: dissolving it is an act of its own, on ground 6."),
        ]


class OwnReview(ActRequired, DetailView):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/review.html"
    context_object_name = "review"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[DissolutionReview]:
        rows = DissolutionReview.objects.visible_to(self.user)
        return rows.select_related("agreement__institution", "explained_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, user = self.object, self.user
        buttons = []
        if review.is_open and EXPLAIN_UNFILED.allows(user):
            url = reverse("agreements_portal:review_explain", args=[review.number])
            obstacles = explaining_obstacles(review, user)
            buttons.append({"act": EXPLAIN_UNFILED, "url": url, "obstacles": obstacles})
        return super().get_context_data(buttons=buttons, **kwargs)


class Explain(ActPage):
    act = EXPLAIN_UNFILED
    form_class: Any = ExplanationForm
    template_name = "agreements/desk/review_act.html"
    area = "portal"

    def subject(self) -> DissolutionReview:
        rows = DissolutionReview.objects.visible_to(self.user)
        return get_object_or_404(
            rows.select_related("agreement__institution"), number=self.kwargs["number"]
        )

    def obstacles(self) -> Sequence[Obstacle]:
        return explaining_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agency reads it before it decides; it can be given once."),
            _("File the change itself too, if you have not."),
        ]

    def perform(self, form: forms.Form) -> DissolutionReview:
        return explain_unfiled_change(
            review_id=self.object.pk,
            text=form.cleaned_data["text"],
            files=form.cleaned_data["documents"],
            by=self.user,
            at=timezone.now(),
        )
