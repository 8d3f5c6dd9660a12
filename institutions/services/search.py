"""Looking institutions up: what was typed, ranked, page by page.

What matches little is fetched whole and ranked; what matches much is walked in the order of the
names, so that a common word costs no more than a rare one. Nothing is counted.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from institutions.models import Institution, InstitutionName
from institutions.querysets.register import LAST_CHARACTER, InstitutionQuerySet, starting, words_of

RANKED_AT_MOST = 2000
WALKED_AT_ONCE = 20_000
# Two of a hundred: a page of them is never far.
SAMPLED, COMMON_IN_SAMPLE = 2_000, 40
LONGEST_CURSOR = 1000

EXACT, BEGINS, CONTAINS, FORMER = range(4)

Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """An institution that was found, and its place among the others."""

    institution: Institution
    place: Place

    @property
    def by_former_name(self) -> bool:
        return self.place[0] == FORMER


def search_register(
    rows: InstitutionQuerySet, text: str, *, after: Place | None = None, size: int
) -> list[Hit]:
    """Return the next institutions among `rows` that the text finds: an exact code or name first,
    then names that begin with it, then those that contain it, then those that once did.
    """
    words = words_of(text)
    if not words:
        return []
    places = _places(rows, words, after, size)
    found = rows.in_bulk([pk for _rank, _name, pk in places])
    return [Hit(found[place[2]], place) for place in places if place[2] in found]


def _places(
    rows: InstitutionQuerySet, words: Sequence[str], after: Place | None, size: int
) -> list[Place]:
    if _is_common(words):
        return _walked(rows, words, after, size)
    # In no order: whatever orders them would have to read them all.
    candidates = list(
        InstitutionName.objects.found(words)
        .order_by()
        .values_list("institution", "searched", "is_current", "initials", "pinyin")[
            : RANKED_AT_MOST + 1
        ]
    )
    coded = list(
        Institution.objects.having_code(words)
        .order_by()
        .values_list("pk", "code", "credit_code", "name")[: RANKED_AT_MOST + 1]
    )
    if max(len(candidates), len(coded)) > RANKED_AT_MOST:
        return _walked(rows, words, after, size)
    return _ranked(rows, words, candidates, coded, after, size)


def cursor_of(hit: Hit) -> str:
    """Return the place of a hit as an address carries it."""
    text = json.dumps(hit.place, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """Return the place a cursor names; raises ValueError for a made-up one."""
    if len(text) > LONGEST_CURSOR:
        raise ValueError("too long")
    place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    match place:
        case [int(rank), str(name), int(pk)] if "\x00" not in name and EXACT <= rank <= FORMER:
            return rank, name, pk
    raise ValueError("no place")


def former_names(institutions: Iterable[int]) -> dict[int, list[str]]:
    """Return the names institutions had. One query, none for nobody."""
    wanted = list(institutions)
    found: dict[int, list[str]] = {}
    if wanted:
        rows = InstitutionName.objects.filter(institution__in=wanted, is_current=False)
        for pk, name in rows.order_by("pk").values_list("institution", "name"):
            found.setdefault(pk, []).append(name)
    return found


def about(text: str, path: str = "institution") -> Q:
    """Return the rows about institutions that the text finds; `path` leads to them. A query or
    two, so that the rows are fetched by their index.
    """
    if not words_of(text):
        return Q(pk__in=[])
    found = Institution.objects.matching(text)
    few = list(found.order_by().values_list("pk", flat=True)[: RANKED_AT_MOST + 1])
    if len(few) <= RANKED_AT_MOST:
        return Q(**{f"{path}__in": few})
    return Q(**{f"{path}__in": found.order_by().values("pk")})


# --- little -------------------------------------------------------------------------------------


def _ranked(
    rows: InstitutionQuerySet,
    words: Sequence[str],
    candidates: Iterable[tuple[int, str, bool, str, str]],
    coded: Iterable[tuple[int, str | None, str | None, str]],
    after: Place | None,
    size: int,
) -> list[Place]:
    typed = "".join(words)
    best: dict[int, Place] = {}
    for pk, searched, is_current, initials, pinyin in candidates:
        rank = _rank(typed, searched, initials, pinyin) if is_current else FORMER
        place = (rank, searched, pk)
        best[pk] = min(place, best.get(pk, place))
    for pk, code, credit_code, name in coded:
        place = (EXACT if typed in (code, credit_code) else BEGINS, name, pk)
        best[pk] = min(place, best.get(pk, place))
    ids = RawSQL("SELECT unnest(%s::bigint[])", [list(best)])
    allowed = rows.order_by().filter(pk__in=ids).values_list("pk", flat=True)
    places = sorted(best[pk] for pk in allowed)
    return [place for place in places if after is None or place > after][:size]


def _rank(typed: str, searched: str, initials: str, pinyin: str) -> int:
    low = typed.lower()
    if typed == searched or low in (initials, pinyin):
        return EXACT
    if any(each.startswith(start) for each, start in ((searched, typed), (initials, low))):
        return BEGINS
    return BEGINS if pinyin.startswith(low) else CONTAINS


# --- much ---------------------------------------------------------------------------------------


def _walked(
    rows: InstitutionQuerySet, words: Sequence[str], after: Place | None, size: int
) -> list[Place]:
    """Return the next places of current names in their order: those that begin with what was
    typed, then those that hold it; former names come last.
    """
    typed = "".join(words)
    wanted = rows.order_by().values("pk")
    places: list[Place] = []
    for rank in (BEGINS, CONTAINS, FORMER):
        if after and after[0] > rank:
            continue
        start = after[1:] if after and after[0] == rank else None
        missing = size - len(places)
        if missing <= 0:
            break
        if rank == BEGINS:
            found = _beginning(wanted, typed, start, missing)
        elif rank == FORMER:
            found = _former(wanted, words, start, missing)
        else:
            found = _containing(wanted, words, typed, start, missing)
        places += [(rank, name, pk) for name, pk in found]
    return places


def _beginning(
    wanted: Any, typed: str, start: tuple[str, int] | None, size: int
) -> list[tuple[str, int]]:
    names = InstitutionName.objects.filter(starting(typed), is_current=True, institution__in=wanted)
    if start:
        names = names.filter(_after(start))
    rows = names.order_by("searched", "institution").values_list("searched", "institution")
    return list(rows[:size])


def _former(
    wanted: Any, words: Sequence[str], start: tuple[str, int] | None, size: int
) -> list[tuple[str, int]]:
    """Return the next former names, of institutions whose present name does not hold the words."""
    present = InstitutionName.objects.found(words).order_by().filter(is_current=True)
    names = (
        InstitutionName.objects.found(words)
        .filter(is_current=False, institution__in=wanted)
        .exclude(Exists(present.filter(institution=OuterRef("institution"))))
    )
    if start:
        names = names.filter(_after(start))
    rows = names.order_by("searched", "institution").values_list("searched", "institution")
    return list(rows[:size])


def _containing(
    wanted: Any, words: Sequence[str], typed: str, start: tuple[str, int] | None, size: int
) -> list[tuple[str, int]]:
    if all(not word.isascii() for word in words):
        near = _walk_on(wanted, words, typed, start, size)
        if len(near) == size:
            return near
    names = (
        InstitutionName.objects.found(words)
        .exclude(starting(typed))
        .filter(is_current=True, institution__in=wanted)
    )
    coded = Institution.objects.having_code(words).filter(pk__in=wanted)
    if start:
        names = names.filter(_after(start))
        coded = coded.filter(Q(name__gt=start[0]) | Q(name=start[0], pk__gt=start[1]))
    found = _sorted_apart(names.order_by().values_list("searched", "institution"), size)
    if len(words) == 1:
        by_code = list(coded.order_by("name", "pk").values_list("name", "pk")[:size])
        seen = {pk for _name, pk in found}
        found = sorted([*found, *(each for each in by_code if each[1] not in seen)])[:size]
    return found


def _after(start: tuple[str, int]) -> Q:
    name, pk = start
    return Q(searched__gt=name) | Q(searched=name, institution__gt=pk)


_COMMON = """
SELECT count(*) FROM (
    SELECT searched FROM institutions_institutionname WHERE is_current
    ORDER BY searched, institution_id LIMIT %s
) near WHERE {likes}
"""


def _is_common(words: Sequence[str]) -> bool:
    """Tell from the first names whether so many hold the words that walking finds them soonest."""
    if any(word.isascii() or len(word) == 1 for word in words):
        return False
    likes = " AND ".join(["near.searched LIKE %s"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(
            _COMMON.format(likes=likes), [SAMPLED, *(f"%{_escaped(word)}%" for word in words)]
        )
        return bool(cursor.fetchone()[0] >= COMMON_IN_SAMPLE)


_NEAR = """
SELECT near.searched, near.institution_id
FROM (
    SELECT searched, institution_id FROM institutions_institutionname
    WHERE (searched, institution_id) > (%s, %s) AND is_current
    ORDER BY searched, institution_id LIMIT %s
) near
WHERE {likes} AND NOT (near.searched >= %s AND near.searched < %s)
    AND near.institution_id IN ({wanted})
ORDER BY near.searched, near.institution_id LIMIT %s
"""


def _walk_on(
    wanted: Any, words: Sequence[str], typed: str, start: tuple[str, int] | None, size: int
) -> list[tuple[str, int]]:
    """Return what the next names hold; fewer than `size` if they are not among the nearest."""
    sql, params = wanted.query.sql_with_params()
    query = _NEAR.format(likes=" AND ".join(["near.searched LIKE %s"] * len(words)), wanted=sql)
    name, pk = start or ("", 0)
    likes = [f"%{_escaped(word)}%" for word in words]
    values = [name, pk, WALKED_AT_ONCE, *likes, typed, typed + LAST_CHARACTER, *params, size]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _sorted_apart(names: Any, size: int) -> list[tuple[str, int]]:
    """Return the first names of all that are found, without walking the order for them."""
    sql, params = names.query.sql_with_params()
    query = (
        f"WITH found (searched, institution_id) AS MATERIALIZED ({sql})"  # noqa: S608 - our own
        " SELECT searched, institution_id FROM found ORDER BY 1, 2 LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*params, size])
        return cursor.fetchall()


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
