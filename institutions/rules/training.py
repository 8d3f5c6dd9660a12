"""Who lacks training for a year (B-01). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason

# The law asks for training; how much, and from when on, is the office's own decision.
EXEMPT_FROM_MONTH = "training_exempt_from_month"
TRAININGS_PER_YEAR = 1
MAX_TRAININGS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingQuestion:
    effective_on: date = asked(_("Agreement in force without a break since"))
    trainings: int = asked(_("Trainings attended in the year"), minimum=0, maximum=MAX_TRAININGS)
    year: int = asked(_("Year"), minimum=2000, maximum=2100)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingAnswer:
    listed: bool = told(_("On the list of training gaps"))
    exempt: bool = told(_("Exempt for the year"))
    because: tuple[Reason, ...] = ()


@law(
    "B-01",
    article=_("Order 2, arts. 26–27"),
    decides=_("Whether an institution is on the yearly list of those without training"),
    question=TrainingQuestion,
    answer=TrainingAnswer,
    parameters=(EXEMPT_FROM_MONTH,),
)
def training_gap(question: TrainingQuestion, office: Office) -> TrainingAnswer:
    """Tell whether an institution with an agreement in force lacks training for a year.

    Law: B-01 (Order 2 arts. 26–27).
    """
    last = exempt_after(question.year, office)
    exempt = question.effective_on > last
    listed = not exempt and question.trainings < TRAININGS_PER_YEAR
    return TrainingAnswer(
        listed=listed,
        exempt=exempt,
        because=tuple(_reasons(question, last, exempt=exempt, listed=listed)),
    )


def exempt_after(year: int, office: Office) -> date:
    """Return the day of a year after which a new institution needs no training in it.

    Law: B-01 (Order 2 arts. 26–27).
    """
    return date(year, office.number(EXEMPT_FROM_MONTH), 1)


def _reasons(
    question: TrainingQuestion, last: date, *, exempt: bool, listed: bool
) -> Iterator[Reason]:
    if exempt:
        yield reason(
            _("In force since %(since)s, after %(last)s: no training is asked for in %(year)d."),
            since=question.effective_on,
            last=last,
            year=question.year,
        )
        return
    yield reason(
        _("In force since %(since)s, not after %(last)s: one training in %(year)d at least."),
        since=question.effective_on,
        last=last,
        year=question.year,
    )
    found = (
        _("No training is on record: a line of the list.")
        if listed
        else _("Trainings on record: %(count)d.")
    )
    yield reason(found, count=question.trainings)
