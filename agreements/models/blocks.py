from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.models import OfficialLetter, Region
from agreements.enums.measures import BlockTarget, BlockWord
from agreements.models.agreement import Agreement
from agreements.querysets.measures import ServiceBlockQuerySet
from institutions.models import Department, Institution, Practitioner
from institutions.models.practitioners.departments import Days


@pghistory.track()
class ServiceBlock(models.Model):
    """A person or a department of one institution whose services are not settled from a day to a
    day, both included (Order 2 art. 45); without a last day the settlement is terminated. Emergency
    and rescue are excepted. Reviews read it by the day of the service.
    """

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="service_blocks",
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_blocks",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    target = models.CharField(pgettext_lazy("block", "whom"), max_length=10, choices=BlockTarget)
    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_blocks",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_blocks",
    )
    first_day = models.DateField(pgettext_lazy("block", "first day"))
    last_day = models.DateField(
        pgettext_lazy("block", "last day"),
        null=True,
        blank=True,
        help_text=_("Empty: terminated for good."),
    )
    ground = models.TextField(_("ground"))
    basis = models.CharField(
        pgettext_lazy("block", "basis"),
        max_length=40,
        help_text=_("The number of the matter it rests on."),
    )
    basis_item = models.CharField(_("item of the basis"), max_length=20, blank=True)
    letter = models.ForeignKey(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    blocked_at = models.DateTimeField(_("recorded at"))
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    planned_to = models.DateField(_("planned to"), null=True, blank=True)
    ended_early_at = models.DateTimeField(_("ended early at"), null=True, blank=True)
    ended_early_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended early by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    end_reason = models.TextField(_("reason of the early end"), blank=True)
    annulled_on = models.DateField(_("annulled on"), null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("annulled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    annul_reason = models.TextField(_("reason of the annulment"), blank=True)

    objects = ServiceBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block of a person or department")
        verbose_name_plural = _("blocks of persons and departments")
        ordering = ["-first_day", "-pk"]
        indexes = [models.Index(name="serviceblock_newest", fields=["-first_day", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="serviceblock_one_target",
                condition=Q(
                    target=BlockTarget.PERSON, practitioner__isnull=False, department__isnull=True
                )
                | Q(
                    target=BlockTarget.DEPARTMENT,
                    practitioner__isnull=True,
                    department__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="serviceblock_ends_after_it_begins",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="serviceblock_has_its_ground", condition=~Q(ground="") & ~Q(basis="")
            ),
            models.CheckConstraint(
                name="serviceblock_early_end_has_its_facts",
                condition=Q(ended_early_at__isnull=True, ended_early_by__isnull=True, end_reason="")
                | (
                    Q(ended_early_at__isnull=False, ended_early_by__isnull=False)
                    & Q(last_day__isnull=False)
                    & ~Q(end_reason="")
                ),
            ),
            models.CheckConstraint(
                name="serviceblock_annulment_has_its_facts",
                condition=Q(annulled_on__isnull=True, annulled_by__isnull=True, annul_reason="")
                | (Q(annulled_on__isnull=False, annulled_by__isnull=False) & ~Q(annul_reason="")),
            ),
            ExclusionConstraint(
                name="serviceblock_person_one_at_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("practitioner", RangeOperators.EQUAL),
                    (Days(F("first_day"), F("last_day")), RangeOperators.OVERLAPS),
                ],
                condition=Q(target=BlockTarget.PERSON, annulled_on__isnull=True),
            ),
            ExclusionConstraint(
                name="serviceblock_department_one_at_a_time",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    (Days(F("first_day"), F("last_day")), RangeOperators.OVERLAPS),
                ],
                condition=Q(target=BlockTarget.DEPARTMENT, annulled_on__isnull=True),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.whom} {self.first_day}"

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:block", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:block", args=[self.pk])

    @property
    def whom(self) -> Practitioner | Department | None:
        return self.practitioner or self.department

    @property
    def is_terminated(self) -> bool:
        return self.last_day is None

    def holds_on(self, day: date) -> bool:
        return (
            self.annulled_on is None
            and self.first_day <= day
            and (self.last_day is None or day <= self.last_day)
        )

    def word_on(self, day: date) -> BlockWord:
        if self.annulled_on:
            return BlockWord.ANNULLED
        if self.last_day and day > self.last_day:
            return BlockWord.OVER
        if day < self.first_day:
            return BlockWord.COMING
        return BlockWord.TERMINATED if self.is_terminated else BlockWord.SUSPENDED
