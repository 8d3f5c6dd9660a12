from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from institutions.models.institution import Institution
from institutions.querysets.practitioners import DepartmentQuerySet

CODE_FORM = r"^[0-9A-Z][0-9A-Z.\-]{0,19}$"


class Days(Func):
    """From a day to a day, both included; without an end, for ever."""

    function = "DATERANGE"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = DateRangeField()


@pghistory.track()
class Department(models.Model):
    """A department of an institution, as charges name it (bilg_dept_codg). Open from `opened_on`
    to the day before `closed_on`.
    """

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="departments",
    )
    code = models.CharField(_("department code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    subject_code = models.CharField(
        _("national subject code"),
        max_length=10,
        blank=True,
        help_text=_("The code of the diagnosis and treatment subject, such as 03 or 03.04."),
    )
    opened_on = models.DateField(pgettext_lazy("department", "opened on"))
    closed_on = models.DateField(
        pgettext_lazy("department", "closed on"),
        null=True,
        blank=True,
        help_text=_("The first day without it."),
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["institution", "code"]
        constraints = [
            models.UniqueConstraint(name="department_code_once", fields=["institution", "code"]),
            models.CheckConstraint(
                name="department_code_has_its_form", condition=Q(code__regex=CODE_FORM)
            ),
            models.CheckConstraint(name="department_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="department_closes_after_opening",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:departments")

    def is_open_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)
