from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord, User
from institutions.enums.guidance import ProcedureTopic, VersionState
from institutions.models.letters import letter_key
from institutions.querysets.guidance import ProcedureQuerySet, ProcedureVersionQuerySet

_STATE = VersionState


class Procedure(models.Model):
    """A procedure of the agency (Order 2 art. 26); what it says stands in its versions."""

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    topic = models.CharField(_("topic"), max_length=12, choices=ProcedureTopic)
    title = models.CharField(_("title"), max_length=120)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["topic", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="procedure_title_once", fields=["region", "topic", "title"]
            ),
            models.CheckConstraint(name="procedure_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:procedure", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("institutions_public:procedure", args=[self.pk])


class ProcedureVersion(Lifecycle):
    """What a procedure says from a day on. One person drafts it, another publishes it (B-02);
    once published it never changes: the next version replaces it from its own day.
    """

    procedure = models.ForeignKey(
        Procedure, verbose_name=_("procedure"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"), null=True, blank=True)
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.DRAFT)
    text = models.TextField(_("text"), blank=True)
    file = models.ForeignKey(
        Attachment,
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    summary = models.CharField(_("what is new"), max_length=300, blank=True)
    effective_from = models.DateField(_("effective from"))
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

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a procedure")
        verbose_name_plural = _("versions of procedures")
        ordering = ["procedure", "-effective_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="procedureversion_number_once", fields=["procedure", "number"]
            ),
            models.UniqueConstraint(
                name="procedureversion_day_once",
                fields=["procedure", "effective_from"],
                condition=Q(state=_STATE.PUBLISHED),
            ),
            models.UniqueConstraint(
                name="procedureversion_one_draft",
                fields=["procedure"],
                condition=Q(state=_STATE.DRAFT),
            ),
            models.CheckConstraint(
                name="procedureversion_says_something",
                condition=~Q(text="") | Q(file__isnull=False),
            ),
            models.CheckConstraint(
                name="procedureversion_publication_has_its_facts",
                condition=Q(
                    state=_STATE.PUBLISHED,
                    number__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                )
                | (
                    ~Q(state=_STATE.PUBLISHED)
                    & Q(number__isnull=True, published_by__isnull=True, published_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="procedureversion_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.DRAFT.value, _STATE.PUBLISHED.value),
                    (_STATE.DRAFT.value, _STATE.DISCARDED.value),
                ],
            ),
            pgtrigger.Protect(
                name="published_for_good",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=_STATE.PUBLISHED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} · {self.number or self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:procedure_version", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse(
            "institutions_public:procedure_version", args=[self.procedure_id, self.number]
        )

    @property
    def is_draft(self) -> bool:
        return self.state == _STATE.DRAFT

    def is_in_force(self, on: date) -> bool:
        """Whether its day has come; a later version may have replaced it."""
        return self.state == _STATE.PUBLISHED and self.effective_from <= on

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.PUBLISHED)
    def publish(self, *, number: int, by: User, at: datetime) -> None:
        self.number, self.published_by, self.published_at = number, by, at

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.DISCARDED)
    def discard(self) -> None:
        pass


class ProcedureTransition(TransitionRecord):
    subject = models.ForeignKey(
        ProcedureVersion, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a procedure")
        verbose_name_plural = _("transitions of procedures")
