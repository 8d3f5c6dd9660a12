"""What is paid above the index of total control (B-10). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told
from agency.money import rounded
from agency.reasons import Reason, reason

OVERSPEND_RATE = "overspend_rate"


@dataclass(frozen=True, kw_only=True, slots=True)
class OverspendQuestion:
    index: Decimal = asked(_("Index of the period"))
    approved: Decimal = asked(_("Approved cost to the fund"))
    reasonable_causes: Decimal = asked(_("Of it by reasonable causes"))

    def __post_init__(self) -> None:
        for name in ("index", "approved", "reasonable_causes"):
            if getattr(self, name) < 0:
                raise QuestionError(name, getattr(self, name), _("an amount that is not negative"))


@dataclass(frozen=True, kw_only=True, slots=True)
class OverspendAnswer:
    overspend: Decimal = told(_("Overspend"))
    reasonable: Decimal = told(_("Reasonable part"))
    compensation: Decimal = told(_("Made good"))
    pay: Decimal = told(_("To be paid"))
    borne: Decimal = told(_("Borne by the institution"))
    because: tuple[Reason, ...]


@law(
    "B-10",
    article=_("Order 2, art. 37"),
    decides=_("What is paid when the approved cost is above the index"),
    question=OverspendQuestion,
    answer=OverspendAnswer,
    parameters=(OVERSPEND_RATE,),
)
def overspend(question: OverspendQuestion, office: Office) -> OverspendAnswer:
    """Return what is paid for a period under total control: the index in full, and of what lies
    above it a share of the part that has reasonable causes.

    Law: B-10 (Order 2 art. 37).
    """
    index, approved = question.index, question.approved
    over = max(approved - index, Decimal(0))
    reasonable = min(over, question.reasonable_causes)
    rate = office.parameter(OVERSPEND_RATE)
    compensation = rounded(reasonable * rate)
    pay = rounded(min(approved, index) + compensation)
    return OverspendAnswer(
        overspend=rounded(over),
        reasonable=rounded(reasonable),
        compensation=compensation,
        pay=pay,
        borne=rounded(approved) - pay,
        because=tuple(overspend_reasons(question, over, reasonable, rate, compensation, pay)),
    )


def overspend_reasons(
    question: OverspendQuestion,
    over: Decimal,
    reasonable: Decimal,
    rate: Decimal,
    compensation: Decimal,
    pay: Decimal,
) -> Iterator[Reason]:
    said = {"index": rounded(question.index), "approved": rounded(question.approved)}
    if not over:
        yield reason(
            _("Approved %(approved)s, not above the index of %(index)s: paid in full."), **said
        )
        return
    yield reason(
        _("Approved %(approved)s, %(over)s above the index of %(index)s."),
        over=rounded(over),
        **said,
    )
    yield reason(
        _("Reasonable causes explain %(causes)s, at most the overspend: %(reasonable)s."),
        causes=rounded(question.reasonable_causes),
        reasonable=rounded(reasonable),
    )
    yield reason(
        _("Of it %(rate)s %% is made good: %(compensation)s. To be paid: %(pay)s."),
        rate=f"{(rate * 100).normalize():f}",
        compensation=compensation,
        pay=pay,
    )
