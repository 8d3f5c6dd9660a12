"""Bench `search`: two, three and four characters looked for among a million names, against a
look-up by primary key. Both go through the view of the desk's register with everything a request
goes through, and both are told by their p95 in the same round. A look-up shows one row, a search
up to fifty: `ratio_of_pages` leaves that difference out, its limit being fifty rows by their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from time import perf_counter
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.utils import translation

from agency.enums import Actor, Role
from agency.models import User
from bench.names import load
from bench.rounds import result
from institutions.models import Institution, InstitutionName
from institutions.services.search import search_register
from institutions.views.staff import InstitutionList

LENGTHS = (2, 3, 4)
QUERIES = 40  # of each length in a round
COMPARED = 4  # of each length, whose answer is compared with a plain scan
PAGE = 50


class ByKey(InstitutionList):
    """The same view, its rows found by their primary keys."""

    keys: Sequence[int] = ()

    def _page(self, rows: Any) -> list[Any]:
        super()._page(rows.none())
        return list(rows.filter(pk__in=self.keys))


# Pages name their static files by a manifest that only a collected checkout has.
PLAIN_FILES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@override_settings(STORAGES=PLAIN_FILES)
def measure(*, lines: int = 1_000_000, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    names = load(rows=lines, seed=seed)
    with connection.cursor() as cursor:
        for table in ("institutions_institution", "institutions_institutionname"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    # Parts of names as they come: what many names hold is looked for often.
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    ask = _asker()
    drawn = [_queries(names, rng) for _round in range(rounds + 1)]
    for text in [text for length in LENGTHS for text in drawn[0][length][:COMPARED]]:
        _compare(text)
    _times(ask, drawn[0], names, rng)  # warm
    found = [_times(ask, queries, names, rng) for queries in drawn[1:]]
    pages = result(
        "",
        must=0,
        aim=0,
        ours=[each["ours"] for each in found],
        limit=[each["pages"] for each in found],
        size=0,
    )
    return result(
        "search",
        must=3.0,
        aim=1.5,
        ours=[each["ours"] for each in found],
        limit=[each["limit"] for each in found],
        size=lines,
        queries=rounds * QUERIES * len(LENGTHS),
        ratio_of_pages=pages["ratio"],
        median_ms=1000 * sorted(each["median"] for each in found)[len(found) // 2],
        **{
            f"p95_ms_{length}": 1000 * max(each[f"p95_{length}"] for each in found)
            for length in LENGTHS
        },
    )


def _queries(names: Sequence[str], rng: Random) -> dict[int, list[str]]:
    return {
        length: [_part(rng.choice(names), length, rng) for _n in range(QUERIES)]
        for length in LENGTHS
    }


def _part(name: str, length: int, rng: Random) -> str:
    start = rng.randrange(len(name) - length + 1)
    return name[start : start + length]


def _times(
    ask: Callable[..., None], queries: dict[int, list[str]], names: Sequence[str], rng: Random
) -> dict[str, float]:
    """Return the p95 of the searches of a round and of as many look-ups, one beside the other."""
    ours: dict[int, list[float]] = {length: [] for length in LENGTHS}
    one: list[float] = []
    many: list[float] = []
    for length in LENGTHS:
        for text in queries[length]:
            ours[length].append(_timed(ask, {"q": text}))
            keys = [rng.randrange(len(names)) + 1 for _n in range(PAGE)]
            one.append(_timed(ask, {}, keys[:1]))
            many.append(_timed(ask, {}, keys))
    every = [each for times in ours.values() for each in times]
    return {
        "ours": _p95(every),
        "limit": _p95(one),
        "pages": _p95(many),
        "median": sorted(every)[len(every) // 2],
        **{f"p95_{length}": _p95(times) for length, times in ours.items()},
    }


def _timed(ask: Callable[..., None], query: dict[str, str], keys: Sequence[int] = ()) -> float:
    started = perf_counter()
    ask(query, keys)
    return perf_counter() - started


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _compare(text: str) -> None:
    """Make sure that a search finds what a scan of all names finds, in the same order."""
    scan = InstitutionName.objects.filter(searched__contains=text, is_current=True)
    rows = scan.values_list("searched", "institution")
    wanted = [pk for _rank, _name, pk in sorted((_rank(text, name), name, pk) for name, pk in rows)]
    hits = search_register(Institution.objects.all(), text, size=PAGE)
    if [hit.institution.pk for hit in hits] != wanted[:PAGE]:
        raise RuntimeError(f"{text}: a search and a scan differ")


def _rank(text: str, name: str) -> int:
    return 0 if name == text else 1 if name.startswith(text) else 2


def _asker() -> Callable[..., None]:
    """Return what asks the view as an officer does."""
    user = User.objects.create_user("bench", name="称重", actor=Actor.AGENCY)
    user.groups.add(Group.objects.get(name=Role.INTAKE_CLERK.value))
    factory = RequestFactory(headers={"host": "localhost"})
    search, by_key = InstitutionList.as_view(), ByKey

    def ask(query: dict[str, str], keys: Sequence[int] = ()) -> None:
        request = factory.get("/desk/institutions/", query)
        request.user = User.objects.get(pk=user.pk)
        view = by_key.as_view(keys=keys) if keys else search
        with translation.override(settings.LANGUAGE_CODE):
            response = cast("TemplateResponse", view(request))
            response.render()
        if response.status_code != 200:
            raise RuntimeError(f"{query}: {response.status_code}")

    return ask
