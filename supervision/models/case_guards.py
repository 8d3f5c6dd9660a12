"""What the database itself keeps of a case: its states, and the facts of each."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor
from agency.powers import only_of
from supervision.enums.cases import CaseState, Origin
from supervision.enums.proceedings import Ground
from supervision.rules import RETURNABLE

_STATE = CaseState
BEFORE_NOTICE = [_STATE.CLUE, _STATE.OPENED]
DISMISSABLE = [*BEFORE_NOTICE, _STATE.DEFENCE, _STATE.LEGAL_REVIEW]
_ENDED = [_STATE.CLOSED, _STATE.DISMISSED]
_DECIDED = [_STATE.DECIDED, _STATE.SERVED, _STATE.PERFORMED, _STATE.CLOSED]
_SERVED = [_STATE.SERVED, _STATE.PERFORMED, _STATE.CLOSED]


def moves() -> list[tuple[str, str]]:
    """Every lawful step, for the trigger that also binds bulk updates."""
    steps = [
        (_STATE.CLUE, _STATE.OPENED),
        (_STATE.OPENED, _STATE.NOTICE),
        (_STATE.NOTICE, _STATE.DEFENCE),
        (_STATE.DEFENCE, _STATE.LEGAL_REVIEW),
        (_STATE.LEGAL_REVIEW, _STATE.DEFENCE),
        (_STATE.DEFENCE, _STATE.DECIDED),
        (_STATE.LEGAL_REVIEW, _STATE.DECIDED),
        (_STATE.DECIDED, _STATE.SERVED),
        (_STATE.SERVED, _STATE.PERFORMED),
        (_STATE.PERFORMED, _STATE.CLOSED),
        *((each, _STATE.DISMISSED) for each in DISMISSABLE),
        *((each, _STATE.RETURNED) for each in RETURNABLE),
        *((_STATE.RETURNED, each) for each in RETURNABLE),
    ]
    return [(source.value, target.value) for source, target in steps]


def reviewed_and_discussed() -> pgtrigger.Trigger:
    """Return the trigger that lets no grave decision pass without a legal review that found it
    lawful, by another than who decides, and a discussion after it that carried it (C-05).
    """
    return pgtrigger.Trigger(
        name="reviewed_and_discussed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__state=_STATE.DECIDED, new__is_grave=True)
        & pgtrigger.Q(old__state__in=[_STATE.DEFENCE, _STATE.LEGAL_REVIEW]),
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM supervision_legalreview review
                JOIN supervision_collectivediscussion discussion
                    ON discussion.review_id = review.id AND discussion.carried
                WHERE review.case_id = NEW.id AND review.outcome = 'approved'
                    AND review.reviewed_by_id <> NEW.decided_by_id
            ) THEN
                RAISE EXCEPTION 'case % is not reviewed and discussed', NEW.number
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'case_reviewed_and_discussed';
            END IF;
            RETURN NEW;
        """,
    )


CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(
        name="case_number_has_its_form",
        condition=Q(number__regex=r"^CASE-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
    ),
    models.CheckConstraint(
        name="case_finding_is_its_origin",
        condition=Q(origin=Origin.FINDING, finding__isnull=False)
        | (~Q(origin=Origin.FINDING) & Q(finding__isnull=True)),
    ),
    models.UniqueConstraint(
        name="case_one_per_finding",
        fields=["finding"],
        condition=~Q(state=_STATE.DISMISSED),
        violation_error_message=_("There is already a case about this finding."),
    ),
    models.CheckConstraint(
        name="case_ground_is_its_origin",
        condition=(Q(origin=Origin.GROUND, agreement__isnull=False) & ~Q(ground=""))
        | (~Q(origin=Origin.GROUND) & Q(ground="", ground_key="", detected_at__isnull=True)),
    ),
    models.CheckConstraint(
        name="case_without_officer_is_a_detected_ground",
        condition=Q(opened_by__isnull=False)
        | Q(detected_at__isnull=False, state__in=[_STATE.CLUE, _STATE.DISMISSED]),
    ),
    models.CheckConstraint(
        name="case_detected_has_its_facts",
        condition=(Q(detected_at__isnull=True) & Q(ground_key=""))
        | (Q(detected_at__isnull=False, verify_due_on__isnull=False) & ~Q(ground_key="")),
    ),
    models.CheckConstraint(
        name="case_ground_verified_before_it_goes_on",
        condition=~Q(origin=Origin.GROUND)
        | Q(state__in=[_STATE.CLUE, _STATE.DISMISSED])
        | Q(verified_on__isnull=False, verified_by__isnull=False),
    ),
    models.CheckConstraint(
        name="case_closure_was_visited",
        condition=~Q(ground=Ground.CLOSED)
        | Q(state__in=[_STATE.CLUE, _STATE.DISMISSED])
        | Q(visited_on__isnull=False),
    ),
    models.UniqueConstraint(
        name="case_one_per_ground",
        fields=["agreement", "ground"],
        condition=~Q(ground="") & ~Q(state__in=_ENDED),
        violation_error_message=_("There is already a case about this ground."),
    ),
    models.UniqueConstraint(
        name="case_ground_once_for_its_facts",
        fields=["agreement", "ground", "ground_key"],
        condition=~Q(ground_key=""),
    ),
    models.CheckConstraint(
        name="case_legal_review_has_its_period",
        condition=~Q(state=_STATE.LEGAL_REVIEW) | Q(review_due_on__isnull=False),
    ),
    models.CheckConstraint(
        name="case_noticed_has_its_day",
        condition=Q(state__in=[*BEFORE_NOTICE, _STATE.DISMISSED, _STATE.RETURNED])
        | Q(noticed_on__isnull=False),
    ),
    models.CheckConstraint(
        name="case_defence_has_its_period",
        condition=Q(notice_served_on__isnull=False, defence_due_on__isnull=False)
        | (
            Q(notice_served_on__isnull=True, defence_due_on__isnull=True)
            & ~Q(state__in=[_STATE.DEFENCE, _STATE.LEGAL_REVIEW, *_DECIDED])
        ),
    ),
    models.CheckConstraint(
        name="case_decided_after_hearing",
        condition=Q(decided_on__isnull=True) | ~Q(defence_outcome=""),
    ),
    models.CheckConstraint(
        name="case_decision_has_its_facts",
        condition=Q(decided_on__isnull=False, decided_by__isnull=False) & ~Q(consideration="")
        | (Q(decided_on__isnull=True, decided_by__isnull=True) & ~Q(state__in=_DECIDED)),
    ),
    models.CheckConstraint(
        name="case_grave_decided_by_another",
        condition=Q(is_grave=False) | Q(decided_by__isnull=True) | ~Q(decided_by=F("opened_by")),
    ),
    models.CheckConstraint(
        name="case_served_has_its_day",
        condition=~Q(state__in=_SERVED) | Q(decision_served_on__isnull=False),
    ),
    models.CheckConstraint(
        name="case_performed_has_its_day",
        condition=~Q(state__in=[_STATE.PERFORMED, _STATE.CLOSED]) | Q(performed_on__isnull=False),
    ),
    models.CheckConstraint(
        name="case_closed_has_its_facts",
        condition=Q(state=_STATE.CLOSED, closed_on__isnull=False, closed_by__isnull=False)
        | (~Q(state=_STATE.CLOSED) & Q(closed_on__isnull=True, closed_by__isnull=True)),
    ),
    models.CheckConstraint(
        name="case_dismissed_has_its_reason",
        condition=~Q(state=_STATE.DISMISSED) | ~Q(dismissal_reason=""),
    ),
    models.CheckConstraint(
        name="case_returned_knows_from_where",
        condition=(
            Q(state=_STATE.RETURNED, supplement_due_on__isnull=False)
            & Q(returned_from__in=RETURNABLE)
        )
        | (~Q(state=_STATE.RETURNED) & Q(returned_from="", supplement_due_on__isnull=True)),
    ),
]
TRIGGERS = [
    pgtrigger.FSM(name="lawful_steps", field="state", transitions=moves()),
    only_of(Actor.AGENCY, "opened_by", "verified_by", "decided_by", "closed_by"),
    reviewed_and_discussed(),
]
