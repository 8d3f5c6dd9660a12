"""Stand-ins: one person has another's roles for some days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import ADMINISTRATORS
from agency.models import StandIn, User
from agency.permissions import GRANT_STAND_IN, REVOKE_STAND_IN
from agency.rules import Obstacle, refuse_if
from agency.services.in_force import parameters_on
from agency.services.notices import tell

NOT_ENTITLED = Obstacle(
    "not_entitled", _("Stand-ins are granted and revoked by a security administrator.")
)


def _term_obstacles(starts_on: date, ends_on: date, on: date) -> list[Obstacle]:
    if ends_on < starts_on:
        text = _("The last day, %(last)s, is before the first day, %(first)s.")
        return [Obstacle("ends_before_start", text % {"last": ends_on, "first": starts_on})]
    if starts_on < on:
        return [
            Obstacle(
                "starts_in_past",
                _("The first day, %(first)s, is past: nobody stands in afterwards.")
                % {"first": starts_on},
                rule="B-02",
                remedy=_("Begin today or later."),
            )
        ]
    days = (ends_on - starts_on).days + 1
    longest = int(parameters_on(on)["stand_in_max_days"])
    if days <= longest:
        return []
    return [
        Obstacle(
            "too_long",
            _("%(days)d days are too long: a stand-in lasts at most %(longest)d days.")
            % {"days": days, "longest": longest},
            remedy=_("Shorten it; grant another one when it has ended, if it is still needed."),
        )
    ]


def _person_obstacles(delegator: User, delegate: User, by: User) -> list[Obstacle]:
    checks = {
        NOT_ENTITLED: not GRANT_STAND_IN.allows(by),
        Obstacle("oneself", _("Nobody stands in for themselves.")): delegator == delegate,
        Obstacle(
            "own_stand_in",
            _("You cannot grant a stand-in that you are part of: nobody changes their own rights."),
            rule="B-02",
            remedy=_("Ask another security administrator."),
        ): by.pk in (delegator.pk, delegate.pk),
        Obstacle(
            "other_actor",
            _("%(delegate)s acts for another side than %(delegator)s.")
            % {"delegate": delegate, "delegator": delegator},
            rule="B-02",
            remedy=_("Choose somebody of the same side."),
        ): delegator.actor != delegate.actor,
        Obstacle(
            "account_closed",
            _("The account of one of the two is closed."),
            remedy=_("Reopen it, or choose somebody else."),
        ): not (delegator.is_active and delegate.is_active),
        Obstacle(
            "nothing_to_delegate",
            _("%(delegator)s has no role of their own; there is nothing to pass on.")
            % {"delegator": delegator},
            remedy=_("What somebody has as a stand-in only cannot be passed on."),
        ): not delegator.own_roles,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _other_obstacles(
    delegator: User, delegate: User, starts_on: date, ends_on: date
) -> list[Obstacle]:
    """Return what other stand-ins of those days stand against it."""
    meanwhile = (
        StandIn.objects.filter(
            delegate=delegate, revoked_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on
        )
        .select_related("delegator")
        .prefetch_related("delegator__groups")
    )
    rows = list(meanwhile)
    obstacles = [
        Obstacle(
            "overlaps",
            _("%(delegate)s stands in for %(delegator)s already, %(first)s to %(last)s.")
            % {
                "delegate": delegate,
                "delegator": delegator,
                "first": row.starts_on,
                "last": row.ends_on,
            },
            remedy=_("Choose days after that one, or revoke it first."),
        )
        for row in rows
        if row.delegator_id == delegator.pk
    ]
    held = delegator.own_roles.union(delegate.own_roles, *(row.delegator.own_roles for row in rows))
    if len(held & ADMINISTRATORS) > 1:
        obstacles.append(
            Obstacle(
                "two_administrators",
                _("%(delegate)s would be two of the three administrators at once.")
                % {"delegate": delegate},
                rule="B-02",
                remedy=_("Choose somebody who is none of the other administrators."),
            )
        )
    return obstacles


@transaction.atomic
def grant(
    *,
    delegator_id: int,
    delegate_id: int,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User,
    at: datetime,
) -> StandIn:
    """Let one person have another's roles from a day to a day, and tell both."""
    pair = [delegator_id, delegate_id]
    people = {each.pk: each for each in User.objects.select_for_update().filter(pk__in=pair)}
    delegator, delegate = people[delegator_id], people[delegate_id]
    on = timezone.localdate(at)
    refuse_if(
        [
            *_person_obstacles(delegator, delegate, by),
            *_term_obstacles(starts_on, ends_on, on),
            *_other_obstacles(delegator, delegate, starts_on, ends_on),
        ]
    )
    stand_in = StandIn.objects.create(
        delegator=delegator,
        delegate=delegate,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        granted_by=by,
        granted_at=at,
    )
    values = {
        "delegate": delegate,
        "delegator": delegator,
        "first": starts_on,
        "last": ends_on,
    }
    tell(
        [delegator, delegate],
        key=f"account.stand_in:{stand_in.pk}",
        subject=_("%(delegate)s stands in for %(delegator)s, %(first)s to %(last)s") % values,
        body=_(
            "In these days %(delegate)s has the roles of %(delegator)s too. What %(delegate)s does "
            "counts as done by both: neither of the two can be the second person there."
        )
        % values,
        url="/account/",
        at=at,
    )
    return stand_in


