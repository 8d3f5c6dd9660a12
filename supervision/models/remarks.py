import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor
from agency.powers import only_of
from institutions.models import Institution


class SupervisionRemark(models.Model):
    """What the administration notes on something its supervision view shows (Order 2 art. 47)."""

    area = models.CharField(_("area"), max_length=30)
    exception = models.CharField(_("exception"), max_length=40)
    matter = models.CharField(_("matter"), max_length=200)
    url = models.CharField(_("address"), max_length=300, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("note"))
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("remark of the supervision")
        verbose_name_plural = _("remarks of the supervision")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="supervisionremark_by_matter", fields=["area", "exception", "-at"])
        ]
        constraints = [
            models.CheckConstraint(
                name="supervisionremark_says_something", condition=~Q(text="") & ~Q(matter="")
            )
        ]
        triggers = [
            only_of(Actor.ADMINISTRATION, "by"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.matter
