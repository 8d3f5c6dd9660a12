"""The period a letter's service starts: never on the day of the letter itself (T-09)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from agency.letter_kinds import KINDS
from agency.models import OfficialLetter
from agency.services.calendar import office
from agency.services.letters import on_service
from agency.workdays import Unit
from institutions.models import InstitutionLetter
from institutions.rules import LETTER_PERIODS, period_from_service


@dataclass(frozen=True, slots=True)
class PeriodSeen:
    """A period as the addressee reads it."""

    rule: str
    to_do: str | Promise
    length: int
    unit: Unit
    starts_on: date
    ends_on: date
    provisional: bool


def period_of(letter: OfficialLetter) -> str:
    """Return the rule whose period the letter's service starts; empty if none does."""
    kind = KINDS.get(letter.kind)
    rule = kind.starts if kind else ""
    return rule if rule in LETTER_PERIODS else ""


def period_if_served(letter: OfficialLetter, served_on: date) -> PeriodSeen | None:
    """Return the period that would start, or has started, with service on the day. Two queries."""
    rule = period_of(letter)
    if not rule:
        return None
    due, basis = period_from_service(rule, served_on, office(on=served_on, region=letter.region))
    return PeriodSeen(
        rule,
        LETTER_PERIODS[rule].to_do,
        basis.count,
        basis.unit,
        served_on,
        due.on,
        due.provisional,
    )


@on_service(*(code for code, kind in KINDS.items() if kind.starts in LETTER_PERIODS))
def start_period(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Store until when the period runs that the service of the letter has started."""
    own = InstitutionLetter.objects.filter(letter=letter).first()
    if own is None:
        return
    known = office(on=served_on, region=letter.region)
    due, basis = period_from_service(period_of(letter), served_on, known)
    own.start_period(due_on=due.on, basis=basis.to_json(), provisional=due.provisional)
    own.save(update_fields=["period_due_on", "period_due_basis", "period_due_provisional"])
