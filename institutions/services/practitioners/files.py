"""The file of a person who works in institutions: one person, one file (D-01)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.codes import staff_code_fault
from institutions.enums.practitioners import Category, Qualification
from institutions.models import (
    FirstRegistration,
    Practitioner,
)
from institutions.permissions.practitioners import AMEND_FILE, keeping_obstacles
from institutions.rules import certificate_fits
from institutions.services.persons import clean_number, digest_of, person_obstacles, person_of

RULE = "D-01"


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstPlace:
    """Where a person's practice is registered first: an institution on the register, or a place
    outside it, in words.
    """

    institution_id: int | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFacts:
    """What somebody says of a person. Of one who has a file, name and one of the two numbers are
    enough; what is left empty stays as the file has it.
    """

    name: str
    id_number: str = ""
    staff_code: str = ""
    category: Category | None = None
    qualification: Qualification | None = None
    licence_no: str = ""
    first_place: FirstPlace | None = None


def practitioner_by(*, id_number: str = "", staff_code: str = "") -> Practitioner | None:
    """Return the file under an identity number or, without one, a staff code. One query."""
    rows = Practitioner.objects.select_related("person")
    if id_number.strip():
        return rows.filter(person__id_digest=digest_of(id_number)).first()
    code = clean_number(staff_code)
    return rows.filter(staff_code=code).first() if code else None


def file_obstacles(facts: FileFacts, known: Practitioner | None) -> list[Obstacle]:
    """Return why the facts make no file, or do not fit the one there is. Three queries at most."""
    found: list[Obstacle] = []
    if facts.id_number.strip():
        found += person_obstacles(name=facts.name, id_number=facts.id_number)
    elif known is None:
        text = _("There is no file under the staff code %(code)s.")
        remedy = _("Enter the identity number too: a file will be made.")
        found.append(
            Obstacle("file_unknown", text % {"code": facts.staff_code or "—"}, RULE, remedy)
        )
    elif known.person.name != facts.name.strip():
        text = _("The staff code %(code)s is on file under another name.")
        remedy = _("Compare both with the certificate.")
        found.append(
            Obstacle("person_name_differs", text % {"code": facts.staff_code}, RULE, remedy)
        )
    category = facts.category or (Category(known.category) if known else None)
    qualification = facts.qualification or (Qualification(known.qualification) if known else None)
    if known is None and facts.id_number.strip() and not (category and qualification):
        text = _("For a new file the category and the qualification are needed.")
        found.append(Obstacle("file_incomplete", text, RULE, _("Choose both.")))
    if category and qualification and not certificate_fits(category, qualification):
        found.append(unfit_certificate(category, qualification))
    return found + code_obstacles(facts, known, category)


def unfit_certificate(category: Category, qualification: Qualification) -> Obstacle:
    text = _("“%(qualification)s” is no certificate of the category “%(category)s”.")
    words = {"qualification": qualification.label, "category": category.label}
    return Obstacle("certificate_unfit", text % words, RULE, _("Correct one of the two."))


def code_obstacles(
    facts: FileFacts, known: Practitioner | None, category: Category | None
) -> list[Obstacle]:
    """Return what is wrong with the staff code: its form, or that it is another person's."""
    code = clean_number(facts.staff_code)
    if not code:
        return []
    if fault := staff_code_fault(code, category or ""):
        text = _("Staff code %(code)s: %(fault)s.") % {"code": code, "fault": fault}
        return [Obstacle("staff_code_invalid", text, RULE, _("Copy it from the certificate."))]
    if known is not None and known.staff_code and known.staff_code != code:
        text = _("The file of %(name)s has the staff code %(code)s.")
        words = {"name": known.person.masked_name, "code": known.staff_code}
        remedy = _("A national code never changes; ask the agency if the file is wrong.")
        return [Obstacle("staff_code_differs", text % words, RULE, remedy)]
    holder = Practitioner.objects.filter(staff_code=code).first()
    return [taken_code(code)] if holder is not None and holder != known else []


def taken_code(code: str) -> Obstacle:
    text = _("The staff code %(code)s belongs to another person.") % {"code": code}
    remedy = _("Compare code and identity number with the certificate.")
    return Obstacle("staff_code_taken", text, RULE, remedy)


