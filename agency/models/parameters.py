from django.db import models
from django.utils.translation import gettext_lazy as _

from agency.enums import Evidence, Profile


class PolicyParameter(models.Model):
    """A number the law leaves open, as in force for a profile from a day on."""

    key = models.CharField(_("key"), max_length=60)
    profile = models.CharField(
        _("rule profile"), max_length=12, choices=Profile, default=Profile.NATIONAL
    )
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=30)
    evidence = models.CharField(_("evidence"), max_length=8, choices=Evidence)
    effective_from = models.DateField(_("effective from"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("policy parameter")
        verbose_name_plural = _("policy parameters")
        ordering = ["key", "profile", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="policyparameter_one_value_a_day", fields=["key", "profile", "effective_from"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value.normalize():f} {self.unit}"
