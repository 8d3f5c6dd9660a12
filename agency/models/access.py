"""Who may act and who did log in: stand-ins, passwords once used, log-ins, acts on accounts."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import ADMINISTRATORS, AccountAct, LogInOutcome
from agency.models.people import User

_CODES = ", ".join(f"'{role.value}'" for role in sorted(ADMINISTRATORS))

# Nothing but constants goes into the statements below.
_TWO_ADMINISTRATORS = f"""
IF (SELECT count(DISTINCT g.name) FROM auth_group g WHERE g.name IN ({_CODES}) AND g.id IN (
        SELECT NEW.group_id
        UNION ALL SELECT m.group_id FROM agency_user_groups m
            WHERE m.user_id = NEW.user_id AND m.id <> NEW.id
        UNION ALL SELECT m.group_id FROM agency_user_groups m
            JOIN agency_standin s ON s.delegator_id = m.user_id
            WHERE s.delegate_id = NEW.user_id AND s.revoked_at IS NULL
            AND s.ends_on >= CURRENT_DATE
    )) > 1 THEN
    RAISE EXCEPTION 'user % would be two administrators', NEW.user_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'user_one_administrator';
END IF;
RETURN NEW;
"""  # noqa: S608
_STAND_IN_LAWFUL = f"""
IF (SELECT count(DISTINCT actor) FROM agency_user
        WHERE id IN (NEW.delegator_id, NEW.delegate_id)) > 1 THEN
    RAISE EXCEPTION 'user % acts for another side than user %', NEW.delegate_id, NEW.delegator_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'standin_same_actor';
END IF;
IF (SELECT count(DISTINCT g.name) FROM auth_group g
        JOIN agency_user_groups m ON m.group_id = g.id WHERE g.name IN ({_CODES}) AND m.user_id IN (
        SELECT NEW.delegator_id
        UNION ALL SELECT NEW.delegate_id
        UNION ALL SELECT s.delegator_id FROM agency_standin s
            WHERE s.delegate_id = NEW.delegate_id AND s.id <> NEW.id AND s.revoked_at IS NULL
            AND s.starts_on <= NEW.ends_on AND s.ends_on >= NEW.starts_on
    )) > 1 THEN
    RAISE EXCEPTION 'user % would be two administrators', NEW.delegate_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'standin_one_administrator';
END IF;
RETURN NEW;
"""  # noqa: S608


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.DeleteEvent(),
    obj_field=None,
    model_name="RoleHoldingEvent",
    app_label="agency",
)
class RoleHolding(models.Model):
    """That a person holds a role: Django's own table of a user's groups, watched over."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE)
    group = models.ForeignKey(Group, verbose_name=_("role"), on_delete=models.CASCADE)

    class Meta:
        db_table = "agency_user_groups"
        unique_together = [("user", "group")]
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        triggers = [
            pgtrigger.Trigger(
                name="one_administrator",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_TWO_ADMINISTRATORS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.group_id}"


class StandIn(models.Model):
    """That one person has another's roles from a day to a day, both included.

    What the delegate does meanwhile counts as done by both (B-02). Roles that the delegator has
    only as a stand-in are not passed on.
    """

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("stands in for"),
        on_delete=models.PROTECT,
        related_name="stand_ins_given",
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("stand-in"),
        on_delete=models.PROTECT,
        related_name="stand_ins_held",
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    granted_at = models.DateTimeField(_("granted at"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_reason = models.TextField(_("reason of the revocation"), blank=True)

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="standin_not_oneself", condition=~Q(delegator=F("delegate"))
            ),
            models.CheckConstraint(
                name="standin_granted_by_another",
                condition=~Q(granted_by=F("delegate")) & ~Q(granted_by=F("delegator")),
            ),
            models.CheckConstraint(
                name="standin_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="standin_revocation_has_its_facts",
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
            ),
            ExclusionConstraint(
                name="standin_no_overlap",
                expressions=[
                    ("delegator", RangeOperators.EQUAL),
                    ("delegate", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lawful",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_STAND_IN_LAWFUL,
            ),
            pgtrigger.ReadOnly(
                name="what_was_granted_stays",
                fields=[
                    "delegator",
                    "delegate",
                    "starts_on",
                    "ends_on",
                    "reason",
                    "granted_by",
                    "granted_at",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} → {self.delegator}, {self.starts_on} – {self.ends_on}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:stand_ins")

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None


class PasswordRecord(models.Model):
    """A password once used, as a hash: nobody takes it again too soon."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="password_records"
    )
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("password once used")
        verbose_name_plural = _("passwords once used")
        ordering = ["-at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class LogInRecord(models.Model):
    """That somebody came in, tried to, or left."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="log_ins",
        help_text=_("Empty when nobody has the name typed."),
    )
    username = models.CharField(_("name typed"), max_length=150)
    at = models.DateTimeField(_("at"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=LogInOutcome)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="logins_of_user", fields=["user", "-at"]),
            models.Index(name="logins_by_time", fields=["-at", "-id"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.username}, {self.at:%Y-%m-%d %H:%M}"


class AccountRecord(models.Model):
    """What was done to an account: by whom, when, why, and what changed."""

    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_records"
    )
    act = models.CharField(_("act"), max_length=20, choices=AccountAct)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when done at the server."),
    )
    reason = models.TextField(_("reason"), blank=True)
    before = models.CharField(_("before"), max_length=400, blank=True)
    after = models.CharField(_("after"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("act on an account")
        verbose_name_plural = _("acts on accounts")
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.act}"
