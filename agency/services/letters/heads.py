"""What stands on the letters of an office: name, number rule, seal."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.file_kinds import JPEG, PNG
from agency.models import LetterHead, Region, User
from agency.models.letters.head import NUMBER_FORMAT
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import store_attachment

SEAL_LIMIT = 1024 * 1024
LEVELS = 4
PLACES = ("prefix", "word", "year", "number")
_PLACE = re.compile(r"\{([^{}]*)\}")


def office_of(actor: str) -> Actor:
    """Return the office whose head a letter bears: an institution's own bears the agency's."""
    return Actor.ADMINISTRATION if actor == Actor.ADMINISTRATION else Actor.AGENCY


def head_in_force(region: Region, actor: str, on: date) -> LetterHead:
    """Return the letterhead of the region's office on the day, else that of the region above,
    else a plain one made of the region's name (not stored).
    """
    office, place = office_of(actor), region
    for _level in range(LEVELS):
        head = (
            LetterHead.objects.filter(region=place, actor=office, effective_from__lte=on)
            .select_related("seal")
            .order_by("-effective_from")
            .first()
        )
        if head is not None:
            return head
        if place.parent is None:
            break
        place = place.parent
    kind = "医疗保障局" if office == Actor.ADMINISTRATION else "医疗保障经办机构"
    short = re.sub(r"(市|县|区|省|自治区|自治州|地区|盟|旗)$", "", region.name) or region.name
    return LetterHead(
        region=region,
        actor=office,
        office_name=f"{region.name}{kind}",
        prefix=f"{short}医保"[:12],
        number_format=NUMBER_FORMAT,
        effective_from=on,
    )


def number_series(head: LetterHead, word: str, year: int) -> str:
    """Return a number's text with `{number}` still open: letters of one series share a counter."""
    places = {"prefix": head.prefix, "word": word, "year": str(year)}
    return _PLACE.sub(lambda place: places.get(place[1], place[0]), head.number_format)


def format_obstacles(number_format: str) -> list[Obstacle]:
    """Return why a number rule cannot be used."""
    found = [each[1] for each in _PLACE.finditer(number_format)]
    unknown = sorted(set(found) - set(PLACES))
    missing = [each for each in ("word", "year", "number") if found.count(each) != 1]
    obstacles = []
    if unknown or re.search(r"[{}]", _PLACE.sub("", number_format)):
        text = _("Number rule: no place “%(unknown)s” is known.")
        obstacles.append(
            Obstacle(
                "number_rule_unknown",
                text % {"unknown": ", ".join(unknown) or "{ }"},
                remedy=_("Known are: %s.") % ", ".join(f"{{{each}}}" for each in PLACES),
            )
        )
    if missing:
        text = _("Number rule: %s must stand in it once, so that no number repeats.")
        missing_places = ", ".join(f"{{{each}}}" for each in missing)
        obstacles.append(Obstacle("number_rule_incomplete", text % missing_places))
    return obstacles


@transaction.atomic
def enter_letterhead(
    *,
    region: Region,
    office_name: str,
    prefix: str,
    number_format: str = NUMBER_FORMAT,
    address: str = "",
    phone: str = "",
    seal: UploadedFile | None = None,
    effective_from: date,
    by: User,
    at: datetime,
    on: date,
) -> LetterHead:
    """Enter the letterhead of the person's own office in the region from a day on. Without a new
    seal the one before stays.
    """
    obstacles = format_obstacles(number_format)
    if effective_from < on:
        text = _("Effective from: %(day)s is before today, %(on)s.")
        remedy = _("Choose today or a later day.")
        facts = {"day": effective_from, "on": on}
        obstacles.append(Obstacle("letterhead_in_the_past", text % facts, remedy=remedy))
    rows = LetterHead.objects.select_for_update(of=("self",)).filter(region=region, actor=by.actor)
    if rows.filter(effective_from=effective_from).exists():
        text = _("A letterhead from %s on is entered already, and stays as it is.")
        remedy = _("Choose another day.")
        obstacles.append(Obstacle("letterhead_day_taken", text % effective_from, remedy=remedy))
    refuse_if(obstacles)
    before = rows.filter(effective_from__lt=effective_from).order_by("-effective_from").first()
    stored = before.seal if before else None
    if seal is not None:
        stored = store_attachment(seal, by=by, at=at, types=(PNG, JPEG), limit=SEAL_LIMIT)
    return LetterHead.objects.create(
        region=region,
        actor=by.actor,
        office_name=office_name.strip(),
        prefix=prefix.strip(),
        number_format=number_format.strip(),
        address=address.strip(),
        phone=phone.strip(),
        seal=stored,
        effective_from=effective_from,
        entered_by=by,
        entered_at=at,
    )
