from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import (
    Lifecycle,
    OfficialLetter,
    Region,
    StateField,
    TransitionRecord,
)
from institutions.enums.notices import (
    NoticeState,
)
from institutions.enums.register import Kind, Level
from institutions.models.applications import DesignationApplication
from institutions.models.letters import letter_key
from institutions.querysets.notices import (
    PublicNoticeQuerySet,
)


class PublicNotice(Lifecycle):
    """The public notice of institutions that passed the assessment (A-08, Order 2 art. 9): until
    the end of its last day anybody may object. Its number is that of its letter.
    """

    number = models.CharField(_("number"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=NoticeState.choices, default=NoticeState.OPEN)
    posted_on = models.DateField(_("posted on"))
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("posted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    ends_on = models.DateField(_("last day for objections"))
    ends_basis = models.JSONField(_("basis of the last day"), default=dict)
    ended_on = models.DateField(_("over from"), null=True, blank=True)

    objects = PublicNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        ordering = ["-posted_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="publicnotice_lasts_after_posting", condition=Q(ends_on__gt=F("posted_on"))
            ),
            models.CheckConstraint(
                name="publicnotice_over_after_its_last_day",
                condition=Q(state=NoticeState.OPEN, ended_on__isnull=True)
                | Q(state=NoticeState.OVER, ended_on__gt=F("ends_on")),
            ),
        ]
        indexes = [
            models.Index(name="publicnotice_by_posting", fields=["-posted_on", "-id"]),
            models.Index(
                name="publicnotice_open", fields=["ends_on"], condition=Q(state=NoticeState.OPEN)
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(NoticeState.OPEN.value, NoticeState.OVER.value)],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:notice", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("institutions_public:notice", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == NoticeState.OPEN

    def takes_objections_on(self, day: date) -> bool:
        return self.is_open and self.posted_on <= day <= self.ends_on

    @transition(field=state, source=NoticeState.OPEN, target=NoticeState.OVER)
    def end(self, *, on: date) -> None:
        self.ended_on = on


class PublicNoticeTransition(TransitionRecord):
    subject = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a public notice")
        verbose_name_plural = _("transitions of public notices")


class NoticeEntry(models.Model):
    """An applicant in a public notice, as it was posted: what is on the notice never changes."""

    notice = models.ForeignKey(
        PublicNotice,
        verbose_name=pgettext_lazy("public", "notice"),
        on_delete=models.PROTECT,
        related_name="entries",
    )
    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="notice_entries",
    )
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    kind = models.CharField(_("category"), max_length=40, choices=Kind, blank=True)
    level = models.CharField(
        pgettext_lazy("institution", "level"), max_length=40, choices=Level, blank=True
    )

    class Meta:
        verbose_name = _("applicant in a public notice")
        verbose_name_plural = _("applicants in public notices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="noticeentry_once_in_a_notice", fields=["notice", "application"]
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
