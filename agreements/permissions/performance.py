"""Who may do what in the yearly assessment of performance, and why not now (B-09). The officer
assesses and proposes, another decides appeals, the head publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from agreements.enums.performance import (
    PUBLISHABLE,
    AppealOutcome,
    PerformanceState,
    RoundState,
    SetState,
)
from agreements.rules.performance import RULE

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        IndicatorSet,
        PerformanceAppeal,
        PerformanceAssessment,
        PerformanceRound,
    )

_OFFICERS = (Role.AGREEMENT_OFFICER,)
VIEW_PERFORMANCE = act(
    "agreements.performance.desk.view",
    _("See performance assessments"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
VIEW_OWN_PERFORMANCE = act(
    "agreements.performance.own.view",
    _("See the own performance assessments"),
    *INSTITUTION_STAFF,
)
READ_PERFORMANCE = act(
    "agreements.performance.read.view",
    _("Read performance assessments"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
EDIT_INDICATORS = act("agreements.performance.edit_set", _("Draw up indicators"), *_OFFICERS)
PUBLISH_INDICATORS = act(
    "agreements.performance.publish_set",
    _("Publish the indicator set"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
OPEN_ROUND = act("agreements.performance.open_round", _("Open an assessment round"), *_OFFICERS)
ENTRUST = act("agreements.performance.entrust", _("Entrust a third party"), *_OFFICERS)
RECOMPUTE = act("agreements.performance.recompute", _("Compute the figures anew"), *_OFFICERS)
SELF_ASSESS = act(
    "agreements.performance.self_assess", _("Assess the own performance"), *INSTITUTION_STAFF
)
ASSESS = act("agreements.performance.assess", _("Assess the performance"), *_OFFICERS)
ASSESS_ALL = act(
    "agreements.performance.assess_all", _("Assess by the figures, all that can be"), *_OFFICERS
)
PROPOSE = act("agreements.performance.propose", _("Propose the result"), *_OFFICERS)
PROPOSE_ALL = act(
    "agreements.performance.propose_all", _("Propose all results assessed"), *_OFFICERS
)
CONFIRM = act(
    "agreements.performance.confirm",
    _("Confirm the result"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
APPEAL = act(
    "agreements.performance.appeal",
    _("Appeal against the result"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
CONFIRM_SILENT = act(
    "agreements.performance.confirm_silent",
    _("Record that the institution was silent"),
    *_OFFICERS,
)
DECIDE_APPEAL = act(
    "agreements.performance.decide_appeal",
    _("Decide the appeal"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    irreversible=True,
)
PUBLISH_RESULT = act(
    "agreements.performance.publish",
    _("Publish the result"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
PUBLISH_ALL = act(
    "agreements.performance.publish_all",
    _("Publish all results that can be"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
CORRECT_RESULT = act(
    "agreements.performance.correct",
    _("Correct a published result"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
)
DISCLOSE = act(
    "agreements.performance.disclose",
    _("Make the grades public"),
    Role.AGENCY_HEAD,
    irreversible=True,
)


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _wrong_state(assessment: PerformanceAssessment) -> Obstacle:
    return Obstacle(
        "wrong_state",
        gettext("The assessment is “%(state)s”: that does not allow it.")
        % {"state": PerformanceState(assessment.state).label},
        rule=RULE,
        remedy=_("Look at its history for what comes next."),
    )


def _not_entitled(who: object) -> Obstacle:
    return Obstacle("not_entitled", gettext("This is done by: %(role)s.") % {"role": who})


_OWN_ONLY = Obstacle(
    "not_entitled", _("Only an account of the institution with this right may do it.")
)


def set_obstacles(indicators: IndicatorSet, user: User) -> list[Obstacle]:
    """Return why the user cannot change the set."""
    return _applying(
        {
            Obstacle(
                "set_published",
                gettext("“%(set)s” is published: it is never changed.") % {"set": indicators},
                rule=RULE,
                remedy=_("Copy it into a new version and change that."),
            ): indicators.state != SetState.DRAFT,
            _not_entitled(Role.AGREEMENT_OFFICER.label): not EDIT_INDICATORS.allows(user),
        }
    )


def set_publishing_obstacles(indicators: IndicatorSet, user: User) -> list[Obstacle]:
    return _applying(
        {
            Obstacle(
                "set_published",
                gettext("“%(set)s” is published already.") % {"set": indicators},
                rule=RULE,
            ): indicators.state != SetState.DRAFT,
            Obstacle(
                "published_by_author",
                _("Whoever drew the set up may not publish it."),
                rule="B-02",
                remedy=_("Ask another head, or a stand-in, to publish it."),
            ): user.is_one_with(indicators.created_by_id, indicators.created_at),
            _not_entitled(Role.AGENCY_HEAD.label): not PUBLISH_INDICATORS.allows(user),
        }
    )


def round_obstacles(round_: PerformanceRound, user: User) -> list[Obstacle]:
    """Return why nothing can be done in the round as a whole."""
    return _applying(
        {
            Obstacle(
                "round_preparing",
                gettext("The figures are still being computed: %(done)d of %(all)d.")
                % {"done": round_.prepared, "all": round_.planned},
                rule=RULE,
                remedy=_("Wait until they are complete."),
            ): round_.state == RoundState.PREPARING,
            Obstacle(
                "round_closed", _("All results of this round are published."), rule=RULE
            ): round_.state == RoundState.CLOSED,
            Obstacle(
                "not_entitled", _("Only the agency acts in a round.")
            ): not user.is_agency_staff,
        }
    )


def self_assessing_obstacles(assessment: PerformanceAssessment, user: User) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(assessment): assessment.state != PerformanceState.OPEN,
            _OWN_ONLY: not SELF_ASSESS.allows(user),
        }
    )


def assessing_obstacles(
    assessment: PerformanceAssessment, user: User, *, on: date
) -> list[Obstacle]:
    due = assessment.self_due_on
    waiting = assessment.state == PerformanceState.OPEN and due is not None and on <= due
    return _applying(
        {
            _wrong_state(assessment): not assessment.is_before_proposal,
            Obstacle(
                "self_assessment_awaited",
                gettext("The institution may assess itself until the end of %(day)s.")
                % {"day": due},
                rule=RULE,
                remedy=_("Assess once it has, or on the day after."),
            ): waiting,
            _not_entitled(Role.AGREEMENT_OFFICER.label): not ASSESS.allows(user),
        }
    )


def proposing_obstacles(assessment: PerformanceAssessment, user: User) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(assessment): assessment.state != PerformanceState.ASSESSED,
            _not_entitled(Role.AGREEMENT_OFFICER.label): not PROPOSE.allows(user),
        }
    )


def answering_obstacles(
    assessment: PerformanceAssessment, user: User, *, on: date
) -> list[Obstacle]:
    """Return why the institution can neither confirm nor appeal."""
    due = assessment.appeal_due_on
    return _applying(
        {
            _wrong_state(assessment): assessment.state != PerformanceState.PROPOSED,
            Obstacle(
                "too_late",
                gettext("The time to confirm or appeal ended with %(day)s.") % {"day": due},
                rule=RULE,
                remedy=_("Ask the agency; a published result can be corrected."),
            ): due is not None and on > due,
            _OWN_ONLY: not CONFIRM.allows(user),
        }
    )


def silence_obstacles(assessment: PerformanceAssessment, user: User, *, on: date) -> list[Obstacle]:
    due = assessment.appeal_due_on
    return _applying(
        {
            _wrong_state(assessment): assessment.state != PerformanceState.PROPOSED,
            Obstacle(
                "answer_awaited",
                gettext("The institution may confirm or appeal until the end of %(day)s.")
                % {"day": due},
                rule=RULE,
                remedy=_("Record its silence on the day after."),
            ): due is not None and on <= due,
            _not_entitled(Role.AGREEMENT_OFFICER.label): not CONFIRM_SILENT.allows(user),
        }
    )


def appeal_obstacles(
    appeal: PerformanceAppeal, assessment: PerformanceAssessment, user: User
) -> list[Obstacle]:
    """Return why the user cannot decide the appeal."""
    return _applying(
        {
            Obstacle(
                "appeal_decided",
                _("This appeal has been decided already."),
                rule=RULE,
                remedy=_("Look at its history."),
            ): appeal.outcome != AppealOutcome.OPEN,
            Obstacle(
                "decided_by_assessor",
                _("Whoever assessed the performance may not decide an appeal against it."),
                rule="B-02",
                remedy=_("Ask a colleague to decide."),
            ): user.is_one_with(appeal.assessor_id, assessment.assessed_at or appeal.filed_at),
            _not_entitled(
                f"{Role.AGREEMENT_OFFICER.label}, {Role.AGENCY_HEAD.label}"
            ): not DECIDE_APPEAL.allows(user),
        }
    )


def publishing_obstacles(assessment: PerformanceAssessment, user: User) -> list[Obstacle]:
    appealed = assessment.state == PerformanceState.APPEALED
    return _applying(
        {
            Obstacle(
                "appeal_undecided",
                _("A score is published only after its appeals are decided."),
                rule=RULE,
                remedy=_("Decide the appeals first."),
            ): appealed,
            _wrong_state(assessment): not appealed and assessment.state not in PUBLISHABLE,
            Obstacle(
                "published_by_assessor",
                _("Whoever assessed the performance may not publish the result."),
                rule="B-02",
                remedy=_("Ask another head, or a stand-in, to publish it."),
            ): assessment.assessed_at is not None
            and user.is_one_with(assessment.assessed_by_id, assessment.assessed_at),
            _not_entitled(Role.AGENCY_HEAD.label): not PUBLISH_RESULT.allows(user),
        }
    )


def correcting_obstacles(
    assessment: PerformanceAssessment, user: User, *, under_way: str
) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(assessment): assessment.state != PerformanceState.PUBLISHED,
            Obstacle(
                "correction_open",
                gettext("A correction is under way: %(number)s.") % {"number": under_way},
                rule=RULE,
                remedy=_("Complete that one first."),
            ): bool(under_way),
            _not_entitled(
                f"{Role.AGREEMENT_OFFICER.label}, {Role.AGENCY_HEAD.label}"
            ): not CORRECT_RESULT.allows(user),
        }
    )


def disclosing_obstacles(
    round_: PerformanceRound, user: User, *, published: bool
) -> list[Obstacle]:
    return _applying(
        {
            Obstacle(
                "disclosed_already", _("The grades of this round are public already."), rule=RULE
            ): round_.disclosed_at is not None,
            Obstacle(
                "nothing_published",
                _("No result of this round is published yet."),
                rule=RULE,
                remedy=_("Publish results first."),
            ): not published,
            _not_entitled(Role.AGENCY_HEAD.label): not DISCLOSE.allows(user),
        }
    )
