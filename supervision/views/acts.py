"""Which acts a case offers to whom now, and why the others are not possible."""

from datetime import date

from django.urls import reverse

from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.clock_acts import clock_buttons
from supervision import rules
from supervision.clocks.cases import DEFENCE
from supervision.enums.cases import CaseState, DefenceOutcome
from supervision.models import Case
from supervision.permissions import cases as can
from supervision.services.decision import closing_obstacles

# In the order of the buttons: act, its page, the states it fits.
ACTS: list[tuple[Act, str, tuple[str, ...]]] = [
    (can.SUPPLEMENT_CASE, "supplement", (CaseState.RETURNED,)),
    (can.OPEN_CASE, "open", (CaseState.CLUE,)),
    (can.GIVE_NOTICE, "notice", (CaseState.OPENED,)),
    (can.SERVE_NOTICE, "notice_served", (CaseState.NOTICE,)),
    (can.DECIDE, "decide", (CaseState.DEFENCE,)),
    (can.SERVE_DECISION, "decision_served", (CaseState.DECIDED,)),
    (can.RECORD_PERFORMANCE, "performance", (CaseState.SERVED,)),
    (can.CLOSE_CASE, "close", (CaseState.PERFORMED,)),
    (can.DISMISS_CASE, "dismiss", (CaseState.CLUE, CaseState.OPENED, CaseState.DEFENCE)),
]
STATES = {act.code: states for act, _page, states in ACTS} | {
    can.ADD_MEASURE.code: (CaseState.OPENED,),
    can.REMOVE_MEASURE.code: (CaseState.OPENED,),
}


def obstacles_to(act: Act, case: Case, user: User, on: date) -> list[Obstacle]:
    """Return why the user cannot do this with the case today, as far as it is known before the
    form is filled in.
    """
    if blocked := can.not_permitted(act, user):
        return blocked
    if blocked := rules.state_obstacles(state=case.state, allowed=STATES[act.code]):
        return blocked
    if act is can.GIVE_NOTICE:
        return rules.notice_obstacles(measures=case.measures.count())
    if act is can.DECIDE:
        return obstacles_to_deciding(case, user, on)
    if act is can.CLOSE_CASE:
        return closing_obstacles(case)
    if act is can.DISMISS_CASE:
        return rules.dismissal_obstacles(
            heard=case.state == CaseState.DEFENCE,
            opener_dismisses=user.is_one_with(case.opened_by_id, case.opened_on),
        )
    return []


def obstacles_to_deciding(case: Case, user: User, on: date) -> list[Obstacle]:
    """Only what holds for every choice of measures: the form's own answers are judged later."""
    rungs = [each.rung for each in case.measures.all()]
    all_grave = all(rules.is_grave([rung]) for rung in rungs)
    return rules.decision_obstacles(
        on=on,
        defence_due_on=case.defence_due_on or on,
        statement_given=case.defence_outcome == DefenceOutcome.STATEMENT,
        grave=all_grave,
        opener_decides=user.is_one_with(case.opened_by_id, case.opened_on),
        head_decides=can.may_decide(case, user, rungs),
        consideration="-",
        legal_review="-",
        imposed=len(rungs),
    )


def buttons(case: Case, user: User, on: date) -> list[dict]:
    """Return the acts that fit the state; for the agency's own people only."""
    if not user.is_agency_staff:
        return []
    return [
        {
            "act": act,
            "url": reverse(f"supervision_desk:{page}", args=[case.number]),
            "obstacles": obstacles_to(act, case, user, on),
        }
        for act, page, states in ACTS
        if case.state in states
    ] + clock_buttons(DEFENCE, case, user)
