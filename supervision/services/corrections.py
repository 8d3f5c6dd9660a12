"""Correcting a decision that the filing review found wrong: annulled, everything it did is undone
as if it had never been; changed, what now stands is written down (C-05).
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from agency.models import User
from agency.services.letters import withdraw_letter
from agency.services.letters.obstacles import withdrawing_obstacles
from agreements.enums.life import AgreementState
from agreements.models import Suspension
from agreements.services.annulment import PayableDays, annul_dissolution, annul_suspension
from settlements.services.reopening import reopen_claims
from supervision.enums.cases import AgreementAct
from supervision.enums.proceedings import Correction
from supervision.models import Case, FilingReview
from supervision.services import measure_effects
from supervision.services.filing import record_correction


@transaction.atomic
def correct_decision(
    *, case_id: int, correction: Correction, text: str, by: User, on: date, at: datetime
) -> FilingReview:
    """Correct the decision as the filing review demands. Annulled, agreement, money and persons are
    as if nothing had been decided, and the claims of those days are decided anew.
    """
    filing = record_correction(
        case_id=case_id, correction=correction, text=text, by=by, on=on, at=at
    )
    if correction == Correction.ANNULLED:
        case = Case.objects.select_related("agreement", "decision_letter").get(pk=case_id)
        for days in _undo(case, text=text, by=by, on=on, at=at):
            reopen_claims(
                institution_id=days.institution_id,
                region_code=days.region_code,
                first=days.first,
                last=days.last,
                reason=text,
                by=by,
                at=at,
            )
        letter = case.decision_letter
        if letter is not None and not withdrawing_obstacles(letter, by):
            withdraw_letter(letter_id=letter.pk, on=on, by=by, at=at, reason=text)
    return filing


def _undo(case: Case, *, text: str, by: User, on: date, at: datetime) -> list[PayableDays]:
    payable: list[PayableDays] = []
    for measure in case.measures.filter(imposed=True).exclude(agreement_act=""):
        if measure.agreement_act == AgreementAct.SUSPEND:
            first: Any = measure.starts_on  # the database has it wherever there is an act
            standing = Suspension.objects.standing().filter(
                agreement=case.agreement_id, starts_on=first
            )
            for each in standing:
                payable += annul_suspension(suspension_id=each.pk, by=by, at=at, on=on, reason=text)
        elif case.agreement and case.agreement.state == AgreementState.DISSOLVED:
            payable += annul_dissolution(
                agreement_id=case.agreement.pk, by=by, at=at, on=on, reason=text
            )
    blocked = measure_effects.undo(case, reason=text, by=by, at=at)
    payable += [
        PayableDays(
            case.agreement_id or 0,
            case.institution_id,
            case.region_id,
            begins,
            min(last or on, on),
        )
        for begins, last in blocked
        if begins <= on
    ]
    return payable
