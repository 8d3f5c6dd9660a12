"""From a ground of Order 2 arts. 42 and 43 to a case: found by the program or named by an officer.
One case for each ground of an agreement at a time; what was dismissed never comes back for the same
facts. Nothing here decides.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.rules import refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agreements.models import Agreement, DissolutionReview
from agreements.proposals import follows_proposal
from supervision import rules
from supervision.enums.cases import CaseState, Origin
from supervision.enums.proceedings import Ground
from supervision.models import Case
from supervision.notifications import proceedings as notifications
from supervision.permissions import proceedings as permissions
from supervision.permissions.cases import not_permitted
from supervision.querysets.cases import CaseQuerySet
from supervision.services.detectors import DETECTORS, ON_THE_DAY, Detector, Found, unfiled_change
from supervision.services.history import record
from supervision.services.opening import case_number

_ENDED = [CaseState.CLOSED, CaseState.DISMISSED]


@transaction.atomic
def name_ground(
    *,
    agreement_id: int,
    ground: Ground,
    clue: str,
    by: User,
    on: date,
    at: datetime,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> Case:
    """Open proceedings on a ground that an officer names, with what points to it. What the program
    sees of the same ground is attached: dismissed, it is not found again.
    """
    refuse_if(not_permitted(permissions.NAME_GROUND, by))
    ground = Ground(ground)
    agreement = Agreement.objects.locked(agreement_id)
    open_case = live_cases([agreement_id]).filter(ground=ground).first()
    refuse_if(
        rules.naming_obstacles(
            running=agreement.is_running, in_case=open_case.number if open_case else "", text=clue
        )
    )
    seen = [
        each for each in unknown(seen_on(on, DETECTORS, [agreement_id])) if each.ground == ground
    ]
    case = register(agreement, ground, seen[0] if seen else None, by=by, clue=clue, on=on, at=at)
    case.evidence.set(store_files(files, by=by, at=at))
    notifications.ground_named(case, by=by, at=at)
    return case


def detect_grounds(
    *,
    on: date,
    at: datetime,
    only: Collection[int] | None = None,
    detectors: Sequence[Detector] = DETECTORS,
) -> int:
    """Register what the program has found and nobody has a case about; return how many. What a
    person holds locked is left for the next time.
    """
    new = unknown(seen_on(on, detectors, only))
    return sum(_register_unless_taken(each, on=on, at=at) for each in new)


def detect_on_the_day(agreement_id: int, *, on: date, at: datetime) -> int:
    """Register the ground that a suspension has just completed (B-14.1)."""
    return detect_grounds(on=on, at=at, only=[agreement_id], detectors=ON_THE_DAY)


def seen_on(on: date, detectors: Sequence[Detector], only: Collection[int] | None) -> list[Found]:
    with translation.override(CHINESE):
        return [each for detector in detectors for each in detector(on, only)]


def unknown(found: Sequence[Found]) -> list[Found]:
    """Leave what is in no case yet, the first of each ground of an agreement. Two queries."""
    agreements = {each.agreement_id for each in found}
    if not agreements:
        return []
    known = set(
        Case.objects.filter(agreement__in=agreements)
        .exclude(ground_key="")
        .values_list("agreement", "ground", "ground_key")
    )
    taken = set(live_cases(agreements).exclude(ground="").values_list("agreement", "ground"))
    first: dict[tuple[int, str], Found] = {}
    for each in found:
        place = (each.agreement_id, each.ground.value)
        if place not in taken and (*place, each.key) not in known:
            first.setdefault(place, each)
    return list(first.values())


def live_cases(agreements: Iterable[int]) -> CaseQuerySet:
    return Case.objects.filter(agreement__in=agreements).exclude(state__in=_ENDED)


@transaction.atomic
def _register_unless_taken(found: Found, *, on: date, at: datetime) -> bool:
    rows = Agreement.objects.running().select_related("institution", "region")
    agreement = (
        rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=found.agreement_id)
        .first()
    )
    if agreement is None or not unknown([found]):
        return False
    case = register(agreement, found.ground, found, by=None, clue="", on=on, at=at)
    notifications.ground_detected(case, at=at)
    return True


def register(
    agreement: Agreement,
    ground: Ground,
    found: Found | None,
    *,
    by: User | None,
    clue: str,
    on: date,
    at: datetime,
) -> Case:
    """Make the case; the caller holds the agreement's lock and has looked for another one."""
    case = Case(
        number=case_number(agreement.region, on),
        institution=agreement.institution,
        agreement=agreement,
        region=agreement.region,
        origin=Origin.GROUND,
        title=title_of(ground),
        clue=clue,
        opened_by=by,
        opened_on=on,
        ground=ground,
    )
    if found is not None:
        due, basis = rules.verify_period(on, office(on=on, region=agreement.region))
        case.ground_key, case.detection = found.key, list(found.facts)
        case.detected_at, case.verify_due_on = at, due.on
        case.verify_due_basis, case.verify_due_provisional = basis.to_json(), due.provisional
    case.save(force_insert=True)
    act = "detect_ground" if by is None else "name_ground"
    reason = "\n".join(each["text"] for each in case.detection) if by is None else clue
    record(case, act, source="", on=on, at=at, by=by, reason=reason, rule=rule_of(ground))
    return case


def title_of(ground: Ground) -> str:
    with translation.override(CHINESE):
        return _("Article %(article)s: %(ground)s") % {
            "article": ground.value,
            "ground": ground.label,
        }


def rule_of(ground: Ground) -> str:
    """Return the rule the ground belongs to."""
    dissolves = ground.dissolves
    return "B-13" if dissolves is None else f"B-14.{dissolves.value}"


@follows_proposal
def open_proposed(review: DissolutionReview, *, by: User, at: datetime) -> None:
    """Open the case of a review that proposed the dissolution: what the review found is verified,
    by whoever recorded it and whoever decided the review.
    """
    on = timezone.localdate(at)
    agreement = Agreement.objects.locked(review.agreement_id)
    with translation.override(CHINESE):
        found = unfiled_change(review)
    if not agreement.is_running or not unknown([found]):
        return
    case = register(
        agreement, found.ground, found, by=review.recorded_by, clue=review.source, on=on, at=at
    )
    source = case.state
    case.open(facts=found.facts[0]["text"], by=by, on=on, visited_on=None)
    case.save(update_fields=["state", "facts", "verified_by", "verified_on", "visited_on"])
    record(
        case,
        "open_case",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=review.decision_reason,
        rule=rule_of(found.ground),
    )
