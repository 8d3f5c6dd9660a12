from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Deferrable, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import Lifecycle, Region, StateField, TransitionRecord, User
from agreements.enums.templates import (
    HandlingMeasure,
    TextKind,
    VariableType,
    VersionOrigin,
    VersionState,
)
from agreements.models.agreement import DateRange
from agreements.models.template_guards import VERSION_TRIGGERS, fixed_with_the_version
from agreements.querysets.templates import TemplateVersionQuerySet
from institutions.enums.register import Kind

_STATE = VersionState
IN_WORK = (_STATE.DRAFT, _STATE.CONSULTATION)
_OUT = (_STATE.PUBLISHED, _STATE.SUPERSEDED)
_FORWARD = RangeBoundary(inclusive_lower=True, inclusive_upper=False)


class AgreementTemplate(models.Model):
    """A text agreements are made from: the nation's, or a region's refinement (art. 52)."""

    kind = models.CharField(_("kind of text"), max_length=30, choices=TextKind)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreement_templates",
        help_text=_("Empty: the national template."),
    )
    institution_kinds = ArrayField(
        models.CharField(max_length=30, choices=Kind),
        verbose_name=_("types of institution"),
        default=list,
        blank=True,
        help_text=_("Whom it concerns; empty means all."),
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("template of an agreement")
        verbose_name_plural = _("templates of agreements")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="agreementtemplate_one_of_a_kind",
                fields=["kind", "region"],
                nulls_distinct=False,
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="identity_is_fixed", fields=["kind", "region"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.region_id or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:template", args=[self.pk])

    @property
    def is_national(self) -> bool:
        return self.region_id is None


class TemplateVersion(Lifecycle):
    """One version of a template. In force from `effective_from` up to the day before
    `superseded_on`; once published it never changes again.
    """

    template = models.ForeignKey(
        AgreementTemplate,
        verbose_name=_("template"),
        on_delete=models.PROTECT,
        related_name="versions",
    )
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.DRAFT)
    origin = models.CharField(
        _("wanted by"), max_length=20, choices=VersionOrigin, default=VersionOrigin.AGENCY
    )
    reason = models.TextField(_("reason of the version"), blank=True)
    document = models.CharField(
        _("document"), max_length=200, blank=True, help_text=_("Title and number of the basis.")
    )
    based_on = models.ForeignKey(
        "self",
        verbose_name=_("based on"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    refines = models.ForeignKey(
        "self",
        verbose_name=_("refines the national version"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refined_by",
    )
    drafted_at = models.DateTimeField(_("drafted at"))
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drafted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    superseded_on = models.DateField(
        _("superseded on"),
        null=True,
        blank=True,
        help_text=_("The first day it is not in force any more."),
    )

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="templateversion_number_once", fields=["template", "number"]
            ),
            models.UniqueConstraint(
                name="templateversion_one_in_work",
                fields=["template"],
                condition=Q(state__in=IN_WORK),
            ),
            models.CheckConstraint(
                name="templateversion_publication_has_its_facts",
                condition=Q(
                    state__in=_OUT,
                    published_at__isnull=False,
                    published_by__isnull=False,
                    effective_from__isnull=False,
                )
                | (
                    Q(state__in=IN_WORK)
                    & Q(
                        published_at__isnull=True,
                        published_by__isnull=True,
                        superseded_on__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="templateversion_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="templateversion_superseded_has_its_day",
                condition=~Q(state=_STATE.SUPERSEDED) | Q(superseded_on__isnull=False),
            ),
            models.CheckConstraint(
                name="templateversion_superseded_after_it_began",
                condition=Q(superseded_on__isnull=True) | Q(superseded_on__gte=F("effective_from")),
            ),
            models.CheckConstraint(
                name="templateversion_change_has_a_reason",
                condition=Q(number=1) | ~Q(reason=""),
            ),
            ExclusionConstraint(
                name="templateversion_one_in_force",
                expressions=[
                    ("template", RangeOperators.EQUAL),
                    (
                        DateRange("effective_from", "superseded_on", _FORWARD),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.DRAFT.value, _STATE.CONSULTATION.value),
                    (_STATE.CONSULTATION.value, _STATE.DRAFT.value),
                    (_STATE.DRAFT.value, _STATE.PUBLISHED.value),
                    (_STATE.CONSULTATION.value, _STATE.PUBLISHED.value),
                    (_STATE.PUBLISHED.value, _STATE.SUPERSEDED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            *VERSION_TRIGGERS,
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:template_version", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.CONSULTATION)
    def consult(self) -> None:
        pass

    @transition(field=state, source=_STATE.CONSULTATION, target=_STATE.DRAFT)
    def take_back(self) -> None:
        pass

    @transition(field=state, source=IN_WORK, target=_STATE.PUBLISHED)
    def publish(self, *, by: User, at: datetime, effective_from: date) -> None:
        self.published_by, self.published_at = by, at
        self.effective_from = effective_from

    @transition(field=state, source=_STATE.PUBLISHED, target=_STATE.SUPERSEDED)
    def supersede(self) -> None:
        """Its day, `superseded_on`, has come."""


class TemplateVersionTransition(TransitionRecord):
    subject = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a version")
        verbose_name_plural = _("transitions of versions")


class TemplateClause(models.Model):
    """One clause. Its key stays the same in every version, so that versions can be compared."""

    version = models.ForeignKey(
        TemplateVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="clauses",
    )
    key = models.SlugField(_("key"), max_length=60)
    position = models.PositiveIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=120)
    body = models.TextField(_("wording"))
    is_mandatory = models.BooleanField(
        _("mandatory"),
        default=False,
        help_text=_("A regional text may refine it but not leave it out."),
    )
    is_refinement = models.BooleanField(
        _("regional wording"),
        default=False,
        help_text=_("It differs from the national version, or is not in it."),
    )
    is_variable_term = models.BooleanField(
        _("yearly term"),
        default=False,
        help_text=_("It belongs into the yearly agreement where an agreement is split."),
    )
    is_breach = models.BooleanField(
        _("breach clause"), default=False, help_text=_("It says what happens upon a breach.")
    )
    measures = ArrayField(
        models.PositiveSmallIntegerField(choices=HandlingMeasure),
        verbose_name=_("measures agreed"),
        default=list,
        blank=True,
        help_text=_("How the agency may handle this breach (Order 2 art. 38)."),
    )
    damages = models.CharField(
        _("liquidated damages"),
        max_length=300,
        blank=True,
        help_text=_("The rate or amount agreed; may hold variables."),
    )

    class Meta:
        verbose_name = _("clause of a template")
        verbose_name_plural = _("clauses of templates")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="templateclause_key_once", fields=["version", "key"]),
            models.UniqueConstraint(
                name="templateclause_position_once",
                fields=["version", "position"],
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="templateclause_has_its_words", condition=~Q(heading="") & ~Q(body="")
            ),
            models.CheckConstraint(
                name="templateclause_breach_has_measures",
                condition=Q(is_breach=True, measures__len__gt=0)
                | Q(is_breach=False, measures__len=0, damages=""),
            ),
            models.CheckConstraint(
                name="templateclause_measures_are_the_six",
                condition=Q(measures__contained_by=[each.value for each in HandlingMeasure]),
            ),
            models.CheckConstraint(
                name="templateclause_damages_are_a_measure",
                condition=Q(damages="") | Q(measures__contains=[HandlingMeasure.DAMAGES.value]),
            ),
        ]
        triggers = [fixed_with_the_version("templateclause_fixed_with_the_version")]

    def __str__(self) -> str:
        return f"{self.position} {self.heading}"


class TemplateVariable(models.Model):
    """What is filled in when an agreement is drawn up: `{{ name }}` in the wording."""

    version = models.ForeignKey(
        TemplateVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="variables",
    )
    name = models.CharField(
        _("name"), max_length=60, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")]
    )
    label = models.CharField(pgettext_lazy("variable", "label"), max_length=120)
    type = models.CharField(
        _("type"), max_length=10, choices=VariableType, default=VariableType.TEXT
    )
    default = models.CharField(_("default"), max_length=300, blank=True)
    sample = models.CharField(
        _("sample"), max_length=300, blank=True, help_text=_("Shown in the preview.")
    )

    class Meta:
        verbose_name = _("variable of a template")
        verbose_name_plural = _("variables of templates")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="templatevariable_name_once", fields=["version", "name"]),
            models.CheckConstraint(
                name="templatevariable_name_has_its_form",
                condition=Q(name__regex=r"^[a-z][a-z0-9_]*$"),
            ),
        ]
        triggers = [fixed_with_the_version("templatevariable_fixed_with_the_version")]

    def __str__(self) -> str:
        return self.name
