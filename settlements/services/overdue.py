"""Alarms before the payout deadline, potential breaches after it.

Each function is a day's job: it asks what is due up to the day and not done yet, so that a second
run finds nothing and a missed day is caught up. The rows are locked and asked again under the
lock, so that a second worker finds nothing either.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.enums import Role
from agency.models import StandIn, User
from agency.models.people import standing_in
from agency.reasons import reason as worded
from agency.services.notices import tell_each
from agency.workdays import ONE_DAY
from settlements import notifications
from settlements.models import PotentialBreach, Statement, StatementTransition
from settlements.querysets import StatementQuerySet

CHUNK = 1000
_ALARM = _("Alarm: %(n)d working days after the declaration.")
_OVERDUE = _("Overdue: a potential breach by the agency is recorded.")
_CONCERNED = (
    Role.AGENCY_HEAD,
    Role.SETTLEMENT_OFFICER,
    Role.PAYMENT_OFFICER,
    Role.SUPERVISOR,
    Role.ADMINISTRATION_HEAD,
)


def staff_by_role(roles: Iterable[Role]) -> dict[Role, list[User]]:
    """Return the active holders of each role, stand-ins included. Four queries at most."""
    wanted = set(roles)
    holders: dict[Role, list[User]] = {role: [] for role in wanted}
    users = User.objects.filter(
        is_active=True, groups__name__in=[role.value for role in wanted]
    ).distinct()
    for user in users.prefetch_related("groups"):
        for role in user.own_roles & wanted:
            holders[role].append(user)
    stand_ins = StandIn.objects.filter(standing_in(timezone.now()), delegator__in=users)
    rows = stand_ins.select_related("delegate", "delegator")
    for each in rows.prefetch_related("delegator__groups"):
        for role in each.delegator.own_roles & wanted:
            if each.delegate not in holders[role]:
                holders[role].append(each.delegate)
    return holders


@transaction.atomic
def send_alarms(*, on: date, at: datetime) -> int:
    """Warn of payments 20 and 27 working days after the declaration, each once (B-04).

    Whoever has to act next is told, at 27 the head of the agency as well. One that is already
    past the second alarm gets only that.
    """
    first = _claimed(Statement.objects.first_alarm_due(on=on))
    second = _claimed(Statement.objects.second_alarm_due(on=on))
    if not first and not second:
        return 0
    recipients = staff_by_role({*notifications.RESPONSIBLE.values(), Role.AGENCY_HEAD})
    tell_each(
        notifications.alarm_notices(first, recipients, count=20)
        + notifications.alarm_notices(second, recipients, count=27),
        at=at,
    )
    Statement.objects.filter(pk__in=[each.pk for each in first]).update(alarmed_20_at=at)
    Statement.objects.filter(pk__in=[each.pk for each in second]).update(alarmed_27_at=at)
    _record_all(first, "first_alarm", on=on, at=at, rule="B-04", reason=worded(_ALARM, n=20))
    _record_all(second, "second_alarm", on=on, at=at, rule="B-04", reason=worded(_ALARM, n=27))
    return len(first) + len(second)


@transaction.atomic
def mark_overdue(*, on: date, at: datetime) -> int:
    """Record a potential breach of the agency for every payment past its deadline, once (B-12).

    The institution, the administration and the agency are told.
    """
    late = _claimed(Statement.objects.overdue(on=on).filter(overdue_at__isnull=True))
    if not late:
        return 0
    PotentialBreach.objects.bulk_create(
        [
            PotentialBreach(
                statement=each,
                due_on=each.due_on,
                began_on=each.due_on + ONE_DAY,
                amount=each.payable,
                found_at=at,
            )
            for each in late
        ],
        batch_size=CHUNK,
        # One cancelled when the deadline was put off stands again once the new one is past too.
        update_conflicts=True,
        unique_fields=["statement"],
        update_fields=["state", "due_on", "began_on", "amount", "found_at", "ended_on"],
    )
    Statement.objects.filter(pk__in=[each.pk for each in late]).update(overdue_at=at)
    _record_all(late, "overdue", on=on, at=at, rule="B-12", reason=_OVERDUE)
    staff = staff_by_role(_CONCERNED)
    told = {user.pk: user for users in staff.values() for user in users}
    tell_each(
        notifications.overdue_notices(
            late,
            [told[pk] for pk in sorted(told)],
            notifications.members_of(each.institution_id for each in late),
        ),
        at=at,
    )
    return len(late)


def _claimed(statements: StatementQuerySet) -> list[Statement]:
    """Lock the rows and return those the question still holds for."""
    return list(
        statements.select_related("institution__region")
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _record_all(
    statements: Iterable[Statement],
    act: str,
    *,
    on: date,
    at: datetime,
    rule: str,
    reason: object = "",
    reasons: Mapping[int, str] | None = None,
) -> None:
    with override("zh-hans"):
        words = str(reason)
    StatementTransition.objects.bulk_create(
        [
            StatementTransition(
                subject=each,
                act=act,
                source=each.state,
                target=each.state,
                on=on,
                at=at,
                rule=rule,
                reason=(reasons or {}).get(each.pk, words),
            )
            for each in statements
        ],
        batch_size=CHUNK,
    )
