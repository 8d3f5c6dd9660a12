"""The figures of agreements and of the register that indicators may name.

Those of the register stand here because `institutions` knows nothing of agreements.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.enums.life import ReviewState
from agreements.figures import figure
from agreements.models import DissolutionReview
from institutions.enums.changes import ChangeState
from institutions.enums.guidance import Presence, TrainingState
from institutions.models import (
    ChangeRequest,
    InstitutionLetter,
    RosterEntry,
    TrainingAttendance,
)

_DAYS = _("days")
_TIMES = pgettext_lazy("unit of a figure", "times")
_PEOPLE = pgettext_lazy("unit of a figure", "persons")
_NOT_COUNTED = [ChangeState.WITHDRAWN]

Counts = Mapping[int, Decimal]


def _counted(rows: object) -> Counts:
    return {key: Decimal(count) for key, count in rows}  # type: ignore[attr-defined]


def _agreement_days(sql: str, institutions: Collection[int], *params: date | str) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, list(institutions)])
        return _counted(cursor.fetchall())


@figure(
    "term_days",
    _("Days under agreement"),
    _DAYS,
    explains=_("Days of the period within the term of an agreement with the agency."),
)
def term_days(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _agreement_days(
        """
        SELECT institution_id, SUM(LEAST(last_day, %s) - GREATEST(valid_from, %s) + 1)
        FROM agreements_agreement
        WHERE region_id = %s AND signed_on IS NOT NULL AND last_day >= valid_from
            AND valid_from <= %s AND last_day >= %s AND institution_id = ANY(%s)
        GROUP BY institution_id
        """,
        institutions,
        *(last, first, region, last, first),
    )


_SUSPENDED = """
    SELECT a.institution_id, {what}
    FROM agreements_suspension s
    JOIN agreements_agreement a ON a.id = s.agreement_id
    WHERE a.region_id = %s AND s.starts_on <= %s
        AND LEAST(COALESCE(s.resumed_on - 1, a.last_day), a.last_day) >= %s
        AND a.institution_id = ANY(%s)
        AND s.annulled_on IS NULL
    GROUP BY a.institution_id
"""


@figure(
    "suspension_days",
    _("Days suspended"),
    _DAYS,
    explains=_("Days of the period on which the agreement was suspended, annulled ones aside."),
)
def suspension_days(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    what = (
        "SUM(LEAST(COALESCE(s.resumed_on - 1, a.last_day), a.last_day, %s)"
        " - GREATEST(s.starts_on, %s) + 1)"
    )
    return _agreement_days(
        _SUSPENDED.format(what=what), institutions, last, first, region, last, first
    )


@figure(
    "suspensions",
    _("Suspensions"),
    _TIMES,
    explains=_("Suspensions that touch the period, annulled ones aside."),
)
def suspensions(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _agreement_days(_SUSPENDED.format(what="COUNT(*)"), institutions, region, last, first)


@figure(
    "unfiled_changes",
    _("Changes found unfiled"),
    _TIMES,
    explains=_("Major changes discovered in the period that had not been filed, dismissed aside."),
)
def unfiled_changes(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    rows = DissolutionReview.objects.filter(
        agreement__region=region,
        agreement__institution__in=institutions,
        discovered_on__range=(first, last),
    ).exclude(state=ReviewState.DISMISSED)
    return _counted(
        rows.order_by().values_list("agreement__institution").annotate(count=Count("pk"))
    )


@figure(
    "changes_filed",
    _("Changes filed"),
    _TIMES,
    explains=_("Changes of registered facts filed in the period, withdrawn ones aside."),
)
def changes_filed(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _changes(institutions, first, last, Q())


@figure(
    "changes_late",
    _("Changes filed late"),
    _TIMES,
    explains=_("Of the changes filed in the period, those filed after their deadline."),
)
def changes_late(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _changes(institutions, first, last, Q(is_late=True))


def _changes(institutions: Collection[int], first: date, last: date, more: Q) -> Counts:
    rows = ChangeRequest.objects.filter(
        more, institution__in=institutions, filed_at__date__range=(first, last)
    ).exclude(state__in=_NOT_COUNTED)
    return _counted(rows.order_by().values_list("institution").annotate(count=Count("pk")))


@figure(
    "trainings_invited",
    _("Trainings invited to"),
    _TIMES,
    explains=_("Trainings held in the period to which the institution was invited."),
)
def trainings_invited(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    return _trainings(institutions, first, last, Q())


@figure(
    "trainings_attended",
    _("Trainings attended"),
    _TIMES,
    explains=_("Trainings held in the period that somebody of the institution attended."),
)
def trainings_attended(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    return _trainings(institutions, first, last, Q(presence=Presence.ATTENDED))


def _trainings(institutions: Collection[int], first: date, last: date, more: Q) -> Counts:
    rows = TrainingAttendance.objects.filter(
        more,
        institution__in=institutions,
        event__held_on__range=(first, last),
        event__state=TrainingState.HELD,
    )
    return _counted(rows.order_by().values_list("institution").annotate(count=Count("pk")))


@figure(
    "letters_received",
    _("Letters received"),
    _TIMES,
    explains=_("Letters of the agency put into the institution's portal in the period."),
)
def letters_received(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    return _letters(institutions, first, last, Q())


@figure(
    "letters_unconfirmed",
    _("Letters not confirmed in time"),
    _TIMES,
    explains=_("Of these letters, those whose receipt was not confirmed by their deadline."),
)
def letters_unconfirmed(
    institutions: Collection[int], region: str, first: date, last: date
) -> Counts:
    return _letters(institutions, first, last, Q(reminded_at__isnull=False))


def _letters(institutions: Collection[int], first: date, last: date, more: Q) -> Counts:
    rows = InstitutionLetter.objects.filter(
        more, institution__in=institutions, letter__issued_at__date__range=(first, last)
    )
    return _counted(rows.order_by().values_list("institution").annotate(count=Count("pk")))


@figure(
    "roster_people",
    _("People on the roster"),
    _PEOPLE,
    explains=_("Practitioners on the institution's roster at the end of the period."),
)
def roster_people(institutions: Collection[int], region: str, first: date, last: date) -> Counts:
    rows = RosterEntry.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=last),
        institution__in=institutions,
        is_void=False,
        starts_on__lte=last,
    )
    people = Count("practitioner", distinct=True)
    return _counted(rows.order_by().values_list("institution").annotate(count=people))
