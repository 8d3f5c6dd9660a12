from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.models import User
from institutions.models.institution import Institution
from institutions.querysets.letters import (
    ElectronicServiceConsentQuerySet,
    InstitutionLetterQuerySet,
)

_CONFIRMED = Q(confirmed_at__isnull=False, confirmed_by__isnull=False, consent__isnull=False)
_UNCONFIRMED = Q(confirmed_at__isnull=True, confirmed_by__isnull=True, consent__isnull=True)


def letter_key() -> models.ForeignKey:
    """Return the key by which a step of a matter's history names the letter it issued.

    Without an index: it is only ever read along the history of its subject.
    """
    return models.ForeignKey(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


class ElectronicServiceConsent(models.Model):
    """An institution's signed confirmation that letters may be served on it in the portal
    (T-09, Administrative Penalty Law art. 61). Holds until it is revoked.
    """

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="service_consents",
    )
    text_version = models.PositiveSmallIntegerField(_("version of the text"))
    text = models.TextField(_("text that was signed"))
    signed_name = models.CharField(_("name signed"), max_length=80)
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signed by"),
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

    objects = ElectronicServiceConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to electronic service")
        verbose_name_plural = _("consents to electronic service")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="electronicserviceconsent_one_in_force",
                fields=["institution"],
                condition=Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="electronicserviceconsent_is_signed",
                condition=~Q(text="") & ~Q(signed_name=""),
            ),
            models.CheckConstraint(
                name="electronicserviceconsent_revoked_has_its_facts",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__gte=F("signed_at"), revoked_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="signed_text_is_fixed", exclude=["revoked_at", "revoked_by"]),
            pgtrigger.Protect(
                name="revoked_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.revoked_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.signed_at:%Y-%m-%d}"

    def revoke(self, *, by: User, at: datetime) -> None:
        self.revoked_by, self.revoked_at = by, at


class InstitutionLetter(models.Model):
    """A letter to an institution: who finds it in the portal, who has read it there and who has
    confirmed its receipt, and the period that its service started.
    """

    letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        on_delete=models.PROTECT,
        related_name="of_institution",
    )
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="letters"
    )
    portal_url = models.CharField(_("page of the matter"), max_length=200, blank=True)
    confirm_due_on = models.DateField(
        _("receipt to be confirmed by"),
        null=True,
        blank=True,
        help_text=_("Empty without a consent to electronic service."),
    )
    confirm_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    reminded_at = models.DateTimeField(_("desk reminded at"), null=True, blank=True)
    read_at = models.DateTimeField(_("first read at"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("first read by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("receipt confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("receipt confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    consent = models.ForeignKey(
        ElectronicServiceConsent,
        verbose_name=_("consent to electronic service"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
    )
    period_due_on = models.DateField(_("period ends on"), null=True, blank=True)
    period_due_basis = models.JSONField(_("basis of the period"), default=dict, blank=True)
    period_due_provisional = models.BooleanField(_("period is provisional"), default=False)

    objects = InstitutionLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter to an institution")
        verbose_name_plural = _("letters to institutions")
        ordering = ["-pk"]
        indexes = [
            models.Index(name="institutionletter_inbox", fields=["institution", "-id"]),
            models.Index(
                name="institutionletter_unread",
                fields=["institution"],
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                name="institutionletter_to_confirm",
                fields=["confirm_due_on"],
                condition=Q(confirmed_at__isnull=True, confirm_due_on__isnull=False),
            ),
            models.Index(
                name="institutionletter_periods",
                fields=["period_due_on"],
                condition=Q(period_due_on__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="institutionletter_read_has_its_facts",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
            models.CheckConstraint(
                name="institutionletter_confirmed_under_consent",
                condition=_CONFIRMED | _UNCONFIRMED,
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="addressee_is_fixed", fields=["letter", "institution"]),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.confirmed_at IS NOT NULL AND"
                    " (OLD.confirmed_at, OLD.confirmed_by_id, OLD.consent_id) IS DISTINCT FROM"
                    " (NEW.confirmed_at, NEW.confirmed_by_id, NEW.consent_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.letter)

    def get_absolute_url(self) -> str:
        return self.letter.get_absolute_url()

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:letter", args=[self.letter_id])

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    def read(self, *, by: User, at: datetime) -> None:
        self.read_by, self.read_at = by, at

    def confirm(self, *, by: User, at: datetime, consent: ElectronicServiceConsent) -> None:
        self.confirmed_by, self.confirmed_at, self.consent = by, at, consent

    def start_period(self, *, due_on: Any, basis: dict[str, Any], provisional: bool) -> None:
        self.period_due_on, self.period_due_basis = due_on, basis
        self.period_due_provisional = provisional
