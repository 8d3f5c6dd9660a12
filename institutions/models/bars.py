from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment, Region, User
from institutions.enums.designation import (
    PERFORMED_GROUNDS,
    PERSONAL_GROUNDS,
    RECORDED_GROUNDS,
    NotAcceptedGround,
)
from institutions.enums.register import Kind
from institutions.models.institution import Institution
from institutions.models.persons import Person
from institutions.querysets.designation import RefusalFactQuerySet


@pghistory.track()
class RefusalFact(models.Model):
    """What bars an institution, or a person wherever they apply, from being designated (A-05),
    entered by staff with its source. Performed and ended it stays on record.
    """

    ground = models.CharField(
        _("ground"), max_length=12, choices=[(each.value, each.label) for each in RECORDED_GROUNDS]
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refusal_facts",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refusal_facts",
    )
    event_on = models.DateField(
        _("day of the event"),
        help_text=_("The day of the finding, the decision, the dissolution or the entry."),
    )
    source_document = models.CharField(
        _("source"), max_length=200, help_text=_("Whose decision, and its number.")
    )
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("copy of the source"), blank=True, related_name="+"
    )
    remark = models.TextField(_("remark"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    performed_on = models.DateField(
        _("fully performed on"),
        null=True,
        blank=True,
        help_text=_("The day penalty or liability was fully performed."),
    )
    ended_on = models.DateField(
        _("ended on"),
        null=True,
        blank=True,
        help_text=_("The first day on which it bars nothing any more, whatever its period."),
    )
    ended_reason = models.CharField(_("reason of the end"), max_length=300, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RefusalFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact that bars an application")
        verbose_name_plural = _("facts that bar applications")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="refusalfact_about_institution_or_person",
                condition=Q(
                    ground__in=[each.value for each in PERSONAL_GROUNDS],
                    person__isnull=False,
                    institution__isnull=True,
                )
                | (
                    ~Q(ground__in=[each.value for each in PERSONAL_GROUNDS])
                    & Q(person__isnull=True, institution__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="refusalfact_performed_after_event",
                condition=Q(performed_on__isnull=True)
                | Q(
                    performed_on__gte=F("event_on"),
                    ground__in=[each.value for each in PERFORMED_GROUNDS],
                ),
            ),
            models.CheckConstraint(
                name="refusalfact_ended_has_its_facts",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_reason="")
                | (Q(ended_on__gte=F("event_on"), ended_by__isnull=False) & ~Q(ended_reason="")),
            ),
            models.CheckConstraint(
                name="refusalfact_has_its_source", condition=~Q(source_document="")
            ),
        ]
        indexes = [models.Index(name="refusalfact_latest", fields=["-recorded_at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="fact_is_fixed",
                exclude=["performed_on", "ended_on", "ended_reason", "ended_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground} {self.source_document}"

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:bar", args=[self.pk])

    @property
    def reason(self) -> NotAcceptedGround:
        return NotAcceptedGround(self.ground)

    def perform(self, *, on: date) -> None:
        self.performed_on = on

    def end(self, *, on: date, by: User, reason: str) -> None:
        self.ended_on, self.ended_by, self.ended_reason = on, by, reason


@pghistory.track()
class ResourcePlan(models.Model):
    """How many institutions of a type a region is to have in a year (A-01), as the administration
    published it. How many there are is counted, not entered.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("type"), max_length=30, choices=Kind)
    cap = models.PositiveIntegerField(_("planned number"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("resource plan")
        verbose_name_plural = _("resource plans")
        ordering = ["-year", "region", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="resourceplan_one_a_year", fields=["year", "region", "kind"]
            ),
            models.CheckConstraint(
                name="resourceplan_year_is_plausible", condition=Q(year__gte=2019, year__lte=2100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.region} {self.get_kind_display()}: {self.cap}"

    def publish(self, *, cap: int, basis: str, by: User, at: datetime) -> None:
        self.cap, self.basis, self.published_by, self.published_at = cap, basis, by, at
