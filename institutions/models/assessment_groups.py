from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment, User
from institutions.enums.assessment import STAFFED, ExcuseKind, ExpertField, Verdict
from institutions.models.assessments import Assessment
from institutions.models.experts import Expert
from institutions.models.third_parties import ThirdParty
from institutions.querysets.assessment import AssessmentMemberQuerySet

_STAFFED = ", ".join(f"'{each.value}'" for each in STAFFED)
_MEMBER_JOINS_IN_TIME = f"""
    PERFORM 1 FROM institutions_assessment
        WHERE id = NEW.assessment_id AND state IN ({_STAFFED}) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'assessment % takes no members now', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessmentmember_joins_in_time';
    END IF;
    RETURN NEW;
"""


class AssessmentDraw(models.Model):
    """A draw as it happened: seed, pool and outcome, so that anybody can do it again (A-06).

    `pool` are the experts who could be drawn, `left_out` those who could not and why, `wanted` how
    many of each field, `outcome` who was drawn, in order. `replaces` is the member whose place
    a later draw filled.
    """

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="draws"
    )
    place = models.PositiveSmallIntegerField(_("draw"))
    algorithm = models.PositiveSmallIntegerField(_("version of the algorithm"))
    seed = models.CharField(_("seed"), max_length=64)
    pool: Any = models.JSONField(_("pool at the draw"))
    left_out: Any = models.JSONField(_("left out"), default=list)
    wanted: Any = models.JSONField(_("asked for"))
    outcome: Any = models.JSONField(_("outcome"), null=True, blank=True)
    replaces = models.OneToOneField(
        "institutions.AssessmentMember",
        verbose_name=_("takes the place of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replacement_draw",
    )
    drawn_at = models.DateTimeField(_("drawn at"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drawn by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        ordering = ["assessment", "place"]
        constraints = [
            models.UniqueConstraint(
                name="assessmentdraw_place_once", fields=["assessment", "place"]
            ),
            models.CheckConstraint(
                name="assessmentdraw_seed_is_hexadecimal",
                condition=Q(seed__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="assessmentdraw_first_replaces_nobody",
                condition=Q(place=1, replaces__isnull=True)
                | Q(place__gt=1, replaces__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="seed_and_pool_are_fixed", exclude=["outcome"]),
            pgtrigger.Protect(
                name="outcome_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__outcome__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.place}"


class AssessmentMember(models.Model):
    """An expert drawn into the group. Never taken out again: who is excused stays on record, and
    another is drawn in their place.
    """

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="members"
    )
    expert = models.ForeignKey(
        Expert, verbose_name=_("expert"), on_delete=models.PROTECT, related_name="seats"
    )
    draw = models.ForeignKey(
        AssessmentDraw, verbose_name=_("draw"), on_delete=models.PROTECT, related_name="members"
    )
    field = models.CharField(_("speciality"), max_length=12, choices=ExpertField)
    place = models.PositiveSmallIntegerField(_("drawn as"))
    excused_at = models.DateTimeField(_("excused at"), null=True, blank=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("excused by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    excuse = models.CharField(_("excuse"), max_length=12, choices=ExcuseKind, blank=True)
    excuse_reason = models.TextField(_("reason of the excuse"), blank=True)

    objects = AssessmentMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of an assessment group")
        verbose_name_plural = _("members of assessment groups")
        ordering = ["assessment", "place"]
        constraints = [
            models.UniqueConstraint(
                name="assessmentmember_expert_once", fields=["assessment", "expert"]
            ),
            models.UniqueConstraint(
                name="assessmentmember_place_once", fields=["assessment", "place"]
            ),
            models.CheckConstraint(
                name="assessmentmember_excuse_has_its_facts",
                condition=Q(excused_at__isnull=True, excused_by__isnull=True, excuse="")
                | Q(excused_at__isnull=False, excused_by__isnull=False)
                & ~Q(excuse="")
                & ~Q(excuse_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="seat_is_fixed", fields=["assessment", "expert", "draw", "field", "place"]
            ),
            pgtrigger.Trigger(
                name="joins_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_MEMBER_JOINS_IN_TIME,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} ({self.get_field_display()})"

    @property
    def is_active(self) -> bool:
        return self.excused_at is None

    def excuse_from_group(self, *, kind: ExcuseKind, reason: str, by: User, at: datetime) -> None:
        self.excuse, self.excuse_reason = kind, reason
        self.excused_by, self.excused_at = by, at


class ThirdPartyEngagement(models.Model):
    """That a third party assesses in the place of a group, and what it reported."""

    assessment = models.OneToOneField(
        Assessment,
        verbose_name=_("assessment"),
        on_delete=models.PROTECT,
        related_name="engagement",
    )
    third_party = models.ForeignKey(
        ThirdParty,
        verbose_name=_("third party"),
        on_delete=models.PROTECT,
        related_name="engagements",
    )
    contract = models.CharField(_("number of the contract"), max_length=80, blank=True)
    engaged_at = models.DateTimeField(_("engaged at"))
    engaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("engaged by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    proposal = models.CharField(_("proposed result"), max_length=14, choices=Verdict, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    advice = models.TextField(_("advice to rectify"), blank=True)
    failed_conditions = models.JSONField(_("basic conditions not met"), default=list, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    report = models.ManyToManyField(
        Attachment, verbose_name=_("report"), blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("engagement of a third party")
        verbose_name_plural = _("engagements of third parties")
        ordering = ["-engaged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="thirdpartyengagement_report_has_its_facts",
                condition=Q(reported_at__isnull=True, proposal="")
                | Q(reported_at__gte=F("engaged_at")) & ~Q(proposal="") & ~Q(reasons=""),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="report_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__reported_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.third_party}"
