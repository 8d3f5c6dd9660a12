"""Applications for designation, made the way they are made in the office."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from agency.codes import id_check_character
from agency.enums import Role
from agency.models import User
from agency.office_hours import SHANGHAI
from institutions.enums.designation import InsuranceManagement
from institutions.enums.persons import Post
from institutions.enums.register import Kind, Level, Nature
from institutions.models import DesignationApplication, Institution
from institutions.services.designation import drafts, submitting
from institutions.services.designation.checks import checklist
from tests.agency.factories import user_with
from tests.institutions.factories import EntryFactory, credit_code, member_of

_COUNT = iter(range(1, 10_000))


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def id_number(number: int) -> str:
    """Return the `number`-th identity number with a right check character."""
    first_17 = f"36040319800101{number % 1000:03}"
    return first_17 + id_check_character(first_17)


def picture(name: str = "licence.png", shade: int = 255) -> SimpleUploadedFile:
    """A small picture that can really be drawn."""
    content = io.BytesIO()
    Image.new("L", (8, 8), shade).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


FORM = {
    "licence_valid_to": date(2030, 12, 31),
    "kind": Kind.CLINIC,
    "nature": Nature.PRIVATE_PROFIT,
    "level": Level.NONE,
    "beds": 0,
    "subjects": "内科;中医科",
    "opened_on": date(2024, 1, 15),
    "insurance_staff": InsuranceManagement.PART,
    "own_physicians": 2,
    "principal_in_charge": True,
    "systems": True,
    "information_system": True,
    "other_conditions": True,
    "contact_name": "周宁",
    "contact_phone": "0792-1234567",
    "expected_fund_use": Decimal("350000.00"),
}


def drafted(
    *,
    institution: Institution | None = None,
    by: User | None = None,
    day: date = date(2026, 11, 20),
    materials: bool = True,
    persons: dict[Post, tuple[str, str]] | None = None,
    **values: object,
) -> DesignationApplication:
    """Return a draft with everything said, ready to be submitted."""
    number = next(_COUNT)
    institution = institution or EntryFactory(name=f"浔阳康宁诊所{number}")
    membership = institution.memberships.first()
    user = by or (membership.user if membership else member_of(institution))
    application = drafts.start_draft(
        institution_id=institution.pk,
        licence_no=f"PDY{number:08}360403D1102",
        by=user,
        at=at(day),
    )
    form = {**FORM, "credit_code": institution.credit_code or credit_code(900_000 + number)}
    application = drafts.save_form(
        application_id=application.pk, values={**form, **values}, by=user, at=at(day)
    )
    people = persons or {
        post: (f"申请人{number}{place}", id_number(number * 3 + place))
        for place, post in enumerate(Post)
    }
    drafts.save_persons(application_id=application.pk, persons=people, by=user, at=at(day))
    if materials:
        for each in checklist(application, day):
            if each.item.is_required:
                drafts.add_files(
                    application_id=application.pk,
                    item_id=each.item.pk,
                    files=[picture(f"{each.item.code}.png")],
                    by=user,
                    at=at(day),
                )
    return DesignationApplication.objects.get(pk=application.pk)


def complete_application(
    *,
    institution: Institution | None = None,
    by: User | None = None,
    day: date = date(2026, 11, 20),
    **values: object,
) -> DesignationApplication:
    """Return an application that was submitted on a day and accepted at once by the program."""
    application = drafted(institution=institution, by=by, day=day, **values)
    return submitted(application, day=day)


def incomplete_application(
    *, day: date = date(2026, 11, 20), **values: object
) -> DesignationApplication:
    """Return one that was submitted without its documents, and waits for the desk."""
    return submitted(drafted(day=day, materials=False, **values), day=day)


def submitted(application: DesignationApplication, *, day: date) -> DesignationApplication:
    submitting.submit_application(
        application_id=application.pk, by=owner_of(application), at=at(day) + timedelta(hours=1)
    )
    return DesignationApplication.objects.get(pk=application.pk)


def owner_of(application: DesignationApplication) -> User:
    return application.institution.memberships.order_by("pk").first().user


def clerk() -> User:
    return user_with(Role.INTAKE_CLERK)
