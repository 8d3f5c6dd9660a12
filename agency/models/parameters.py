import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.enums import Evidence, ParameterUnit, Profile
from agency.models.history import TransitionRecord
from agency.models.policy import PolicyChange, policy_constraints, policy_triggers
from agency.parameters import DEFINITIONS, shown

# What may have a part of one; everything else is counted.
_DIVIDED = [
    ParameterUnit.RATIO,
    ParameterUnit.RATIO_A_DAY,
    ParameterUnit.CNY,
    ParameterUnit.POINTS,
]


@pghistory.track()
class PolicyParameter(PolicyChange):
    """A number the law leaves open, as in force for a profile from a day on."""

    key = models.CharField(_("key"), max_length=60)
    profile = models.CharField(
        _("rule profile"), max_length=12, choices=Profile, default=Profile.NATIONAL
    )
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=30, choices=ParameterUnit)
    evidence = models.CharField(
        pgettext_lazy("parameter", "evidence"), max_length=8, choices=Evidence
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("policy parameter")
        verbose_name_plural = _("policy parameters")
        ordering = ["key", "profile", "-effective_from"]
        constraints = [
            *policy_constraints("policyparameter", "key", "profile"),
            models.CheckConstraint(
                name="policyparameter_value_not_negative", condition=Q(value__gte=0)
            ),
            models.CheckConstraint(
                name="policyparameter_value_whole_where_counted",
                condition=Q(unit__in=_DIVIDED) | Q(value__regex=r"^[0-9]+(\.0+)?$"),
            ),
            models.CheckConstraint(
                name="policyparameter_key_is_a_name", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")
            ),
        ]
        triggers = policy_triggers("key", "profile", "value", "unit", "evidence")

    def __str__(self) -> str:
        definition = DEFINITIONS.get(self.key)
        return f"{definition or self.key}: {shown(self.value)} {self.get_unit_display()}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:parameter", args=[self.key])


class PolicyParameterTransition(TransitionRecord):
    subject = models.ForeignKey(
        PolicyParameter, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a policy parameter")
        verbose_name_plural = _("transitions of policy parameters")
