"""Service matters of insured persons and units (C-07): filed with one form, by anybody without an
account or by a clerk at the counter; supplemented and withdrawn by whoever holds the receipt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.bundle_rules import RULE, part_basis
from agency.bundles import BundleKind, BundlePartState, BundleState
from agency.codes import credit_code_fault, id_number_fault
from agency.enums import Role
from agency.file_kinds import JPEG, PDF, PNG, FilePurpose, file_purpose
from agency.models import (
    BundlePart,
    BundlePartType,
    Region,
    ServiceBundle,
    ServiceBundleTransition,
    User,
)
from agency.permissions import RECORD_BUNDLE, TAKE_SUPPLEMENT
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.bundle_clocks import resume, set_deadline
from agency.services.calendar import office
from agency.services.notices import holders, tell
from agency.services.numbers import next_number

# Strangers send their files with the form: never in pieces, so never larger than it takes.
PUBLIC_FILES = file_purpose(
    FilePurpose(
        "service_matter",
        gettext_lazy("Files"),
        types=(PDF, PNG, JPEG),
        megabytes="attachment_form_mb",
    )
)
# Matters that a unit files for somebody who works there.
OF_UNITS = frozenset({BundleKind.EMPLOYEE_LEAVES})


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom a matter concerns and who files it, as entered."""

    person_name: str
    id_number: str
    contact_name: str
    phone: str
    credit_code: str = ""
    details: str = ""

    def tidied(self) -> Applicant:
        def joined(text: str) -> str:
            return "".join(text.split()).upper()

        return Applicant(
            person_name=self.person_name.strip(),
            id_number=joined(self.id_number),
            contact_name=self.contact_name.strip(),
            phone=self.phone.strip(),
            credit_code=joined(self.credit_code),
            details=self.details.strip(),
        )


def parts_offered(kind: BundleKind) -> list[BundlePartType]:
    """Return what a kind of matter consists of now. One query."""
    return list(BundlePartType.objects.filter(bundle=kind, is_offered=True))


def file_bundle(
    *,
    kind: BundleKind,
    region: Region,
    applicant: Applicant,
    at: datetime,
    by: User | None = None,
    parts: Iterable[BundlePartType] | None = None,
    files: Sequence[UploadedFile | UploadRef] = (),
    key: str = "",
) -> ServiceBundle:
    """File a matter and return it with its receipt number. `by` is the clerk at the counter,
    nobody for the public page. The same `key` with the same content is filed once, however often
    and however many at a time it is sent.
    """
    found = applicant.tidied()
    filing_key = _filing_key(key, kind, region, found) if key else None
    if filing_key and (known := ServiceBundle.objects.filter(filing_key=filing_key).first()):
        return known
    try:
        with transaction.atomic():
            return _file(
                BundleKind(kind),
                region,
                found,
                parts=parts,
                files=files,
                by=by,
                at=at,
                filing_key=filing_key,
            )
    except IntegrityError as error:
        if filing_key and "filing_key" in str(error):
            return ServiceBundle.objects.get(filing_key=filing_key)
        raise


def _file(
    kind: BundleKind,
    region: Region,
    applicant: Applicant,
    *,
    parts: Iterable[BundlePartType] | None,
    files: Sequence[UploadedFile | UploadRef],
    by: User | None,
    at: datetime,
    filing_key: str | None,
) -> ServiceBundle:
    local = timezone.localtime(at)
    on = local.date()
    types = parts_offered(kind) if parts is None else list(parts)
    refuse_if(filing_obstacles(kind, applicant, types, by=by))
    region_office = office(on=on, region=region)
    promised = [
        part_basis(each.promise_wd, filed_on=on, filed_hour=local.hour, office=region_office)
        for each in types
    ]
    due, basis = max(promised, key=lambda pair: pair[0].on)
    counter = f"{region.pk}-{on.year}"
    bundle = ServiceBundle.objects.create(
        number=f"BND-{counter}-{next_number(f'bundle:{counter}'):04}",
        kind=kind,
        region=region,
        person_name=applicant.person_name,
        id_number=applicant.id_number,
        contact_name=applicant.contact_name,
        phone=applicant.phone,
        credit_code=applicant.credit_code,
        details=applicant.details,
        filed_at=at,
        taken_in_by=by,
        due_on=due.on,
        due_basis=basis.to_json(),
        filing_key=filing_key,
    )
    BundlePart.objects.bulk_create(
        BundlePart(
            bundle=bundle,
            type=each,
            promise_wd=each.promise_wd,
            due_on=deadline.on,
            due_basis=part_of_it.to_json(),
        )
        for each, (deadline, part_of_it) in zip(types, promised, strict=True)
    )
    bundle.files.set(store_files(files, by=by, at=at, purpose=PUBLIC_FILES))
    record(bundle, act="file", source="", on=on, at=at, by=by)
    if by is None:
        _tell(bundle, "filed", _("A service matter was filed: %(number)s"), at=at)
    return bundle


