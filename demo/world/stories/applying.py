"""What applicants do: ask for an account, draft, hand in, submit, supplement, withdraw; and what
the desk does at the door.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agency.models import Region
from demo.world.accounts import PASSWORD
from demo.world.applicants import Applicant
from demo.world.papers import paper
from demo.world.script import World
from institutions.enums.designation import LicenceKind, MaterialDefect, NotAcceptedGround
from institutions.models import DesignationApplication, InstitutionLetter
from institutions.services.account_requests import (
    Asked,
    ask_for_account,
    keep_licence,
    review_account,
)
from institutions.services.designation import asking, checks, deciding, drafts, submitting
from institutions.services.letters import confirm_receipt, give_consent

# A hundred beds and more need a department of insurance.
MANY_BEDS = 100
UNREADABLE = b"%PDF-1.7\nscan interrupted"


def made(world: World, applicant: Applicant) -> DesignationApplication:
    """Return the application as it stands now."""
    pk: int = world.made[f"application.{applicant.key}"]
    return DesignationApplication.objects.get(pk=pk)


def ask(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """The first visit: an account at once, and the consent to letters in the portal."""
    invented = applicant.institution
    facts = invented.facts(world.today)
    request = ask_for_account(
        asked=Asked(
            institution_name=invented.name,
            credit_code=invented.credit_code,
            licence_no=facts["licence_no"],
            kind=invented.kind,
            region=Region.objects.get(pk=invented.region),
            address=facts["registered_address"],
            contact_name=applicant.contact.name,
            phone=facts["phone"],
            username=applicant.username,
        ),
        password=PASSWORD,
        licence=keep_licence(paper("医疗机构执业许可证", invented.name), at=at),
        at=at,
    )
    user = request.account
    world.users[applicant.username] = user
    world.made[f"request.{applicant.key}"] = request
    give_consent(
        institution_id=request.institution_id,
        signed_name=str(user),
        password=PASSWORD,
        by=user,
        at=at,
    )


def look(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """The intake clerk looks at the licence of an account opened at once."""
    request = world.made[f"request.{applicant.key}"]
    review_account(request_id=request.pk, by=world.users["intake"], at=at, reason="证照已核对")


def draft(
    world: World,
    applicant: Applicant,
    on: date,
    at: datetime,
    *,
    without: Collection[str] = (),
    unreadable: Collection[str] = (),
) -> None:
    """The form, the persons, and the documents of the list but some."""
    by, invented = world.users[applicant.username], applicant.institution
    facts = invented.facts(world.today)
    application = drafts.start_draft(
        institution_id=by.membership.institution_id,
        licence_no=facts["licence_no"],
        by=by,
        at=at,
    )
    world.made[f"application.{applicant.key}"] = application.pk
    values = {
        "licence_kind": LicenceKind.PRACTICE_LICENCE,
        "licence_valid_to": world.today + timedelta(900),
        "nature": invented.nature,
        "level": invented.level,
        "beds": invented.beds,
        "opened_on": facts["opened_on"],
        "insurance_staff": "full" if invented.beds >= MANY_BEDS else "part",
        "own_physicians": 2 + invented.beds // 10,
        "principal_in_charge": True,
        "systems": True,
        "information_system": True,
        "other_conditions": True,
        "subjects": facts["subjects"],
        "expected_fund_use": Decimal(60000 + invented.beds * 18000),
        "statement": "申请纳入医疗保障定点管理。",
    }
    drafts.save_form(application_id=application.pk, values=values, by=by, at=at, step=2)
    persons = {post: (each.name, each.id_number) for post, each in applicant.persons.items()}
    drafts.save_persons(application_id=application.pk, persons=persons, by=by, at=at, step=4)
    hand_in(world, applicant, at, without=without, unreadable=unreadable)


def hand_in(
    world: World,
    applicant: Applicant,
    at: datetime,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
    unreadable: Collection[str] = (),
) -> None:
    application = made(world, applicant)
    for each in checks.checklist(application, timezone.localdate(at)):
        code = each.item.code
        if code in without or (only and code not in only) or not each.item.is_required:
            continue
        # The same sample for everybody: it is drawn once.
        file = paper(each.item.name)
        if code in unreadable:
            file = SimpleUploadedFile(f"{each.item.name}.pdf", UNREADABLE)
        drafts.add_files(
            application_id=application.pk,
            item_id=each.item.pk,
            files=[file],
            by=world.users[applicant.username],
            at=at,
        )


def submit(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    submitting.submit_application(
        application_id=made(world, applicant).pk, by=world.users[applicant.username], at=at
    )


def ask_back(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """The one notice of all that is missing."""
    application = made(world, applicant)
    asking.require_supplement(
        application_id=application.pk,
        items=[
            asking.AskedFor(each.item.pk, each.defect or MaterialDefect.MISSING, "请补充")
            for each in checks.defects(application, on)
        ],
        by=world.users["intake"],
        at=at,
        explanation="请一次性补齐下列材料。",
    )


def supply(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    application = made(world, applicant)
    hand_in(world, applicant, at, only=[each.item.code for each in checks.defects(application, on)])
    submitting.deliver_supplement(
        application_id=application.pk, by=world.users[applicant.username], at=at
    )


def refuse(
    world: World,
    applicant: Applicant,
    on: date,
    at: datetime,
    *,
    ground: NotAcceptedGround,
    reason: str,
) -> None:
    deciding.refuse_application(
        application_id=made(world, applicant).pk,
        grounds=[ground.value],
        by=world.users["intake"],
        at=at,
        reason=reason,
    )


def withdraw(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    submitting.withdraw_application(
        application_id=made(world, applicant).pk,
        by=world.users[applicant.username],
        at=at,
        reason="院区改造,待完成后另行申请",
    )


def confirm(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """The applicant confirms every letter that lies in its portal."""
    user = world.users[applicant.username]
    waiting = InstitutionLetter.objects.filter(
        institution=user.membership.institution_id,
        confirmed_at__isnull=True,
        letter__services__state="pending",
    )
    for own in waiting.order_by("letter_id"):
        confirm_receipt(
            letter_id=own.letter_id, signed_name=str(user), password=PASSWORD, by=user, at=at
        )
