"""Until when an institution answers a suspicion that was pushed to it (C-03). Pure."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import workday_reasons
from agency.workdays import Deadline, DeadlineBasis, Unit

ANSWER_WORKDAYS = "appeal_wd"


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubtQuestion:
    pushed_on: date = asked(_("Suspicion pushed on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubtAnswer:
    answer_by: date = told(_("To be answered by"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def answer_basis(pushed_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day to accept or appeal, and what it was computed from.

    Law: C-03 (Jiujiang measures of 2025 no. 3).
    """
    return office.calendar.deadline_with_basis(
        "C-03", pushed_on, Unit.WORKDAY, office.number(ANSWER_WORKDAYS)
    )


@law(
    "C-03",
    article=_("Jiujiang measures of 2025, no. 3"),
    decides=_("Until when an institution answers a suspicion pushed to it"),
    question=DoubtQuestion,
    answer=DoubtAnswer,
    parameters=(ANSWER_WORKDAYS,),
)
def doubt_answer(question: DoubtQuestion, office: Office) -> DoubtAnswer:
    """Return the last day to accept or appeal a suspicion; silence leads to the review, it
    confirms nothing.

    Law: C-03 (Jiujiang measures of 2025 no. 3).
    """
    due, basis = answer_basis(question.pushed_on, office)
    return DoubtAnswer(
        answer_by=due.on,
        provisional=due.provisional,
        because=(
            *workday_reasons(office.calendar, question.pushed_on, basis.count, due),
            reason(_("Without an answer the suspicion goes to the review; it is not confirmed.")),
        ),
    )
