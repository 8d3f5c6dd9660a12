from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pghistory
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role
from agency.models.regions import Region


def standing_in(at: datetime, prefix: str = "") -> Q:
    """Return the condition that a stand-in is in effect at the instant."""
    on = timezone.localdate(at)
    return Q(
        **{
            f"{prefix}starts_on__lte": on,
            f"{prefix}ends_on__gte": on,
            f"{prefix}revoked_at__isnull": True,
        }
    )


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who stood in for whom, and when."""

    delegator_id: int
    delegate_id: int
    starts_on: date
    ends_on: date
    revoked_at: datetime | None

    def covers(self, then: datetime | date | None) -> bool:
        """Say whether it was in effect; a time unknown counts as covered."""
        if then is None:
            return True
        if not isinstance(then, datetime):
            ended = self.revoked_at and timezone.localdate(self.revoked_at) < then
            return self.starts_on <= then <= self.ends_on and not ended
        within = self.starts_on <= timezone.localdate(then) <= self.ends_on
        return within and (self.revoked_at is None or self.revoked_at > then)


@dataclass(frozen=True, slots=True)
class Held:
    """A role and, where it is another's, whose."""

    code: str
    delegator_id: int | None
    delegator: str


@pghistory.track(
    fields=["username", "name", "actor", "region", "is_active", "is_superuser"],
    model_name="UserEvent",
)
class User(AbstractUser):
    """A person who logs in, for exactly one actor. Roles are groups with stable codes."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=80)
    # Named so that the table can be watched (agency.models.access).
    groups = models.ManyToManyField(  # type: ignore[assignment]
        Group,
        verbose_name=_("roles"),
        blank=True,
        through="RoleHolding",
        related_name="user_set",
        related_query_name="user",
    )
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

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """A session is good for one password and one round of sessions."""
        theirs = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{theirs}.{self.session_round}"

    # --- roles ----------------------------------------------------------------------------------

    @cached_property
    def _moment(self) -> datetime:
        # Roles depend on the day through stand-ins; a user is loaded anew for each request.
        return timezone.now()

    @cached_property
    def held(self) -> list[Held]:
        """The roles of the user and of those they stand in for; one query per instance, that is
        per request.
        """
        nobody = Value(None, output_field=models.BigIntegerField())
        own = Group.objects.filter(user=self.pk).order_by().values_list("name", nobody, Value(""))
        through = (
            self.stand_ins_held.filter(
                standing_in(self._moment),
                delegator__is_active=True,
                delegator__groups__isnull=False,
            )
            .order_by()
            .values_list("delegator__groups__name", F("delegator_id"), "delegator__name")
        )
        return [Held(*row) for row in own.union(through, all=True)]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles the user may act in now, those of people they stand in for included."""
        return _known(each.code for each in self.held)

    @property
    def own_roles(self) -> frozenset[Role]:
        """The roles given to the user; costs nothing where groups were prefetched."""
        return _known(group.name for group in self.groups.all())

    @property
    def stands_in_for(self) -> list[str]:
        """The names of those whose roles the user has today beside their own."""
        return sorted({each.delegator for each in self.held if each.delegator_id})

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:person", args=[self.pk])

    @property
    def acting_labels(self) -> str:
        """The names of all roles the user may act in now."""
        return labels_of(self.roles)

    def has_role(self, role: Role) -> bool:
        return role in self.roles

    @property
    def role_labels(self) -> str:
        return labels_of(self.own_roles)

    # --- separation of duties -------------------------------------------------------------------

    @cached_property
    def _substitutions(self) -> list[Substitution]:
        """Every stand-in that bears on whom the user counts as: one query per request, made only
        where two persons are compared.
        """
        stand_ins = self.stand_ins_held.model.objects
        served = stand_ins.filter(standing_in(self._moment), delegate=self.pk)
        rows = stand_ins.filter(
            Q(delegate=self.pk)
            | Q(delegator=self.pk)
            | Q(delegator__in=served.values("delegator_id"))
        )
        columns = [each.name for each in fields(Substitution)]
        return [Substitution(*row) for row in rows.values_list(*columns)]

    @property
    def counts_as(self) -> frozenset[int]:
        """The keys of the user and of those they stand in for today."""
        return frozenset({self.pk, *(each.delegator_id or self.pk for each in self.held)})

    def is_one_with(self, person_id: int | None, then: datetime | date | None) -> bool:
        """Say whether the separation of duties takes the user now and that person at the time of
        an earlier act for one: whoever stands in counts as themselves and as whom they stand
        in for, whichever of the two acted first (B-02). Without a time, at any time.
        """
        if person_id is None or self.pk is None:
            return False
        if person_id == self.pk:
            return True
        now = {
            each.delegator_id
            for each in self._substitutions
            if each.delegate_id == self.pk and each.covers(self._moment)
        }
        earlier = {
            each.delegator_id
            for each in self._substitutions
            if each.delegate_id == person_id and each.covers(then)
        }
        return not {self.pk, *now}.isdisjoint({person_id, *earlier})

    # --- sides ----------------------------------------------------------------------------------

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


def _known(codes: Iterable[str]) -> frozenset[Role]:
    found = set(codes)
    return frozenset(role for role in Role if role.value in found)


def labels_of(roles: Iterable[Role]) -> str:
    """Return the roles' names in the order of the table."""
    given = set(roles)
    return "、".join(str(role.label) for role in Role if role in given)
