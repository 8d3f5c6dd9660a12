"""Which period the service of a letter starts, and until when it runs (T-09). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.lawbook import Office
from agency.reasons import Text
from agency.time_rules.procedure import STATUTORY_PERIODS, StatutoryPeriod
from agency.workdays import Deadline, DeadlineBasis, Unit

PORTAL_SERVICE_WORKDAYS = "portal_service_wd"


@dataclass(frozen=True, slots=True)
class LetterPeriod:
    """A period that runs from the service of a letter: what the addressee may or must do in it.

    Its length is a period fixed by an act, or a policy parameter counted in `unit`.
    """

    to_do: Text
    statutory: StatutoryPeriod | None = None
    parameter: str = ""
    unit: Unit = Unit.WORKDAY

    def length(self, office: Office) -> tuple[int, Unit]:
        if self.statutory:
            return STATUTORY_PERIODS[self.statutory]
        return office.number(self.parameter), self.unit


UNIT_WORDS: Mapping[Unit, Text] = {
    Unit.WORKDAY: _("working days"),
    Unit.DAY: pgettext_lazy("unit", "calendar days"),
    Unit.MONTH: _("months"),
}

# By the rule a kind of letter says its service starts (`LetterKind.starts`).
LETTER_PERIODS: Mapping[str, LetterPeriod] = {
    "B-11": LetterPeriod(_("to state and defend"), parameter="defence_wd"),
    "B-19": LetterPeriod(
        _("to apply for administrative reconsideration"),
        statutory=StatutoryPeriod.RECONSIDERATION_REQUEST,
    ),
    "C-03": LetterPeriod(_("to answer the suspicions"), parameter="appeal_wd"),
    "D-07": LetterPeriod(_("to appeal against the points"), parameter="points_appeal_wd"),
    "E-06": LetterPeriod(_("to ask for a hearing"), statutory=StatutoryPeriod.HEARING_REQUEST),
    "E-07": LetterPeriod(_("to pay the fine"), statutory=StatutoryPeriod.FINE_PAYMENT),
    "E-08": LetterPeriod(
        _("to claim the reward"), parameter="reward_claim_months", unit=Unit.MONTH
    ),
    "J-07": LetterPeriod(_("to object to the yearly clearing"), parameter="clearing_objection_wd"),
}


def period_from_service(
    rule: str, served_on: date, office: Office
) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day of the period that starts with the service of a letter.

    The day of the letter plays no part. Law: rules.md T-09, and the rule named.
    """
    length, unit = LETTER_PERIODS[rule].length(office)
    return office.calendar.deadline_with_basis(rule, served_on, unit, length)


def confirmation_period(issued_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which receipt is confirmed in the portal; afterwards the letter is served
    in another way.

    Law: rules.md T-09.
    """
    return office.calendar.deadline_with_basis(
        "T-09", issued_on, Unit.WORKDAY, office.number(PORTAL_SERVICE_WORKDAYS)
    )
