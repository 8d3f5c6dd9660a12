from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year whose official working-day notice is known. Its version counts every change to the
    whole calendar, so that a stored deadline can say which calendar it was computed with.
    """

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    version = models.PositiveIntegerField(_("calendar version"))
    papers = models.JSONField(_("notices"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=200)
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """An official exception: a holiday, or a make-up working day. Other days follow the week."""

    on = models.DateField(_("date"), primary_key=True)
    year = models.ForeignKey(
        CalendarYear, verbose_name=_("year"), on_delete=models.PROTECT, related_name="days"
    )
    name = models.CharField(_("name"), max_length=40)
    is_off = models.BooleanField(_("day off"))

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
