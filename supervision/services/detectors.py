"""What the program can see of the grounds of Order 2 art. 43 in its own data (B-14). Each detector
says what it found on a day, set by set; none decides anything.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from agency.services.calendar import office
from agreements.enums.life import RUNNING, AgreementState, ReviewState, SuspensionKind
from agreements.enums.measures import ObligationKind, ObligationState
from agreements.models import Agreement, DissolutionReview, Obligation, Suspension
from institutions.bars import Bar, bars_of
from institutions.models import ResponsiblePerson
from institutions.rules.designation import AcceptanceQuestion, RefusalGround, acceptance
from settlements.models import ClaimBatch
from supervision import rules
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import Ground
from supervision.models import Case

REPEATED = 2  # Order 2 art. 43(1)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A ground found about an agreement. `key` says which facts: found once, never again."""

    agreement_id: int
    ground: Ground
    key: str
    facts: tuple[dict[str, str], ...]


Only = Collection[int] | None
Detector = Callable[[date, Only], Iterable[Found]]


def fact(text: str, url: str = "") -> dict[str, str]:
    return {"text": text, "url": url}


def running(only: Only) -> QuerySet[Agreement]:
    rows = Agreement.objects.running()
    return rows if only is None else rows.filter(pk__in=only)


def _mandatory(on: date, only: Only) -> QuerySet[Suspension]:
    rows = Suspension.objects.filter(
        kind=SuspensionKind.MANDATORY,
        annulled_on__isnull=True,
        starts_on__lte=on,
        agreement__state__in=RUNNING,
    )
    return rows if only is None else rows.filter(agreement__in=only)


def repeated_suspensions(on: date, only: Only) -> Iterator[Found]:
    """Ground 1: suspended twice in the term, as rule B-14.1 counts."""
    counted = _mandatory(on, only).filter(
        starts_on__range=(F("agreement__valid_from"), F("agreement__valid_to"))
    )
    twice = (
        counted.order_by()
        .values("agreement")
        .annotate(times=Count("pk"))
        .filter(times__gte=REPEATED)
        .values("agreement")
    )
    of: dict[int, list[Suspension]] = defaultdict(list)
    for each in counted.filter(agreement__in=twice).order_by("agreement", "starts_on"):
        of[each.agreement_id].append(each)
    for agreement_id, suspensions in of.items():
        last = suspensions[-1]
        yield Found(
            agreement_id,
            Ground.REPEATED_SUSPENSION,
            f"suspension:{last.pk}",
            tuple(
                fact(
                    _("Suspended from %(day)s: %(ground)s.")
                    % {"day": each.starts_on, "ground": each.get_ground_display()}
                )
                for each in suspensions
            ),
        )


def unrectified_suspensions(on: date, only: Only) -> Iterator[Found]:
    """Ground 1: a suspension that was not rectified by its planned end, or was found not to be."""
    late = Q(planned_to__lt=on, rectified__isnull=True) | Q(rectified=False)
    for each in _mandatory(on, only).filter(late, resumed_on__isnull=True).order_by("pk"):
        text = _("Suspended from %(day)s; not rectified by the planned end, %(planned)s.")
        yield Found(
            each.agreement_id,
            Ground.REPEATED_SUSPENSION,
            f"unrectified:{each.pk}",
            (fact(text % {"day": each.starts_on, "planned": each.planned_to}),),
        )


def unfiled_changes(on: date, only: Only) -> Iterator[Found]:
    """Ground 6: a review that proposed the dissolution."""
    rows = DissolutionReview.objects.filter(
        state=ReviewState.PROPOSED, agreement__state__in=RUNNING
    )
    if only is not None:
        rows = rows.filter(agreement__in=only)
    for each in rows.order_by("pk"):
        yield unfiled_change(each)


def unfiled_change(review: DissolutionReview) -> Found:
    text = _("%(number)s: %(field)s, approved on %(approved)s, was to be filed by %(due)s.")
    said = {
        "number": review.number,
        "field": review.get_field_display(),
        "approved": review.approved_on,
        "due": review.filing_due_on,
    }
    return Found(
        review.agreement_id,
        Ground.UNFILED_CHANGE,
        f"review:{review.number}",
        (fact(text % said, review.get_absolute_url()),),
    )


def closures(on: date, only: Only) -> Iterator[Found]:
    """Ground 7: one that used to claim has claimed nothing for a month that ended so many days
    ago. Claims come by the month; suspended ones have nothing to claim.
    """
    regions = running(only).order_by().values_list("region", flat=True).distinct()
    by_days: dict[int, list[str]] = defaultdict(list)
    for code in regions:
        by_days[office(on=on, region=code).number(rules.NO_CLAIMS_DAYS)].append(code)
    months = ClaimBatch.objects.filter(institution=OuterRef("institution"), month__isnull=False)
    last: Any = months.order_by("-month").values("month")[:1]
    for days, codes in by_days.items():
        month = rules.last_whole_month(on, days)
        rows = running(only).filter(
            state=AgreementState.EFFECTIVE, region__in=codes, valid_from__lte=month
        )
        rows = rows.exclude(
            pk__in=Suspension.objects.filter(
                Q(resumed_on__isnull=True) | Q(resumed_on__gt=month), annulled_on__isnull=True
            ).values("agreement")
        ).annotate(last_month=Subquery(last, output_field=DateField()))
        for each in rows.filter(last_month__lt=month).order_by("pk"):
            at: Any = each
            text = _("No claims for %(month)s or later; the last ones were for %(last)s.")
            said = {"month": f"{month:%Y-%m}", "last": f"{at.last_month:%Y-%m}"}
            yield Found(
                each.pk, Ground.CLOSED, f"claims:{at.last_month:%Y-%m}", (fact(text % said),)
            )


