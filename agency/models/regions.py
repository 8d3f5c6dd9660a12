import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile, RegionLevel, RuleSet
from agency.models.history import TransitionRecord
from agency.models.policy import PolicyChange, policy_constraints, policy_triggers

NATION = "000000"
_ITS_PREFECTURE = Concat(Left(F("code"), 4), Value("00"), output_field=models.CharField())
_ITS_PROVINCE = Concat(Left(F("code"), 2), Value("0000"), output_field=models.CharField())


def _above(field: str) -> Q:
    """The region named by `field` holds this one, as the codes say (GB/T 2260).

    A county stands under its prefecture or, where its province governs it directly, under that.
    """
    return (
        Q(**{f"{field}__isnull": True})
        | Q(level=RegionLevel.PROVINCE, **{field: NATION})
        | Q(level=RegionLevel.PREFECTURE, **{field: _ITS_PROVINCE})
        | Q(level=RegionLevel.COUNTY, **{field: _ITS_PROVINCE})
        | Q(level=RegionLevel.COUNTY, **{field: _ITS_PREFECTURE})
    )


@pghistory.track()
class Region(models.Model):
    """An administrative division by its six-digit code (GB/T 2260)."""

    code = models.CharField(
        _("code"), max_length=6, primary_key=True, validators=[RegexValidator(r"^\d{6}$")]
    )
    name = models.CharField(_("name"), max_length=80)
    level = models.CharField(_("level"), max_length=12, choices=RegionLevel)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    coordination = models.ForeignKey(
        "self",
        verbose_name=_("coordination region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="coordinated",
        help_text=_("Whose fund and rules the region shares; empty where it stands alone."),
    )
    profile = models.CharField(
        _("rule profile"), max_length=12, choices=Profile, default=Profile.NATIONAL
    )

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_code_is_six_digits", condition=Q(code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="region_code_fits_level",
                condition=Q(level=RegionLevel.NATION, code=NATION)
                | Q(level=RegionLevel.PROVINCE, code__regex=r"^[1-9][0-9]0000$")
                | Q(level=RegionLevel.PREFECTURE, code__regex=r"^[1-9][0-9]([0-9][1-9]|[1-9]0)00$")
                | Q(level=RegionLevel.COUNTY, code__regex=r"^[1-9][0-9]{3}([0-9][1-9]|[1-9]0)$"),
            ),
            models.CheckConstraint(name="region_lies_in_its_parent", condition=_above("parent")),
            models.CheckConstraint(
                name="region_lies_in_its_coordination_region", condition=_above("coordination")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:region", args=[self.code])


@pghistory.track()
class RuleSetChoice(PolicyChange):
    """The profile a region follows in one set of rules from a day on, and who decided it."""

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="choices"
    )
    rule_set = models.CharField(_("rule set"), max_length=20, choices=RuleSet)
    profile = models.CharField(_("rule profile"), max_length=12, choices=Profile)

    class Meta:
        verbose_name = _("choice of a rule profile")
        verbose_name_plural = _("choices of rule profiles")
        ordering = ["region", "rule_set", "-effective_from"]
        constraints = [
            *policy_constraints("rulesetchoice", "region", "rule_set"),
            models.CheckConstraint(name="rulesetchoice_has_a_document", condition=~Q(document="")),
        ]
        triggers = policy_triggers("region", "rule_set", "profile")

    def __str__(self) -> str:
        return f"{self.region_id} {self.get_rule_set_display()}: {self.get_profile_display()}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:region", args=[self.region_id])


class RuleSetChoiceTransition(TransitionRecord):
    subject = models.ForeignKey(RuleSetChoice, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a choice of a rule profile")
        verbose_name_plural = _("transitions of choices of rule profiles")
