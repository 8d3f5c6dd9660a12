from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile, RegionLevel


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
            )
        ]

    def __str__(self) -> str:
        return self.name
