from __future__ import annotations

from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import TemplateFormat, TemplateState
from agency.letter_kinds import KINDS
from agency.models.attachments import Attachment
from agency.models.history import Lifecycle, StateField, TransitionRecord
from agency.models.people import User

_STATE = TemplateState


@pghistory.track()
class LetterTemplate(Lifecycle):
    """A version of the text of a kind of letter. Written by one person, released by another;
    the first version of a kind comes with the program and has neither.
    """

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    format = models.CharField(
        _("format"), max_length=4, choices=TemplateFormat, default=TemplateFormat.TEXT
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    docx = models.ForeignKey(
        Attachment,
        verbose_name=_("Word document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = StateField(_("state"), choices=TemplateState.choices, default=_STATE.DRAFT)
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty for the text that comes with the program."),
    )
    written_at = models.DateTimeField(_("written at"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("retired by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["kind", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="lettertemplate_version_once", fields=["kind", "language", "version"]
            ),
            models.UniqueConstraint(
                name="lettertemplate_one_draft",
                fields=["kind", "language"],
                condition=Q(state=_STATE.DRAFT),
            ),
            models.CheckConstraint(
                name="lettertemplate_has_its_text",
                condition=Q(format=TemplateFormat.TEXT, docx__isnull=True) & ~Q(body="")
                | Q(format=TemplateFormat.DOCX, docx__isnull=False),
            ),
            models.CheckConstraint(
                name="lettertemplate_released_by_another",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="lettertemplate_released_has_its_day",
                condition=~Q(state=_STATE.RELEASED)
                | Q(effective_from__isnull=False, released_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lettertemplate_written_text_is_released_by_somebody",
                condition=Q(released_at__isnull=True)
                | Q(written_by__isnull=True)
                | Q(released_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("draft", "released"),
                    ("draft", "retired"),
                    ("released", "retired"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="place_is_fixed", fields=["kind", "language", "version"]),
            pgtrigger.Protect(
                name="text_is_fixed_once_released",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.state <> 'draft' AND (OLD.format, OLD.title, OLD.body, OLD.docx_id,"
                    " OLD.written_by_id, OLD.effective_from) IS DISTINCT FROM (NEW.format,"
                    " NEW.title, NEW.body, NEW.docx_id, NEW.written_by_id, NEW.effective_from))"
                ),
            ),
        ]

    def __str__(self) -> str:
        kind = KINDS.get(self.kind)
        return f"{kind.label if kind else self.kind} · {self.language} · v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:letter_template", args=[self.pk])

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.RELEASED)
    def release(self, *, by: User, at: datetime, effective_from: date) -> None:
        self.released_by, self.released_at = by, at
        self.effective_from = effective_from

    @transition(field=state, source=[_STATE.DRAFT, _STATE.RELEASED], target=_STATE.RETIRED)
    def retire(self, *, by: User, at: datetime) -> None:
        self.retired_by, self.retired_at = by, at


class LetterTemplateTransition(TransitionRecord):
    subject = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a letter template")
        verbose_name_plural = _("transitions of letter templates")
