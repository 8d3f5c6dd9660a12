from functools import cached_property

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role
from agency.models.regions import Region


@pghistory.track(fields=["username", "name", "actor", "region", "is_active", "is_superuser"])
class User(AbstractUser):
    """A person who logs in, for exactly one actor. Roles are groups with stable codes."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=80)
    actor = models.CharField(_("acts for"), max_length=16, choices=Actor, default=Actor.PUBLIC)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), null=True, blank=True, on_delete=models.PROTECT
    )
    password_changed_at = models.DateTimeField(_("password since"), null=True, blank=True)
    must_change_password = models.BooleanField(
        _("password set by somebody else"),
        default=False,
        help_text=_("Such a password opens nothing but the page where it is changed."),
    )
    session_round = models.PositiveIntegerField(
        default=0, help_text=_("Counted up, it ends every session of the account.")
    )

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The user's roles; read once per instance, that is once per request."""
        codes = {group.name for group in self.groups.all()}
        return frozenset(role for role in Role if role.value in codes)

    def has_role(self, role: Role) -> bool:
        return role in self.roles

    @property
    def role_labels(self) -> str:
        return "、".join(str(role.label) for role in Role if role in self.roles)

    @property
    def is_agency_staff(self) -> bool:
        return self.actor == Actor.AGENCY

    @property
    def is_administration_staff(self) -> bool:
        return self.actor == Actor.ADMINISTRATION

    @property
    def is_office_staff(self) -> bool:
        """Agency or administration: those who may see every institution."""
        return self.is_agency_staff or self.is_administration_staff
