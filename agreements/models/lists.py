import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.models import OfficialLetter, Region
from agreements.models.agreement import Agreement


class DesignatedList(models.Model):
    """A published list of the institutions newly designated since the one before (A-10, Order 2
    art. 11). Its number is that of its letter.
    """

    number = models.CharField(_("number"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    as_on = models.DateField(_("as at"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    agreements = models.ManyToManyField(
        Agreement, verbose_name=_("newly designated"), related_name="designated_lists"
    )

    class Meta:
        verbose_name = _("list of designated institutions")
        verbose_name_plural = _("lists of designated institutions")
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(name="designatedlist_by_issue", fields=["-issued_at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:designated_list", args=[self.pk])
