"""Whether and from when an institution may leave (B-16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, Text, reason
from agency.workdays import (
    earliest_after,
    latest_before,
)
from agreements.enums.life import RequestKind
from institutions.enums.register import Nature

EXIT_NOTICE_MONTHS = 3  # Order 2 art. 44


class ExitAct(StrEnum):
    """What an institution may ask for to leave; the codes are those of `RequestKind`."""

    SUSPEND = RequestKind.SUSPEND.value
    DISSOLVE = RequestKind.DISSOLVE.value
    NOT_RENEW = RequestKind.NOT_RENEW.value

    @property
    def label(self) -> Text:
        return RequestKind(self.value).label


class ExitObstacle(StrEnum):
    """Why a request to leave is refused; the codes are stable."""

    PUBLIC_INSTITUTION = "public_institution"
    NOTICE_TOO_SHORT = "notice_too_short"


IN_TIME = "in_time"
IN_TIME_WITH_REVIEW = "in_time_with_review"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitQuestion:
    act: ExitAct = asked(_("Act asked for"))
    nature: Nature = asked(_("Nature of the institution"))
    filed_on: date = asked(_("Filed on"))
    wanted_on: date = asked(_("Wanted from"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitAnswer:
    allowed: bool = told(_("Allowed"))
    reason: str = told(_("Reason"))
    obstacles: tuple[ExitObstacle, ...] = told(_("Obstacles"))
    needs_review: bool = told(_("Needs review"))
    earliest_on: date = told(_("Possible from"))
    because: tuple[Reason, ...]


@law(
    "B-16",
    article=_("Order 2, art. 44"),
    decides=_("Whether an institution may leave, and from when"),
    question=ExitQuestion,
    answer=ExitAnswer,
)
def exit_request(question: ExitQuestion, office: Office) -> ExitAnswer:
    """Tell whether an institution may ask to be suspended or dissolved, or not to be renewed.

    A public institution may not start the first two; its wish not to be renewed is not named in
    the prohibition and goes to the administration for review.

    Law: B-16 (Order 2 art. 44).
    """
    public = question.nature == Nature.PUBLIC
    earliest = earliest_after(question.filed_on, EXIT_NOTICE_MONTHS)
    checks = {
        ExitObstacle.PUBLIC_INSTITUTION: public and question.act != ExitAct.NOT_RENEW,
        ExitObstacle.NOTICE_TOO_SHORT: question.wanted_on < earliest,
    }
    obstacles = tuple(obstacle for obstacle, applies in checks.items() if applies)
    review = public and question.act == ExitAct.NOT_RENEW
    fine = IN_TIME_WITH_REVIEW if review else IN_TIME
    return ExitAnswer(
        allowed=not obstacles,
        reason=obstacles[0].value if obstacles else fine,
        obstacles=obstacles,
        needs_review=review,
        earliest_on=earliest,
        because=tuple(exit_reasons(question, obstacles, earliest, review)),
    )


def exit_reasons(
    question: ExitQuestion, obstacles: tuple[ExitObstacle, ...], earliest: date, review: bool
) -> Iterator[Reason]:
    if ExitObstacle.PUBLIC_INSTITUTION in obstacles:
        yield reason(
            _("A public institution must not itself ask for this: %(act)s."), act=question.act
        )
    if review:
        yield reason(
            _(
                "A public institution may give notice that it will not renew; the administration "
                "reviews it."
            )
        )
    yield reason(
        _("Filed on %(filed)s, %(months)d months ahead: possible from %(earliest)s."),
        filed=question.filed_on,
        months=EXIT_NOTICE_MONTHS,
        earliest=earliest,
    )
    wanted = (
        _("Wanted from %(wanted)s: too early, it had to be filed by %(by)s.")
        if ExitObstacle.NOTICE_TOO_SHORT in obstacles
        else _("Wanted from %(wanted)s: in time, the last day to file was %(by)s.")
    )
    yield reason(
        wanted,
        wanted=question.wanted_on,
        by=latest_before(question.wanted_on, EXIT_NOTICE_MONTHS),
    )
