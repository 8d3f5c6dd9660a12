"""The sixth rung: suspending or dissolving goes through the agreement's own services."""

from collections.abc import Sequence
from datetime import date, datetime

from agency.models import User
from agency.rules import Obstacle, Refusal
from supervision.models import Case, CaseMeasure


def act_on_agreement(
    case: Case, imposed: Sequence[CaseMeasure], *, by: User, on: date, at: datetime
) -> None:
    """Do what the imposed measures do to the agreement; its own guards may refuse."""
    for measure in imposed:
        if measure.agreement_act:
            raise Refusal([Obstacle("not_yet", "agreements.services is not there yet")])