@transaction.atomic
def practitioner_of(facts: FileFacts, *, on: date, by: User | None) -> Practitioner:
    """Return the file the facts speak of, made or completed by them; two at once get one file.

    Refuses what `file_obstacles` says.
    """
    known = practitioner_by(id_number=facts.id_number, staff_code=facts.staff_code)
    refuse_if(file_obstacles(facts, known))
    person = known.person if known else person_of(name=facts.name, id_number=facts.id_number)
    with pghistory.context(act="institutions.practitioner", user=by.pk if by else None):
        if known is None:
            Practitioner.objects.bulk_create(
                [
                    Practitioner(
                        person=person,
                        staff_code=clean_number(facts.staff_code) or None,
                        category=facts.category or "",
                        qualification=facts.qualification or "",
                        licence_no=facts.licence_no.strip(),
                    )
                ],
                ignore_conflicts=True,
            )
        # Somebody else may have made it just now, or have taken the code for another person.
        rows = Practitioner.objects.select_for_update(of=("self",)).select_related("person")
        practitioner = rows.filter(person=person).first()
        if practitioner is None:
            refuse_if([taken_code(clean_number(facts.staff_code))])
            raise Practitioner.DoesNotExist
        refuse_if(code_obstacles(facts, practitioner, Category(practitioner.category)))
        _complete(practitioner, facts)
    if facts.first_place is not None:
        set_first_place(practitioner, facts.first_place, on=on)
    return practitioner


def _complete(practitioner: Practitioner, facts: FileFacts) -> list[str]:
    """Write into the file what the facts add or change; return the columns."""
    said = {
        "staff_code": clean_number(facts.staff_code) or None,
        "category": facts.category,
        "qualification": facts.qualification,
        "licence_no": facts.licence_no.strip(),
    }
    changed = [
        column for column, value in said.items() if value and value != getattr(practitioner, column)
    ]
    for column in changed:
        setattr(practitioner, column, said[column])
    if changed:
        practitioner.save(update_fields=changed)
    return changed


@transaction.atomic
def amend_file(
    *, practitioner_id: int, institution_id: int, facts: FileFacts, by: User, at: datetime
) -> Practitioner:
    """Amend the file of a person who is on the roster of the institution: a code that has been
    given since, another certificate, another first place from today on.
    """
    on = timezone.localdate(at)
    practitioner = (
        Practitioner.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=practitioner_id)
    )
    refuse_if(
        keeping_obstacles(AMEND_FILE, by, institution_id)
        + _presence_obstacles(practitioner, institution_id, on)
        + amending_obstacles(practitioner, facts)
    )
    with pghistory.context(act=AMEND_FILE.code, user=by.pk):
        try:
            with transaction.atomic():
                _complete(practitioner, facts)
        except IntegrityError:
            refuse_if([taken_code(clean_number(facts.staff_code))])
            raise
    if facts.first_place is not None:
        set_first_place(practitioner, facts.first_place, on=on)
    return practitioner


def amending_obstacles(practitioner: Practitioner, facts: FileFacts) -> list[Obstacle]:
    category = facts.category or Category(practitioner.category)
    qualification = facts.qualification or Qualification(practitioner.qualification)
    found = code_obstacles(facts, practitioner, category)
    if not certificate_fits(category, qualification):
        found.append(unfit_certificate(category, qualification))
    return found


def _presence_obstacles(
    practitioner: Practitioner, institution_id: int, on: date
) -> list[Obstacle]:
    if practitioner.entries.filter(institution=institution_id).on(on).exists():
        return []
    text = _("%(name)s is not on the institution's roster today.")
    remedy = _("The file is amended by an institution where the person works.")
    words = {"name": practitioner.person.masked_name}
    return [Obstacle("not_on_roster", text % words, RULE, remedy)]


def set_first_place(
    practitioner: Practitioner, wanted: FirstPlace, *, on: date
) -> FirstRegistration:
    """Record the first place of registration from a day on; the one before ends the day before.

    Refuses a day before that of the present one. In the caller's transaction.
    """
    present = practitioner.first_registrations.filter(ends_on__isnull=True).first()
    if present is not None:
        if (present.institution_id, present.place) == (wanted.institution_id, wanted.place):
            return present
        if present.starts_on >= on:
            present.institution_id, present.place = wanted.institution_id, wanted.place
            present.save(update_fields=["institution", "place"])
            return present
        present.ends_on = on - timedelta(1)
        present.save(update_fields=["ends_on"])
    return FirstRegistration.objects.create(
        practitioner=practitioner,
        institution_id=wanted.institution_id,
        place=wanted.place,
        starts_on=on,
    )
