"""Alarms before the payout deadline, potential breaches after it, deadlines computed anew.

Each function is a day's job: it asks what is due up to the day and not done yet, so that a second
run finds nothing and a missed day is caught up. The rows are locked and asked again under the
lock, so that a second worker finds nothing either.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.enums import Role
from agency.lawbook import Office
from agency.models import User
from agency.reasons import reason as worded
from agency.services.calendar import calendar_version, office
from agency.workdays import ONE_DAY
from settlements import notifications
from settlements.enums import BreachState
from settlements.models import PotentialBreach, Statement, StatementTransition
from settlements.querysets import StatementQuerySet
from settlements.rules import PayoutQuestion, payout, payout_basis

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
    """Return the active holders of each role. Two queries."""
    wanted = set(roles)
    holders: dict[Role, list[User]] = {role: [] for role in wanted}
    users = User.objects.filter(
        is_active=True, groups__name__in=[role.value for role in wanted]
    ).distinct()
    for user in users.prefetch_related("groups"):
        for role in user.roles & wanted:
            holders[role].append(user)
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
    notifications.store_notices(
        notifications.alarm_notices(first, recipients, count=20, at=at)
        + notifications.alarm_notices(second, recipients, count=27, at=at)
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
    notifications.store_notices(
        notifications.overdue_notices(
            late,
            [told[pk] for pk in sorted(told)],
            notifications.members_of(each.institution_id for each in late),
            at=at,
        )
    )
    return len(late)


@transaction.atomic
def recompute_deadlines(*, on: date, at: datetime) -> int:
    """Compute the deadlines of open statements anew when the calendar has changed (T-12).

    Where the day moved, or is provisional no longer, it is recorded and both sides are told.
    Returns how many that were.
    """
    outdated = _claimed(Statement.objects.computed_before(calendar_version()))
    if not outdated:
        return 0
    regions = {each.institution.region_id: each.institution.region for each in outdated}
    offices = {code: office(on=on, region=region) for code, region in regions.items()}
    reasons = {each.pk: _recomputed(each, offices[each.institution.region_id]) for each in outdated}
    Statement.objects.bulk_update(
        outdated,
        [
            "due_on",
            "due_basis",
            "due_provisional",
            "alarm_20_on",
            "alarm_27_on",
            "alarmed_20_at",
            "alarmed_27_at",
            "overdue_at",
        ],
        batch_size=CHUNK,
    )
    told = [each for each in outdated if reasons[each.pk]]
    _cancel_breaches(told, on=on)
    _record_all(told, "recompute_deadline", on=on, at=at, rule="T-12", reasons=reasons)
    notifications.store_notices(
        notifications.deadline_notices(
            [(each, reasons[each.pk]) for each in told],
            staff_by_role(notifications.RESPONSIBLE.values()),
            notifications.members_of(each.institution_id for each in told),
            at=at,
        )
    )
    return len(told)


def _recomputed(statement: Statement, rules: Office) -> str:
    """Set the deadline and alarms by the calendar of now; return in words what changed, if
    anything did.
    """
    on = rules.on
    due, basis = payout_basis(statement.declared_on, rules)
    alarms = payout(PayoutQuestion(declared_on=statement.declared_on, today=on), rules)
    before, was_provisional = statement.due_on, statement.due_provisional
    statement.due_on, statement.due_provisional = due.on, due.provisional
    statement.due_basis = basis.to_json()
    statement.alarm_20_on, statement.alarm_27_on = alarms.alarm_20_on, alarms.alarm_27_on
    if statement.alarm_20_on > on:
        statement.alarmed_20_at = None
    if statement.alarm_27_on > on:
        statement.alarmed_27_at = None
    if statement.due_on >= on:
        statement.overdue_at = None
    if (before, was_provisional) == (due.on, due.provisional):
        return ""
    with override("zh-hans"):
        if before == due.on:
            return str(_("The deadline %(due)s is confirmed by the calendar.")) % {"due": due.on}
        text = _("By the new calendar the deadline moves from %(before)s to %(due)s.")
        return str(text) % {"before": before, "due": due.on}


def _cancel_breaches(statements: Iterable[Statement], *, on: date) -> None:
    """A payment no longer overdue by the new deadline was no breach."""
    put_off = [each.pk for each in statements if each.due_on >= on]
    PotentialBreach.objects.running().filter(statement__in=put_off).update(
        state=BreachState.CANCELLED, ended_on=on
    )


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
