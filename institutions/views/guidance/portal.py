"""Trainings and inquiries of an institution, in its portal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.guidance import InquiryState, Presence, TrainingState
from institutions.forms.changes import OptionalReasonForm
from institutions.forms.guidance import (
    ConfirmAttendanceForm,
    InquiryFilter,
    OwnQuestionForm,
    TextForm,
    TrainingFilter,
)
from institutions.models import Inquiry, Institution, TrainingAttendance, TrainingEvent
from institutions.panels import waiting_queue
from institutions.permissions.guidance import (
    CONFIRM_ATTENDANCE,
    FILE_INQUIRY,
    REPLY_TO_INQUIRY,
    VIEW_OWN_INQUIRIES,
    VIEW_OWN_TRAININGS,
    WITHDRAW_INQUIRY,
    confirmation_obstacles,
    inquiry_withdrawal_obstacles,
    reply_obstacles,
)
from institutions.services.inquiries import file_inquiry, reply, withdraw_inquiry
from institutions.services.trainings import confirm_attendance

navigation("portal", _("Trainings"), "institutions_portal:trainings", VIEW_OWN_TRAININGS, order=62)
navigation("portal", _("Inquiries"), "institutions_portal:inquiries", VIEW_OWN_INQUIRIES, order=64)

SHOWN_WAITING = 20


@portal_queue
def questions_back(user: User, on: date) -> Iterator[Matter]:
    """What the agency asked back about the institution's inquiries. One query."""
    rows = Inquiry.objects.visible_to(user).asked_back().select_related("institution")
    for each in rows.order_by("reply_due_on", "pk")[:SHOWN_WAITING]:
        yield Matter(
            title=gettext("Inquiry %(number)s: %(subject)s")
            % {"number": each.number, "subject": each.subject},
            institution=each.institution.name if each.institution else "",
            state=InquiryState(each.state),
            url=each.get_portal_url(),
            act=REPLY_TO_INQUIRY.label,
            due_on=each.reply_due_on,
            plain=gettext("Inquiry %(number)s") % {"number": each.number},
        )


@waiting_queue
def own_inquiries(user: User, on: date) -> Iterator[Matter]:
    """Inquiries the agency has yet to answer. One query."""
    rows = Inquiry.objects.visible_to(user).filter(state=InquiryState.FILED)
    for each in rows.select_related("institution").order_by("answer_due_on", "pk")[:SHOWN_WAITING]:
        yield Matter(
            title=gettext("Inquiry %(number)s: %(subject)s")
            % {"number": each.number, "subject": each.subject},
            institution=each.institution.name if each.institution else "",
            state=InquiryState(each.state),
            url=each.get_portal_url(),
            act=_("Look"),
            due_on=ends_on(each.answer_due_on, each.answer_due_basis),
            provisional=bool(each.answer_due_basis.get("provisional")),
        )


class OwnTrainings(ActRequired, KeysetList):
    act = VIEW_OWN_TRAININGS
    template_name = "institutions/guidance/own_trainings.html"
    order_field = "-held_on"
    filterset_class = TrainingFilter

    def get_queryset(self) -> QuerySet[TrainingEvent]:
        own = TrainingAttendance.objects.visible_to(self.user)
        rows = TrainingEvent.objects.visible_to(self.user).select_related("region")
        return rows.prefetch_related(Prefetch("attendances", own, to_attr="own"))


class OwnTraining(ActRequired, DetailView):
    act = VIEW_OWN_TRAININGS
    template_name = "institutions/guidance/own_training.html"
    context_object_name = "event"

    def get_queryset(self) -> QuerySet[TrainingEvent]:
        return TrainingEvent.objects.visible_to(self.request.user).prefetch_related("materials")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        own = self.object.attendances.visible_to(user).select_related("event").first()
        buttons = []
        waits = own.presence == Presence.INVITED or own.confirmed_at is None
        if CONFIRM_ATTENDANCE.allows(user) and waits and own.presence != Presence.ABSENT:
            url = reverse("institutions_portal:training_confirm", args=[self.object.pk])
            obstacles = confirmation_obstacles(own, user)
            if self.object.state != TrainingState.CANCELLED:
                buttons = [{"act": CONFIRM_ATTENDANCE, "url": url, "obstacles": obstacles}]
        return super().get_context_data(own=own, buttons=buttons, **kwargs)


