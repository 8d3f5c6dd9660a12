from datetime import date, timedelta

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment
from agreements.enums.life import SuspensionGround, SuspensionKind
from agreements.models.agreement import Agreement, DateRange
from agreements.querysets.life import SuspensionQuerySet


@pghistory.track()
class Suspension(models.Model):
    """One suspension of an agreement (B-13, Order 2 art. 42): from `starts_on` up to the day
    before `resumed_on`. Nothing provided in between is payable.
    """

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="suspensions"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=SuspensionKind)
    ground = models.CharField(_("ground"), max_length=10, choices=SuspensionGround)
    starts_on = models.DateField(_("starts on"))
    planned_to = models.DateField(_("planned to"), null=True, blank=True)
    resumed_on = models.DateField(_("resumed on"), null=True, blank=True)
    limit_on = models.DateField(_("limit"))
    limit_basis = models.JSONField(_("basis of the limit"), default=dict, blank=True)
    limit_provisional = models.BooleanField(_("limit is provisional"), default=False)
    warn_150_on = models.DateField(_("first warning on"))
    warn_170_on = models.DateField(_("second warning on"))
    warned_150_at = models.DateTimeField(_("first warning sent"), null=True, blank=True)
    warned_170_at = models.DateTimeField(_("second warning sent"), null=True, blank=True)
    termination_due_on = models.DateField(_("last day for a hold"), null=True, blank=True)
    termination_basis = models.JSONField(_("basis of that day"), default=dict, blank=True)
    termination_provisional = models.BooleanField(_("that day is provisional"), default=False)
    held_at = models.DateTimeField(_("held at"), null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("held by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    hold_reason = models.TextField(_("reason of the hold"), blank=True)
    cascade = models.ForeignKey(
        "agreements.CascadeReceipt",
        verbose_name=_("follows the home region by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="suspensions",
    )
    rectified = models.BooleanField(
        _("rectified"),
        null=True,
        blank=True,
        help_text=_("What the check found when a mandatory suspension ended; empty: not checked."),
    )
    rectification = models.TextField(_("findings of the rectification check"), blank=True)
    rectification_files = models.ManyToManyField(
        Attachment, verbose_name=_("files of that check"), blank=True, related_name="+"
    )
    checked_on = models.DateField(_("rectification checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("rectification checked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    annulled_on = models.DateField(
        _("annulled on"),
        null=True,
        blank=True,
        help_text=_("It then counts nowhere, as if it had never been."),
    )
    annulled_at = models.DateTimeField(_("annulled at"), null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("annulled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    annulment_reason = models.TextField(_("reason of the annulment"), blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["starts_on"]
        indexes = [
            models.Index(
                name="suspension_open_by_limit",
                fields=["limit_on"],
                condition=Q(resumed_on__isnull=True, annulled_on__isnull=True),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="annulled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.annulled_on IS NOT NULL"
                    " AND NEW.annulled_on IS DISTINCT FROM OLD.annulled_on"
                ),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="suspension_resumes_after_it_starts",
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gt=F("starts_on")),
            ),
            models.CheckConstraint(
                name="suspension_limit_after_start", condition=Q(limit_on__gt=F("starts_on"))
            ),
            models.CheckConstraint(
                name="suspension_kind_has_its_ground",
                condition=Q(kind=SuspensionKind.VOLUNTARY, ground=SuspensionGround.REQUEST)
                | (Q(kind=SuspensionKind.MANDATORY) & ~Q(ground=SuspensionGround.REQUEST)),
            ),
            models.CheckConstraint(
                name="suspension_mandatory_has_its_end",
                condition=~Q(kind=SuspensionKind.MANDATORY) | Q(planned_to__isnull=False),
            ),
            models.CheckConstraint(
                name="suspension_planned_end_after_start",
                condition=Q(planned_to__isnull=True) | Q(planned_to__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="suspension_hold_has_its_facts",
                condition=Q(held_at__isnull=True, held_by__isnull=True, hold_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(hold_reason="")),
            ),
            models.CheckConstraint(
                name="suspension_check_has_its_facts",
                condition=Q(
                    rectified__isnull=True,
                    checked_on__isnull=True,
                    checked_by__isnull=True,
                    rectification="",
                )
                | (
                    Q(
                        rectified__isnull=False,
                        checked_on__isnull=False,
                        checked_by__isnull=False,
                        kind=SuspensionKind.MANDATORY,
                    )
                    & ~Q(rectification="")
                ),
            ),
            models.CheckConstraint(
                name="suspension_annulled_has_its_facts",
                condition=Q(
                    annulled_on__isnull=True,
                    annulled_at__isnull=True,
                    annulled_by__isnull=True,
                    annulment_reason="",
                )
                | (
                    Q(
                        annulled_on__isnull=False,
                        annulled_at__isnull=False,
                        annulled_by__isnull=False,
                    )
                    & ~Q(annulment_reason="")
                ),
            ),
            ExclusionConstraint(
                name="suspension_one_at_a_time",
                condition=Q(annulled_on__isnull=True),
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    (
                        DateRange(
                            "starts_on",
                            "resumed_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=False),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.starts_on}"

    @property
    def lasts(self) -> bool:
        return self.resumed_on is None and self.annulled_on is None

    def days_on(self, day: date) -> int:
        """How many days it has lasted by the end of the day, the first one included."""
        last = min(day, self.resumed_on - timedelta(days=1)) if self.resumed_on else day
        return max(0, (last - self.starts_on).days + 1)
