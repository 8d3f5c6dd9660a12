"""Lists of the register: licences that end, years without training, gaps of rosters."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.reports import Column, Kind, Params, Row, choice_labels, report
from institutions.enums.practitioners import Employment
from institutions.enums.register import Standing
from institutions.forms.reports import DayForm, LicencesForm, YearForm
from institutions.models import Institution, RosterEntry
from institutions.permissions.reports import SEE_REGISTER_LISTS, SEE_ROSTER_GAPS
from institutions.services.licences import ending_by
from institutions.services.training_lists import gap_lines, gap_rows
from institutions.standings import standings_of

GROUP = _("Register")
_CODE = Column(key="code", label=_("National code"))
_NAME = Column(key="name", label=_("Institution"), url="url")
_REGION = Column(key="region", label=_("Region"))


def _facts(institution: Institution) -> dict[str, Any]:
    return {
        "code": institution.code,
        "name": institution.name,
        "url": institution.get_absolute_url(),
        "region": str(institution.region),
    }


# --- licences -------------------------------------------------------------------------------------


def licences(params: Params, user: User, on: date) -> QuerySet[Institution]:
    """Return the institutions whose licence ends within the days or has ended, that first."""
    rows = ending_by(on + timedelta(days=params["days"])).select_related("region")
    rows = rows.within(params["region"].strip()) if params["region"].strip() else rows
    return rows.order_by("licence_valid_to", "pk")


def with_standings(rows: Sequence[Institution], on: date) -> Iterator[Row]:
    """Add where each stands today: one query more for all."""
    standings = standings_of([each.pk for each in rows], on)
    for each in rows:
        last = each.licence_valid_to or on  # the condition leaves none without
        yield {
            **_facts(each),
            "licence_no": each.licence_no,
            "ends_on": last,
            "days": (last - on).days,
            "standing": standings.get(each.pk, Standing.NONE).value,
        }


report(
    "licences",
    _("Licences that end"),
    _("Institutions whose licence ends soon or has ended."),
    SEE_REGISTER_LISTS,
    columns=(
        _CODE,
        _NAME,
        _REGION,
        Column(key="licence_no", label=_("Licence number")),
        Column(key="ends_on", label=_("Licence valid until"), kind=Kind.DAY),
        Column(key="days", label=_("Days left"), kind=Kind.NUMBER),
        Column(
            key="standing",
            label=_("Standing"),
            kind=Kind.STATE,
            labels=choice_labels(Standing),
        ),
    ),
    rows=licences,
    complete=with_standings,
    form_class=LicencesForm,
    rules=("A-12",),
    group=GROUP,
)


# --- training -------------------------------------------------------------------------------------


def training_gaps(params: Params, user: User, on: date) -> QuerySet[Institution]:
    """Return the institutions without training in the year, as rule B-01 decides."""
    year = params["year"]
    rows = gap_rows(year, on=on, region=params["region"].strip() or None)
    asked = Value(year, output_field=IntegerField())
    return rows.select_related("region").annotate(asked_year=asked).order_by("code", "pk")


def with_reasons(rows: Sequence[Any], on: date) -> Iterator[Row]:
    """Add since when each is in force, and why it is on the list."""
    for line in gap_lines(rows, rows[0].asked_year, on=on):
        yield {**_facts(line.institution), "since": line.since, "because": line.because}


report(
    "training-gaps",
    _("Institutions without training"),
    _("Institutions with an agreement in force and no training on record in a year."),
    SEE_REGISTER_LISTS,
    columns=(
        _CODE,
        _NAME,
        _REGION,
        Column(key="since", label=_("In force since"), kind=Kind.DAY),
        Column(key="because", label=_("Why")),
    ),
    rows=training_gaps,
    complete=with_reasons,
    form_class=YearForm,
    rules=("B-01",),
    group=GROUP,
)


# --- rosters --------------------------------------------------------------------------------------


def roster_gaps(params: Params, user: User, on: date) -> QuerySet[Any, Any]:
    """Return the rows of rosters of a day whose service commitment is not signed, or whose
    person has no national staff code.
    """
    day = params["on"]
    rows: Any = RosterEntry.objects.on(day).annotated(day)
    rows = rows.filter(is_committed=False)
    prefix = params["region"].strip()
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    rows = rows.filter(institution__region__code__startswith=prefix) if prefix else rows
    return rows.order_by("institution__code", "pk").values(
        "starts_on",
        "employment",
        code=F("institution__code"),
        name=F("institution__name"),
        department_name=F("department__name"),
        person=F("practitioner__person__name"),
        staff_code=F("practitioner__staff_code"),
    )


report(
    "roster-gaps",
    _("Missing service commitments"),
    _("Persons on a roster whose service commitment has not been signed."),
    SEE_ROSTER_GAPS,
    columns=(
        _CODE,
        Column(key="name", label=_("Institution")),
        Column(key="department_name", label=_("Department")),
        Column(key="person", label=_("Practitioner")),
        Column(key="staff_code", label=_("Staff code")),
        Column(key="employment", label=_("Employment"), labels=choice_labels(Employment)),
        Column(key="starts_on", label=_("On the roster since"), kind=Kind.DAY),
    ),
    rows=roster_gaps,
    form_class=DayForm,
    personal=("person", "staff_code"),
    rules=("D-01",),
    group=GROUP,
)