def ended_licences(on: date, only: Only) -> Iterator[Found]:
    """Ground 9: the licence in the register has ended."""
    rows = running(only).filter(institution__licence_valid_to__lt=on).select_related("institution")
    for each in rows.order_by("pk"):
        day = each.institution.licence_valid_to
        text = _("The licence %(number)s was valid until %(day)s.")
        yield Found(
            each.pk,
            Ground.LICENCE_REVOKED,
            f"licence:{day}",
            (
                fact(
                    text % {"number": each.institution.licence_no, "day": day},
                    each.institution.get_absolute_url(),
                ),
            ),
        )


def unfit_persons(on: date, only: Only) -> Iterator[Found]:
    """Ground 10: whoever answers for the institution is barred (A-05 N7, N8)."""
    known = office(on=on)
    rows = ResponsiblePerson.objects.filter(
        held_to__isnull=True, institution__in=running(only).values("institution")
    )
    persons = sorted(set(rows.values_list("person", flat=True)))
    barred: dict[int, Bar] = {}
    for start in range(0, len(persons), CHUNK):
        some = persons[start : start + CHUNK]
        for bar in bars_of([], some, on):
            question = AcceptanceQuestion(records=(bar.record,), on=on)
            if bar.person_id and acceptance(question, known).refused:
                barred.setdefault(bar.person_id, bar)
    held = rows.filter(person__in=barred).select_related("person")
    agreements = _agreements_of({each.institution_id for each in held}, only)
    for post in held.order_by("pk"):
        bar = barred[post.person_id]
        text = _("%(post)s %(person)s: %(ground)s, %(source)s.")
        said = {
            "post": post.get_post_display(),
            "person": post.person.masked_name,
            "ground": bar.record.ground.label,
            "source": bar.source,
        }
        key = f"person:{post.person_id}:{bar.record.ground.value}:{bar.record.event_on}"
        for agreement_id in agreements[post.institution_id]:
            yield Found(agreement_id, Ground.PERSONS_UNFIT, key, (fact(text % said, bar.url),))


def unperformed_penalties(on: date, only: Only) -> Iterator[Found]:
    """Ground 11: a penalty on record as not performed (A-05 N3)."""
    institutions = sorted(set(running(only).values_list("institution", flat=True)))
    for start in range(0, len(institutions), CHUNK):
        bars = [
            each
            for each in bars_of(institutions[start : start + CHUNK], [], on)
            if each.record.ground is RefusalGround.N3 and each.institution_id
        ]
        agreements = _agreements_of({each.institution_id or 0 for each in bars}, only)
        for bar in bars:
            text = _("A penalty has not been performed: %(source)s, %(day)s.")
            said = {"source": bar.source, "day": bar.record.event_on}
            for agreement_id in agreements[bar.institution_id or 0]:
                yield Found(
                    agreement_id,
                    Ground.PENALTY_NOT_PERFORMED,
                    f"penalty:{bar.record.event_on}:{bar.source}"[:80],
                    (fact(text % said, bar.url),),
                )


def unperformed_decisions(on: date, only: Only) -> Iterator[Found]:
    """Ground 11: a decision whose day of performance has passed, with money still owed."""
    owed = Obligation.objects.filter(
        basis=OuterRef("number"),
        kind__in=[ObligationKind.RECOVERY, ObligationKind.DAMAGES],
        state=ObligationState.OPEN,
    )
    rows = Case.objects.filter(
        Exists(owed),
        state=CaseState.SERVED,
        perform_due_on__lt=on,
        agreement__state__in=RUNNING,
    )
    if only is not None:
        rows = rows.filter(agreement__in=only)
    for each in rows.order_by("pk"):
        text = _("The decision of %(number)s was to be performed by %(day)s.")
        yield Found(
            each.agreement_id or 0,
            Ground.PENALTY_NOT_PERFORMED,
            f"case:{each.number}",
            (
                fact(
                    text % {"number": each.number, "day": each.perform_due_on},
                    each.get_absolute_url(),
                ),
            ),
        )


def _agreements_of(institutions: Collection[int], only: Only) -> dict[int, list[int]]:
    of: dict[int, list[int]] = defaultdict(list)
    if institutions:
        rows = running(only).filter(institution__in=institutions)
        for pk, institution_id in rows.values_list("pk", "institution"):
            of[institution_id].append(pk)
    return of


ON_THE_DAY: tuple[Detector, ...] = (repeated_suspensions,)
DETECTORS: tuple[Detector, ...] = (
    repeated_suspensions,
    unrectified_suspensions,
    unfiled_changes,
    closures,
    ended_licences,
    unfit_persons,
    unperformed_penalties,
    unperformed_decisions,
)
