"""Interviews: called, held and recorded, or missed and called again (B-11, art. 38 (1))."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.workdays import Unit
from institutions.models import ResponsiblePerson
from institutions.querysets.persons import ResponsiblePersonQuerySet
from institutions.services.letters import issue_to_institution
from supervision.models import (
    Interview,
    InterviewCommitment,
    InterviewRecord,
    InterviewTransition,
)
from supervision.notifications import interviews as notifications
from supervision.permissions import interviews as permissions
from supervision.permissions.cases import not_permitted
from supervision.rules import measures as rules

LETTER = "interview"
Commitment = tuple[str, date]


def earliest_day(interview: Interview, on: date) -> date:
    """Return the first day for which the interview may be called today."""
    known = office(on=on, region=interview.case.region)
    count = known.number(rules.INTERVIEW_NOTICE_WORKDAYS)
    return known.calendar.deadline(on, Unit.WORKDAY, count).on if count else on


@transaction.atomic
def call_interview(
    *,
    interview_id: int,
    meets_at: datetime,
    place: str,
    topics: str,
    persons: Collection[int],
    by: User,
    at: datetime,
) -> Interview:
    """Call responsible persons (their keys) to an interview: time, place and topics go out as a
    letter. Refuses persons who do not answer for the institution on that day.
    """
    refuse_if(not_permitted(permissions.CALL_INTERVIEW, by))
    interview = Interview.objects.locked(interview_id)
    on = timezone.localdate(at)
    meets_on = timezone.localdate(meets_at)
    called = list(responsible_on(interview, meets_on).filter(pk__in=persons))
    refuse_if(
        rules.call_obstacles(
            state=interview.state,
            meets_at=meets_at,
            meets_on=meets_on,
            at=at,
            earliest=earliest_day(interview, on),
            persons=len(called),
        )
    )
    source = interview.state
    interview.call(meets_at=meets_at, place=place.strip(), topics=topics.strip())
    interview.letter = _letter(interview, called, by=by, at=at)
    interview.save(update_fields=["state", "meets_at", "place", "topics", "letter"])
    interview.persons.set(called)
    record_step(interview, "call", source, on=on, at=at, by=by, letter=interview.letter)
    notifications.called(interview, at=at)
    return interview


def responsible_on(interview: Interview, day: date) -> ResponsiblePersonQuerySet:
    """Return who answers for the institution on the day."""
    rows = ResponsiblePerson.objects.filter(institution=interview.case.institution_id)
    return rows.in_post_on(day).select_related("person")


@transaction.atomic
def record_interview(
    *,
    interview_id: int,
    held_at: datetime,
    agency_people: Collection[int],
    persons: Collection[int],
    others: str,
    content: str,
    commitments: Sequence[Commitment],
    files: Sequence[UploadedFile | UploadRef],
    by: User,
    at: datetime,
) -> InterviewRecord:
    """Record an interview that was held: who was there, what was said and promised, and the
    record as both sides signed it.
    """
    refuse_if(not_permitted(permissions.RECORD_INTERVIEW, by))
    interview = Interview.objects.locked(interview_id)
    held_on = timezone.localdate(held_at)
    least = office(on=held_on, region=interview.case.region).number(rules.INTERVIEW_AGENCY_PEOPLE)
    colleagues = [
        each for each in User.objects.filter(pk__in=agency_people) if each.is_agency_staff
    ]
    present = list(interview.persons.filter(pk__in=persons))
    refuse_if(
        rules.record_obstacles(
            state=interview.state,
            held_at=held_at,
            at=at,
            agency_people=len(colleagues),
            least=least,
            persons=len(present),
            files=len(files),
        )
        + _commitment_days(commitments, held_on)
    )
    record = InterviewRecord.objects.create(
        interview=interview,
        held_at=held_at,
        others=others,
        content=content,
        recorded_at=at,
        recorded_by=by,
    )
    record.agency_people.set(colleagues)
    record.persons.set(present)
    record.files.set(store_files(files, by=by, at=at))
    InterviewCommitment.objects.bulk_create(
        [InterviewCommitment(record=record, text=text, due_on=due) for text, due in commitments]
    )
    source = interview.state
    interview.hold()
    interview.save(update_fields=["state"])
    record_step(interview, "hold", source, on=held_on, at=at, by=by)
    notifications.recorded(interview, at=at)
    return record


@transaction.atomic
def record_absence(*, interview_id: int, absence: str, by: User, at: datetime) -> Interview:
    """Record that nobody called appeared, and wait for the next call, up to the last one."""
    refuse_if(not_permitted(permissions.RECORD_ABSENCE, by))
    interview = Interview.objects.locked(interview_id)
    refuse_if(rules.absence_obstacles(state=interview.state, meets_at=interview.meets_at, at=at))
    on, source = timezone.localdate(at), interview.state
    interview.miss(absence=absence)
    interview.save(update_fields=["state", "absence"])
    record_step(interview, "miss", source, on=on, at=at, by=by, reason=absence)
    most = office(on=on, region=interview.case.region).number(rules.INTERVIEW_CALLS)
    last = interview.attempt >= most
    notifications.missed(interview, last=last, at=at)
    if not last:
        order_interview(interview, attempt=interview.attempt + 1, on=on, at=at, by=by)
    return interview


def order_interview(
    like: Interview, *, attempt: int, on: date, at: datetime, by: User | None
) -> Interview:
    """Order the interview of a measure, or its next call; the caller holds the lock."""
    interview = Interview.objects.create(
        case=like.case, measure=like.measure, attempt=attempt, ordered_on=on
    )
    record_step(interview, "order", "", on=on, at=at, by=by)
    notifications.to_call(interview, at=at)
    return interview


@transaction.atomic
def annul_interview(*, interview_id: int, reason: str, by: User, at: datetime) -> None:
    """Let an interview under way fall away, because its decision has."""
    interview = Interview.objects.locked(interview_id)
    source = interview.state
    interview.annul()
    interview.save(update_fields=["state"])
    on = timezone.localdate(at)
    record_step(interview, "annul", source, on=on, at=at, by=by, reason=reason)


@transaction.atomic
def check_commitment(
    *, commitment_id: int, done_on: date, note: str, by: User, at: datetime
) -> InterviewCommitment:
    """Check off what was promised at an interview."""
    refuse_if(not_permitted(permissions.CHECK_COMMITMENT, by))
    row = (
        InterviewCommitment.objects.select_for_update(of=("self",))
        .select_related("record")
        .get(pk=commitment_id)
    )
    refuse_if(
        rules.commitment_obstacles(
            done=row.done_on is not None,
            done_on=done_on,
            held_on=timezone.localdate(row.record.held_at),
            on=timezone.localdate(at),
        )
    )
    row.done_on, row.done_note, row.checked_by = done_on, note, by
    row.save(update_fields=["done_on", "done_note", "checked_by"])
    return row


def tell_overdue_commitments(*, on: date, at: datetime) -> int:
    """Tell both sides once of commitments not kept in time; return how many."""
    rows = InterviewCommitment.objects.overdue(on=on).values_list("pk", flat=True)
    return sum(_tell_overdue(pk, on=on, at=at) for pk in list(rows))


@transaction.atomic
def _tell_overdue(pk: int, *, on: date, at: datetime) -> bool:
    rows = InterviewCommitment.objects.overdue(on=on).select_related(
        "record__interview__case__opened_by", "record__interview__case__institution"
    )
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        return False
    row.overdue_told_at = at
    row.save(update_fields=["overdue_told_at"])
    notifications.commitment_overdue(row, at=at)
    return True


def record_step(
    interview: Interview,
    act: str,
    source: str,
    *,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Write a step into the interview's history."""
    InterviewTransition.objects.create(
        subject=interview,
        act=act,
        source=source,
        target=interview.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rules.RULE,
        letter=letter,
    )


def _commitment_days(commitments: Sequence[Commitment], held_on: date) -> list[Obstacle]:
    return [
        rules.commitment_too_early(text=text, due_on=due, held_on=held_on)
        for text, due in commitments
        if due < held_on
    ]


def _letter(
    interview: Interview, persons: Sequence[ResponsiblePerson], *, by: User, at: datetime
) -> OfficialLetter:
    case = interview.case
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "reason": _("a breach of the agreement (case %(case)s, %(clause)s)")
            % {"case": case.number, "clause": interview.measure.clause},
            "interview_at": f"{timezone.localtime(interview.meets_at):%Y年%-m月%-d日%-H时%M分}",
            "place": interview.place,
            "persons": "、".join(
                f"{each.get_post_display()}{each.person.name}" for each in persons
            ),
            "topics": interview.topics,
        }
        return issue_to_institution(
            kind=LETTER,
            institution=case.institution,
            context=context,
            matter=case.number,
            url=interview.get_absolute_url(),
            portal_url=interview.get_portal_url(),
            by=by,
            at=at,
            region=case.region,
        )
