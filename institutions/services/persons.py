"""One file for each natural person, and who answers for an institution since when."""

import base64
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agency.codes import id_number_fault
from agency.crypto import ring
from agency.rules import Obstacle, refuse_if
from institutions.enums.persons import Post
from institutions.models import Institution, Person, ResponsiblePerson


def clean_number(text: str) -> str:
    """Return an identity number as it is kept: no blanks, a capital X."""
    return "".join(text.split()).upper()


def digest_of(id_number: str) -> str:
    """Return the fingerprint by which a person is found."""
    return base64.urlsafe_b64encode(ring().fingerprint(clean_number(id_number))).decode()


def person_obstacles(*, name: str, id_number: str) -> list[Obstacle]:
    """Return why name and number are not those of one person: a number that cannot be, or one
    that stands under another name. One query.
    """
    number = clean_number(id_number)
    if fault := id_number_fault(number):
        text = _("Identity number of %(name)s: %(fault)s.") % {"name": name, "fault": fault}
        remedy = _("Compare it with the identity card.")
        return [Obstacle("id_number_invalid", text, "GB 11643", remedy)]
    known = Person.objects.filter(id_digest=digest_of(number)).first()
    if known is None or known.name == name.strip():
        return []
    text = _("This identity number is on file under another name than %(name)s.") % {"name": name}
    remedy = _("Compare both with the identity card; if they are right, ask the agency.")
    return [Obstacle("person_name_differs", text, "D-01", remedy)]


@transaction.atomic
def person_of(*, name: str, id_number: str) -> Person:
    """Return the file of a person, made if there is none; two at once get the same one.

    Refuses a number that cannot be, and a number that stands under another name.
    """
    number, name = clean_number(id_number), name.strip()
    refuse_if(person_obstacles(name=name, id_number=number))
    digest = digest_of(number)
    Person.objects.bulk_create(
        [Person(name=name, id_number=number, id_digest=digest)], ignore_conflicts=True
    )
    person = Person.objects.get(id_digest=digest)
    # Somebody else may have made it just now, under another name.
    refuse_if([] if person.name == name else person_obstacles(name=name, id_number=number))
    return person


@transaction.atomic
def appoint(*, institution_id: int, post: Post, person: Person, on: date) -> ResponsiblePerson:
    """Record that a person holds a post from a day on; whoever held it leaves the day before.

    Returns the present holder's row unchanged if it is the same person. A post taken over on the
    day it was given counts as given to the later one from that day.
    """
    Institution.objects.locked(institution_id)
    present = ResponsiblePerson.objects.filter(
        institution=institution_id, post=post, held_to__isnull=True
    ).first()
    if present is not None and present.person_id == person.pk:
        return present
    if present is not None and present.held_from >= on:
        present.person = person
        present.save(update_fields=["person"])
        return present
    if present is not None:
        present.held_to = on - timedelta(1)
        present.save(update_fields=["held_to"])
    return ResponsiblePerson.objects.create(
        institution_id=institution_id, post=post, person=person, held_from=on
    )


def legal_representative_of(institution: Institution, *, on: date) -> str:
    """Return the name of the legal representative: as the register has it, else who was appointed
    upon the application. At most one query.
    """
    if institution.legal_representative:
        return institution.legal_representative
    held = institution.responsible_persons.in_post_on(on).filter(post=Post.LEGAL_REPRESENTATIVE)
    return held.values_list("person__name", flat=True).first() or ""
