from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from institutions.enums.assessment import TieKind
from institutions.models.institution import Institution
from institutions.models.persons import Person
from institutions.querysets.assessment import ThirdPartyQuerySet, ThirdPartyTieQuerySet


@pghistory.track(fields=["name", "credit_code", "controller", "qualified_from", "qualified_to"])
class ThirdParty(models.Model):
    """A company that may be engaged to assess in the place of a group (A-06)."""

    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    controller = models.ForeignKey(
        Person,
        verbose_name=_("actual controller"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    qualified_from = models.DateField(_("qualified from"))
    qualified_to = models.DateField(_("qualified to"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ThirdPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("third party")
        verbose_name_plural = _("third parties")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="thirdparty_credit_code_is_gb32100",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
            models.CheckConstraint(
                name="thirdparty_ends_after_begin",
                condition=Q(qualified_to__gte=F("qualified_from")),
            ),
            models.CheckConstraint(name="thirdparty_has_a_name", condition=~Q(name="")),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="code_is_fixed", fields=["credit_code"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:third_party", args=[self.pk])

    def is_qualified_on(self, day: date) -> bool:
        return self.qualified_from <= day <= self.qualified_to


class ThirdPartyTie(models.Model):
    """What ties a third party to an institution, and keeps it out of its assessments."""

    third_party = models.ForeignKey(
        ThirdParty, verbose_name=_("third party"), on_delete=models.PROTECT, related_name="ties"
    )
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("tie"), max_length=12, choices=TieKind, default=TieKind.CONTRACT)
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

    objects = ThirdPartyTieQuerySet.as_manager()

    class Meta:
        verbose_name = _("tie of a third party")
        verbose_name_plural = _("ties of third parties")
        ordering = ["-held_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="thirdpartytie_ends_after_begin",
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
        return self.third_party.get_absolute_url()