@transaction.atomic
def deliver_supplement(
    *,
    bundle_id: int,
    at: datetime,
    files: Sequence[UploadedFile | UploadRef] = (),
    note: str = "",
    by: User | None = None,
) -> ServiceBundle:
    """Take in what was missing, from the holder of the receipt or, at the counter, by a clerk.
    Every part that waited goes on from that day.
    """
    bundle = ServiceBundle.objects.locked(bundle_id)
    waiting = list(
        BundlePart.objects.select_for_update(of=("self",))
        .select_related("type")
        .filter(bundle=bundle, state=BundlePartState.SUPPLEMENT)
    )
    on = timezone.localdate(at)
    refuse_if(supplement_obstacles(bundle, waiting, files=files, note=note, by=by))
    bundle.files.add(*store_files(files, by=by, at=at, purpose=PUBLIC_FILES))
    if note.strip():
        # Somebody may name a person: it stays with what is encrypted.
        bundle.details = f"{bundle.details}\n{on}: {note.strip()}".strip()
        bundle.save(update_fields=["details"])
    for part in waiting:
        resume(part, on=on)
        part.take_supplement()
        part.save(update_fields=["state", "due_on", "due_basis"])
        record(bundle, act="take_supplement", source=bundle.state, on=on, at=at, by=by, part=part)
    settle_state(bundle, act="go_on", on=on, at=at, by=by)
    if by is None:
        _tell(bundle, "supplemented", _("A supplement has come: %(number)s"), at=at)
    return bundle


@transaction.atomic
def withdraw_bundle(*, bundle_id: int, at: datetime) -> ServiceBundle:
    """Withdraw what is not settled yet, at the wish of the holder of the receipt."""
    bundle = ServiceBundle.objects.locked(bundle_id)
    refuse_if(withdrawal_obstacles(bundle))
    on, source = timezone.localdate(at), bundle.state
    for part in BundlePart.objects.select_for_update(of=("self",)).filter(bundle=bundle):
        if part.is_open:
            resume(part, on=on)
            part.withdraw()
            part.save(update_fields=["state", "due_on", "due_basis"])
    bundle.withdraw(at=at)
    set_deadline(bundle)
    bundle.save(update_fields=["state", "ended_at", "due_on", "due_basis"])
    record(bundle, act="withdraw", source=source, on=on, at=at, by=None)
    _tell(bundle, "withdrawn", _("A service matter was withdrawn: %(number)s"), at=at)
    return bundle


# --- what a matter goes through -----------------------------------------------------------------


def settle_state(
    bundle: ServiceBundle, *, act: str, on: date, at: datetime, by: User | None
) -> None:
    """Move the matter to where its parts stand, and set its promised day anew. The caller holds
    the lock of the matter.
    """
    states = set(BundlePart.objects.filter(bundle=bundle).values_list("state", flat=True))
    source = bundle.state
    if BundlePartState.FILED in states:
        if source == BundleState.SUPPLEMENT:
            bundle.go_on()
    elif BundlePartState.SUPPLEMENT in states:
        if source == BundleState.FILED:
            bundle.wait()
    else:
        bundle.complete(at=at)
    set_deadline(bundle)
    bundle.save(update_fields=["state", "ended_at", "due_on", "due_basis"])
    if bundle.state != source:
        record(bundle, act=act, source=source, on=on, at=at, by=by)


