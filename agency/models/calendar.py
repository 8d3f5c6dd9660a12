import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import ImportState


class CalendarYear(models.Model):
    """A year whose official working-day notice is known. Its version counts every change to the
    whole calendar, so that a stored deadline can say which calendar it was computed with.
    """

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    version = models.PositiveIntegerField(_("calendar version"))
    notice_no = models.CharField(_("notice number"), max_length=60, blank=True, default="")
    papers = models.JSONField(_("notices"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=200)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when a command imported it."),
    )

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


class CalendarImport(models.Model):
    """An uploaded notice: what is shown as a preview is exactly what is published later.

    `content` is the file as it was read, `digest` its SHA-256, `based_on` the calendar version
    the preview was drawn against.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    notice_no = models.CharField(_("notice number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200)
    filename = models.CharField(_("file name"), max_length=200, blank=True)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    based_on = models.PositiveIntegerField(_("compared with calendar version"))
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.PROPOSED
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when a command imported it."),
    )
    decided_at = models.DateTimeField(_("published or discarded at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published or discarded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    version = models.PositiveIntegerField(
        _("calendar version"), null=True, blank=True, help_text=_("The version it led to.")
    )

    class Meta:
        verbose_name = _("calendar import")
        verbose_name_plural = _("calendar imports")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="calendarimport_one_proposed_per_year",
                fields=["year"],
                condition=Q(state=ImportState.PROPOSED),
            ),
            models.CheckConstraint(
                name="calendarimport_decision_has_its_facts",
                condition=Q(
                    state=ImportState.PROPOSED, decided_at__isnull=True, version__isnull=True
                )
                | Q(state=ImportState.PUBLISHED, decided_at__isnull=False, version__isnull=False)
                | Q(state=ImportState.DISCARDED, decided_at__isnull=False, version__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (ImportState.PROPOSED.value, ImportState.PUBLISHED.value),
                    (ImportState.PROPOSED.value, ImportState.DISCARDED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="content_stands",
                fields=["year", "notice_no", "source", "content", "digest", "based_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.notice_no}".strip()

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:calendar_import", args=[self.pk])


class ClosingDay(models.Model):
    """A day on which the agency itself is closed. It counts as a day off for the agency's own
    clocks only while the policy parameter says so (`counts`); it never touches another's period.
    """

    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=40)
    decided_by = models.CharField(_("decided by"), max_length=100)
    document = models.CharField(_("document"), max_length=200)
    counts = models.BooleanField(_("counts as a day off"), default=False)
    version = models.PositiveIntegerField(
        _("calendar version"),
        default=0,
        help_text=_("The version of the calendar it last changed."),
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revocation = models.CharField(_("reason of the revocation"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="closingday_once",
                fields=["on"],
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("This day is a closing day already."),
            ),
            models.CheckConstraint(
                name="closingday_revocation_has_its_facts",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revocation="")
                | (
                    Q(revoked_at__isnull=False, revoked_by__isnull=False, counts=False)
                    & ~Q(revocation="")
                ),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:closing_days")
