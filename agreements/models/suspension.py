from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import SuspensionGround, SuspensionKind
from agreements.models.agreement import Agreement, DateRange


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
    limit_on = models.DateField(_("limit"), null=True, blank=True)
    limit_basis = models.JSONField(_("basis of the limit"), default=dict, blank=True)
    limit_provisional = models.BooleanField(_("limit is provisional"), default=False)
    warn_150_on = models.DateField(_("first warning on"), null=True, blank=True)
    warn_170_on = models.DateField(_("second warning on"), null=True, blank=True)
    warned_150_at = models.DateTimeField(_("first warning sent"), null=True, blank=True)
    warned_170_at = models.DateTimeField(_("second warning sent"), null=True, blank=True)
    termination_due_on = models.DateField(
        _("automatic termination on"), null=True, blank=True, db_index=True
    )
    hold_reason = models.TextField(_("reason of the hold"), blank=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                name="suspension_resumes_after_it_starts",
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gt=F("starts_on")),
            ),
            models.CheckConstraint(
                name="suspension_voluntary_has_its_limit",
                condition=~Q(kind=SuspensionKind.VOLUNTARY) | Q(limit_on__isnull=False),
            ),
            ExclusionConstraint(
                name="suspension_one_at_a_time",
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