def record(
    bundle: ServiceBundle,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    part: BundlePart | None = None,
    reason: str = "",
) -> None:
    """Write what happened into the matter's history."""
    ServiceBundleTransition.objects.create(
        subject=bundle,
        part=part,
        act=act,
        source=source,
        target=bundle.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )


def _tell(bundle: ServiceBundle, what: str, subject: str, *, at: datetime) -> None:
    tell(
        holders(Role.INTAKE_CLERK),
        key=f"bundle.{what}:{bundle.pk}:{at:%Y%m%d%H%M%S}",
        subject=subject % {"number": bundle.number},
        body=bundle.get_kind_display(),
        url=bundle.get_absolute_url(),
        at=at,
    )


# --- why not ------------------------------------------------------------------------------------


def filing_obstacles(
    kind: BundleKind, applicant: Applicant, types: Sequence[BundlePartType], *, by: User | None
) -> list[Obstacle]:
    """Return why the matter cannot be filed as entered. No query."""
    obstacles = []
    if by is not None and not RECORD_BUNDLE.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Only an intake clerk records matters.")))
    if not types or any(each.bundle != kind or not each.is_offered for each in types):
        text = _("Choose at least one part that this matter consists of.")
        obstacles.append(Obstacle("parts_missing", text, RULE))
    for code, value, label in (
        ("person_name_missing", applicant.person_name, _("Name of the insured person")),
        ("contact_name_missing", applicant.contact_name, _("Your name")),
        ("phone_missing", applicant.phone, _("Telephone")),
    ):
        if not value:
            obstacles.append(Obstacle(code, _("%(field)s: is missing.") % {"field": label}))
    if fault := id_number_fault(applicant.id_number):
        text = _("Identity number: %(fault)s.") % {"fault": fault}
        remedy = _("Compare it with the identity card.")
        obstacles.append(Obstacle("id_number_invalid", text, "GB 11643", remedy))
    if applicant.credit_code and (fault := credit_code_fault(applicant.credit_code)):
        text = _("Unified credit code: %(fault)s.") % {"fault": fault}
        remedy = _("Compare it with the business licence.")
        obstacles.append(Obstacle("credit_code_invalid", text, "GB 32100", remedy))
    if kind in OF_UNITS and not applicant.credit_code:
        text = _("This matter is filed by the unit: its unified credit code is missing.")
        obstacles.append(Obstacle("credit_code_missing", text, RULE))
    if kind == BundleKind.IDENTITY_CHANGE and not applicant.details:
        text = _("Say what is to be changed, and into what.")
        obstacles.append(Obstacle("details_missing", text, RULE))
    return obstacles


def supplement_obstacles(
    bundle: ServiceBundle,
    waiting: Sequence[BundlePart],
    *,
    files: Sequence[UploadedFile | UploadRef],
    note: str,
    by: User | None,
) -> list[Obstacle]:
    if by is not None and not TAKE_SUPPLEMENT.allows(by):
        return [Obstacle("not_entitled", _("Only an intake clerk takes in supplements."))]
    if not waiting:
        return [Obstacle("nothing_waits", _("No part of the matter waits for a supplement."))]
    if not files and not note.strip():
        text = _("Add a file, or say what is to be known.")
        return [Obstacle("supplement_empty", text)]
    return []


def withdrawal_obstacles(bundle: ServiceBundle) -> list[Obstacle]:
    if bundle.is_open:
        return []
    text = _("The matter is at its end: there is nothing left to withdraw.")
    return [Obstacle("wrong_state", text)]


def _filing_key(key: str, kind: BundleKind, region: Region, applicant: Applicant) -> str:
    """Return what tells a repeated filing: the sender's key with all that was entered, so that
    nobody gets another's receipt by guessing a key.
    """
    said = "\x1f".join([key, str(kind), str(region.pk), *map(str, astuple(applicant))])
    return hashlib.sha256(said.encode()).hexdigest()
