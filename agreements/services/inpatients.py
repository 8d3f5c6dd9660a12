"""Inpatients at a boundary: the institution warns them, and says how many there were (B-13)."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from agency.models import User
from agency.rules import refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.workdays import Unit
from agreements.enums.cascade import CascadeKind
from agreements.models import Agreement, InpatientWarning
from agreements.notifications import cascade as notifications
from agreements.permissions.cascade import INPATIENTS, inpatient_obstacles

ANSWER_WORKDAYS = "inpatient_answer_wd"


def impose_warning(
    agreement: Agreement, *, kind: CascadeKind, boundary_on: date, at: datetime
) -> InpatientWarning:
    """Ask the institution about the inpatients over a boundary; the caller holds the lock."""
    on = timezone.localdate(at)
    here = office(on=on, region=agreement.region)
    due, basis = here.calendar.deadline_with_basis(
        INPATIENTS, on, Unit.WORKDAY, here.number(ANSWER_WORKDAYS)
    )
    warning = InpatientWarning.objects.create(
        agreement=agreement,
        kind=kind,
        boundary_on=boundary_on,
        due_on=due.on,
        due_basis=basis.to_json(),
        due_provisional=due.provisional,
        created_at=at,
    )
    notifications.inpatients_asked(warning, at=at)
    return warning


@transaction.atomic
def answer_warning(
    *,
    warning_id: int,
    inpatients: int,
    told_on: date | None,
    by: User,
    at: datetime,
    note: str = "",
    file: UploadedFile | UploadRef | None = None,
) -> InpatientWarning:
    """Record how many inpatients stay over the boundary and when they were told; once."""
    warning = InpatientWarning.objects.visible_to(by).locked(warning_id)
    refuse_if(
        inpatient_obstacles(
            warning, inpatients=inpatients, told_on=told_on, on=timezone.localdate(at)
        )
    )
    warning.respond(by=by, at=at, inpatients=inpatients, told_on=told_on, note=note.strip())
    if file is not None:
        (warning.file,) = store_files([file], by=by, at=at)
    warning.save(
        update_fields=["answered_by", "answered_at", "inpatients", "told_on", "note", "file"]
    )
    notifications.inpatients_answered(warning, at=at)
    return warning


def void_warnings(agreement: Agreement, *, kind: CascadeKind, boundary_on: date, on: date) -> None:
    """Let a warning fall away whose suspension or dissolution was annulled."""
    InpatientWarning.objects.filter(
        agreement=agreement, kind=kind, boundary_on=boundary_on, void_on__isnull=True
    ).update(void_on=on)