def revocation_obstacles(stand_in: StandIn, by: User, on: date) -> list[Obstacle]:
    checks = {
        NOT_ENTITLED: not REVOKE_STAND_IN.allows(by),
        Obstacle(
            "own_stand_in",
            _("You are part of this stand-in: nobody changes their own rights."),
            rule="B-02",
            remedy=_("Ask another security administrator."),
        ): by.pk in (stand_in.delegator_id, stand_in.delegate_id),
        Obstacle("revoked_already", _("This stand-in has been revoked.")): stand_in.is_revoked,
        Obstacle("over", _("This stand-in has ended by itself.")): stand_in.ends_on < on,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


@transaction.atomic
def revoke(*, stand_in_id: int, by: User, at: datetime, reason: str) -> StandIn:
    """End a stand-in at once, and tell both."""
    rows = StandIn.objects.select_related("delegator", "delegate")
    stand_in = rows.select_for_update(of=("self",)).get(pk=stand_in_id)
    refuse_if(revocation_obstacles(stand_in, by, timezone.localdate(at)))
    stand_in.revoked_by, stand_in.revoked_at, stand_in.revoked_reason = by, at, reason
    stand_in.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
    values = {"delegate": stand_in.delegate, "delegator": stand_in.delegator}
    tell(
        [stand_in.delegator, stand_in.delegate],
        key=f"account.stand_in_revoked:{stand_in.pk}",
        subject=_("%(delegate)s no longer stands in for %(delegator)s") % values,
        body=reason,
        url="/account/",
        at=at,
    )
    return stand_in


def of_person(user: User) -> list[StandIn]:
    """Return the stand-ins the person gives or holds, the latest first."""
    rows = StandIn.objects.filter(Q(delegator=user) | Q(delegate=user))
    return list(rows.select_related("delegator", "delegate", "granted_by"))


def name_doers(rows: Iterable[Any]) -> None:
    """Set `for_whom` of each record with `by` and `at`: whom its doer stood in for then. One query,
    none without doers.
    """
    rows = [row for row in rows if row.by_id]
    doers = {row.by_id for row in rows}
    if not doers:
        return
    held = list(StandIn.objects.filter(delegate__in=doers).select_related("delegator"))
    for row in rows:
        on = timezone.localdate(row.at)
        row.for_whom = "、".join(
            each.delegator.name
            for each in held
            if each.delegate_id == row.by_id
            and each.starts_on <= on <= each.ends_on
            and (each.revoked_at is None or each.revoked_at > row.at)
        )
