from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Attachment,
    EncryptedCharField,
    Lifecycle,
    Region,
    StateField,
    TransitionRecord,
    User,
)
from institutions.enums.guidance import FaqState, InquiryState, InquiryTopic
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.querysets.guidance import FrequentQuestionQuerySet, InquiryQuerySet

_STATE = InquiryState
_FAQ = FaqState


class Inquiry(Lifecycle):
    """A question to the agency, of an institution or of anybody (Order 2 art. 27). A stranger
    reads the answer with the number and its check code.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
        help_text=_("Empty for a question from the public."),
    )
    topic = models.CharField(_("topic"), max_length=12, choices=InquiryTopic)
    subject = models.CharField(_("subject"), max_length=120)
    question = models.TextField(_("question"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    asked_name = models.CharField(_("name of whoever asks"), max_length=80, blank=True)
    asked_phone = EncryptedCharField(_("telephone for questions back"), max_length=40, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    filed_at = models.DateTimeField(_("filed at"))
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.FILED)
    answer_due_on = models.DateField(_("to be answered by"))
    answer_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    reply_due_on = models.DateField(_("reply wanted by"), null=True, blank=True)
    reply_due_basis = models.JSONField(_("basis of the reply's deadline"), default=dict, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="inquiry_number_has_its_form",
                condition=Q(number__regex=r"^INQ-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="inquiry_asks_something", condition=~Q(subject="") & ~Q(question="")
            ),
            models.CheckConstraint(
                name="inquiry_answer_has_its_facts",
                condition=(
                    Q(state=_STATE.ANSWERED, answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answer="")
                )
                | (
                    ~Q(state=_STATE.ANSWERED)
                    & Q(answered_by__isnull=True, answered_at__isnull=True, answer="")
                ),
            ),
            models.CheckConstraint(
                name="inquiry_asked_back_has_a_day",
                condition=~Q(state=_STATE.ASKED_BACK) | Q(reply_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_of_an_institution_has_a_filer",
                condition=Q(institution__isnull=True) | Q(filed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="inquiry_by_filing", fields=["-filed_at", "-id"]),
            models.Index(
                name="inquiry_waiting",
                fields=["answer_due_on"],
                condition=Q(state__in=[_STATE.FILED, _STATE.ASKED_BACK]),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.FILED.value, _STATE.ASKED_BACK.value),
                    (_STATE.ASKED_BACK.value, _STATE.FILED.value),
                    (_STATE.FILED.value, _STATE.ANSWERED.value),
                    (_STATE.ASKED_BACK.value, _STATE.ANSWERED.value),
                    (_STATE.FILED.value, _STATE.WITHDRAWN.value),
                    (_STATE.ASKED_BACK.value, _STATE.WITHDRAWN.value),
                    (_STATE.ASKED_BACK.value, _STATE.CLOSED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:inquiry", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:inquiry", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in (_STATE.FILED, _STATE.ASKED_BACK)

    @property
    def is_answered(self) -> bool:
        return self.state == _STATE.ANSWERED

    @transition(field=state, source=_STATE.FILED, target=_STATE.ASKED_BACK)
    def ask_back(self, *, due_on: Any, basis: dict[str, Any]) -> None:
        self.reply_due_on, self.reply_due_basis = due_on, basis

    @transition(field=state, source=_STATE.ASKED_BACK, target=_STATE.FILED)
    def reply(self) -> None:
        pass

    @transition(field=state, source=[_STATE.FILED, _STATE.ASKED_BACK], target=_STATE.ANSWERED)
    def give_answer(self, *, by: User, at: datetime, answer: str) -> None:
        self.answer, self.answered_by, self.answered_at = answer, by, at

    @transition(field=state, source=[_STATE.FILED, _STATE.ASKED_BACK], target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=state, source=_STATE.ASKED_BACK, target=_STATE.CLOSED)
    def close(self) -> None:
        """No reply came to what the agency asked back."""


class InquiryTransition(TransitionRecord):
    """What was asked back and replied stands in `reason`."""

    subject = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an inquiry")
        verbose_name_plural = _("transitions of inquiries")


class FrequentQuestion(Lifecycle):
    """A question and its answer for everybody, without names. One person writes it, another
    publishes it (B-02).
    """

    inquiry = models.ForeignKey(
        Inquiry,
        verbose_name=_("inquiry"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="published_as",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    topic = models.CharField(_("topic"), max_length=12, choices=InquiryTopic)
    question = models.CharField(_("question"), max_length=500)
    answer = models.TextField(_("answer"))
    state = StateField(_("state"), choices=_FAQ.choices, default=_FAQ.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drafted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    drafted_at = models.DateTimeField(_("drafted at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = FrequentQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published answer")
        verbose_name_plural = _("published answers")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="frequentquestion_one_of_an_inquiry",
                fields=["inquiry"],
                condition=Q(state__in=[_FAQ.DRAFT, _FAQ.PUBLISHED]),
            ),
            models.CheckConstraint(
                name="frequentquestion_says_something", condition=~Q(question="") & ~Q(answer="")
            ),
            models.CheckConstraint(
                name="frequentquestion_publication_has_its_facts",
                condition=Q(
                    state__in=[_FAQ.PUBLISHED, _FAQ.RETIRED],
                    published_by__isnull=False,
                    published_at__isnull=False,
                )
                | Q(
                    state__in=[_FAQ.DRAFT, _FAQ.DISCARDED],
                    published_by__isnull=True,
                    published_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="frequentquestion_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
        ]
        indexes = [
            models.Index(
                name="frequentquestion_latest",
                fields=["-published_at", "-id"],
                condition=Q(state=_FAQ.PUBLISHED),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_FAQ.DRAFT.value, _FAQ.PUBLISHED.value),
                    (_FAQ.DRAFT.value, _FAQ.DISCARDED.value),
                    (_FAQ.PUBLISHED.value, _FAQ.RETIRED.value),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:faq", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == _FAQ.DRAFT

    @transition(field=state, source=_FAQ.DRAFT, target=_FAQ.PUBLISHED)
    def publish(self, *, by: User, at: datetime) -> None:
        self.published_by, self.published_at = by, at

    @transition(field=state, source=_FAQ.DRAFT, target=_FAQ.DISCARDED)
    def discard(self) -> None:
        pass

    @transition(field=state, source=_FAQ.PUBLISHED, target=_FAQ.RETIRED)
    def retire(self) -> None:
        pass


class FaqTransition(TransitionRecord):
    subject = models.ForeignKey(
        FrequentQuestion, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a published answer")
        verbose_name_plural = _("transitions of published answers")
