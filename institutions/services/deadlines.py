"""Deadlines of open filings, computed anew when the calendar has changed (T-12)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.lawbook import Office
from agency.services.calendar import calendar_version, office
from agency.workdays import Deadline, DeadlineBasis
from institutions import notifications
from institutions.enums import ChangeField
from institutions.models import ChangeRequest, ChangeTransition
from institutions.rules import change_basis
from institutions.services.filing import FieldChange, approval_days

CHUNK = 1000
DEADLINE_FIELDS = [
    "filing_due_on",
    "filing_due_basis",
    "is_late",
    "decision_due_on",
    "decision_due_basis",
]


@transaction.atomic
def recompute_deadlines(*, on: date, at: datetime) -> int:
    """Compute the deadlines of open filings anew where they rest on an older calendar.

    Where a day moved, or is provisional no longer, it is recorded and whoever has to keep to it
    is told. Returns how many filings that were.
    """
    outdated = list(
        ChangeRequest.objects.waiting()
        .computed_before(calendar_version())
        .select_related("institution__region")
        .prefetch_related("items")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    offices: dict[tuple[str, date], Office] = {}
    moved: list[tuple[ChangeRequest, str]] = []
    for change in outdated:
        # Numbers of local rules are those of the day of filing; the calendar is today's.
        filed_on = timezone.localdate(change.filed_at)
        region = change.institution.region
        if (region.pk, filed_on) not in offices:
            offices[region.pk, filed_on] = office(on=filed_on, region=region)
        if words := _recompute(change, offices[region.pk, filed_on]):
            moved.append((change, words))
    ChangeRequest.objects.bulk_update(outdated, DEADLINE_FIELDS, batch_size=CHUNK)
    ChangeTransition.objects.bulk_create(
        [
            ChangeTransition(
                subject=change,
                act="recompute_deadline",
                source=change.state,
                target=change.state,
                on=on,
                at=at,
                reason=words,
                rule="T-12",
            )
            for change, words in moved
        ],
        batch_size=CHUNK,
    )
    notifications.deadlines_recomputed(moved, at=at)
    return len(moved)


def _recompute(change: ChangeRequest, rules: Office) -> str:
    """Set both deadlines by the calendar of now; return in words what changed, if anything did."""
    days = approval_days(
        FieldChange(ChangeField(item.field), item.new_value, item.approved_on)
        for item in change.items.all()
    )
    filing, filing_basis = change_basis(days, rules)
    old = DeadlineBasis.from_json(change.decision_due_basis)
    decision, decision_basis = rules.calendar.deadline_with_basis(
        old.rule, old.start, old.unit, old.count, old.pauses
    )
    with override("zh-hans"):
        words = [
            _filing_words(change.filing_due_on, change.filing_due_basis, filing),
            _decision_words(change.decision_due_on, change.decision_due_basis, decision),
        ]
    change.filing_due_on, change.filing_due_basis = filing.on, filing_basis.to_json()
    change.is_late = rules.on > filing.on
    change.decision_due_on, change.decision_due_basis = decision.on, decision_basis.to_json()
    return "".join(words)


def _filing_words(before: date, basis: dict[str, object], now: Deadline) -> str:
    if now.on != before:
        text = _("By the new calendar the filing was due on %(due)s, not on %(before)s.")
        return text % {"due": now.on, "before": before}
    if basis["provisional"] and not now.provisional:
        return _("The calendar confirms that the filing was due on %(due)s.") % {"due": now.on}
    return ""


def _decision_words(before: date, basis: dict[str, object], now: Deadline) -> str:
    if now.on != before:
        text = _("By the new calendar the decision is due on %(due)s, not on %(before)s.")
        return text % {"due": now.on, "before": before}
    if basis["provisional"] and not now.provisional:
        return _("The calendar confirms that the decision is due on %(due)s.") % {"due": now.on}
    return ""
