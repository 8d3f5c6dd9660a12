from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord
from agreements.enums.templates import CommentOutcome, ConsultationState, Stance
from agreements.models.template_guards import COMMENT_WHILE_OPEN
from agreements.models.templates import TemplateVersion
from agreements.querysets.templates import ConsultationQuerySet
from institutions.models import Institution

_STATE = ConsultationState


class Consultation(Lifecycle):
    """The institutions concerned are asked about a version before it is published (B-22)."""

    version = models.ForeignKey(
        TemplateVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="consultations",
    )
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.OPEN)
    explanation = models.TextField(_("explanation"), blank=True)
    is_urgent = models.BooleanField(_("urgent change of the law"), default=False)
    urgency_reason = models.TextField(_("reason of the urgency"), blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    comments_due_on = models.DateField(_("comments by"))
    comments_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    comments_due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    asked_text = models.JSONField(
        _("text asked about"),
        default=list,
        help_text=_("The clauses as they were when the institutions were asked."),
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation on a template")
        verbose_name_plural = _("consultations on templates")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(
                name="consultation_to_close",
                fields=["comments_due_on"],
                condition=Q(state=_STATE.OPEN),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="consultation_one_that_counts",
                fields=["version"],
                condition=Q(state__in=[_STATE.OPEN, _STATE.CLOSED]),
            ),
            models.CheckConstraint(
                name="consultation_urgent_has_a_reason",
                condition=Q(is_urgent=False, urgency_reason="")
                | (Q(is_urgent=True) & ~Q(urgency_reason="")),
            ),
            models.CheckConstraint(
                name="consultation_closed_has_its_day",
                condition=Q(state=_STATE.CLOSED, closed_at__isnull=False, closed_on__isnull=False)
                | ~Q(state=_STATE.CLOSED),
            ),
            models.CheckConstraint(
                name="consultation_closed_after_its_last_day",
                condition=~Q(state=_STATE.CLOSED) | Q(closed_on__gt=F("comments_due_on")),
            ),
            models.CheckConstraint(
                name="consultation_lasts", condition=Q(comments_due_on__gt=F("opened_on"))
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.OPEN.value, _STATE.CLOSED.value),
                    (_STATE.OPEN.value, _STATE.WITHDRAWN.value),
                    (_STATE.CLOSED.value, _STATE.WITHDRAWN.value),
                ],
            ),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=["version", "opened_at", "opened_on", "opened_by", "asked_text"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.opened_on}"

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:template_consultation", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:consultation", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == _STATE.OPEN

    @transition(field=state, source=_STATE.OPEN, target=_STATE.CLOSED)
    def close(self, *, at: datetime) -> None:
        self.closed_at, self.closed_on = at, timezone.localdate(at)

    @transition(field=state, source=[_STATE.OPEN, _STATE.CLOSED], target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        """The text went back to draft: whoever was asked will be asked again."""


class ConsultationTransition(TransitionRecord):
    subject = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a consultation")
        verbose_name_plural = _("transitions of consultations")


class ConsultationParty(models.Model):
    """An institution that is asked, as of the day the consultation began."""

    consultation = models.ForeignKey(
        Consultation,
        verbose_name=_("consultation"),
        on_delete=models.PROTECT,
        related_name="parties",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="consultation_parts",
    )

    class Meta:
        verbose_name = _("institution consulted")
        verbose_name_plural = _("institutions consulted")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="consultationparty_once", fields=["consultation", "institution"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.institution_id}"


class ConsultationComment(models.Model):
    """What an institution says of a clause, or of the whole text where no clause is named; one
    each, which it may rewrite while the consultation is open.
    """

    consultation = models.ForeignKey(
        Consultation,
        verbose_name=_("consultation"),
        on_delete=models.PROTECT,
        related_name="comments",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="consultation_comments",
    )
    clause_key = models.SlugField(
        _("clause"), max_length=60, blank=True, help_text=_("Empty: the text as a whole.")
    )
    stance = models.CharField(_("stance"), max_length=20, choices=Stance, default=Stance.COMMENT)
    text = models.TextField(_("comment"), blank=True)
    commented_at = models.DateTimeField(_("commented at"))
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("commented by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=CommentOutcome, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("comment on a template")
        verbose_name_plural = _("comments on templates")
        ordering = ["commented_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="consultationcomment_one_per_clause",
                fields=["consultation", "institution", "clause_key"],
            ),
            models.CheckConstraint(
                name="consultationcomment_says_something",
                condition=Q(stance=Stance.NO_OBJECTION, text="")
                | (Q(stance=Stance.COMMENT) & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="consultationcomment_answer_has_its_facts",
                condition=Q(outcome="", answer="", answered_at=None, answered_by=None)
                | (
                    Q(stance=Stance.COMMENT, answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(answer="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="consultationcomment_unanswered",
                fields=["consultation"],
                condition=Q(stance=Stance.COMMENT, answered_at__isnull=True),
            )
        ]
        triggers = [
            COMMENT_WHILE_OPEN,
            pgtrigger.ReadOnly(
                name="author_is_fixed", fields=["consultation", "institution", "clause_key"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.clause_key}"
