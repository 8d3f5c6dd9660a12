"""Whether a service is payable at all (B-07)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason
from agency.workdays import DatePair, in_any

# claims.md §2: outpatient emergency, inpatient emergency, rescue, emergency transfer. Rescue and
# emergency care are paid wherever they are given (Order 2 art. 33).
EMERGENCY_MED_TYPES = frozenset({"13", "24", "120", "210104"})


class PayableGround(StrEnum):
    """Why a service is payable or not; the codes are stable."""

    AGREEMENT_IN_FORCE = "agreement_in_force"
    EMERGENCY = "emergency"
    SUSPENDED = "suspended"
    NOT_DESIGNATED = "not_designated"

    @property
    def label(self) -> Promise:
        return PAYABLE_GROUND_LABELS[self]


PAYABLE_GROUND_LABELS = {
    PayableGround.AGREEMENT_IN_FORCE: _("agreement in force"),
    PayableGround.EMERGENCY: _("emergency or rescue"),
    PayableGround.SUSPENDED: _("agreement suspended"),
    PayableGround.NOT_DESIGNATED: _("no agreement in force"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableQuestion:
    service_on: date = asked(_("Day of the service"))
    med_type: str = asked(_("Medical category code (med_type)"))
    periods: tuple[DatePair, ...] = asked(_("Terms of validity"))
    suspensions: tuple[DatePair, ...] = asked(_("Suspensions"), default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableAnswer:
    payable: bool = told(_("Payable"))
    ground: PayableGround = told(_("Ground"))
    because: tuple[Reason, ...]


@law(
    "B-07",
    article=_("Order 2, art. 33"),
    decides=_("Whether a service is payable at all"),
    question=PayableQuestion,
    answer=PayableAnswer,
)
def payable_on(question: PayableQuestion, office: Office) -> PayableAnswer:
    """Tell whether a service is payable: by its own day, never by that of the bill.

    Law: B-07 (Order 2 art. 33).
    """
    designated = in_any(question.service_on, question.periods)
    suspended = designated and in_any(question.service_on, question.suspensions)
    emergency = question.med_type in EMERGENCY_MED_TYPES
    if designated and not suspended:
        ground = PayableGround.AGREEMENT_IN_FORCE
    elif emergency:
        ground = PayableGround.EMERGENCY
    else:
        ground = PayableGround.SUSPENDED if suspended else PayableGround.NOT_DESIGNATED
    return PayableAnswer(
        payable=ground in (PayableGround.AGREEMENT_IN_FORCE, PayableGround.EMERGENCY),
        ground=ground,
        because=tuple(payable_reasons(question, designated, suspended, emergency)),
    )


def payable_reasons(
    question: PayableQuestion, designated: bool, suspended: bool, emergency: bool
) -> list[Reason]:
    if suspended:
        state = _("On %(on)s the agreement was suspended: nothing provided then is settled.")
    elif designated:
        state = _("On %(on)s the agreement was in force.")
    else:
        state = _("On %(on)s no agreement was in force.")
    reasons = [reason(state, on=question.service_on)]
    if suspended or not designated:
        category = (
            _("Category %(code)s is emergency or rescue care, payable wherever it is given.")
            if emergency
            else _("Category %(code)s is neither emergency nor rescue care: not payable.")
        )
        reasons.append(reason(category, code=question.med_type))
    return reasons
