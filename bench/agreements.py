"""Agreements by the million, as the past leaves them: most ended, some running, some due."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection

from agency.enums import Actor, RegionLevel, Role
from agency.models import Region, User
from institutions.enums.register import Kind, Level, Nature
from institutions.models import Institution, Membership

TERMS = 20  # of each institution, one a year; the last one runs
ON = date(2026, 7, 1)
DUE = 10_000

_LOAD = """
INSERT INTO agreements_agreement (number, institution_id, region_id, state, valid_from, valid_to,
    last_day, signed_on, ended_on, renewal_apply_by, renewal_remind_on)
SELECT '360400-' || (2006 + term) || '-' || lpad((place + %(first)s)::text, 7, '0'),
    institution.id, '360400',
    CASE WHEN term < %(terms)s THEN 'expired' ELSE 'effective' END,
    first_day, last_day, last_day, first_day - 10,
    CASE WHEN term < %(terms)s THEN last_day END, last_day - 92, NULL
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM institutions_institution
        WHERE code BETWEEN %(first_code)s AND %(last_code)s) institution
    CROSS JOIN generate_series(1, %(terms)s) term
    -- The first ten thousand end on 30 June, the others in autumn.
    CROSS JOIN LATERAL (SELECT make_date(2005 + term, CASE WHEN place <= %(due)s THEN 7 ELSE 10 END,
        1) AS first_day) begins
    CROSS JOIN LATERAL (SELECT (first_day + interval '1 year')::date - 1 AS last_day) ends
-- Institution by institution: what is due lies scattered over the table.
ORDER BY place, term
"""


def load(*, rows: int, due: int, first: int = 0) -> None:
    """Add `rows` agreements of new institutions, of which `due` end on the day before `ON`."""
    count = rows // TERMS
    region, _ = Region.objects.get_or_create(
        code="360400", defaults={"name": "九江市", "level": RegionLevel.PREFECTURE}
    )
    Institution.objects.bulk_create(
        [_institution(first + n, region) for n in range(count)], batch_size=5000
    )
    with connection.cursor() as cursor:
        # No history of how bench rows came to be; the clocks are loaded beside.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            _LOAD,
            {
                "terms": TERMS,
                "due": due,
                "first": first,
                "first_code": _code(first),
                "last_code": _code(first + count - 1),
            },
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(
            "INSERT INTO agreements_agreementclock (agreement_id, turns_on)"
            " SELECT id, valid_to + 1 FROM agreements_agreement WHERE state = 'effective'"
            " ON CONFLICT DO NOTHING"
        )


def add_accounts(due: int) -> None:
    """Give each institution whose agreement is due an account that is told of it."""
    Group.objects.get_or_create(name=Role.INSTITUTION_ADMINISTRATOR.value)
    users = User.objects.bulk_create(
        [User(username=f"bench{n}", name=f"称重{n}", actor=Actor.INSTITUTION) for n in range(due)],
        batch_size=5000,
    )
    institutions = Institution.objects.order_by("pk")[:due]
    Membership.objects.bulk_create(
        [
            Membership(user=user, institution=institution)
            for user, institution in zip(users, institutions, strict=True)
        ],
        batch_size=5000,
    )


def _institution(number: int, region: Region) -> Institution:
    return Institution(
        code=_code(number),
        credit_code=f"52360403{number:010}",
        name=f"称重医院{number}",
        kind=Kind.GENERAL_HOSPITAL,
        nature=Nature.PRIVATE_NONPROFIT,
        level=Level.L2_B,
        registered_address="—",
        region=region,
    )


def _code(number: int) -> str:
    return f"H3604{number:07}"


def vacuum(*tables: str, analyze: bool = False) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM {'(ANALYZE)' if analyze else ''} {table}")


def rows_of(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
