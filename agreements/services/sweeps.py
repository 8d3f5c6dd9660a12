# ruff: noqa: S608 - nothing but constants goes into the statements; values are parameters
"""The statements of the nightly sweeps: two each, whatever the number of rows.

The first claims the rows that are due, passing by what somebody holds, writes their history and
puts a notice into the inbox of every active member of the institutions; the second moves them.
Columns of `due`: id (of the agreement), row_id (of what is moved), source, target, act,
effective_on (in law), shown_on (in the notice), number, institution_id, silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation

from agency.reasons import Text

# A request to resume that came in time and is not refused keeps the agreement alive.
_ASKED_TO_RESUME = """EXISTS (
    SELECT 1 FROM agreements_agreementrequest q
    WHERE q.agreement_id = s.agreement_id AND q.kind = 'resume'
        AND q.state IN ('filed', 'accepted')
        AND (q.filed_at AT TIME ZONE %(zone)s)::date BETWEEN s.starts_on AND s.limit_on)"""

# B-13: ends the agreement by itself, with effect from the day after its limit.
_TERMINATING = f"""s.resumed_on IS NULL AND s.annulled_on IS NULL AND s.kind = 'voluntary'
    AND s.held_at IS NULL AND s.limit_on < a.valid_to AND NOT {_ASKED_TO_RESUME}"""


@dataclass(frozen=True, slots=True)
class Sweep:
    """`due` finds and locks the rows. Their history is written before `move` changes them: the
    check of its key then finds a row this transaction has locked, and has nothing to write.
    """

    due: str
    move: str


# What the night did goes into the mail of the day, at once to nobody.
_CLAIM = """
WITH due AS MATERIALIZED ({due}), told AS (
    INSERT INTO agency_notice
        (recipient_id, key, topic, subject, body, url, created_at, delivery)
    SELECT u.id, concat('agreement.', due.act, ':', due.id, ':', due.effective_on), 'agreements',
        replace(replace(%(subject)s, '{{number}}', due.number), '{{on}}', due.shown_on::text),
        %(body)s, replace(%(url)s, '{{id}}', due.id::text), %(at)s,
        CASE WHEN u.email = '' OR p.delivery = 'none' THEN 'none' ELSE 'daily' END
    FROM due JOIN institutions_membership m ON m.institution_id = due.institution_id
        JOIN agency_user u ON u.id = m.user_id AND u.is_active
        LEFT JOIN agency_messagepreference p ON p.user_id = u.id AND p.topic = 'agreements'
    WHERE NOT due.silent
    ON CONFLICT (recipient_id, key) DO NOTHING
), recorded AS (
    INSERT INTO agreements_agreementtransition
        (subject_id, act, source, target, "on", at, by_id, reason, rule)
    SELECT due.id, due.act, due.source, due.target, due.effective_on, %(at)s, NULL,
        %(reason)s, %(rule)s
    FROM due WHERE NOT due.silent
)
SELECT array_agg(due.row_id), array_agg(due.target), array_agg(due.effective_on),
    count(*) FILTER (WHERE NOT due.silent)
