"""Whether a line is refused because a person or a department is blocked (B-18, D-06). Pure."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason
from agency.workdays import DatePair
from settlements.rules.payable import EMERGENCY_MED_TYPES


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockQuestion:
    service_on: date = asked(_("Day of the service"))
    med_type: str = asked(_("Medical category code (med_type)"))
    blocks: tuple[DatePair, ...] = asked(_("Blocked from and through"))


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockAnswer:
    rejected: bool = told(pgettext_lazy("charge line", "Rejected"))
    because: tuple[Reason, ...]


def is_blocked(service_on: date, med_type: str, blocks: tuple[DatePair, ...]) -> bool:
    """Tell whether a service is refused: both ends of a block count, emergency care is excepted.

    Law: B-18, D-06 (Order 2 art. 45).
    """
    hit = any(first <= service_on <= last for first, last in blocks)
    return hit and med_type not in EMERGENCY_MED_TYPES


def block_answer(question: BlockQuestion) -> BlockAnswer:
    hit = next(
        (block for block in question.blocks if block[0] <= question.service_on <= block[1]), None
    )
    if hit is None:
        reasons = [reason(_("On %(on)s nothing was blocked."), on=question.service_on)]
    else:
        reasons = [
            reason(
                _("%(on)s lies within the block %(block)s, both ends included."),
                on=question.service_on,
                block=hit,
            ),
            reason(
                _("Category %(code)s is emergency or rescue care: excepted from the block.")
                if question.med_type in EMERGENCY_MED_TYPES
                else _("Category %(code)s is neither emergency nor rescue care: rejected."),
                code=question.med_type,
            ),
        ]
    return BlockAnswer(
        rejected=is_blocked(question.service_on, question.med_type, question.blocks),
        because=tuple(reasons),
    )


@law(
    "B-18",
    article=_("Order 2, art. 45"),
    decides=_("Whether a line of a blocked person or department is refused"),
    question=BlockQuestion,
    answer=BlockAnswer,
)
def blocked_by_agreement(question: BlockQuestion, office: Office) -> BlockAnswer:
    """Tell whether a service falls under a person or department whose settlement is suspended.

    Law: B-18 (Order 2 art. 45).
    """
    return block_answer(question)


@law(
    "D-06",
    article=_("Guiding opinion on payment qualification (YBF 2024 no. 23)"),
    decides=_("Whether a line of a practitioner without payment qualification is refused"),
    question=BlockQuestion,
    answer=BlockAnswer,
)
def blocked_by_points(question: BlockQuestion, office: Office) -> BlockAnswer:
    """Tell whether a service falls into a practitioner's suspension or termination.

    Law: D-06 (YBF 2024 no. 23).
    """
    return block_answer(question)
