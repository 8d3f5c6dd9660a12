"""What suspending, resuming and dissolving do to one agreement, and nothing to any other: the use
cases (`suspension`, `ending`), the cascade and its undoing call it under their locks.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from agency.enums import RegionLevel
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agreements.enums.cascade import CascadeKind
from agreements.enums.life import AgreementState, SuspensionGround, SuspensionKind
from agreements.models import Agreement, CascadeReceipt, Suspension
from agreements.notifications import agreements as notifications
from agreements.rules import SuspensionQuestion, suspension_limit_basis, suspension_limits
from agreements.rules.following import Span, is_followed
from agreements.services.dissolved import list_dissolution
from agreements.services.history import record_step
from agreements.services.inpatients import impose_warning
from agreements.services.letters import dissolution_letter, resumption_letter, suspension_letter
from agreements.services.signing import cancel_agreement
from agreements.services.supplements import end_supplements
from institutions.models import Institution

RULE = "B-13"


def lock_family(agreement_id: int) -> Agreement:
    """Lock an agreement and, where other regions follow its region (B-17), every agreement of the
    institution that has not ended: in the order of their keys, so that two cascades meet in one
    order; then the institution, so that whoever signs another one comes before or after.
    """
    institution, region, level, home = Agreement.objects.values_list(
        "institution_id", "region_id", "region__level", "institution__region_id"
    ).get(pk=agreement_id)
    if is_followed(region=region, level=RegionLevel(level), home=home):
        Agreement.objects.live_of([institution]).lock_in_order()
        Institution.objects.locked(institution)
    return Agreement.objects.locked(agreement_id)


def spans_of(agreement: Agreement) -> list[Span]:
    """Return the suspensions that count, as first day and first day in force again."""
    rows = agreement.suspensions.standing().order_by("starts_on")
    return list(rows.values_list("starts_on", "resumed_on"))


def start_suspension(
    agreement: Agreement,
    *,
    kind: SuspensionKind,
    ground: SuspensionGround,
    on: date,
    planned_to: date | None,
    until: date | None = None,
    cascade: CascadeReceipt | None = None,
) -> Suspension:
    """Store a suspension with its limit and warnings, as rule B-13 answers."""
    region_office = office(on=on, region=agreement.region)
    answer = suspension_limits(
        SuspensionQuestion(start=on, kind=kind, valid_to=agreement.valid_to), region_office
    )
    _limit, basis = suspension_limit_basis(on, region_office)
    return Suspension.objects.create(
        agreement=agreement,
        kind=kind,
        ground=ground,
        starts_on=on,
        planned_to=planned_to,
        resumed_on=until,
        limit_on=answer.limit_on,
        limit_basis=basis.to_json(),
        limit_provisional=answer.provisional,
        warn_150_on=answer.warn_150_on,
        warn_170_on=answer.warn_170_on,
        cascade=cascade,
    )


def suspend_one(
    agreement: Agreement,
    suspension: Suspension,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    rule: str,
    basis_case: str = "",
    decision: OfficialLetter | None = None,
) -> OfficialLetter:
    """Let a stored suspension take hold and return the letter that says so. One that ended before
    today, because another followed it, moves no state.
    """
    source, on = agreement.state, suspension.starts_on
    if suspension.resumed_on is None:
        agreement.suspend()
        agreement.save(update_fields=["state"])
    letter = decision or suspension_letter(
        agreement,
        ground=SuspensionGround(suspension.ground),
        on=on,
        until=suspension.planned_to or suspension.limit_on,
        reason=reason,
        by=by,
        at=at,
    )
    record_step(
        agreement,
        act="suspend",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        letter=letter,
    )
    impose_warning(agreement, kind=CascadeKind.SUSPEND, boundary_on=on, at=at)
    notifications.agreement_suspended(agreement, on=on, reason=reason, at=at)
    return letter


def resume_one(
    agreement: Agreement, *, by: User | None, at: datetime, on: date, reason: str
) -> Suspension:
    """Resume a suspended agreement and return the suspension that ends; nobody else follows."""
    suspension = Suspension.objects.current(agreement)
    assert suspension is not None, "the database keeps it for every suspended agreement"  # noqa: S101
    suspension.resumed_on = on
    suspension.save(update_fields=["resumed_on"])
    source = agreement.state
    agreement.resume()
    agreement.save(update_fields=["state"])
    record_step(
        agreement,
        act="resume",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=resumption_letter(agreement, on=on, reason=reason, by=by, at=at),
    )
    notifications.agreement_resumed(agreement, on=on, at=at)
    return suspension


def dissolve_one(
    agreement: Agreement,
    *,
    by: User | None,
    at: datetime,
    on: date,
    ground: int,
    reason: str,
    rule: str,
    basis_case: str = "",
    decision: OfficialLetter | None = None,
    by_cascade: bool = False,
) -> OfficialLetter:
    """Dissolve an agreement, give up a renewal of it, enter it in the list of dissolved ones, and
    return the letter that says so.
    """
    source = agreement.state
    agreement.dissolve(on=on, ground=ground)
    agreement.save(update_fields=["state", "dissolution_ground", "ended_on", "last_day"])
    end_supplements(agreement, on, at)
    letter = decision or dissolution_letter(
        agreement, on=on, ground=ground, reason=reason, by=by, at=at
    )
    record_step(
        agreement,
        act="dissolve",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        letter=letter,
    )
    for renewal in Agreement.objects.filter(
        renewal_of=agreement, state__in=[AgreementState.DRAFT, AgreementState.SIGNED]
    ).order_by("pk"):
        text = _("The agreement it renews was dissolved.")
        cancel_agreement(agreement_id=renewal.pk, by=None, at=at, reason=text)
    list_dissolution(agreement, letter=letter, by_cascade=by_cascade, at=at)
    if source == AgreementState.EFFECTIVE:
        # Suspended, it settled nothing before either: no boundary is new.
        impose_warning(agreement, kind=CascadeKind.DISSOLVE, boundary_on=on, at=at)
    notifications.agreement_dissolved(agreement, reason=reason, at=at)
    return letter
