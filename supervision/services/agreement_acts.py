"""The sixth rung: suspending or dissolving goes through the agreement's own services."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agency.models import OfficialLetter, User
from agreements.enums.life import SuspensionGround
from agreements.services.ending import dissolve_agreement
from agreements.services.suspension import suspend_agreement
from supervision.enums.cases import AgreementAct
from supervision.models import Case, CaseMeasure

RULE = "B-11"


def act_on_agreement(
    case: Case,
    imposed: Sequence[CaseMeasure],
    *,
    by: User,
    at: datetime,
    decision: OfficialLetter,
) -> None:
    """Do what the imposed measures do to the agreement; the case's decision is the letter that
    says so. The agreement's own guards may refuse: the refusal goes through and the caller's
    transaction leaves nothing behind.
    """
    for measure in imposed:
        agreement: Any = case.agreement_id
        starts_on: Any = measure.starts_on  # the database has both wherever there is an act
        if measure.agreement_act == AgreementAct.SUSPEND:
            suspend_agreement(
                agreement_id=agreement,
                by=by,
                at=at,
                on=starts_on,
                ground=SuspensionGround(measure.suspension_ground),
                planned_to=measure.ends_on,
                reason=measure.clause,
                rule=RULE,
                basis_case=case.number,
                decision=decision,
            )
        elif measure.agreement_act == AgreementAct.DISSOLVE:
            dissolve_agreement(
                agreement_id=agreement,
                by=by,
                at=at,
                on=starts_on,
                ground=measure.dissolution_ground or 0,
                reason=measure.clause,
                basis_case=case.number,
                decision=decision,
            )