FROM due
"""
# What `due` handed on, for the move.
_MOVED = (
    "unnest(%(rows)s::bigint[], %(targets)s::text[], %(days)s::date[]) AS due(row_id, target, day)"
)


END = Sweep(
    f"""
    SELECT a.id, a.id AS row_id, a.state AS source, ending.target,
        CASE ending.target WHEN 'renewed' THEN 'give_way_to_renewal' ELSE 'expire' END AS act,
        a.valid_to AS effective_on, a.valid_to AS shown_on, a.number, a.institution_id,
        false AS silent
    FROM agreements_agreementclock c
        JOIN agreements_agreement a ON a.id = c.agreement_id
        LEFT JOIN agreements_agreement r ON r.renewal_of_id = a.id AND r.state = 'signed'
        CROSS JOIN LATERAL (SELECT CASE WHEN a.state = 'effective' AND r.id IS NOT NULL
            THEN 'renewed' ELSE 'expired' END AS target) ending
    WHERE c.turns_on <= %(on)s AND a.state IN ('effective', 'suspended')
        AND (a.state = 'effective' OR NOT EXISTS (
            SELECT 1 FROM agreements_suspension s
            WHERE s.agreement_id = a.id AND {_TERMINATING}))
    FOR NO KEY UPDATE OF a SKIP LOCKED""",
    f"""
    UPDATE agreements_agreement a SET state = due.target, ended_on = a.valid_to
    FROM {_MOVED} WHERE a.id = due.row_id""",
)

BEGIN = Sweep(
    """
    SELECT a.id, a.id AS row_id, a.state AS source, 'effective' AS target, 'take_effect' AS act,
        a.valid_from AS effective_on, a.valid_from AS shown_on, a.number, a.institution_id,
        false AS silent
    FROM agreements_agreementclock c
        JOIN agreements_agreement a ON a.id = c.agreement_id
        LEFT JOIN agreements_agreement old ON old.id = a.renewal_of_id
    WHERE c.turns_on <= %(on)s AND a.state = 'signed'
        AND (old.id IS NULL OR old.state = 'renewed')
    FOR NO KEY UPDATE OF a SKIP LOCKED""",
    f"""
    UPDATE agreements_agreement a SET state = due.target
    FROM {_MOVED} WHERE a.id = due.row_id""",
)

CANCEL_ORPHANS = Sweep(
    """
    SELECT a.id, a.id AS row_id, a.state AS source, 'cancelled' AS target, 'cancel' AS act,
        a.valid_from AS effective_on, a.valid_from AS shown_on, a.number, a.institution_id,
        false AS silent
    FROM agreements_agreementclock c
        JOIN agreements_agreement a ON a.id = c.agreement_id
        JOIN agreements_agreement old ON old.id = a.renewal_of_id
    WHERE c.turns_on <= %(on)s AND a.state = 'signed'
        AND old.state IN ('expired', 'dissolved', 'auto_terminated')
    FOR NO KEY UPDATE OF a SKIP LOCKED""",
    f"""
    UPDATE agreements_agreement a SET state = due.target, last_day = a.valid_from - 1
    FROM {_MOVED} WHERE a.id = due.row_id""",
)

# Whoever is about to be terminated automatically is not reminded, unless it is held.
REMIND = Sweep(
    f"""
    SELECT a.id, a.id AS row_id, a.state AS source, a.state AS target, 'remind_renewal' AS act,
        c.reminds_on AS effective_on, a.valid_to AS shown_on, a.number, a.institution_id,
        (EXISTS (SELECT 1 FROM agreements_agreement r
            WHERE r.renewal_of_id = a.id AND r.state <> 'cancelled')
        OR EXISTS (SELECT 1 FROM agreements_agreementrequest q
            WHERE q.agreement_id = a.id AND q.kind IN ('renew', 'not_renew')
                AND q.state IN ('filed', 'accepted', 'performed'))
        OR EXISTS (SELECT 1 FROM agreements_renewalmember m
            JOIN agreements_renewalround o ON o.id = m.round_id AND o.state = 'open'
            WHERE m.agreement_id = a.id)
        OR EXISTS (SELECT 1 FROM agreements_renewaldecision d
            WHERE d.agreement_id = a.id AND d.revoked_at IS NULL)
        OR EXISTS (SELECT 1 FROM agreements_agreementrequest q
            WHERE q.agreement_id = a.id AND q.kind = 'dissolve' AND q.state = 'accepted'
                AND q.wanted_on <= c.reminds_on)) AS silent
    FROM agreements_agreementclock c JOIN agreements_agreement a ON a.id = c.agreement_id
    WHERE c.reminds_on <= %(on)s AND a.state IN ('effective', 'suspended')
        AND (a.state = 'effective' OR NOT EXISTS (
            SELECT 1 FROM agreements_suspension s
            WHERE s.agreement_id = a.id AND s.limit_on < c.reminds_on AND {_TERMINATING}))
    FOR NO KEY UPDATE OF c SKIP LOCKED""",
    f"""
    UPDATE agreements_agreementclock c SET reminds_on = NULL
    FROM {_MOVED} WHERE c.agreement_id = due.row_id""",
)


def _warn(which: str) -> Sweep:
    return Sweep(
        f"""
        SELECT a.id, s.id AS row_id, a.state AS source, a.state AS target,
            'warn_{which}' AS act, s.warn_{which}_on AS effective_on, s.limit_on AS shown_on,
            a.number, a.institution_id, false AS silent
        FROM agreements_suspension s JOIN agreements_agreement a ON a.id = s.agreement_id
        WHERE s.resumed_on IS NULL AND s.annulled_on IS NULL AND a.state = 'suspended'
            AND s.warned_{which}_at IS NULL
            AND s.warn_{which}_on <= least(%(on)s, a.valid_to)
        FOR NO KEY UPDATE OF s SKIP LOCKED""",
        f"""
        UPDATE agreements_suspension s SET warned_{which}_at = %(at)s
        FROM {_MOVED} WHERE s.id = due.row_id""",
    )


WARN_FIRST, WARN_SECOND = _warn("150"), _warn("170")

TERMINATE = Sweep(
    f"""
    SELECT a.id, a.id AS row_id, a.state AS source, 'auto_terminated' AS target,
        'terminate_automatically' AS act, s.limit_on + 1 AS effective_on,
        s.limit_on + 1 AS shown_on, a.number, a.institution_id, false AS silent
    FROM agreements_suspension s JOIN agreements_agreement a ON a.id = s.agreement_id
    WHERE a.state = 'suspended' AND s.termination_due_on < %(on)s AND {_TERMINATING}
    FOR NO KEY UPDATE OF a SKIP LOCKED""",
    f"""
    UPDATE agreements_agreement a
    SET state = due.target, ended_on = due.day, last_day = due.day - 1
    FROM {_MOVED} WHERE a.id = due.row_id""",
)

# Which suspensions become due; the day their hold ends is counted in working days, by the rules.
BECOMING_DUE = f"""
SELECT s.id, s.limit_on, a.region_id, (
    SELECT max((q.decided_at AT TIME ZONE %(zone)s)::date) FROM agreements_agreementrequest q
    WHERE q.agreement_id = a.id AND q.kind = 'resume' AND q.state = 'refused'
        AND q.filed_at >= s.starts_on)