class ConfirmAttendance(ActPage):
    act = CONFIRM_ATTENDANCE
    area = "portal"
    form_class = ConfirmAttendanceForm

    def subject(self) -> TrainingEvent:
        rows = TrainingEvent.objects.visible_to(self.user)
        event = get_object_or_404(rows, pk=self.kwargs["pk"])
        own = event.attendances.visible_to(self.user).select_related("event")
        self.attendance = own.get()
        return event

    def initial(self) -> dict[str, Any]:
        return {"attendees": self.attendance.attendees}

    def obstacles(self) -> Sequence[Obstacle]:
        return confirmation_obstacles(self.attendance, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It counts as the yearly training of your institution (B-01).")]

    def perform(self, form: ConfirmAttendanceForm) -> TrainingEvent:
        confirmed = confirm_attendance(
            attendance_id=self.attendance.pk, **form.cleaned_data, by=self.user, at=timezone.now()
        )
        return confirmed.event


class OwnInquiries(ActRequired, KeysetList):
    act = VIEW_OWN_INQUIRIES
    template_name = "institutions/guidance/own_inquiries.html"
    order_field = "-filed_at"
    filterset_class = InquiryFilter

    def get_queryset(self) -> QuerySet[Inquiry]:
        return Inquiry.objects.visible_to(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_file=FILE_INQUIRY.allows(self.user), file_act=FILE_INQUIRY, **kwargs
        )


class OwnInquiry(ActRequired, DetailView):
    act = VIEW_OWN_INQUIRIES
    template_name = "institutions/guidance/own_inquiry.html"
    context_object_name = "inquiry"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Inquiry]:
        rows = Inquiry.objects.visible_to(self.request.user).prefetch_related("files")
        return rows.select_related("institution", "region", "filed_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inquiry, user = self.object, self.request.user
        acts: list[Any] = []
        if inquiry.is_open:
            found = inquiry_withdrawal_obstacles(inquiry, user)
            acts = [(WITHDRAW_INQUIRY, "inquiry_withdraw", found)]
        if inquiry.state == InquiryState.ASKED_BACK:
            acts.insert(0, (REPLY_TO_INQUIRY, "inquiry_reply", []))
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_portal:{name}", args=[inquiry.number]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in acts
            if act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class AskQuestion(ActPage):
    act = FILE_INQUIRY
    area = "portal"
    form_class = OwnQuestionForm

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user).select_related("region"))

    def stamp(self) -> str:
        # One more inquiry since the page was opened may have been this one, sent twice.
        return str(self.object.inquiries.count())

    def back_url(self) -> str:
        return reverse("institutions_portal:inquiries")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You have a number at once, and see by when the agency answers."),
            _("The answer may be published for others, without your name."),
        ]

    def perform(self, form: OwnQuestionForm) -> Inquiry:
        data = form.cleaned_data
        return file_inquiry(
            institution_id=self.object.pk,
            topic=data["topic"],
            subject=data["subject"],
            question=data["question"],
            files=data["attachments"],
            by=self.user,
            at=timezone.now(),
        )


class OwnInquiryAct(ActPage):
    area = "portal"

    def subject(self) -> Inquiry:
        rows = Inquiry.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, number=self.kwargs["number"])


class ReplyToInquiry(OwnInquiryAct):
    act = REPLY_TO_INQUIRY
    form_class = TextForm
    template_name = "institutions/guidance/inquiry_act.html"

    def obstacles(self) -> Sequence[Obstacle]:
        return reply_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The clock of the agency's answer runs again.")]

    def perform(self, form: TextForm) -> Inquiry:
        return reply(
            inquiry_id=self.object.pk,
            text=form.cleaned_data["text"],
            by=self.user,
            at=timezone.now(),
        )


class WithdrawInquiry(OwnInquiryAct):
    act = WITHDRAW_INQUIRY
    form_class = OptionalReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return inquiry_withdrawal_obstacles(self.object, self.user)

    def perform(self, form: OptionalReasonForm) -> Inquiry:
        return withdraw_inquiry(
            inquiry_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
