from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Attachment,
    EncryptedCharField,
    Lifecycle,
    StateField,
    TransitionRecord,
)
from institutions.enums.practitioners import ImportContent, ImportState, RowAction
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.models.practitioners.departments import Department
from institutions.models.practitioners.files import Practitioner
from institutions.models.practitioners.roster import RosterEntry
from institutions.querysets.practitioners import RosterImportQuerySet

_S = ImportState


class RosterImport(Lifecycle):
    """A file of departments or roster rows: read and previewed, then applied as a whole, then
    perhaps undone as a whole.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="roster_imports",
    )
    content = models.CharField(_("content"), max_length=12, choices=ImportContent)
    state = StateField(_("state"), choices=ImportState.choices, default=ImportState.PREVIEWED)
    file = models.ForeignKey(
        Attachment, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    encoding = models.CharField(_("encoding"), max_length=20)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    error_count = models.PositiveIntegerField(_("row errors"), default=0)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="rosterimport_number_has_its_form",
                condition=Q(number__regex=r"^ROS-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="rosterimport_applied_without_errors",
                condition=Q(state=_S.PREVIEWED, applied_at__isnull=True)
                | Q(state__in=[_S.APPLIED, _S.UNDONE], applied_at__isnull=False, error_count=0),
            ),
            models.UniqueConstraint(
                name="rosterimport_file_once",
                fields=["institution", "sha256"],
                condition=Q(state__in=[_S.PREVIEWED, _S.APPLIED]),
            ),
        ]
        indexes = [
            models.Index(name="rosterimport_newest", fields=["institution", "-uploaded_at", "-id"])
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_S.PREVIEWED.value, _S.APPLIED.value),
                    (_S.APPLIED.value, _S.UNDONE.value),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:roster_import", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:roster_import", args=[self.number])

    @transition(field=state, source=_S.PREVIEWED, target=_S.APPLIED)
    def apply(self, *, at: datetime) -> None:
        self.applied_at = at

    @transition(field=state, source=_S.APPLIED, target=_S.UNDONE)
    def undo(self, *, at: datetime) -> None:
        self.undone_at = at


class RosterImportTransition(TransitionRecord):
    subject = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a roster import")
        verbose_name_plural = _("transitions of roster imports")


class RosterImportRow(models.Model):
    """A row of an import as it was read: what it says, what it does, and, once applied, what it
    touched and what had held before, so that the whole can be undone.
    """

    run = models.ForeignKey(
        RosterImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows"
    )
    line = models.PositiveIntegerField(_("line"))
    action = models.CharField(_("action"), max_length=8, choices=RowAction)
    name = models.CharField(_("name"), max_length=80, blank=True)
    id_number = EncryptedCharField(_("identity number"), max_length=18, blank=True)
    id_digest = models.CharField(_("fingerprint of the identity number"), max_length=32, blank=True)
    values = models.JSONField(_("values"), default=dict)
    is_new_person = models.BooleanField(_("new person"), default=False)
    practitioner = models.ForeignKey(
        Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entry = models.ForeignKey(
        RosterEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="import_rows"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(_("values before"), default=dict, blank=True)

    class Meta:
        verbose_name = _("row of a roster import")
        verbose_name_plural = _("rows of roster imports")
        ordering = ["run", "line"]
        constraints = [
            models.UniqueConstraint(name="rosterimportrow_line_once", fields=["run", "line"])
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"
