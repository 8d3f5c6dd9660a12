from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from institutions.enums.practitioners import Employment
from institutions.models.institution import Institution
from institutions.models.practitioners.departments import Days, Department
from institutions.models.practitioners.files import Practitioner
from institutions.querysets.practitioners import RosterEntryQuerySet


class RosterEntry(models.Model):
    """A person works in a department of an institution from a day to a day, both included. Rows
    stay for good: one entered by mistake is void from then on, and says why.
    """

    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        on_delete=models.PROTECT,
        related_name="entries",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="roster",
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.PROTECT, related_name="roster"
    )
    position = models.CharField(_("position"), max_length=60, blank=True)
    employment = models.CharField(_("employment"), max_length=12, choices=Employment)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ended_at = models.DateTimeField(_("end recorded at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("end recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_void = models.BooleanField(_("void"), default=False)
    voided_at = models.DateTimeField(_("made void at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made void by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    void_reason = models.CharField(_("why it is void"), max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )

    objects = RosterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster row")
        verbose_name_plural = _("roster rows")
        ordering = ["institution", "practitioner", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="rosterentry_ends_after_begin",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="rosterentry_void_has_its_facts",
                condition=Q(is_void=False, voided_at__isnull=True, void_reason="")
                | (Q(is_void=True, voided_at__isnull=False) & ~Q(void_reason="")),
            ),
            ExclusionConstraint(
                name="rosterentry_one_a_time",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    (Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_void=False),
            ),
        ]
        indexes = [
            models.Index(
                name="rosterentry_of_institution",
                fields=["institution", "practitioner", "starts_on"],
                condition=Q(is_void=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="who_and_where_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.practitioner_id <> NEW.practitioner_id"
                    " OR OLD.institution_id <> NEW.institution_id"
                    " OR OLD.department_id <> NEW.department_id"
                    " OR OLD.starts_on <> NEW.starts_on OR (OLD.is_void AND NOT NEW.is_void)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.department} ({self.starts_on})"

    def get_portal_url(self) -> str:
        return self.practitioner.get_portal_url()

    @property
    def is_open(self) -> bool:
        """Whether nobody has said when it ends."""
        return self.ends_on is None and not self.is_void

    def holds_on(self, day: date) -> bool:
        return (
            not self.is_void
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )
