"""Days each side has used, of many matters in one query, and the figures made of them.

The same rule as `agency.turns`, which a test compares it with.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from agency.models import ServiceFigure
from agency.periods import add_months
from agency.receipts import RECEIPT_KINDS, ReceiptKind
from agency.turns import DaysUsed

# Matters with the days of each side. Dates are of Beijing; ranges hold their first day and not
# their last; a day off is one of the week or of the calendar, for us a closing day as well.
_DAYS = """
WITH matter AS (
  SELECT m.id, m.state, {due} AS due, {basis} AS basis,
         (m.{received} AT TIME ZONE %(zone)s)::date AS received
  FROM {matters} m WHERE m.{received} IS NOT NULL AND {chosen}
), move AS (
  SELECT t.{subject} AS id, row_number() OVER steps AS n, max(t."on") OVER steps AS day,
         (%(turns)s::jsonb) ->> t.target AS turn
  FROM {steps} t JOIN matter ON matter.id = t.{subject}
  WINDOW steps AS (PARTITION BY t.{subject} ORDER BY t.at, t.id)
), ordered AS (
  SELECT *, lag(turn) OVER w AS turn_before, lead(turn) OVER w AS next_turn,
         lead(day) OVER w AS next_day
  FROM move WINDOW w AS (PARTITION BY id ORDER BY n)
), placed AS (
  SELECT *, max(day) FILTER (WHERE turn IS NULL AND turn_before IS NOT NULL) OVER w AS ended
  FROM ordered
  WINDOW w AS (PARTITION BY id ORDER BY n)
), span AS (
  SELECT p.id, p.turn,
         greatest(p.day, matter.received + 1, p.ended + 1) AS first,
         CASE WHEN p.next_day IS NULL THEN %(until)s::date + 1
              WHEN p.next_turn IS NULL THEN p.next_day + 1 ELSE p.next_day END AS after
  FROM placed p JOIN matter USING (id) WHERE p.turn IS NOT NULL
), side AS (
  SELECT id,
         coalesce(range_agg(daterange(first, after)) FILTER (WHERE turn <> 'theirs'),
                  '{{}}'::datemultirange) AS ours,
         coalesce(range_agg(daterange(first, after)) FILTER (WHERE turn = 'theirs'),
                  '{{}}'::datemultirange) AS theirs
  FROM span WHERE first < after GROUP BY id
), stopped AS (
  SELECT id, range_agg(daterange(pause.first, pause.after)) AS days FROM (
    SELECT id, (each ->> 0)::date AS first, (each ->> 1)::date AS after
    FROM matter, jsonb_array_elements(coalesce(basis -> 'pauses', '[]'::jsonb)) each
    WHERE %(counts_pauses)s
    UNION ALL
    SELECT id, (basis ->> 'paused_from')::date, 'infinity'::date FROM matter
    WHERE %(counts_pauses)s AND basis ->> 'paused_from' IS NOT NULL
  ) pause WHERE pause.first < pause.after GROUP BY id
), split AS (
  SELECT side.id, side.ours - coalesce(stopped.days, '{{}}'::datemultirange) AS ours,
         side.theirs + side.ours * coalesce(stopped.days, '{{}}'::datemultirange) AS theirs
  FROM side LEFT JOIN stopped USING (id)
), bounds AS (
  SELECT min(received) AS first FROM matter
), worked AS (
  SELECT each.day, coalesce(NOT off.is_off, extract(isodow FROM each.day) < 6) AS works,
         EXISTS (SELECT 1 FROM agency_closingday c WHERE c.counts AND c."on" = each.day) AS closed
  FROM bounds, LATERAL (
    SELECT generate_series(bounds.first, %(until)s::date, '1 day')::date AS day
  ) each LEFT JOIN agency_calendarday off ON off."on" = each.day
), counted AS (
  SELECT day, sum(works::int) OVER (ORDER BY day) AS official,
         sum((works AND NOT closed)::int) OVER (ORDER BY day) AS own
  FROM worked
), ours AS (
  SELECT split.id, sum(last.own - before.own) AS days
  FROM split, unnest(split.ours) part
  JOIN counted before ON before.day = lower(part) - 1
  JOIN counted last ON last.day = upper(part) - 1
  GROUP BY split.id
), theirs AS (
  SELECT split.id, sum(last.official - before.official) AS days
  FROM split, unnest(split.theirs) part
  JOIN counted before ON before.day = lower(part) - 1
  JOIN counted last ON last.day = upper(part) - 1
  GROUP BY split.id
), ended AS (
  SELECT id, max(day) FILTER (WHERE turn IS NULL AND turn_before IS NOT NULL) AS day
  FROM ordered GROUP BY id
), used AS (
  SELECT matter.id, matter.due, ended.day AS ended,
         coalesce(ours.days, 0) AS ours, coalesce(theirs.days, 0) AS theirs
  FROM matter JOIN ended USING (id) LEFT JOIN ours USING (id) LEFT JOIN theirs USING (id)
)
"""
_OF_SOME = "SELECT id, ours, theirs FROM used"
_FIGURES = """
SELECT date_trunc('month', ended)::date AS month, count(*), avg(ours),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY ours), avg(theirs),
       count(*) FILTER (WHERE due IS NULL OR ended <= due)
FROM used WHERE ended >= %(since)s AND ended <= %(until)s
GROUP BY GROUPING SETS ((date_trunc('month', ended)), ())
"""
_CENT = Decimal("0.01")
MONTHS = 12


def days_used_of(kind: ReceiptKind, pks: Collection[int], *, on: date) -> dict[int, DaysUsed]:
    """Return the days each side has used of each matter, up to the day. One query."""
    if not pks:
        return {}
    rows = _asked(kind, "m.id = ANY(%(pks)s)", _OF_SOME, until=on, pks=list(pks))
    return {pk: DaysUsed(int(ours), int(theirs)) for pk, ours, theirs in rows}


def figures_of(kind: ReceiptKind, *, since: date, until: date) -> list[tuple[Any, ...]]:
    """Return (month or None for the whole, matters, average, 90th percentile, average of the
    other side, in time) of what the office brought to its end within the days. One query.
    """
    chosen = "m.state = ANY(%(answered)s)"
    return _asked(kind, chosen, _FIGURES, since=since, until=until, answered=sorted(kind.answered))


@transaction.atomic
def compute_figures(*, on: date, at: datetime) -> int:
    """Compute the figures of every kind for the last twelve months and the present one anew: of
    each month, and of the twelve months up to yesterday's. A query and a write for each kind.
    """
    present = on.replace(day=1)
    since, begin = add_months(present, -MONTHS), add_months(on, -MONTHS)
    written = 0
    for kind in RECEIPT_KINDS.values():
        months = [row for row in figures_of(kind, since=since, until=on) if row[0] is not None]
        year = [row for row in figures_of(kind, since=begin, until=on) if row[0] is None and row[1]]
        rows = [
            *(_figure(kind, row, row[0], _month_end(row[0]), at) for row in months),
            *(_figure(kind, row, begin, on, at) for row in year),
        ]
        # Months before stay as they were published; a year replaces the one of yesterday.
        old = ServiceFigure.objects.filter(kind=kind.code)
        old.filter(Q(period_from__gte=since) | Q(period_to__gte=F("period_from") + 31)).delete()
        ServiceFigure.objects.bulk_create(rows)
        written += len(rows)
    return written


def _figure(
    kind: ReceiptKind, row: Sequence[Any], first: date, last: date, at: datetime
) -> ServiceFigure:
    _month, cases, average, p90, theirs, kept = row
    return ServiceFigure(
        kind=kind.code,
        period_from=first,
        period_to=last,
        cases=cases,
        kept=kept,
        average=Decimal(average).quantize(_CENT),
        p90=Decimal(p90).quantize(_CENT),
        theirs=Decimal(theirs).quantize(_CENT),
        computed_at=at,
    )


def _month_end(first: date) -> date:
    return date.fromordinal(add_months(first, 1).toordinal() - 1)


def _asked(
    kind: ReceiptKind, chosen: str, question: str, *, until: date, **values: Any
) -> list[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    meta: Any = kind.model._meta
    steps = meta.get_field(kind.transitions)
    # Names of tables and columns only; every value is a parameter.
    text = (_DAYS + question).format(
        matters=quote(meta.db_table),
        received=quote(meta.get_field(kind.received).column),
        steps=quote(steps.related_model._meta.db_table),
        subject=quote(steps.field.column),
        due=_first_of(kind, "due", "date"),
        basis=_first_of(kind, "basis", "jsonb"),
        chosen=chosen,
    )
    parameters = {
        "zone": settings.TIME_ZONE,
        "turns": json.dumps({state: duty for state, duty in kind.turns.items() if duty}),
        "until": until,
        "counts_pauses": kind.counts_pauses,
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall()


def _first_of(kind: ReceiptKind, column: str, of_type: str) -> str:
    """The column of the first promised clock that has a day, as SQL."""
    quote = connection.ops.quote_name
    meta: Any = kind.model._meta
    cases = [
        f"WHEN m.{quote(meta.get_field(each.due).column)} IS NOT NULL"
        f" THEN m.{quote(meta.get_field(getattr(each, column)).column)}"
        for each in kind.clocks
    ]
    return f"(CASE {' '.join(cases)} END)" if cases else f"NULL::{of_type}"
