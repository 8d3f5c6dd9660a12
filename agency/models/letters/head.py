import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor
from agency.models.attachments import Attachment
from agency.models.regions import Region

NUMBER_FORMAT = "{prefix}{word}〔{year}〕{number}号"


class LetterHead(models.Model):
    """What stands on the letters of an office from a day on: its name, its number rule, its seal.

    Never altered: a change is a new row of a later day.
    """

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="letter_heads"
    )
    actor = models.CharField(
        _("office of"),
        max_length=16,
        choices=[(each.value, each.label) for each in (Actor.AGENCY, Actor.ADMINISTRATION)],
    )
    office_name = models.CharField(_("name of the office"), max_length=80)
    prefix = models.CharField(_("prefix of numbers"), max_length=12)
    number_format = models.CharField(_("number rule"), max_length=60, default=NUMBER_FORMAT)
    address = models.CharField(_("address"), max_length=160, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    seal = models.ForeignKey(
        Attachment,
        verbose_name=_("seal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    effective_from = models.DateField(_("effective from"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ["region", "actor", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="letterhead_one_a_day", fields=["region", "actor", "effective_from"]
            ),
            models.CheckConstraint(
                name="letterhead_is_of_an_office",
                condition=Q(actor__in=[Actor.AGENCY, Actor.ADMINISTRATION]),
            ),
            models.CheckConstraint(
                name="letterhead_has_its_names", condition=~Q(office_name="") & ~Q(prefix="")
            ),
            models.CheckConstraint(
                name="letterhead_numbers_count_by_year",
                condition=Q(number_format__contains="{year}")
                & Q(number_format__contains="{number}")
                & Q(number_format__contains="{word}"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.office_name} ({self.effective_from})"
