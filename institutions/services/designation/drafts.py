"""The draft of an application: begun, saved step by step, resumed, discarded (C-08)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Attachment, User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.in_force import parameters_on
from agency.services.previews import preview_of
from institutions.enums.designation import ENDED
from institutions.enums.persons import Post
from institutions.models import (
    ApplicationMaterial,
    ApplicationPerson,
    DesignationApplication,
    Institution,
    MaterialItem,
    SupplementRequest,
)
from institutions.permissions.designation import DRAFT_APPLICATION, draft_obstacles
from institutions.services.designation.checks import (
    checklist,
    credit_code_obstacles,
    id_number_obstacles,
)
from institutions.services.persons import clean_number

ONE_OPEN = "designationapplication_one_open_per_licence"
DRAFT_DAYS = "application_draft_days"

# What the form says; the rest is written by the steps of the procedure.
FORM_FIELDS = frozenset(
    {
        "licence_kind",
        "licence_no",
        "licence_valid_to",
        "credit_code",
        "kind",
        "is_internet_hospital",
        "parent",
        "nature",
        "level",
        "beds",
        "opened_on",
        "insurance_staff",
        "own_physicians",
        "principal_in_charge",
        "systems",
        "information_system",
        "other_conditions",
        "mainly_non_basic",
        "subjects",
        "contact_name",
        "contact_phone",
        "expected_fund_use",
        "statement",
    }
)
# What the register knows already; a draft begins with it.
KNOWN = ("credit_code", "kind", "nature", "level", "beds", "opened_on", "subjects")


def clean_licence(text: str) -> str:
    """Return a licence number as it is kept: no blanks, capitals."""
    return "".join(text.split()).upper()


@transaction.atomic
def start_draft(
    *, institution_id: int, licence_no: str, by: User, at: datetime
) -> DesignationApplication:
    """Begin an application with what the register knows of the institution.

    Refuses a stranger to the institution, and a second application for the same licence.
    """
    institution = Institution.objects.select_related("region").get(pk=institution_id)
    licence = clean_licence(licence_no)
    refuse_if(_start_obstacles(institution, licence, by))
    known = {name: getattr(institution, name) or "" for name in KNOWN if name != "opened_on"}
    with one_per_licence(licence, institution_id):
        application = DesignationApplication.objects.create(
            institution=institution,
            region=institution.region,
            created_by=by,
            created_at=at,
            saved_at=at,
            licence_no=licence,
            opened_on=institution.opened_on,
            contact_name=by.name,
            contact_phone=institution.phone,
            **{**known, "beds": institution.beds},
        )
    ApplicationPerson.objects.bulk_create(
        ApplicationPerson(application=application, post=post, name=name)
        for post in Post
        if (name := getattr(institution, post.value, ""))
    )
    return application


@transaction.atomic
def save_form(
    *,
    application_id: int,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    step: int | None = None,
) -> DesignationApplication:
    """Write what the form says into the draft; it may still be incomplete.

    Refuses a credit code that cannot be one, and a licence another application is for.
    """
    application = _locked(application_id, by)
    unknown = set(values) - FORM_FIELDS
    if unknown:
        raise ValueError(f"no fields of the form: {sorted(unknown)}")
    changed = dict(values)
    if "licence_no" in changed:
        changed["licence_no"] = clean_licence(changed["licence_no"])
    if "credit_code" in changed:
        changed["credit_code"] = "".join(changed["credit_code"].split()).upper()
    refuse_if(_form_obstacles(application, changed))
    for name, value in changed.items():
        setattr(application, name, value)
    if not application.is_internet_hospital:
        application.parent = None
    _touch(application, at, step)
    with one_per_licence(application.licence_no, application.institution_id):
        application.save(update_fields=[*changed, "parent", "saved_at", "step"])
    return application


@transaction.atomic
def save_persons(
    *,
    application_id: int,
    persons: Mapping[Post, tuple[str, str]],
    by: User,
    at: datetime,
    step: int | None = None,
) -> DesignationApplication:
    """Write who holds the posts: name and identity number. An empty number keeps the one that was
    saved, if the name is the same.
    """
    application = _locked(application_id, by)
    refuse_if(
        [
            obstacle
            for post, (_name, number) in persons.items()
            for obstacle in id_number_obstacles(post, clean_number(number))
        ]
    )
    saved = {each.post: each for each in application.persons.all()}
    for post, (name, number) in persons.items():
        person = saved.get(post.value) or ApplicationPerson(application=application, post=post)
        same = person.name == name.strip()
        person.id_number = clean_number(number) or (person.id_number if same else "")
        person.name = name.strip()
        person.save()
    _touch(application, at, step)
    application.save(update_fields=["saved_at", "step"])
    return application


@transaction.atomic
def add_files(
    *,
    application_id: int,
    item_id: int,
    files: Sequence[UploadedFile | UploadRef],
    by: User,
    at: datetime,
) -> ApplicationMaterial:
    """Hand in files for a document of the list: into the draft, or as what a notice asked for.

    Refuses a document that is not on the list or was not asked for, and files of a wrong kind.
    """
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    asked = open_request(application)
    on = timezone.localdate(at)
    refuse_if(_file_obstacles(application, item_id, asked, by=by, on=on))
    stored = store_files(files, by=by, at=at)
    material, _is_new = ApplicationMaterial.objects.get_or_create(
        application=application, item_id=item_id, defaults={"saved_at": at}
    )
    material.files.add(*stored)
    material.saved_at, material.supplement = at, asked
    material.is_unreadable = any(map(is_unreadable, stored)) or (
        asked is None and material.is_unreadable
    )
    material.save(update_fields=["saved_at", "supplement", "is_unreadable"])
    if application.is_draft:
        _touch(application, at, None)
        application.save(update_fields=["saved_at"])
    return material


@transaction.atomic
def remove_file(
    *, application_id: int, item_id: int, attachment_id: int, by: User, at: datetime
) -> None:
    """Take a file out of the draft; one that was supplied may go until it is delivered."""
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    asked = open_request(application)
    material = ApplicationMaterial.objects.filter(
        application=application, item=item_id, files=attachment_id
    ).first()
    found = material.files.filter(pk=attachment_id).first() if material else None
    loose = found is not None and (
        application.is_draft or (asked is not None and found.uploaded_at >= asked.requested_at)
    )
    if material is None or not loose:
        text = _("This file has been handed in and stays with the application.")
        raise Refusal([Obstacle("file_handed_in", text, "A-04")])
    material.files.remove(attachment_id)
    material.is_unreadable = any(map(is_unreadable, material.files.all()))
    material.saved_at = at
    material.save(update_fields=["is_unreadable", "saved_at"])
    if application.is_draft:
        _touch(application, at, None)
        application.save(update_fields=["saved_at"])


@transaction.atomic
def discard_draft(*, application_id: int, by: User) -> None:
    """Delete a draft: its input is kept nowhere, and its files go with the unused ones."""
    application = _locked(application_id, by)
    application.delete()


def discard_old_drafts(*, on: date, at: datetime) -> int:
    """Delete the drafts nobody has touched for as long as the policy says; return how many."""
    days = office(on=on).number(DRAFT_DAYS)
    old = DesignationApplication.objects.drafts().filter(saved_at__lt=at - timedelta(days))
    pks = list(old.values_list("pk", flat=True))
    DesignationApplication.objects.drafts().filter(pk__in=pks).delete()
    return len(pks)


def open_request(application: DesignationApplication) -> SupplementRequest | None:
    """Return the notice whose supplement is awaited."""
    return application.supplements.filter(delivered_at__isnull=True).first()


def existing_for(licence_no: str) -> DesignationApplication | None:
    """Return the application that is open for a licence, draft or not."""
    rows = DesignationApplication.objects.exclude(state__in=ENDED)
    return rows.filter(licence_no=clean_licence(licence_no)).first()


def is_unreadable(attachment: Attachment) -> bool:
    """Whether no page of the file can be drawn, though it is of a kind that has pages."""
    pages = int(parameters_on(timezone.localdate(attachment.uploaded_at))["preview_max_pages"])
    return bool(preview_of(attachment, pages=pages).error)


def _touch(application: DesignationApplication, at: datetime, step: int | None) -> None:
    application.saved_at = at
    if step is not None:
        application.step = step


def _locked(application_id: int, by: User) -> DesignationApplication:
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    refuse_if(draft_obstacles(application, by))
    return application


def _start_obstacles(institution: Institution, licence: str, by: User) -> list[Obstacle]:
    obstacles = []
    if not DRAFT_APPLICATION.allows(by) or not institution.memberships.filter(user=by).exists():
        text = _("Only the institution's own people may do this.")
        obstacles.append(Obstacle("not_entitled", text))
    if not licence:
        text = _("Licence number is missing.")
        remedy = _("Enter it as it stands on the licence.")
        obstacles.append(Obstacle("licence_no_missing", text, "A-02", remedy))
    return obstacles


def _form_obstacles(
    application: DesignationApplication, values: Mapping[str, Any]
) -> list[Obstacle]:
    obstacles = credit_code_obstacles(values.get("credit_code", ""))
    if "licence_no" in values and not values["licence_no"]:
        text = _("Licence number is missing.")
        remedy = _("Enter it as it stands on the licence.")
        obstacles.append(Obstacle("licence_no_missing", text, "A-02", remedy))
    parent = values.get("parent")
    if parent is not None and parent.pk == application.institution_id:
        text = _("An internet hospital cannot be its own physical institution.")
        remedy = _("Choose the institution it belongs to.")
        obstacles.append(Obstacle("parent_is_itself", text, "A-02", remedy))
    return obstacles


def _file_obstacles(
    application: DesignationApplication,
    item_id: int,
    asked: SupplementRequest | None,
    *,
    by: User,
    on: date,
) -> list[Obstacle]:
    if application.is_draft:
        obstacles = draft_obstacles(application, by)
        allowed = {each.item.pk for each in checklist(application, on)}
    else:
        obstacles = []
        if not DRAFT_APPLICATION.allows(by):
            text = _("Only the institution's own people may do this.")
            obstacles.append(Obstacle("not_entitled", text))
        allowed = set(asked.items.values_list("item", flat=True)) if asked else set()
    if item_id not in allowed:
        item = MaterialItem.objects.filter(pk=item_id).first()
        text = _("“%(item)s” is not asked for.") % {"item": item or item_id}
        remedy = _("Hand in what the list, or the agency's notice, names.")
        obstacles.append(Obstacle("item_not_asked", text, "A-04", remedy))
    return obstacles


@contextmanager
def one_per_licence(licence: str, institution_id: int) -> Iterator[None]:
    """Turn the database's refusal of a second application for a licence into a reason."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if ONE_OPEN not in str(error):
            raise
        raise Refusal([duplicate(licence, institution_id)]) from error


def duplicate(licence: str, institution_id: int) -> Obstacle:
    """Say that there is an application for the licence; whose, only to its own people."""
    text = _("For licence %(licence)s there is an application already.") % {"licence": licence}
    other = existing_for(licence)
    if other is not None and other.institution_id == institution_id:
        remedy = (
            _("Go on with the draft you have.")
            if other.is_draft
            else _("Look at application %(number)s; withdraw it if you want to begin anew.")
            % {"number": other.number}
        )
    else:
        remedy = _("Compare the number with your licence; if it is right, ask the agency.")
    return Obstacle(ONE_OPEN, text, "A-02", remedy)
