"""What others must have said before some payments: the collective decision on a major expense,
the head's approval of a delay (B-02, B-04).
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.reasons import reason as worded
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from settlements import permissions
from settlements.models import CollectiveDecision, Statement
from settlements.rules import VOTERS_AT_LEAST, collective_decision_obstacles
from settlements.services.statements import record


@transaction.atomic
def record_decision(
    *,
    statement_id: int,
    decided_on: date,
    voters: Sequence[str],
    in_favour: int,
    minutes: str,
    signed: UploadedFile | UploadRef | None,
    by: User,
    at: datetime,
) -> CollectiveDecision:
    """Keep the collective decision on a major expense: voters, votes, minutes (B-02)."""
    statement = Statement.objects.select_related("institution__region").locked(statement_id)
    on = timezone.localdate(at)
    obstacles = permissions.decision_obstacles(statement, by)
    if CollectiveDecision.objects.filter(statement=statement).exists():
        obstacles.append(
            Obstacle("decision_exists", _("The collective decision is recorded already."))
        )
    if not minutes.strip():
        obstacles.append(Obstacle("minutes_missing", _("The minutes are missing."), rule="B-02"))
    refuse_if(
        obstacles
        + collective_decision_obstacles(
            voters=voters,
            in_favour=in_favour,
            decided_on=decided_on,
            today=on,
            least=office(on=on, region=statement.institution.region).number(VOTERS_AT_LEAST),
        )
    )
    decision = CollectiveDecision.objects.create(
        statement=statement,
        decided_on=decided_on,
        amount=statement.payable,
        voters=list(voters),
        in_favour=in_favour,
        minutes=minutes,
        attachment=next(iter(store_files([signed], by=by, at=at)), None) if signed else None,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        statement,
        "record_decision",
        source=statement.state,
        at=at,
        by=by,
        rule="B-02",
        reason=worded(
            _("Collective decision: %(yes)s of %(all)s in favour."), yes=in_favour, all=len(voters)
        ),
    )
    return decision


@transaction.atomic
def explain_delay(*, statement_id: int, reason: str, by: User, at: datetime) -> Statement:
    """Record why a payment is overdue; may be said better until it is approved (B-04)."""
    statement = Statement.objects.locked(statement_id)
    refuse_if(permissions.delay_obstacles(statement, by, timezone.localdate(at)))
    statement.late_reason, statement.late_explained_by = reason, by
    statement.late_explained_at = at
    statement.save(update_fields=["late_reason", "late_explained_by", "late_explained_at"])
    record(
        statement,
        "explain_delay",
        source=statement.state,
        at=at,
        by=by,
        rule="B-04",
        reason=worded(_("Delay explained: %(reason)s"), reason=reason),
    )
    return statement


@transaction.atomic
def approve_delay(*, statement_id: int, by: User, at: datetime) -> Statement:
    """Approve the reason of an overdue payment, as the agency's head (B-04)."""
    statement = Statement.objects.locked(statement_id)
    refuse_if(permissions.delay_approval_obstacles(statement, by))
    statement.late_approved_by, statement.late_approved_at = by, at
    statement.save(update_fields=["late_approved_by", "late_approved_at"])
    record(
        statement,
        "approve_delay",
        source=statement.state,
        at=at,
        by=by,
        rule="B-04",
        reason=worded(_("Reason of the delay approved: %(reason)s"), reason=statement.late_reason),
    )
    return statement
