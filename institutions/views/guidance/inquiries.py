"""The inquiry box at the desk: answering, asking back, writing answers for everybody."""

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
from agency.forms import NoForm, ReasonForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.guidance import FaqState, InquiryState
from institutions.forms.changes import OptionalReasonForm
from institutions.forms.guidance import AnswerForm, FaqFilter, FaqForm, InquiryFilter, TextForm
from institutions.models import FrequentQuestion, Inquiry
from institutions.permissions.guidance import (
    ANSWER_INQUIRY,
    ASK_BACK,
    CLOSE_INQUIRY,
    DISCARD_FAQ,
    DRAFT_FAQ,
    PUBLISH_FAQ,
    RETIRE_FAQ,
    VIEW_INQUIRIES,
    answer_obstacles,
    ask_back_obstacles,
    faq_discard_obstacles,
    faq_draft_obstacles,
    faq_publication_obstacles,
    faq_retirement_obstacles,
)
from institutions.services.faq import discard_faq, draft_faq, publish_faq, retire_faq
from institutions.services.inquiries import (
    answer_inquiry,
    ask_back,
    close_inquiry,
    close_obstacles,
)

navigation(
    "desk",
    _("Inquiries"),
    "institutions_desk:inquiries",
    VIEW_INQUIRIES,
    order=64,
    rules=("B-01",),
)

QUEUE_LENGTH = 50


@desk_queue
def inquiries_waiting(user: User, on: date) -> Iterator[Matter]:
    """Inquiries to answer, and those whose reply has not come in time. One query."""
    if not ANSWER_INQUIRY.allows(user):
        return
    rows = Inquiry.objects.waiting().exclude(state=InquiryState.ASKED_BACK, reply_due_on__gte=on)
    for each in rows.select_related("institution").order_by("answer_due_on", "pk")[:QUEUE_LENGTH]:
        waits = each.state == InquiryState.FILED
        yield Matter(
            title=gettext("Inquiry %(number)s: %(subject)s")
            % {"number": each.number, "subject": each.subject},
            institution=each.institution.name if each.institution else gettext("Public"),
            state=InquiryState(each.state),
            url=each.get_absolute_url(),
            act=_("Answer") if waits else _("No reply has come"),
            due_on=ends_on(each.answer_due_on, each.answer_due_basis)
            if waits
            else each.reply_due_on,
            provisional=bool(each.answer_due_basis.get("provisional")),
            plain=gettext("Inquiry %(number)s") % {"number": each.number},
        )


@desk_queue
def answers_to_publish(user: User, on: date) -> Iterator[Matter]:
    """Answers that somebody else has written for everybody. One query."""
    if not PUBLISH_FAQ.allows(user):
        return
    rows = FrequentQuestion.objects.filter(state=FaqState.DRAFT).exclude(drafted_by=user)
    for each in rows.order_by("drafted_at", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Answer for everybody: %(question)s") % {"question": each.question},
            institution="",
            state=FaqState(each.state),
            url=each.get_absolute_url(),
            act=_("Publish the answer"),
            plain=gettext("Answer for everybody"),
        )


class InquiryList(ActRequired, KeysetList):
    act = VIEW_INQUIRIES
    template_name = "institutions/guidance/inquiries.html"
    order_field = "-filed_at"
    filterset_class = InquiryFilter

    def get_queryset(self) -> QuerySet[Inquiry]:
        return Inquiry.objects.visible_to(self.user).select_related("institution")


class InquiryPage(ActRequired, DetailView):
    act = VIEW_INQUIRIES
    template_name = "institutions/guidance/inquiry.html"
    context_object_name = "inquiry"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Inquiry]:
        rows = Inquiry.objects.visible_to(self.request.user).prefetch_related("files")
        return rows.select_related("institution", "region", "filed_by", "answered_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inquiry, user, today = self.object, self.request.user, timezone.localdate()
        published = inquiry.published_as.exclude(state=FaqState.DISCARDED).last()
        acts: list[Any] = []
        if inquiry.is_open:
            acts = [(ANSWER_INQUIRY, "inquiry_answer", answer_obstacles(inquiry, user))]
            if inquiry.state == InquiryState.ASKED_BACK:
                found = close_obstacles(inquiry, user, on=today)
                acts.append((CLOSE_INQUIRY, "inquiry_close", found))
            else:
                acts.append((ASK_BACK, "inquiry_ask_back", ask_back_obstacles(inquiry, user)))
        elif inquiry.is_answered and (published is None or published.state == FaqState.RETIRED):
            acts = [(DRAFT_FAQ, "inquiry_publish", faq_draft_obstacles(inquiry, user))]
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_desk:{name}", args=[inquiry.number]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in acts
            if act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, published=published, **kwargs)


