"""On which days no inspection is planned (C-01). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason

QUIET_FROM_DAY = 1  # Jiujiang measure 1
QUIET_TO_DAY = 20  # Jiujiang measure 1: that day included


class QuietException(StrEnum):
    """Why an inspection may take place in the quiet period; each needs its document."""

    SUPERIOR_ORGANISED = "SUPERIOR_ORGANISED"
    SUPERIOR_ASSIGNED = "SUPERIOR_ASSIGNED"
    CASE = "CASE"
    PUBLIC_OPINION_OR_COMPLAINT = "PUBLIC_OPINION_OR_COMPLAINT"
    OTHER_SPECIAL = "OTHER_SPECIAL"

    @property
    def label(self) -> Promise:
        return QUIET_EXCEPTION_LABELS[self]


QUIET_EXCEPTION_LABELS = {
    QuietException.SUPERIOR_ORGANISED: _("organised by a superior authority"),
    QuietException.SUPERIOR_ASSIGNED: _("assigned by a superior authority"),
    QuietException.CASE: _("a case under investigation"),
    QuietException.PUBLIC_OPINION_OR_COMPLAINT: _("grave public opinion or a complaint"),
    QuietException.OTHER_SPECIAL: _("another special reason"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietQuestion:
    days: tuple[date, ...] = asked(_("Days of the visit"))
    exception: QuietException | None = asked(_("Exception"), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietAnswer:
    blocked: tuple[date, ...] = told(_("Blocked days"))
    needs_director: bool = told(_("Needs the director's approval"))
    because: tuple[Reason, ...]


def is_quiet(day: date) -> bool:
    """Tell whether a day lies in the quiet period of its month.

    Law: C-01 (Jiujiang measures of 2025 no. 1).
    """
    return QUIET_FROM_DAY <= day.day <= QUIET_TO_DAY


@law(
    "C-01",
    article=_("Jiujiang measures of 2025, no. 1"),
    decides=_("On which of some days no inspection may be planned"),
    question=QuietQuestion,
    answer=QuietAnswer,
)
def quiet_period(question: QuietQuestion, office: Office) -> QuietAnswer:
    """Return the days of a visit that fall into the quiet period: each day is looked at.

    Law: C-01 (Jiujiang measures of 2025 no. 1).
    """
    quiet = tuple(day for day in question.days if is_quiet(day))
    needs_director = bool(quiet) and question.exception is QuietException.OTHER_SPECIAL
    reasons = [
        reason(
            _("Quiet are the days %(first)d to %(last)d of every month, both included."),
            first=QUIET_FROM_DAY,
            last=QUIET_TO_DAY,
        ),
        reason(_("Within it: %(days)s."), days=[str(day) for day in quiet])
        if quiet
        else reason(_("None of the days lies within it.")),
    ]
    if quiet and question.exception:
        reasons.append(
            reason(
                _("Allowed by exception, with its document: %(exception)s."),
                exception=question.exception,
            )
        )
    if needs_director:
        reasons.append(reason(_("This exception needs the approval of the director.")))
    return QuietAnswer(
        blocked=() if question.exception else quiet,
        needs_director=needs_director,
        because=tuple(reasons),
    )
