from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.models import Region


class Fonds(models.Model):
    """All records of one body. Renaming the body keeps the fonds (H-11)."""

    code = models.CharField(_("fonds code"), max_length=4, primary_key=True)
    name = models.CharField(_("body"), max_length=80)
    region = models.OneToOneField(
        Region,
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fonds",
        help_text=_("Empty: of every region that has no fonds of its own."),
    )

    class Meta:
        verbose_name = _("fonds")
        verbose_name_plural = _("fonds")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="fonds_code_has_its_form", condition=Q(code__regex=r"^[A-Z0-9]{4}$")
            ),
            models.UniqueConstraint(
                name="fonds_one_for_the_rest",
                fields=["region"],
                condition=Q(region__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
