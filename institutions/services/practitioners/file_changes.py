"""The persons of a roster file: their files made or changed, their first places, in statements of
whole tables.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from agency.rules import Obstacle, Refusal
from institutions.models import FirstRegistration, Person, Practitioner
from institutions.services.practitioners.ground import FILE_COLUMNS
from institutions.services.practitioners.plan import Planned
from institutions.services.practitioners.previewing import BATCH, RULE


def stale(lines: Iterable[str]) -> Refusal:
    text = _("Since the preview something has changed: %(lines)s.") % {"lines": "; ".join(lines)}
    remedy = _("Upload the file again: the preview is then drawn anew.")
    return Refusal([Obstacle("preview_stale", text, RULE, remedy)])


def write_files(planned: Sequence[Planned], before: dict[int, dict[str, Any]]) -> dict[str, int]:
    """Make the files that are missing, change those that differ; return fingerprint -> file."""
    new = sorted({each.row.id_digest for each in planned if each.is_new_person})
    _new_files(planned, new)
    _change_files(planned, before)
    digests = {each.row.id_digest for each in planned}
    found = dict(
        Practitioner.objects.filter(person__id_digest__in=digests).values_list(
            "person__id_digest", "pk"
        )
    )
    if missing := digests - found.keys():
        lines = [each.row for each in planned if each.row.id_digest in missing]
        # Whoever was faster took one of the codes.
        raise stale([f"{each.line}: {each.values.get('staff_code', '')}" for each in lines[:5]])
    for each in planned:
        if each.is_new_person:
            before.setdefault(each.row.line, {})["is_new_file"] = True
    return found


def _new_files(planned: Sequence[Planned], new: Sequence[str]) -> None:
    wanted = set(new)
    facts: dict[str, dict[str, str]] = {}
    said: dict[str, tuple[str, str]] = {}
    for each in planned:
        digest = each.row.id_digest
        if digest in wanted:
            said.setdefault(digest, (each.row.name, each.row.id_number))
            mine = facts.setdefault(digest, {})
            for column in FILE_COLUMNS:
                if value := each.row.values.get(column):
                    mine.setdefault(column, value)
    # In one order everywhere: two imports at once wait for each other instead of blocking.
    Person.objects.bulk_create(
        [
            Person(name=said[digest][0], id_number=said[digest][1], id_digest=digest)
            for digest in new
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    persons = {each.id_digest: each for each in Person.objects.filter(id_digest__in=new)}
    if other := [digest for digest in new if persons[digest].name != said[digest][0]]:
        raise stale([_("another name for the number of %s") % said[other[0]][0]])
    Practitioner.objects.bulk_create(
        [
            Practitioner(
                person=persons[digest],
                staff_code=facts[digest].get("staff_code"),
                category=facts[digest]["category"],
                qualification=facts[digest]["qualification"],
                licence_no=facts[digest].get("licence_no", ""),
            )
            for digest in new
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def _change_files(planned: Sequence[Planned], before: dict[int, dict[str, Any]]) -> None:
    changing = [each for each in planned if each.file_changes]
    if not changing:
        return
    rows = Practitioner.objects.select_for_update(of=("self",)).filter(
        person__id_digest__in=[each.row.id_digest for each in changing]
    )
    files = {each.person.id_digest: each for each in rows.select_related("person").order_by("pk")}
    for each in changing:
        file = files[each.row.id_digest]
        kept = before.setdefault(each.row.line, {}).setdefault("file", {})
        for column, value in each.file_changes.items():
            kept[column] = [getattr(file, column), value]
            setattr(file, column, value)
    update_files(files.values())


def update_files(files: Collection[Practitioner]) -> None:
    """Write the columns of many files in one statement. Refuses a code that is taken."""
    sql = """
        UPDATE institutions_practitioner p SET staff_code = v.staff_code,
            category = v.category, qualification = v.qualification, licence_no = v.licence_no
        FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
            AS v (id, staff_code, category, qualification, licence_no)
        WHERE p.id = v.id
    """
    columns = [[each.pk for each in files]]
    columns += [[getattr(each, name) for each in files] for name in FILE_COLUMNS]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, columns)
    except IntegrityError as error:
        raise stale([_("a staff code has been given to another person")]) from error


def write_first_places(
    planned: Sequence[Planned],
    practitioners: dict[str, int],
    before: dict[int, dict[str, Any]],
    *,
    on: date,
) -> None:
    placing = [each for each in planned if each.first_place is not None]
    of = {practitioners[each.row.id_digest]: each for each in placing}
    present = FirstRegistration.objects.filter(practitioner__in=list(of), ends_on__isnull=True)
    ending, replaced = [], set()
    for place in present:
        kept = [place.pk, place.institution_id, place.place, str(place.starts_on)]
        before.setdefault(of[place.practitioner_id].row.line, {})["place"] = kept
        wanted = of[place.practitioner_id].first_place
        if place.starts_on >= on and wanted is not None:
            place.institution_id, place.place = wanted.institution_id, wanted.place
            replaced.add(place.practitioner_id)
        else:
            place.ends_on = on - timedelta(1)
        ending.append(place)
    FirstRegistration.objects.bulk_update(
        ending, ["institution", "place", "ends_on"], batch_size=BATCH
    )
    ended = {each.practitioner_id for each in ending}
    FirstRegistration.objects.bulk_create(
        [
            FirstRegistration(
                practitioner_id=pk,
                institution_id=each.first_place.institution_id,
                place=each.first_place.place,
                starts_on=on if pk in ended else each.row.first_day,
            )
            for pk, each in of.items()
            if each.first_place is not None and pk not in replaced
        ],
        batch_size=BATCH,
    )
    for each in placing:
        before.setdefault(each.row.line, {}).setdefault("place", None)
