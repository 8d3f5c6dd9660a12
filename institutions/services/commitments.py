"""The commitment for a new address (C-09, R5): signed with the filing, verified on site once the
move is in effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value, kind_of
from agency.letters.text import render_text
from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.letters.templates import template_in_force
from agency.workdays import Unit
from institutions.enums.changes import ChangeField
from institutions.models import AddressCommitment, ChangeRequest, Institution
from institutions.notifications import changes as notifications
from institutions.permissions.changes import commitment_obstacles
from institutions.services.change_history import record_step
from institutions.services.letters.changes import commitment_letter
from institutions.services.letters.consent import signature_obstacles
from institutions.services.routes import RULE

KIND = "address_commitment"
CHECK_DAYS = "commitment_check_days"
UNNUMBERED = "……"


@dataclass(frozen=True, slots=True)
class Signature:
    """How somebody signs: with the own name, and the password once more."""

    name: str
    password: str


def commitment_text(institution: Institution, new_address: str, *, on: date) -> str:
    """Return what the institution would sign, in the words of the letter in force."""
    context: dict[str, Value] = {
        "institution": institution.name,
        "old_address": institution.registered_address,
        "new_address": new_address,
        "change": UNNUMBERED,
        "representative": institution.legal_representative or "—",
        "committed_on": on,
    }
    template = template_in_force(kind_of(KIND), CHINESE, on)
    _title, body = render_text(template.title, template.body, context, CHINESE)
    return body


def signing_obstacles(signature: Signature | None, *, by: User) -> list[Obstacle]:
    """Return what is wrong with the signature under a commitment, or that it is missing."""
    if signature is None or not (signature.name.strip() and signature.password):
        text = _("A move within these districts needs the signed commitment for the new place.")
        remedy = _("Read it, enter your name and your password once more, and file again.")
        return [Obstacle("commitment_missing", text, RULE, remedy)]
    return signature_obstacles(by, signed_name=signature.name, password=signature.password)


def sign_commitment(
    change: ChangeRequest, signature: Signature, *, by: User, at: datetime
) -> AddressCommitment:
    """Put the signed commitment on file with its change, as a letter of the institution."""
    item = change.items.get(field=ChangeField.REGISTERED_ADDRESS)
    letter = commitment_letter(change, old=item.old_value, new=item.new_value, at=at)
    commitment = AddressCommitment.objects.create(
        change=change,
        text=letter.body,
        signed_name=signature.name.strip(),
        signed_at=at,
        signed_by=by,
    )
    record_step(
        change,
        act="sign_commitment",
        source=change.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=f"{letter.title} {letter.number}",
        rule=RULE,
        letter=letter,
    )
    return commitment


def start_verification(change: ChangeRequest, *, on: date) -> None:
    """Let the period begin within which the new place is visited: the move is in effect."""
    commitment = AddressCommitment.objects.filter(change=change).first()
    if commitment is None:
        return
    region_office = office(on=on, region=change.institution.region)
    days = region_office.number(CHECK_DAYS)
    due, basis = region_office.calendar.own.deadline_with_basis(RULE, on, Unit.DAY, days)
    commitment.check_due_on, commitment.check_due_basis = due.on, basis.to_json()
    commitment.save(update_fields=["check_due_on", "check_due_basis"])


@transaction.atomic
def record_visit(
    *,
    commitment_id: int,
    holds: bool,
    visited_on: date,
    findings: str,
    by: User,
    at: datetime,
    evidence: Sequence[UploadedFile | UploadRef] = (),
) -> AddressCommitment:
    """Record what was found at the new place. A false commitment is told to the agency head, who
    decides what follows (A-05 N4, B-14 ground 2): nothing follows by itself.

    Refuses a second record, a visit before the move or to come, and findings without words; a
    false commitment also without evidence.
    """
    commitment = AddressCommitment.objects.select_related("change").locked(commitment_id)
    on = timezone.localdate(at)
    refuse_if(
        commitment_obstacles(commitment, by)
        or visit_obstacles(
            commitment,
            holds=holds,
            visited_on=visited_on,
            findings=findings,
            has_evidence=bool(evidence),
            on=on,
        )
    )
    find = commitment.confirm if holds else commitment.refute
    find(by=by, at=at, visited_on=visited_on, findings=findings.strip())
    commitment.save(update_fields=["state", "visited_on", "found_at", "found_by", "findings"])
    commitment.evidence.set(store_files(evidence, by=by, at=at))
    change = commitment.change
    record_step(
        change,
        act="confirm_commitment" if holds else "refute_commitment",
        source=change.state,
        on=on,
        at=at,
        by=by,
        reason=findings.strip(),
        rule=RULE,
    )
    notifications.commitment_found(commitment, at=at)
    return commitment


def visit_obstacles(
    commitment: AddressCommitment,
    *,
    holds: bool,
    visited_on: date,
    findings: str,
    has_evidence: bool,
    on: date,
) -> list[Obstacle]:
    """Return what is wrong with the record of a visit."""
    moved_at = commitment.change.effective_at or commitment.change.decided_at
    moved_on = timezone.localdate(moved_at) if moved_at else on
    checks = {
        Obstacle(
            "visited_in_future",
            _("%(day)s has not come yet.") % {"day": visited_on},
            RULE,
            _("Record the visit once it has taken place."),
        ): visited_on > on,
        Obstacle(
            "visited_before_move",
            _("On %(day)s the move was not in effect yet; it is since %(moved)s.")
            % {"day": visited_on, "moved": moved_on},
            RULE,
            _("Visit the new place after the move."),
        ): visited_on < moved_on,
        Obstacle(
            "findings_missing",
            _("The findings are missing."),
            RULE,
            _("Write what was seen at the new place."),
        ): not findings.strip(),
        Obstacle(
            "visit_evidence_missing",
            _("A false commitment needs evidence from the site."),
            RULE,
            _("Attach photographs or the record of the visit."),
        ): not holds and not has_evidence,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
