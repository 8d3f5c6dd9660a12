from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Code(models.Model):
    """A value of a national code field, and the groups the law sorts it into.

    The review joins this table; a value that is not here is accepted with a remark.
    """

    field = models.CharField(pgettext_lazy("data", "field"), max_length=40)
    code = models.CharField(_("code"), max_length=20)
    label = models.CharField(_("meaning"), max_length=80)
    is_inpatient = models.BooleanField(_("inpatient care"), default=False)
    is_emergency = models.BooleanField(_("emergency or rescue"), default=False)
    is_maternity = models.BooleanField(_("maternity"), default=False)
    level = models.PositiveSmallIntegerField(_("level of the institution"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, blank=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["field", "code"]
        constraints = [
            models.UniqueConstraint(name="code_once_per_field", fields=["field", "code"])
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
