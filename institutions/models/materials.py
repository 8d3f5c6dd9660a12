from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment, Region
from institutions.enums.designation import MaterialDefect, SupplementPhase
from institutions.enums.register import Kind
from institutions.models.applications import DesignationApplication
from institutions.querysets.designation import MaterialItemQuerySet


class MaterialItem(models.Model):
    """A document of the published list (A-04): what an applicant hands in, and all that may be
    asked for. The list of a day is that of the items in force on it; an item is ended, not erased.
    """

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    explanation_en = models.TextField(_("explanation in English"), blank=True)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the national list. A region's own items are asked for within it."),
    )
    kinds = ArrayField(
        models.CharField(max_length=30, choices=Kind),
        verbose_name=_("types"),
        default=list,
        blank=True,
        help_text=_("Empty: of every type."),
    )
    for_internet_hospitals = models.BooleanField(_("of internet hospitals only"), default=False)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: part of the program."),
    )

    objects = MaterialItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the published list")
        verbose_name_plural = _("documents of the published list")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="materialitem_code_once",
                fields=["code", "region"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="materialitem_ends_after_begin",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="materialitem_code_has_its_form", condition=Q(code__regex=r"^[a-z0-9_]{2,40}$")
            ),
            models.CheckConstraint(name="materialitem_has_a_name", condition=~Q(name="")),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="published_is_fixed", exclude=["valid_to"]),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if _reads_english() and self.name_en else self.name

    @property
    def note(self) -> str:
        return self.explanation_en if _reads_english() and self.explanation_en else self.explanation

    @property
    def kind_labels(self) -> str:
        return "、".join(str(Kind(each).label) for each in self.kinds)

    def applies_to(self, kind: str, *, internet: bool) -> bool:
        """Whether an applicant of the type hands the document in."""
        return (not self.kinds or kind in self.kinds) and (
            internet or not self.for_internet_hospitals
        )


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")


class SupplementRequest(models.Model):
    """A notice of missing material (A-04), numbered within its application. At the door there is
    one; a further one follows it and is about defects of what was supplied only. In the
    assessment each stops the clock until it is delivered (A-06, T-10).
    """

    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="supplements",
    )
    phase = models.CharField(_("phase"), max_length=12, choices=SupplementPhase)
    follows = models.OneToOneField(
        "self",
        verbose_name=_("follows"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
        help_text=_("The notice whose supplement was itself defective."),
    )
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    explanation = models.TextField(_("explanation"), blank=True)
    due_on = models.DateField(_("to be delivered by"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("delivered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("notice of missing material")
        verbose_name_plural = _("notices of missing material")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="supplementrequest_one_notice",
                fields=["application"],
                condition=Q(phase=SupplementPhase.ACCEPTANCE, follows__isnull=True),
            ),
            models.UniqueConstraint(
                name="supplementrequest_one_open",
                fields=["application"],
                condition=Q(delivered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="supplementrequest_delivered_has_its_facts",
                condition=Q(delivered_at__isnull=True, delivered_by__isnull=True)
                | Q(delivered_at__gte=F("requested_at"), delivered_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="notice_is_fixed", exclude=["delivered_at", "delivered_by", "due_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.requested_at:%Y-%m-%d}"

    def deliver(self, *, by: Any, at: Any) -> None:
        self.delivered_by, self.delivered_at = by, at


class SupplementItem(models.Model):
    """A document a notice asks for, and why. The same is never asked for twice, but for a defect
    of what was supplied upon the notice before.
    """

    request = models.ForeignKey(
        SupplementRequest,
        verbose_name=pgettext_lazy("materials", "notice"),
        on_delete=models.PROTECT,
        related_name="items",
    )
    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    item = models.ForeignKey(
        MaterialItem,
        verbose_name=pgettext_lazy("materials", "document"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    defect = models.CharField(_("reason"), max_length=12, choices=MaterialDefect)
    of_supplement = models.BooleanField(_("defect of the supplement"), default=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("document asked for")
        verbose_name_plural = _("documents asked for")
        ordering = ["request", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="supplementitem_once_a_notice", fields=["request", "item"]
            ),
            models.UniqueConstraint(
                name="supplementitem_document_asked_once",
                fields=["application", "item"],
                condition=Q(of_supplement=False),
            ),
        ]
        indexes = [models.Index(name="supplementitem_by_reason", fields=["defect"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # A further notice is about what the notice before it asked for, and nothing else.
            pgtrigger.Trigger(
                name="further_notice_about_the_supplement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("earlier", "bigint")],
                func="""
                    SELECT follows_id INTO earlier FROM institutions_supplementrequest
                    WHERE id = NEW.request_id;
                    IF (earlier IS NOT NULL) IS DISTINCT FROM NEW.of_supplement THEN
                        RAISE EXCEPTION 'supplementitem_further_notice_about_the_supplement';
                    END IF;
                    IF earlier IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM institutions_supplementitem
                        WHERE request_id = earlier AND item_id = NEW.item_id
                    ) THEN
                        RAISE EXCEPTION 'supplementitem_further_notice_about_the_supplement';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_defect_display()}"


class ApplicationMaterial(models.Model):
    """What an applicant handed in for one document of the list."""

    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.CASCADE,
        related_name="materials",
    )
    item = models.ForeignKey(
        MaterialItem,
        verbose_name=pgettext_lazy("materials", "document"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    is_unreadable = models.BooleanField(
        _("cannot be read"),
        default=False,
        help_text=_("Found when the file was looked into, or by whoever checks it."),
    )
    saved_at = models.DateTimeField(_("last saved at"))
    supplement = models.ForeignKey(
        SupplementRequest,
        verbose_name=_("supplied upon the notice"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="materials",
    )

    class Meta:
        verbose_name = _("material of an application")
        verbose_name_plural = _("materials of applications")
        ordering = ["application", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="applicationmaterial_document_once", fields=["application", "item"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.item}"
