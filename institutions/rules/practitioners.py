"""Who may be named by a charge, and which certificates go with which category. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason
from agency.workdays import DatePair
from institutions.enums.practitioners import PHYSICIANS, Category, Qualification

# The end of a period that nobody has ended.
NEVER = date.max

CERTIFICATES: dict[Category, tuple[Qualification, ...]] = {
    Category.MEDICAL: PHYSICIANS,
    Category.PHARMACY: (Qualification.PHARMACIST,),
    Category.NURSING: (Qualification.NURSE,),
    Category.TECHNICAL: (Qualification.TECHNICIAN, *PHYSICIANS),
    Category.AUDIT: tuple(Qualification),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingQuestion:
    service_on: date = asked(_("Day of the service"))
    roster: tuple[DatePair, ...] = asked(_("On the roster from and through"))
    blocks: tuple[DatePair, ...] = asked(_("Suspended or terminated from and through"), default=())
    emergency: bool = asked(_("Emergency or rescue"), default=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingAnswer:
    may_be_named: bool = told(_("A charge may name the person"))
    because: tuple[Reason, ...]


@law(
    "D-01",
    article=_("Guiding opinion on payment qualification (YBF 2024 no. 23)"),
    decides=_("Whether a charge may name a person on the roster"),
    question=NamingQuestion,
    answer=NamingAnswer,
)
def naming(question: NamingQuestion, office: Office) -> NamingAnswer:
    """Tell whether a charge may name a person: on the roster of the institution on the day of the
    service, and payment qualification normal on it, or emergency and rescue care.

    Law: D-01, D-06 (YBF 2024 no. 23).
    """
    return naming_answer(question)


def naming_answer(question: NamingQuestion) -> NamingAnswer:
    """Return the answer without an office: no parameter takes part.

    Law: D-01, D-06 (YBF 2024 no. 23).
    """
    on = question.service_on
    period = _holding(question.roster, on)
    if period is None:
        text = _("On %(on)s the person was not on the roster of the institution.")
        return NamingAnswer(may_be_named=False, because=(reason(text, on=on),))
    listed = reason(_("%(on)s lies within the roster row %(row)s."), on=on, row=_worded(period))
    block = _holding(question.blocks, on)
    if block is None:
        text = _("On %(on)s the payment qualification was normal.")
        return NamingAnswer(may_be_named=True, because=(listed, reason(text, on=on)))
    blocked = reason(
        _("%(on)s lies within the suspension or termination %(block)s, both ends included."),
        on=on,
        block=_worded(block),
    )
    then = reason(
        _("It was emergency or rescue care: excepted from the block.")
        if question.emergency
        else _("It was neither emergency nor rescue care: the charge may not name the person.")
    )
    return NamingAnswer(may_be_named=question.emergency, because=(listed, blocked, then))


def _holding(periods: Iterable[DatePair], on: date) -> DatePair | None:
    return next((each for each in periods if each[0] <= on <= each[1]), None)


def _worded(period: DatePair) -> str | DatePair:
    first, last = period
    return f"{first} – " if last == NEVER else period


def certificate_fits(category: Category, qualification: Qualification) -> bool:
    """Tell whether a person of the category may work by the certificate.

    Law: D-01 (YBF 2024 no. 23).
    """
    return qualification in CERTIFICATES[category]
