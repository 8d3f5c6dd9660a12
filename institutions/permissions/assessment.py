"""Who may keep the pool, organise an assessment, write opinions and decide results (A-06, B-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, Act, act
from agency.rules import Obstacle
from institutions.enums.assessment import AssessmentState, RecusalState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import Assessment, RecusalRequest

RULE = "A-06"
_ORGANISER = Role.AGREEMENT_OFFICER

VIEW_ASSESSMENTS = act(
    "institutions.assessments.view", _("See assessments"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_ASSESSMENTS = act(
    "institutions.assessments_read.view",
    _("Read assessments"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_EXPERTS = act(
    "institutions.experts.view",
    _("See the pool of experts"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    *ADMINISTRATION_STAFF,
)
VIEW_CHECKLISTS = act(
    "institutions.checklists.view",
    _("See the checklists"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    Role.EXPERT,
)
ADD_EXPERT = act("institutions.add_expert", _("Add an expert"), _ORGANISER)
EDIT_EXPERT = act("institutions.edit_expert", _("Edit the expert"), _ORGANISER)
RETIRE_EXPERT = act("institutions.retire_expert", _("Take out of the pool"), _ORGANISER)
RETURN_EXPERT = act("institutions.return_expert", _("Take back into the pool"), _ORGANISER)
DECLARE_TIE = act("institutions.declare_tie", _("Enter a tie"), _ORGANISER)
END_TIE = act("institutions.end_tie", _("End the tie"), _ORGANISER)
ADD_THIRD_PARTY = act("institutions.add_third_party", _("Add a third party"), _ORGANISER)
DECLARE_THIRD_PARTY_TIE = act("institutions.declare_third_party_tie", _("Enter a tie"), _ORGANISER)
PUBLISH_CHECKLIST = act(
    "institutions.publish_checklist", _("Publish a checklist"), Role.AGENCY_HEAD, irreversible=True
)

OPEN_ASSESSMENT = act("institutions.open_assessment", _("Open the assessment"), _ORGANISER)
DRAW_GROUP = act("institutions.draw_group", _("Draw the group"), _ORGANISER, irreversible=True)
EXCUSE_MEMBER = act(
    "institutions.excuse_member", _("Excuse and draw another"), _ORGANISER, irreversible=True
)
BEGIN_WORK = act("institutions.begin_assessment_work", _("Begin the work"), _ORGANISER)
ENGAGE_THIRD_PARTY = act("institutions.engage_third_party", _("Engage a third party"), _ORGANISER)
ENTER_REPORT = act(
    "institutions.enter_report", _("Enter the report"), _ORGANISER, irreversible=True
)
BREAK_OFF = act(
    "institutions.break_off_assessment",
    _("Break off the assessment"),
    _ORGANISER,
    irreversible=True,
)
GRANT_RECUSAL = act("institutions.grant_recusal", _("Grant the objection"), _ORGANISER)
REFUSE_RECUSAL = act("institutions.refuse_recusal", _("Refuse the objection"), _ORGANISER)
DECIDE_RESULT = act(
    "institutions.decide_assessment",
    _("Decide the result"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
USE_EXPERT_ROOM = act("institutions.expert_room.view", _("My assessments"), Role.EXPERT)
WRITE_OPINION = act("institutions.write_opinion", _("Write the opinion"), Role.EXPERT)
SIGN_OPINION = act(
    "institutions.sign_opinion", _("Sign the opinion"), Role.EXPERT, irreversible=True
)

VIEW_OWN_ASSESSMENTS = act(
    "institutions.own_assessments.view", _("See own assessments"), *INSTITUTION_STAFF
)
ASK_REASSESSMENT = act(
    "institutions.ask_reassessment",
    _("Ask for a new assessment"),
    Role.INSTITUTION_ADMINISTRATOR,
)
OBJECT_TO_EXPERT = act(
    "institutions.object_to_expert", _("Object to an expert"), Role.INSTITUTION_ADMINISTRATOR
)

# In which states an act of the organiser is possible, and what to say otherwise.
_STATES = {
    DRAW_GROUP: (AssessmentState.OPENED,),
    ENGAGE_THIRD_PARTY: (AssessmentState.OPENED,),
    BEGIN_WORK: (AssessmentState.DRAWN,),
    EXCUSE_MEMBER: (AssessmentState.DRAWN, AssessmentState.OPINIONS),
    ENTER_REPORT: (AssessmentState.ENGAGED,),
    DECIDE_RESULT: (AssessmentState.COMPLETE,),
    OBJECT_TO_EXPERT: (AssessmentState.OPENED, AssessmentState.DRAWN),
    WRITE_OPINION: (AssessmentState.OPINIONS,),
    SIGN_OPINION: (AssessmentState.OPINIONS,),
}


def not_entitled(an_act: Act, user: User) -> list[Obstacle]:
    """Return that the roles of the user do not permit the act, if so."""
    if an_act.allows(user):
        return []
    text = _now("Your roles do not permit “%(act)s”.") % {"act": an_act.label}
    return [Obstacle("not_entitled", text)]


def step_obstacles(assessment: Assessment, an_act: Act, user: User) -> list[Obstacle]:
    """Return why the user cannot take that step of the assessment now, the facts aside."""
    obstacles = not_entitled(an_act, user)
    fits = assessment.is_open if an_act == BREAK_OFF else assessment.state in _STATES[an_act]
    if not fits:
        state = AssessmentState(assessment.state).label
        text = _now("The assessment is “%(state)s”: that does not allow it.") % {"state": state}
        remedy = _("Look at its history.")
        obstacles.append(Obstacle("wrong_state", text, RULE, remedy))
    if an_act == DRAW_GROUP and not assessment.is_by_group:
        text = _now("This assessment is made by a third party.")
        obstacles.append(Obstacle("not_by_group", text, RULE, _("Engage the third party.")))
    if an_act == ENGAGE_THIRD_PARTY and assessment.is_by_group:
        text = _now("This assessment is made by a group of experts.")
        obstacles.append(Obstacle("not_by_third_party", text, RULE, _("Draw the group.")))
    return obstacles


def recusal_obstacles(request: RecusalRequest, an_act: Act, user: User) -> list[Obstacle]:
    """Return why the user cannot decide an objection to an expert."""
    obstacles = not_entitled(an_act, user)
    if request.state != RecusalState.FILED:
        text = _("This objection has been decided already.")
        obstacles.append(Obstacle("already_decided", text, RULE, _("Look at the decision.")))
    return obstacles
