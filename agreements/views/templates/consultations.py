"""Consultations at the desk: opened, watched, answered, closed; and the publication after them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.forms import NoForm
from agency.home import Matter, desk_queue
from agency.models import User
from agency.rules import Obstacle
from agency.services.clocks import EXTEND
from agency.views.clock_acts import ExtendClock, clock_act, clock_buttons
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.clocks.templates import COMMENTS
from agreements.enums.templates import CommentOutcome, ConsultationState, Stance
from agreements.forms.templates import (
    AnswerForm,
    ConsultationFilter,
    ConsultForm,
    PublishForm,
    TakeBackForm,
)
from agreements.models import Consultation, ConsultationComment, TemplateVersion
from agreements.permissions.templates import (
    ANSWER_COMMENT,
    CLOSE_CONSULTATION,
    EXTEND_CONSULTATION,
    OPEN_CONSULTATION,
    PUBLISH_TEXT,
    TAKE_BACK_TEXT,
    VIEW_TEMPLATES,
    answering_obstacles,
    opening_obstacles,
    taking_back_obstacles,
)
from agreements.rules.clauses import ClauseText, changes
from agreements.services.templates import consulting
from agreements.services.templates.commenting import answer
from agreements.services.templates.publishing import publish_version, publishing_refusals
from agreements.services.templates.wording import texts_of
from agreements.views.templates.versions import QUEUE_LENGTH, region_name, versions_of_desk

SHOWN_COMMENTS = 500

clock_act(
    COMMENTS,
    EXTEND,
    EXTEND_CONSULTATION,
    lambda row: reverse("agreements_desk:consultation_extend", args=[row.pk]),
)


@desk_queue
def comments_to_answer(user: User, on: date) -> Iterator[Matter]:
    """Closed consultations with comments that wait for an answer. One query."""
    if not ANSWER_COMMENT.allows(user):
        return
    rows = Consultation.objects.with_unanswered().filter(state=ConsultationState.CLOSED)
    for each in rows.select_related("version__template__region").order_by("pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Comments to answer: %(title)s") % {"title": each.version.title},
            institution=region_name(each.version.template),
            state=ConsultationState(each.state),
            url=each.get_absolute_url(),
            act=ANSWER_COMMENT.label,
        )


def _rows() -> QuerySet[Consultation]:
    return Consultation.objects.select_related(
        "version__template__region", "version__refines", "opened_by"
    )


class ConsultationList(ActRequired, KeysetList):
    act = VIEW_TEMPLATES
    template_name = "agreements/texts/consultations.html"
    order_field = "-opened_at"
    filterset_class = ConsultationFilter

    def get_queryset(self) -> QuerySet[Consultation]:
        return Consultation.objects.select_related("version__template__region")


class ConsultationPage(ActRequired, DetailView):
    """How far a consultation is, and the comments clause by clause."""

    act = VIEW_TEMPLATES
    template_name = "agreements/texts/consultation.html"
    context_object_name = "consultation"

    def get_queryset(self) -> QuerySet[Consultation]:
        return _rows()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation, user = self.object, self.user
        comments = list(
            consultation.comments.select_related("institution", "answered_by")
            .order_by("commented_at")
            .filter(stance=Stance.COMMENT)[:SHOWN_COMMENTS]
        )
        answers = ANSWER_COMMENT.allows(user) and (
            consultation.state == ConsultationState.CLOSED and not consultation.version.is_published
        )
        return super().get_context_data(
            region=region_name(consultation.version.template),
            counts=counts_of(consultation),
            clauses=by_clause(consultation, comments),
            may_answer=answers,
            answer_act=ANSWER_COMMENT,
            changed=changes(asked_texts(consultation), texts_of_asked(consultation.version)),
            buttons=_buttons(consultation, user),
            **kwargs,
        )


def asked_texts(consultation: Consultation) -> list[ClauseText]:
    return [
        ClauseText(each["key"], each["heading"], each["body"], each.get("damages", ""))
        for each in consultation.asked_text
    ]


def texts_of_asked(version: TemplateVersion) -> list[ClauseText]:
    """The clauses with only what institutions were shown."""
    return [
        ClauseText(each.key, each.heading, each.body, each.damages) for each in texts_of(version)
    ]


def counts_of(consultation: Consultation) -> dict[str, int]:
    """How many were asked, have spoken, and what became of it. Two queries."""
    said = consultation.comments.aggregate(
        spoken=Count("institution", distinct=True),
        comments=Count("pk", filter=Q(stance=Stance.COMMENT)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        adopted=Count("pk", filter=Q(outcome=CommentOutcome.ADOPTED)),
        partly=Count("pk", filter=Q(outcome=CommentOutcome.PARTLY)),
        not_adopted=Count("pk", filter=Q(outcome=CommentOutcome.NOT_ADOPTED)),
    )
    asked = consultation.parties.count()
    return {
        **said,
        "asked": asked,
        "unanswered": said["comments"] - said["answered"],
        "silent": asked - said["spoken"],
    }


def by_clause(
    consultation: Consultation, comments: list[ConsultationComment]
) -> list[dict[str, Any]]:
    """The comments under the clause they are about, the text as a whole first."""
    found: dict[str, list[ConsultationComment]] = {}
    for each in comments:
        found.setdefault(each.clause_key, []).append(each)
    rows = [{"key": "", "heading": _("The text as a whole"), "body": ""}, *consultation.asked_text]
    return [{**row, "comments": found[row["key"]]} for row in rows if row["key"] in found]


def _buttons(consultation: Consultation, user: User) -> list[dict[str, Any]]:
    buttons = []
    if consultation.is_open and CLOSE_CONSULTATION.allows(user):
        buttons.append(
            {
                "act": CLOSE_CONSULTATION,
                "url": reverse("agreements_desk:consultation_close", args=[consultation.pk]),
                "obstacles": consulting.closing_obstacles(
                    consultation, user, on=timezone.localdate()
                ),
            }
        )
    if consultation.is_open:
        buttons += clock_buttons(COMMENTS, consultation, user)
    return buttons


class OfVersionAct(ActPage):
    form_class: Any = NoForm

    def subject(self) -> TemplateVersion:
        return get_object_or_404(versions_of_desk(), pk=self.kwargs["pk"])

    @property
    def common(self) -> dict[str, Any]:
        return {"version_id": self.object.pk, "by": self.user, "at": timezone.now()}


class OpenConsultation(OfVersionAct):
    act = OPEN_CONSULTATION
    form_class = ConsultForm

    def obstacles(self) -> Sequence[Obstacle]:
        return opening_obstacles(self.object, self.user) or consulting.text_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        asked = consulting.concerned(self.object.template).count()
        return [
            gettext("Institutions asked, each in its portal: %(count)d.") % {"count": asked},
            _("The wording stands still until the consultation is closed."),
            _("It cannot be published before it is closed and each comment is answered."),
        ]

    def perform(self, form: Any) -> Consultation:
        return consulting.open_consultation(**form.cleaned_data, **self.common)


class TakeBack(OfVersionAct):
    act = TAKE_BACK_TEXT
    form_class = TakeBackForm

    def obstacles(self) -> Sequence[Obstacle]:
        return taking_back_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The consultation ends without counting; the institutions are told why."),
            _("They are asked again before the text is published."),
        ]

    def perform(self, form: Any) -> TemplateVersion:
        return consulting.take_back(**form.cleaned_data, **self.common)


class PublishVersion(OfVersionAct):
    act = PUBLISH_TEXT
    form_class = PublishForm

    def obstacles(self) -> Sequence[Obstacle]:
        return publishing_refusals(self.object, self.user)

    def initial(self) -> dict[str, Any]:
        return {"effective_from": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From its day on agreements are drawn up from it; the version before it ends."),
            _("Everybody can read it on the public pages; it never changes again."),
            _("The institutions asked are told."),
        ]

    def perform(self, form: Any) -> TemplateVersion:
        return publish_version(effective_from=form.cleaned_data["effective_from"], **self.common)


class ConsultationSubject:
    def subject(self) -> Consultation:
        return get_object_or_404(_rows(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class CloseConsultation(ConsultationSubject, ActPage):
    act = CLOSE_CONSULTATION
    form_class: Any = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        return consulting.closing_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [_("No comment is possible any more; those that came are answered now.")]

    def perform(self, form: Any) -> Consultation:
        return consulting.close_consultation(
            consultation_id=self.object.pk, by=self.user, at=timezone.now()
        )


class ExtendConsultation(ConsultationSubject, ExtendClock):
    act = EXTEND_CONSULTATION
    clock = COMMENTS


class AnswerComment(ActPage):
    act = ANSWER_COMMENT
    form_class: Any = AnswerForm
    template_name = "agreements/texts/answer.html"

    def subject(self) -> ConsultationComment:
        rows = ConsultationComment.objects.select_related(
            "institution", "consultation__version__template__region"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.consultation.state}.{self.object.answered_at}"

    def title(self) -> str | Promise:
        return self.act.label

    def initial(self) -> dict[str, Any]:
        return {"outcome": self.object.outcome, "text": self.object.answer}

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution reads the answer in its portal."),
            _("What is adopted is worked into the wording before the text is published."),
        ]

    def extra(self) -> dict[str, Any]:
        asked = self.object.consultation.asked_text
        key = self.object.clause_key
        return {
            "clause": next((each for each in asked if each["key"] == key), None),
            "now": self.object.consultation.version.clauses.filter(key=key).first(),
        }

    def success(self, result: Any) -> str:
        return gettext("Answered: %(outcome)s.") % {"outcome": result.get_outcome_display()}

    def next_url(self, result: Any) -> str:
        return self.object.consultation.get_absolute_url()

    def perform(self, form: Any) -> ConsultationComment:
        data = form.cleaned_data
        return answer(
            comment_id=self.object.pk,
            outcome=CommentOutcome(data["outcome"]),
            text=data["text"],
            by=self.user,
            at=timezone.now(),
        )