FROM agreements_suspension s JOIN agreements_agreement a ON a.id = s.agreement_id
WHERE a.state = 'suspended' AND s.termination_due_on IS NULL AND s.limit_on < %(on)s
    AND {_TERMINATING}
FOR NO KEY UPDATE OF s SKIP LOCKED
"""

_GIVEN = """unnest(%(ids)s::bigint[], %(due_on)s::date[], %(basis)s::jsonb[],
        %(provisional)s::boolean[]) AS given(id, due_on, basis, provisional)"""

MARK_DUE = Sweep(
    f"""
    SELECT a.id, s.id AS row_id, a.state AS source, a.state AS target, 'termination_due' AS act,
        s.limit_on + 1 AS effective_on, given.due_on AS shown_on, a.number, a.institution_id,
        false AS silent
    FROM {_GIVEN} JOIN agreements_suspension s ON s.id = given.id
        JOIN agreements_agreement a ON a.id = s.agreement_id""",
    f"""
    UPDATE agreements_suspension s SET termination_due_on = given.due_on,
        termination_basis = given.basis, termination_provisional = given.provisional
    FROM {_GIVEN} WHERE s.id = given.id""",
)

LAPSE = """
WITH due AS MATERIALIZED (
    SELECT q.id, q.state AS source FROM agreements_agreementrequest q
        JOIN agreements_agreement a ON a.id = q.agreement_id
    WHERE (q.state = 'filed'
            OR q.state = 'accepted' AND q.kind IN ('suspend', 'dissolve', 'resume'))
        AND a.state IN ('expired', 'renewed', 'dissolved', 'auto_terminated')
    FOR NO KEY UPDATE OF q SKIP LOCKED
), moved AS (
    UPDATE agreements_agreementrequest q SET state = 'lapsed'
    FROM due WHERE q.id = due.id RETURNING q.id
)
INSERT INTO agreements_agreementrequesttransition
    (subject_id, act, source, target, "on", at, by_id, reason, rule)
SELECT due.id, 'lapse', due.source, 'lapsed', %(on)s, %(at)s, NULL, %(reason)s, %(rule)s
FROM due JOIN moved USING (id)
"""


def sweep(
    what: Sweep,
    *,
    on: date,
    at: datetime,
    rule: str,
    subject: Text = "",
    body: Text = "",
    reason: Text = "",
    **more: Any,
) -> int:
    """Run a sweep inside the caller's transaction and return how many rows it acted on. Texts are
    written in the office's language.
    """
    with translation.override("zh-hans"):
        texts = {"subject": str(subject), "body": str(body), "reason": str(reason)}
    url = reverse("agreements_portal:detail", args=[0]).replace("/0/", "/{id}/")
    given: dict[str, Any] = {
        "on": on,
        "at": at,
        "zone": zone(),
        "url": url,
        "rule": rule,
        **texts,
        **more,
    }
    with connection.cursor() as cursor:
        # Keys are checked by each statement; why, says `Sweep`.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_CLAIM.format(due=what.due), given)
        rows, targets, days, acted = cursor.fetchone()
        if rows:
            cursor.execute(what.move, {**given, "rows": rows, "targets": targets, "days": days})
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return acted


def lapse_all(*, on: date, at: datetime, reason: Text) -> int:
    """Run the sweep of requests; they have a history of their own, and nobody is told."""
    with translation.override("zh-hans"):
        given: dict[str, Any] = {"on": on, "at": at, "reason": str(reason), "rule": ""}
    with connection.cursor() as cursor:
        cursor.execute(LAPSE, given)
        return cursor.rowcount


def found(query: str, params: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, {**params, "zone": zone()})
        return cursor.fetchall()


def zone() -> str:
    return ZoneInfo(settings.TIME_ZONE).key
