"""Legal review and collective discussion before a grave decision (C-05)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from supervision import rules
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import LegalOutcome, Vote
from supervision.models import Case, CollectiveDiscussion, DiscussionVote, LegalReview
from supervision.notifications import proceedings as notifications
from supervision.permissions import proceedings as permissions
from supervision.permissions.cases import not_permitted
from supervision.services.history import record

RULE = "C-05"


@transaction.atomic
def submit_for_review(
    *, case_id: int, consideration: str, by: User, on: date, at: datetime
) -> Case:
    """Lay the heard case before the legal reviewer, with how the statement was considered."""
    refuse_if(not_permitted(permissions.SUBMIT_FOR_REVIEW, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.DEFENCE]))
    refuse_if(
        rules.submission_obstacles(
            heard=case.is_heard,
            on=on,
            defence_due_on=case.defence_due_on or on,
            grave=case.is_grave,
            consideration=consideration,
        )
    )
    if not case.is_heard:
        case.hear_nothing()
    due, basis = rules.review_period(on, office(on=on, region=case.region))
    source = case.state
    case.submit_for_review(consideration=consideration)
    case.review_due_on, case.review_due_provisional = due.on, due.provisional
    case.review_due_basis = basis.to_json()
    case.save(
        update_fields=[
            "state",
            "defence_outcome",
            "consideration",
            "review_due_on",
            "review_due_basis",
            "review_due_provisional",
        ]
    )
    record(
        case,
        "submit_for_review",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=consideration,
        rule=RULE,
    )
    notifications.submitted(case, at=at)
    return case


@transaction.atomic
def review_legality(
    *, case_id: int, outcome: LegalOutcome, opinion: str, by: User, on: date, at: datetime
) -> LegalReview:
    """Find the case lawful, or return it to the officer with reasons. The reviewer is neither who
    opened the case nor who decides it.
    """
    refuse_if(not_permitted(permissions.REVIEW_LEGALITY, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.LEGAL_REVIEW]))
    refuse_if(review_obstacles(case, by, opinion=opinion))
    review = LegalReview.objects.create(
        case=case, outcome=outcome, opinion=opinion, reviewed_on=on, reviewed_at=at, reviewed_by=by
    )
    source = case.state
    if outcome == LegalOutcome.RETURNED:
        case.return_from_review()
        case.save(update_fields=["state"])
    act = "find_lawful" if outcome == LegalOutcome.APPROVED else "return_from_review"
    record(case, act, source=source, on=on, at=at, by=by, reason=opinion, rule=RULE)
    notifications.reviewed(case, review, at=at)
    return review


def review_obstacles(case: Case, by: User, *, opinion: str = "-") -> list[Obstacle]:
    """Return why the user cannot review the case. One query."""
    return rules.legal_review_obstacles(
        reviewer_opened=by.is_one_with(case.opened_by_id, case.opened_on)
        or by.is_one_with(case.verified_by_id, case.verified_on),
        reviewed=waiting_review(case) is not None,
        opinion=opinion,
    )


def waiting_review(case: Case) -> LegalReview | None:
    """Return the review that found the case lawful and is not discussed yet, or has been carried.
    Only while the case lies with the review: what came before a return counts no more.
    """
    if case.state != CaseState.LEGAL_REVIEW:
        return None
    last = case.legal_reviews.order_by("reviewed_at", "pk").last()
    if last is None or last.outcome != LegalOutcome.APPROVED:
        return None
    return None if CollectiveDiscussion.objects.filter(review=last, carried=False) else last


@transaction.atomic
def record_discussion(
    *,
    case_id: int,
    held_on: date,
    minutes: str,
    votes: Mapping[User, Vote],
    by: User,
    on: date,
    at: datetime,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> CollectiveDiscussion:
    """Record the collective discussion with the vote of each member. When it does not carry the
    decision, the case goes back to the officer.
    """
    refuse_if(not_permitted(permissions.RECORD_DISCUSSION, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.LEGAL_REVIEW]))
    review = waiting_review(case)
    discussed = review is not None and CollectiveDiscussion.objects.filter(review=review).exists()
    refuse_if(
        rules.discussion_obstacles(
            reviewed_on=review.reviewed_on if review else None,
            discussed=discussed,
            held_on=held_on,
            on=on,
            members=len(votes),
            fewest=office(on=on, region=case.region).number(rules.MEMBERS),
            minutes=minutes,
        )
    )
    if review is None:
        raise AssertionError("refused above")
    in_favour = sum(vote == Vote.IN_FAVOUR for vote in votes.values())
    carried = rules.is_carried(members=len(votes), in_favour=in_favour)
    discussion = CollectiveDiscussion.objects.create(
        review=review,
        held_on=held_on,
        minutes=minutes,
        members=len(votes),
        in_favour=in_favour,
        carried=carried,
        recorded_at=at,
        recorded_by=by,
    )
    DiscussionVote.objects.bulk_create(
        [
            DiscussionVote(discussion=discussion, member=member, vote=vote)
            for member, vote in votes.items()
        ]
    )
    discussion.files.set(store_files(files, by=by, at=at))
    source = case.state
    if not carried:
        case.return_from_review()
        case.save(update_fields=["state"])
    record(
        case,
        "discuss" if carried else "not_carried",
        source=source,
        on=held_on,
        at=at,
        by=by,
        reason=minutes,
        rule=RULE,
    )
    notifications.discussed(case, discussion, at=at)
    return discussion


def carried_review(case: Case) -> LegalReview | None:
    """Return the review that found the case lawful and whose discussion carried it. One query."""
    return (
        case.legal_reviews.filter(outcome=LegalOutcome.APPROVED, discussion__carried=True)
        .select_related("discussion", "reviewed_by")
        .order_by("reviewed_at", "pk")
        .last()
    )
