from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from agency.models import EncryptedCharField
from institutions.models.changes import SECRET_VALUES, ChangeRequest
from institutions.models.institution import Institution, label_of, shown_value
from institutions.querysets.register import InstitutionFactQuerySet

# The day from which the first known value of a field holds: before any institution's first day.
FROM_THE_FIRST = date(1949, 10, 1)


@pghistory.track()
class InstitutionFact(models.Model):
    """The value of one field from a day on, so that yesterday's payment still goes to
    yesterday's account. The newest one with `effective_from` up to a day holds on that day; a
    field without facts has never changed.
    """

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="facts"
    )
    field = models.CharField(
        _("field"), max_length=40, help_text=_("The institution's field, by its column's name.")
    )
    value = EncryptedCharField(_("value"), max_length=500, blank=True, when=SECRET_VALUES)
    effective_from = models.DateField(_("effective from"))
    change = models.ForeignKey(
        ChangeRequest,
        verbose_name=_("change request"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="facts",
    )

    objects = InstitutionFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution fact")
        verbose_name_plural = _("institution facts")
        ordering = ["institution", "field", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="institutionfact_one_value_a_day",
                fields=["institution", "field", "effective_from"],
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.field} = {self.shown} ({self.effective_from})"

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def is_first(self) -> bool:
        """Whether this is what held before anything was known to change."""
        return self.effective_from == FROM_THE_FIRST

    @property
    def shown(self) -> str:
        return shown_value(self.field, self.value)
