"""What the administration does about an agency in breach, and its follow-up (Order 2 art. 39)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import issue_letter
from agency.services.letters.heads import head_in_force
from agency.services.numbers import next_number
from supervision.enums.disputes import AgencyMeasureKind, AgencyMeasureState
from supervision.models import AgencyBreach, AgencyMeasure, AgencyMeasureTransition
from supervision.notifications import disputes as notifications
from supervision.permissions import disputes as can
from supervision.permissions.cases import not_permitted
from supervision.rules.disputes import rectification_period

RULE = "B-12"


@transaction.atomic
def take_measure(
    *,
    kind: AgencyMeasureKind,
    text: str,
    by: User,
    on: date,
    at: datetime,
    region: Region | None = None,
    breach_id: int | None = None,
    due_on: date | None = None,
) -> AgencyMeasure:
    """Take a measure on the agency of a region. A rectification always has a day to be reported
    by: the one given, else that of the parameter.
    """
    refuse_if(not_permitted(can.TAKE_MEASURE, by))
    breach = None
    if breach_id is not None:
        breach = AgencyBreach.objects.select_related("region").get(pk=breach_id)
    place = breach.region if breach else region
    if place is None:
        refuse_if([Obstacle("no_region", _("Name the region of the agency."), RULE)])
        raise AssertionError
    if due_on is not None and due_on < on:
        refuse_if([_due_past(due_on)])
    basis: dict = {}
    provisional = False
    if kind == AgencyMeasureKind.RECTIFICATION and due_on is None:
        due, counted = rectification_period(on, office(on=on, region=place))
        due_on, basis, provisional = due.on, counted.to_json(), due.provisional
    key = f"{place.pk}-{on.year}"
    measure = AgencyMeasure(
        number=f"AGM-{key}-{next_number(f'agency_measure:{key}'):04}",
        region=place,
        breach=breach,
        kind=kind,
        text=text,
        taken_on=on,
        taken_by=by,
        due_on=due_on,
        due_basis=basis,
        due_provisional=provisional,
    )
    measure.letter = _letter(measure, by=by, on=on, at=at)
    measure.save(force_insert=True)
    _record(measure, "take", source="", on=on, at=at, by=by, reason=text, letter=measure.letter)
    notifications.measure_taken(measure, at=at)
    return measure


def _letter(measure: AgencyMeasure, *, by: User, on: date, at: datetime) -> OfficialLetter:
    with translation.override(CHINESE):
        return issue_letter(
            kind="agency_measure",
            context={
                "measure": measure.get_kind_display(),
                "order": measure.number,
                "breach": measure.breach.number if measure.breach else _("none"),
                "text": measure.text,
                "due": str(measure.due_on) if measure.due_on else _("no day set"),
            },
            addressee=head_in_force(measure.region, Actor.AGENCY, on).office_name,
            matter=measure.number,
            url=measure.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=measure.region,
        )


@transaction.atomic
def report_measure(
    *, measure_id: int, report: str, by: User, on: date, at: datetime
) -> AgencyMeasure:
    """Report back to the administration what the agency has done."""
    refuse_if(not_permitted(can.REPORT_MEASURE, by))
    measure = AgencyMeasure.objects.locked(measure_id)
    refuse_if(state_obstacles(measure, AgencyMeasureState.TAKEN))
    source = measure.state
    measure.report_back(by=by, at=at, report=report)
    measure.save(update_fields=["state", "report", "reported_by", "reported_at"])
    _record(measure, "report", source=source, on=on, at=at, by=by, reason=report)
    notifications.measure_reported(measure, at=at)
    return measure


@transaction.atomic
def return_report(
    *, measure_id: int, reason: str, due_on: date, by: User, on: date, at: datetime
) -> AgencyMeasure:
    """Return a report that does not do: the agency reports again by a new day."""
    refuse_if(not_permitted(can.RETURN_REPORT, by))
    measure = AgencyMeasure.objects.locked(measure_id)
    refuse_if(state_obstacles(measure, AgencyMeasureState.REPORTED))
    if due_on < on:
        refuse_if([_due_past(due_on)])
    source = measure.state
    measure.send_back(due_on=due_on)
    measure.due_basis, measure.due_provisional = {}, False
    measure.save(
        update_fields=[
            "state",
            "report",
            "reported_by",
            "reported_at",
            "due_on",
            "due_basis",
            "due_provisional",
        ]
    )
    _record(measure, "return", source=source, on=on, at=at, by=by, reason=reason)
    notifications.measure_taken(measure, at=at, again=True)
    return measure


@transaction.atomic
def close_measure(
    *, measure_id: int, closing: str, by: User, on: date, at: datetime
) -> AgencyMeasure:
    """End the follow-up: what the administration found, checked with its own eyes. A rectification
    is reported first.
    """
    refuse_if(not_permitted(can.CLOSE_MEASURE, by))
    measure = AgencyMeasure.objects.locked(measure_id)
    refuse_if(closing_obstacles(measure))
    source = measure.state
    measure.close(by=by, on=on, closing=closing)
    measure.save(update_fields=["state", "closing", "closed_on", "closed_by"])
    _record(measure, "close", source=source, on=on, at=at, by=by, reason=closing)
    notifications.measure_closed(measure, at=at)
    return measure


def closing_obstacles(measure: AgencyMeasure) -> list[Obstacle]:
    """Return why the follow-up cannot end yet."""
    if obstacles := state_obstacles(measure, AgencyMeasureState.TAKEN, AgencyMeasureState.REPORTED):
        return obstacles
    if measure.asks_for_report:
        text = _("The agency has not reported yet; its report is due on %(day)s.")
        return [Obstacle("not_reported", text % {"day": measure.due_on}, RULE)]
    return []


def state_obstacles(measure: AgencyMeasure, *allowed: AgencyMeasureState) -> list[Obstacle]:
    if measure.state in allowed:
        return []
    text = _("This cannot be done with a measure in the state “%(state)s”.")
    return [Obstacle("wrong_state", text % {"state": measure.get_state_display()}, RULE)]


def _due_past(day: date) -> Obstacle:
    text = _("The day of the report, %(day)s, lies before today.")
    return Obstacle("due_in_past", text % {"day": day}, RULE)


def _record(
    measure: AgencyMeasure,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User,
    reason: str,
    letter: OfficialLetter | None = None,
) -> None:
    AgencyMeasureTransition.objects.create(
        subject=measure,
        act=act,
        source=source,
        target=measure.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )
