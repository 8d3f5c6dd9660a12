"""Money in the lawbook: T-11."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.money import rounded
from agency.reasons import Reason, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountQuestion:
    amounts: tuple[Decimal, ...] = asked(_("Amounts"))


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountAnswer:
    total: Decimal = told(_("Total"))
    because: tuple[Reason, ...]


@law(
    "T-11",
    article=_("Office rule T-11, the law being silent"),
    decides=_("The sum of amounts, rounded once"),
    question=AmountQuestion,
    answer=AmountAnswer,
)
def money_total(question: AmountQuestion, office: Office) -> AmountAnswer:
    """Return the sum of amounts in yuan, rounded half up at the last step only.

    Law: rules.md T-11.
    """
    exact = sum(question.amounts, Decimal(0))
    total = rounded(exact)
    return AmountAnswer(
        total=total,
        because=(
            reason(_("Exact sum %(exact)s, rounded once to %(total)s."), exact=exact, total=total),
        ),
    )
