"""The written service commitment of a person at an institution (D-01)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.enums.practitioners import CommitmentKind, Qualification
from institutions.models import Institution, RosterEntry, ServiceCommitment
from institutions.permissions.practitioners import (
    CONFIRM_COMMITMENT,
    PREPARE_COMMITMENT,
    entry_obstacles,
    keeping_obstacles,
)
from institutions.services.letters.issuing import issue_to_institution

RULE = "D-01"


@transaction.atomic
def prepare_commitment(*, entry_id: int, by: User, at: datetime) -> ServiceCommitment:
    """Make the letter for signing and return the commitment, unsigned yet. Refuses one for a
    person whose commitment is signed already.
    """
    entry = _entry(entry_id, by)
    Institution.objects.locked(entry.institution_id)
    commitment = _of(entry)
    refuse_if(
        keeping_obstacles(PREPARE_COMMITMENT, by, entry.institution_id)
        + entry_obstacles(entry)
        + signing_obstacles(commitment)
    )
    letter = _letter(entry, at=at)
    if commitment is None:
        return ServiceCommitment.objects.create(
            practitioner=entry.practitioner, institution=entry.institution, letter=letter
        )
    commitment.letter = letter
    commitment.save(update_fields=["letter"])
    return commitment


@transaction.atomic
def confirm_commitment(
    *,
    entry_id: int,
    kind: CommitmentKind,
    signed_on: date,
    by: User,
    at: datetime,
    files: Sequence[UploadedFile | UploadRef] = (),
) -> ServiceCommitment:
    """Enter that a person has signed: with the scan of the paper, or as confirmed electronically.

    Refuses a day to come, paper without its scan, and a second signature.
    """
    entry = _entry(entry_id, by)
    Institution.objects.locked(entry.institution_id)
    commitment = _of(entry) or ServiceCommitment(
        practitioner=entry.practitioner, institution=entry.institution
    )
    on = timezone.localdate(at)
    is_paper = kind == CommitmentKind.SIGNED
    checks = {
        Obstacle(
            "day_to_come",
            _("%(day)s has not come yet.") % {"day": signed_on},
            RULE,
            _("Enter the day it was signed."),
        ): signed_on > on,
        Obstacle(
            "scan_missing",
            _("A commitment on paper needs the scan of the signed page."),
            RULE,
            _("Add one file, PDF or picture."),
        ): is_paper and len(files) != 1,
    }
    refuse_if(
        keeping_obstacles(CONFIRM_COMMITMENT, by, entry.institution_id)
        + entry_obstacles(entry)
        + signing_obstacles(commitment)
        + [obstacle for obstacle, applies in checks.items() if applies]
    )
    commitment.kind, commitment.signed_on = kind, signed_on
    commitment.file = store_files(files, by=by, at=at)[0] if is_paper else None
    commitment.confirmed_by, commitment.confirmed_at = by, at
    commitment.save()
    return commitment


def signing_obstacles(commitment: ServiceCommitment | None) -> list[Obstacle]:
    """Return why nothing is left to sign."""
    if commitment is None or not commitment.is_signed:
        return []
    text = _("The commitment was signed on %(day)s.") % {"day": commitment.signed_on}
    return [Obstacle("commitment_signed", text, RULE)]


def commitment_of(entry: RosterEntry) -> ServiceCommitment | None:
    """Return a person's commitment at the institution of a row. One query."""
    return _of(entry)


def _of(entry: RosterEntry) -> ServiceCommitment | None:
    rows = ServiceCommitment.objects.select_related("letter", "file", "confirmed_by")
    return rows.filter(practitioner=entry.practitioner_id, institution=entry.institution_id).first()


def _entry(entry_id: int, by: User) -> RosterEntry:
    return (
        RosterEntry.objects.visible_to(by)
        .select_related("practitioner__person", "department", "institution__region")
        .get(pk=entry_id)
    )


def _letter(entry: RosterEntry, *, at: datetime) -> OfficialLetter:
    practitioner = entry.practitioner
    with translation.override(CHINESE):
        return issue_to_institution(
            kind="practitioner_commitment",
            institution=entry.institution,
            context={
                "person": practitioner.person.name,
                "person_code": practitioner.staff_code or "—",
                "institution": entry.institution.name,
                "qualification": Qualification(practitioner.qualification).label,
                "department": entry.department.name,
                "starts_on": entry.starts_on,
            },
            matter=practitioner.staff_code or f"D-{practitioner.pk}",
            url=practitioner.get_absolute_url(),
            portal_url=practitioner.get_portal_url(),
            by=None,
            at=at,
            region=entry.institution.region,
        )
