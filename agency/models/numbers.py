from django.db import models
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """The last number given under a key. Taken with a row lock, so numbers neither repeat nor,
    as the number and its object are committed together, leave gaps.
    """

    key = models.CharField(_("key"), max_length=80, primary_key=True)
    value = models.PositiveIntegerField(_("last number"))

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
