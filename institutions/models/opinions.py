from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.models import Attachment
from institutions.enums.assessment import FindingResult, SignatureCheck, Verdict
from institutions.models.assessment_groups import AssessmentMember
from institutions.models.checklists import ChecklistItem
from institutions.querysets.assessment import OpinionFindingQuerySet, OpinionQuerySet


def _only_while_drafted(opinion: str, name: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses any write once the opinion is signed. `opinion` is the SQL for
    its key, given a row as R.
    """
    keys = {row: opinion.replace("R.", f"{row}.") for row in ("NEW", "OLD")}
    return pgtrigger.Trigger(
        name="sealed_with_the_opinion",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("signed", "BOOLEAN")],
        func=f"""
            SELECT bool_or(signed_at IS NOT NULL) INTO signed FROM institutions_assessmentopinion
                WHERE TG_OP <> 'DELETE' AND id = {keys["NEW"]}
                    OR TG_OP <> 'INSERT' AND id = {keys["OLD"]};
            IF signed THEN
                RAISE EXCEPTION 'the opinion is signed'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608
    )


class AssessmentOpinion(models.Model):
    """What one expert holds of the applicant: a draft of their own until they sign it, then fixed.
    Nobody else sees it before the whole group has signed.
    """

    member = models.OneToOneField(
        AssessmentMember,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="opinion",
    )
    verdict = models.CharField(_("result"), max_length=14, choices=Verdict, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    advice = models.TextField(_("advice to rectify"), blank=True)
    saved_at = models.DateTimeField(_("last saved at"))
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_name = models.CharField(_("name signed"), max_length=80, blank=True)
    checked_by = models.CharField(
        _("identity checked by"), max_length=8, choices=SignatureCheck, blank=True
    )
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion of an expert")
        verbose_name_plural = _("opinions of experts")
        ordering = ["member"]
        constraints = [
            models.CheckConstraint(
                name="assessmentopinion_signed_has_its_facts",
                condition=Q(signed_at__isnull=True, signed_name="", checked_by="", sha256="")
                | Q(signed_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$")
                & ~Q(signed_name="")
                & ~Q(checked_by="")
                & ~Q(verdict="")
                & ~Q(reasons=""),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="member_is_fixed", fields=["member"]),
            pgtrigger.Protect(
                name="signed_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.member)

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    def sign(self, *, name: str, checked_by: SignatureCheck, sha256: str, at: datetime) -> None:
        self.signed_name, self.checked_by, self.sha256 = name, checked_by, sha256
        self.signed_at = at


class OpinionFinding(models.Model):
    """What an expert found of one item of the checklist."""

    opinion = models.ForeignKey(
        AssessmentOpinion,
        verbose_name=_("opinion"),
        on_delete=models.PROTECT,
        related_name="findings",
    )
    item = models.ForeignKey(
        ChecklistItem,
        verbose_name=pgettext_lazy("checklist", "item"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    result = models.CharField(
        pgettext_lazy("assessment", "finding"), max_length=14, choices=FindingResult, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    evidence = models.ManyToManyField(
        Attachment,
        verbose_name=_("evidence"),
        through="FindingEvidence",
        blank=True,
        related_name="+",
    )

    objects = OpinionFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding of an expert")
        verbose_name_plural = _("findings of experts")
        ordering = ["opinion", "item__place"]
        constraints = [
            models.UniqueConstraint(name="opinionfinding_item_once", fields=["opinion", "item"])
        ]
        triggers = [_only_while_drafted("R.opinion_id", "opinionfinding_sealed")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_result_display()}"


class FindingEvidence(models.Model):
    finding = models.ForeignKey(OpinionFinding, on_delete=models.PROTECT, related_name="+")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("evidence of a finding")
        verbose_name_plural = _("evidence of findings")
        constraints = [
            models.UniqueConstraint(
                name="findingevidence_file_once", fields=["finding", "attachment"]
            )
        ]
        triggers = [
            _only_while_drafted(
                "(SELECT opinion_id FROM institutions_opinionfinding WHERE id = R.finding_id)",
                "findingevidence_sealed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.attachment}"
