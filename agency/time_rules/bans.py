"""Bans, backward periods and terms, which are never moved off a rest day: T-05 to T-07."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason
from agency.time_rules.counting import MAX_MONTHS, MAX_YEARS
from agency.workdays import ban_active, banned_through, free_from, latest_before, term_end


@dataclass(frozen=True, kw_only=True, slots=True)
class BanQuestion:
    event: date = asked(_("Day of the event"))
    years: int = asked(_("Years"), minimum=0, maximum=MAX_YEARS)
    on: date | None = asked(_("On the day"), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class BanAnswer:
    banned: bool = told(_("Banned"))
    free_from: date = told(_("Free from"))
    because: tuple[Reason, ...]


@law(
    "T-05",
    article=_("Office rule T-05, the law being silent"),
    decides=_("Whether a ban of some years still holds"),
    question=BanQuestion,
    answer=BanAnswer,
)
def ban(question: BanQuestion, office: Office) -> BanAnswer:
    """Tell whether a ban holds on a day, and from when on it does not; never moved.

    Law: rules.md T-05.
    """
    on = question.on or office.on
    banned = ban_active(question.event, question.years, on)
    free = free_from(question.event, question.years)
    state = (
        _("%(on)s is not after the anniversary: still banned, free from %(free)s.")
        if banned
        else _("%(on)s is after the anniversary: free since %(free)s.")
    )
    return BanAnswer(
        banned=banned,
        free_from=free,
        because=(
            reason(
                _("%(years)d years after %(event)s: anniversary %(last)s, itself still banned."),
                years=question.years,
                event=question.event,
                last=banned_through(question.event, question.years),
            ),
            reason(state, on=on, free=free),
            reason(_("A ban is no period to act: it is not moved off a rest day.")),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class BackwardQuestion:
    target: date = asked(_("Target day"))
    months: int = asked(_("Months before"), minimum=0, maximum=MAX_MONTHS)


@dataclass(frozen=True, kw_only=True, slots=True)
class BackwardAnswer:
    latest: date = told(_("Latest day"))
    because: tuple[Reason, ...]


@law(
    "T-06",
    article=_("Civil Code, art. 202"),
    decides=_("The last day that is some months before a day"),
    question=BackwardQuestion,
    answer=BackwardAnswer,
)
def backward_period(question: BackwardQuestion, office: Office) -> BackwardAnswer:
    """Return the last day on which an act is still so many months early; never moved.

    Law: rules.md T-06 (Civil Code art. 202).
    """
    latest = latest_before(question.target, question.months)
    return BackwardAnswer(
        latest=latest,
        because=(
            reason(
                _("%(months)d months before %(target)s is %(latest)s."),
                months=question.months,
                target=question.target,
                latest=latest,
            ),
            reason(_("A day counted backwards is not moved; acting earlier is always possible.")),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TermQuestion:
    valid_from: date = asked(_("Valid from"))
    months: int = asked(_("Months"), minimum=1, maximum=MAX_MONTHS)


@dataclass(frozen=True, kw_only=True, slots=True)
class TermAnswer:
    valid_to: date = told(_("Valid to"))
    because: tuple[Reason, ...]


@law(
    "T-07",
    article=_("Office rule T-07, the law being silent"),
    decides=_("The last day of a term of validity"),
    question=TermQuestion,
    answer=TermAnswer,
)
def term(question: TermQuestion, office: Office) -> TermAnswer:
    """Return the last day of a term that is inclusive on both ends.

    Law: rules.md T-07.
    """
    last = term_end(question.valid_from, question.months)
    return TermAnswer(
        valid_to=last,
        because=(
            reason(
                _("Validity includes both ends: %(months)d months from %(first)s end on %(last)s."),
                months=question.months,
                first=question.valid_from,
                last=last,
            ),
        ),
    )
