from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from institutions.enums.assessment import BasicCondition, ChecklistPart, ContentGroup, ExpertField
from institutions.querysets.assessment import ChecklistQuerySet


class Checklist(models.Model):
    """A published version of what assessments look at (A-06). Never changed: a new version takes
    its place from its day on; assessments keep the one they were opened with.
    """

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    effective_from = models.DateField(_("effective from"), unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when it came with the program."),
    )

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["-effective_from"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(_("Checklist %(version)d")) % {"version": self.version}

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:checklist", args=[self.version])

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day


class ChecklistItem(models.Model):
    """One thing to look at, by the experts of a field. `condition` names the basic condition that
    fails with it.
    """

    checklist = models.ForeignKey(
        Checklist, verbose_name=_("checklist"), on_delete=models.PROTECT, related_name="items"
    )
    place = models.PositiveSmallIntegerField(_("place"))
    part = models.CharField(pgettext_lazy("checklist", "part"), max_length=8, choices=ChecklistPart)
    field = models.CharField(_("speciality"), max_length=12, choices=ExpertField)
    group = models.PositiveSmallIntegerField(_("content"), choices=ContentGroup)
    condition = models.CharField(
        _("basic condition"), max_length=8, choices=BasicCondition, blank=True
    )
    label = models.CharField(_("what is looked at"), max_length=300)

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        ordering = ["checklist", "place"]
        constraints = [
            models.UniqueConstraint(name="checklistitem_place_once", fields=["checklist", "place"]),
            models.CheckConstraint(name="checklistitem_says_something", condition=~Q(label="")),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.label}"
