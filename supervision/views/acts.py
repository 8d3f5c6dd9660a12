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
from supervision.models.case_guards import DISMISSABLE
from supervision.permissions import cases as can
from supervision.permissions import proceedings as pro
from supervision.services.decision import DECIDABLE, closing_obstacles
from supervision.services.legal import carried_review, review_obstacles, waiting_review

# In the order of the buttons: act, its page, the states it fits.
ACTS: list[tuple[Act, str, tuple[str, ...]]] = [
    (can.SUPPLEMENT_CASE, "supplement", (CaseState.RETURNED,)),
    (can.OPEN_CASE, "open", (CaseState.CLUE,)),
    (can.GIVE_NOTICE, "notice", (CaseState.OPENED,)),
    (can.SERVE_NOTICE, "notice_served", (CaseState.NOTICE,)),
    (pro.SUBMIT_FOR_REVIEW, "submit_review", (CaseState.DEFENCE,)),
    (pro.REVIEW_LEGALITY, "legal_review", (CaseState.LEGAL_REVIEW,)),
    (pro.RECORD_DISCUSSION, "discussion", (CaseState.LEGAL_REVIEW,)),
    (can.DECIDE, "decide", DECIDABLE),
    (can.SERVE_DECISION, "decision_served", (CaseState.DECIDED,)),
    (can.RECORD_PERFORMANCE, "performance", (CaseState.SERVED,)),
    (can.CLOSE_CASE, "close", (CaseState.PERFORMED,)),
    (can.DISMISS_CASE, "dismiss", tuple(DISMISSABLE)),
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
            heard=case.state in can.HEARD,
            opener_dismisses=user.is_one_with(case.opened_by_id, case.opened_on),
        )
    return obstacles_to_reviewing(act, case, user, on)


def obstacles_to_reviewing(act: Act, case: Case, user: User, on: date) -> list[Obstacle]:
    if act is pro.SUBMIT_FOR_REVIEW:
        return rules.submission_obstacles(
            heard=case.is_heard,
            on=on,
            defence_due_on=case.defence_due_on or on,
            grave=case.is_grave,
            consideration="-",
        )
    if act is pro.REVIEW_LEGALITY:
        return review_obstacles(case, user)
    if act is pro.RECORD_DISCUSSION:
        review = waiting_review(case)
        return rules.discussion_obstacles(
            reviewed_on=review.reviewed_on if review else None,
            discussed=carried_review(case) is not None,
            held_on=on,
            on=on,
            members=1,
            fewest=0,
            minutes="-",
        )
    return []


def obstacles_to_deciding(case: Case, user: User, on: date) -> list[Obstacle]:
    """Only what holds for every choice of measures: the form's own answers are judged later."""
    rungs = [each.rung for each in case.measures.all()]
    all_grave = all(rules.is_grave([rung]) for rung in rungs)
    review = carried_review(case)
    return rules.decision_obstacles(
        on=on,
        defence_due_on=case.defence_due_on or on,
        statement_given=case.defence_outcome == DefenceOutcome.STATEMENT,
        grave=all_grave,
        opener_decides=user.is_one_with(case.opened_by_id, case.opened_on),
        head_decides=can.may_decide(case, user, rungs),
        reviewer_decides=review is not None
        and user.is_one_with(review.reviewed_by_id, review.reviewed_on),
        consideration="-",
        reviewed=review is not None or waiting_review(case) is not None,
        discussed=review is not None,
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
        if case.state in states and fits(act, case)
    ] + clock_buttons(DEFENCE, case, user)


def fits(act: Act, case: Case) -> bool:
    """Whether the act has its place in this case at all: only grave measures are reviewed."""
    return case.is_grave or act is not pro.SUBMIT_FOR_REVIEW


def next_act(case: Case) -> Act:
    """Return what the case waits for. One query for one that lies with the legal review."""
    if case.state == CaseState.LEGAL_REVIEW:
        if carried_review(case) is not None:
            return can.DECIDE
        return pro.RECORD_DISCUSSION if waiting_review(case) is not None else pro.REVIEW_LEGALITY
    return next(act for act, _page, states in ACTS if case.state in states and fits(act, case))


def offered(case: Case, user: User) -> dict[str, bool]:
    """Return which acts beside the line of steps the user's roles permit, by the name of the page.
    The page of each says whether it can be done now.
    """
    acts = {
        "demand": pro.ISSUE_DEMAND,
        "demand_served": pro.SERVE_DEMAND,
        "demand_performed": pro.RECORD_DEMAND_PERFORMED,
        "file": pro.FILE_DECISION,
        "answer_filing": pro.ANSWER_FILING,
        "correct": pro.CORRECT_DECISION,
        "acknowledge": pro.ACKNOWLEDGE_REPORT,
        "ask_about_report": pro.ASK_ABOUT_REPORT,
        "answer_question": pro.ANSWER_QUESTION,
    }
    return {page: act.allows(user) for page, act in acts.items()}
