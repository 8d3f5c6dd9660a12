"""The keys with which an institution's own systems enter."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import Scope
from institutions.models.institution import Institution
from institutions.querysets.tokens import ApiTokenQuerySet

PREFIX_LENGTH = 8


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    model_name="ApiTokenEvent",
    fields=[
        "institution",
        "name",
        "prefix",
        "scopes",
        "expires_on",
        "created_by",
        "revoked_at",
        "revoked_by",
    ],
)
class ApiToken(models.Model):
    """A key of an institution's system: it acts as the account that made it, within its scopes,
    until its last day. Only a digest of the secret is kept.
    """

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="api_tokens",
    )
    name = models.CharField(_("name of the token"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, unique=True)
    digest = models.CharField(_("digest of the secret"), max_length=64)
    scopes = ArrayField(
        models.CharField(max_length=30, choices=Scope), verbose_name=_("scopes"), size=len(Scope)
    )
    expires_on = models.DateField(_("valid to"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("made at"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="apitoken_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="apitoken_has_a_scope", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(
                name="apitoken_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="apitoken_of_institution", fields=["institution", "-id"])]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="grant_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "institution", "prefix", "digest", "scopes", "expires_on", "created_by"
                ),
            ),
            pgtrigger.Protect(
                name="revoked_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:tokens")

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:tokens")

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def is_expired(self, on: date) -> bool:
        return on > self.expires_on

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(each).label) for each in self.scopes]