class InquiryAct(ActPage):
    """What the acts on an inquiry share: the question stays before one's eyes."""

    template_name = "institutions/guidance/inquiry_act.html"

    def subject(self) -> Inquiry:
        rows = Inquiry.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, number=self.kwargs["number"])


class AnswerInquiry(InquiryAct):
    act = ANSWER_INQUIRY
    form_class = AnswerForm

    def obstacles(self) -> Sequence[Obstacle]:
        return answer_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        if self.object.institution_id:
            return [_("The institution is told, and reads the answer in the portal.")]
        return [_("Whoever asked reads the answer with the number and its check code.")]

    def perform(self, form: AnswerForm) -> Inquiry:
        return answer_inquiry(
            inquiry_id=self.object.pk,
            answer=form.cleaned_data["answer"],
            by=self.user,
            at=timezone.now(),
        )


class AskBack(InquiryAct):
    act = ASK_BACK
    form_class = TextForm

    def obstacles(self) -> Sequence[Obstacle]:
        return ask_back_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The clock of the answer stands still until the reply has come.")]

    def perform(self, form: TextForm) -> Inquiry:
        return ask_back(
            inquiry_id=self.object.pk,
            text=form.cleaned_data["text"],
            by=self.user,
            at=timezone.now(),
        )


class CloseInquiry(InquiryAct):
    act = CLOSE_INQUIRY
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return close_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The inquiry ends without an answer; whoever asked may ask again.")]

    def perform(self, form: ReasonForm) -> Inquiry:
        return close_inquiry(
            inquiry_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class WriteFaq(InquiryAct):
    act = DRAFT_FAQ
    form_class = FaqForm

    def initial(self) -> dict[str, Any]:
        return {"question": self.object.question[:500], "answer": self.object.answer}

    def obstacles(self) -> Sequence[Obstacle]:
        return faq_draft_obstacles(self.object, self.user)

    def stamp(self) -> str:
        return f"{super().stamp()}.{self.object.published_as.count()}"

    def consequences(self) -> Sequence[str | Promise]:
        return [_("A colleague reads and publishes it; whoever wrote it may not.")]

    def perform(self, form: FaqForm) -> FrequentQuestion:
        return draft_faq(
            inquiry_id=self.object.pk, **form.cleaned_data, by=self.user, at=timezone.now()
        )


class FaqList(ActRequired, KeysetList):
    act = VIEW_INQUIRIES
    template_name = "institutions/guidance/faqs.html"
    order_field = "-drafted_at"
    filterset_class = FaqFilter

    def get_queryset(self) -> QuerySet[FrequentQuestion]:
        return FrequentQuestion.objects.select_related("drafted_by", "published_by")


class FaqPage(ActRequired, DetailView):
    act = VIEW_INQUIRIES
    template_name = "institutions/guidance/faq.html"
    context_object_name = "faq"

    def get_queryset(self) -> QuerySet[FrequentQuestion]:
        return FrequentQuestion.objects.select_related("drafted_by", "published_by", "inquiry")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        faq, user = self.object, self.request.user
        acts: list[Any] = []
        if faq.is_draft:
            acts = [
                (PUBLISH_FAQ, "faq_publish", faq_publication_obstacles(faq, user)),
                (DISCARD_FAQ, "faq_discard", []),
            ]
        elif faq.state == FaqState.PUBLISHED:
            acts = [(RETIRE_FAQ, "faq_retire", [])]
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_desk:{name}", args=[faq.pk]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in acts
            if act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class FaqAct(ActPage):
    form_class: Any = NoForm

    def subject(self) -> FrequentQuestion:
        return get_object_or_404(FrequentQuestion, pk=self.kwargs["pk"])


class PublishFaq(FaqAct):
    act = PUBLISH_FAQ

    def obstacles(self) -> Sequence[Obstacle]:
        return faq_publication_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Everybody can read it on the public pages.")]

    def perform(self, form: Any) -> FrequentQuestion:
        return publish_faq(faq_id=self.object.pk, by=self.user, at=timezone.now())


class DiscardFaq(FaqAct):
    act = DISCARD_FAQ
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return faq_discard_obstacles(self.object, self.user)

    def perform(self, form: Any) -> FrequentQuestion:
        return discard_faq(
            faq_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class RetireFaq(FaqAct):
    act = RETIRE_FAQ
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return faq_retirement_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It is no longer on the public pages.")]

    def perform(self, form: Any) -> FrequentQuestion:
        return retire_faq(
            faq_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )
