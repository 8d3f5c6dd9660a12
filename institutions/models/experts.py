from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.models import EncryptedCharField, Region
from institutions.enums.assessment import ExpertField, TieKind
from institutions.models.institution import Institution
from institutions.models.persons import Person
from institutions.querysets.assessment import ExpertQuerySet, ExpertTieQuerySet


@pghistory.track(fields=["person", "field", "unit", "region", "active_from", "active_to"])
class Expert(models.Model):
    """A member of the pool from which assessment groups are drawn (A-06). One entry a person; who
    leaves stays on file, and may come back.
    """

    person = models.OneToOneField(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="expert"
    )
    field = models.CharField(_("speciality"), max_length=12, choices=ExpertField)
    unit = models.CharField(pgettext_lazy("employer", "unit"), max_length=120)
    unit_institution = models.ForeignKey(
        Institution,
        verbose_name=_("unit in the register"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("If the unit is an institution of the register."),
    )
    title = models.CharField(_("professional title"), max_length=60, blank=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    phone = EncryptedCharField(_("telephone"), max_length=30, blank=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="expert",
    )
    active_from = models.DateField(_("in the pool from"))
    active_to = models.DateField(_("in the pool to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["field", "pk"]
        constraints = [
            models.CheckConstraint(
                name="expert_leaves_after_joining",
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
            ),
            models.CheckConstraint(name="expert_has_a_unit", condition=~Q(unit="")),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="person_is_fixed", fields=["person"]),
        ]

    def __str__(self) -> str:
        return self.person.name

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:expert", args=[self.pk])

    def retire(self, *, on: date) -> None:
        self.active_to = on

    def return_to_pool(self, *, on: date) -> None:
        self.active_from, self.active_to = on, None


class ExpertTie(models.Model):
    """A declared tie of an expert to an institution, which keeps them out of its assessments."""

    expert = models.ForeignKey(
        Expert, verbose_name=_("expert"), on_delete=models.PROTECT, related_name="ties"
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    kind = models.CharField(_("tie"), max_length=12, choices=TieKind)
    held_from = models.DateField(_("from"))
    held_to = models.DateField(_("to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    declared_at = models.DateTimeField(_("declared at"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ExpertTieQuerySet.as_manager()

    class Meta:
        verbose_name = _("tie of an expert")
        verbose_name_plural = _("ties of experts")
        ordering = ["-held_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="experttie_ends_after_begin",
                condition=Q(held_to__isnull=True) | Q(held_to__gte=F("held_from")),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="tie_is_fixed", exclude=["held_to", "note"]),
        ]

    def __str__(self) -> str:
        return f"{self.institution}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return self.expert.get_absolute_url()

    def end(self, *, on: date) -> None:
        self.held_to = on
