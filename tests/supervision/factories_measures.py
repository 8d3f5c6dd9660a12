"""Measures as a case can take them: on a clause of its signed text, on people of the roster."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.models import User
from agency.services.attachments import store_files
from supervision.enums.interviews import InterviewState
from supervision.models import (
    Case,
    CaseMeasure,
    Interview,
    InterviewCommitment,
    InterviewRecord,
)
from supervision.services.clauses import breach_clauses
from tests.agreements.factories_measures import blocked, owed, practitioner


def fitted(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts with the first clause that allows the measure, and whom it stops."""
    found = dict(facts)
    options = breach_clauses(case.agreement_id, facts["rung"])
    if options:
        found["text_clause_id"] = options[0].clause.pk
    if facts["rung"] == 5 and not {"practitioner", "department"} & found.keys():
        found["practitioner"] = practitioner(case.institution)
    return found


def left_by(case: Case, measure: CaseMeasure, *, by: User, at: datetime) -> SimpleNamespace:
    """What a decision leaves, one row each, the short way: an obligation, a block, an interview
    held with a promise.
    """
    held = Interview.objects.create(
        case=case,
        measure=measure,
        state=InterviewState.HELD,
        meets_at=at,
        place="三楼会议室",
        topics="1. 收费",
        ordered_on=at.date(),
    )
    record = InterviewRecord.objects.create(
        interview=held, held_at=at, content="已说明", recorded_at=at, recorded_by=by
    )
    record.agency_people.add(by)
    record.files.set(store_files([pdf()], by=by, at=at))
    return SimpleNamespace(
        obligation=owed(case.institution, agreement=case.agreement, on=at.date()),
        block=blocked(case.institution, by, agreement=case.agreement),
        interview=held,
        commitment=InterviewCommitment.objects.create(
            record=record, text="完成自查", due_on=at.date()
        ),
    )


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("约谈笔录.pdf", b"%PDF-1.4\n%record\n", "application/pdf")
