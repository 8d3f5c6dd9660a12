"""A major change found unfiled: recorded, explained, dismissed or proposed (B-13a, B-14.6)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Deadline, DeadlineBasis, Unit
from agreements.enums.life import ReviewState
from agreements.models import Agreement, DissolutionReview, DissolutionReviewTransition
from agreements.notifications import reviews as notifications
from agreements.permissions.reviews import (
    explaining_obstacles,
    finding_obstacles,
    review_obstacles,
)
from agreements.proposals import proposed
from agreements.services.review_letters import notice_letter, result_letter
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import ChangeItem, Institution
from institutions.rules import MAJOR_FIELDS, change_basis

RULE = "B-13a"
EXPLANATION_WORKDAYS = "review_explanation_wd"
_NOT_FILED = [ChangeState.WITHDRAWN, ChangeState.REJECTED, ChangeState.STOPPED]
_DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


def filing_deadline(
    institution: Institution, field: ChangeField, approved_on: date, *, on: date
) -> tuple[Deadline, DeadlineBasis]:
    """Return until when the change of a field was to be filed, by the rule of filings."""
    return change_basis({field.law_field: approved_on}, office(on=on, region=institution.region))


@transaction.atomic
def record_unfiled_change(
    *,
    institution_id: int,
    field: ChangeField,
    approved_on: date,
    discovered_on: date,
    source: str,
    by: User,
    at: datetime,
    evidence: Sequence[UploadedFile | UploadRef] = (),
) -> DissolutionReview:
    """Open the review of a major change that was not filed in time and not filed since.

    Refuses general information, a change that can still be filed or has been, and a second
    review of the same field.
    """
    field = ChangeField(field)
    institution = Institution.objects.select_related("region").locked(institution_id)
    on = timezone.localdate(at)
    agreement = _running(institution)
    due, basis = filing_deadline(institution, field, approved_on, on=on)
    refuse_if(
        finding_obstacles(
            agreement,
            field,
            is_major=field.law_field in MAJOR_FIELDS,
            approved_on=approved_on,
            due_on=due.on,
            discovered_on=discovered_on,
            filed=_filed(institution, field, approved_on),
            open_review=_open_review(agreement, field),
            on=on,
        )
        + _empty(source, _("How it was discovered is missing."))
    )
    if agreement is None:
        raise AssertionError("refused above")
    explain, explain_basis = _explanation_period(agreement, on)
    key = f"{agreement.region_id}-{on.year}"
    review = DissolutionReview.objects.create(
        number=f"REV-{key}-{next_number(f'dissolution_review:{key}'):04}",
        agreement=agreement,
        field=field,
        approved_on=approved_on,
        filing_due_on=due.on,
        filing_due_basis=basis.to_json(),
        discovered_on=discovered_on,
        source=source.strip(),
        recorded_at=at,
        recorded_by=by,
        explain_due_on=explain.on,
        explain_due_basis=explain_basis.to_json(),
    )
    review.evidence.set(store_files(evidence, by=by, at=at))
    letter = notice_letter(review, by=by, at=at)
    record(review, act="record", source="", on=on, at=at, by=by, reason=source, letter=letter)
    notifications.review_opened(review, at=at)
    return review


@transaction.atomic
def explain_unfiled_change(
    *,
    review_id: int,
    text: str,
    by: User,
    at: datetime,
    files: Sequence[UploadedFile | UploadRef] = (),
) -> DissolutionReview:
    """Say what the institution has to say, once, until the review is decided."""
    review = DissolutionReview.objects.visible_to(by).locked(review_id)
    refuse_if(explaining_obstacles(review, by) + _empty(text, _("The explanation says nothing.")))
    review.explanation, review.explained_by, review.explained_at = text.strip(), by, at
    review.save(update_fields=["explanation", "explained_by", "explained_at"])
    review.explanation_files.set(store_files(files, by=by, at=at))
    on = timezone.localdate(at)
    record(review, act="explain", source=review.state, on=on, at=at, by=by)
    notifications.review_explained(review, at=at)
    return review


@transaction.atomic
def decide_review(
    *, review_id: int, state: ReviewState, reason: str, by: User, at: datetime
) -> DissolutionReview:
    """Dismiss the review, or propose the dissolution: the agreement itself stays as it is."""
    review = DissolutionReview.objects.locked(review_id)
    on, source = timezone.localdate(at), review.state
    refuse_if(
        review_obstacles(review, by, on=on) + _empty(reason, _("The decision needs its reason."))
    )
    move = review.propose if state == ReviewState.PROPOSED else review.dismiss
    move(by=by, at=at, reason=reason.strip())
    review.save(update_fields=_DECISION)
    letter = result_letter(review, by=by, at=at)
    record(
        review,
        act=move.__name__,
        source=source,
        on=on,
        at=at,
        by=by,
        reason=review.decision_reason,
        letter=letter,
    )
    notifications.review_decided(review, at=at)
    if review.state == ReviewState.PROPOSED:
        proposed(review, by=by, at=at)
    return review


def record(
    review: DissolutionReview,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Write a step into the review's history."""
    DissolutionReviewTransition.objects.create(
        subject=review,
        act=act,
        source=source,
        target=review.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )


def _running(institution: Institution) -> Agreement | None:
    rows = Agreement.objects.running().filter(institution=institution)
    return rows.select_related("institution", "region").order_by("-valid_from").first()


def _filed(institution: Institution, field: ChangeField, approved_on: date) -> str:
    """Return the number of the filing of that change, withdrawn and rejected ones aside."""
    items = ChangeItem.objects.filter(
        request__institution=institution, field=field, approved_on=approved_on
    ).exclude(request__state__in=_NOT_FILED)
    return items.values_list("request__number", flat=True).first() or ""


def _open_review(agreement: Agreement | None, field: ChangeField) -> str:
    rows = DissolutionReview.objects.waiting().filter(agreement=agreement, field=field)
    return rows.values_list("number", flat=True).first() or ""


def _explanation_period(agreement: Agreement, on: date) -> tuple[Deadline, DeadlineBasis]:
    region_office = office(on=on, region=agreement.region)
    return region_office.calendar.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(EXPLANATION_WORKDAYS)
    )


def _empty(text: str, said: str) -> list[Obstacle]:
    return [] if text.strip() else [Obstacle("text_missing", said, RULE, _("Write it down."))]
