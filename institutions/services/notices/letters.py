"""The letters that answer objections, in the office's language (A-08)."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agency.services.letters import issue_letter
from institutions.enums.notices import ObjectionState
from institutions.models import DesignationApplication, Objection
from institutions.rules.designation import REASSESS_AFTER
from institutions.services.letters import issue_to_institution


def objection_letter(objection: Objection, *, by: User, at: datetime) -> OfficialLetter:
    """Answer an objection. Whoever gave no name reads the answer on the public status page."""
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        outcomes = {
            ObjectionState.UPHELD: _("the objection is upheld"),
            ObjectionState.REJECTED: _("the objection is rejected"),
            ObjectionState.INADMISSIBLE: _("the objection is inadmissible"),
        }
        context: dict[str, Value] = {
            "objection": objection.number,
            "received_on": objection.received_on,
            "institution": objection.entry.name,
            "result": outcomes[ObjectionState(objection.state)],
            "reason": objection.decision_reason,
        }
        return issue_letter(
            kind="objection_result",
            context=context,
            addressee=objection.objector or _("The objector"),
            address=objection.contact,
            matter=objection.number,
            url=objection.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=objection.entry.notice.region,
        )


def failure_letter(
    application: DesignationApplication, objection: Objection, *, by: User, at: datetime
) -> OfficialLetter:
    """Tell the applicant that it has not passed after all, why, and what to do (A-07)."""
    on = timezone.localdate(at)
    months = office(on=on, region=application.region).number(REASSESS_AFTER)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "application": application.number or "",
            "assessed_on": on,
            "reasons": _("An objection in the public notice was upheld (%(number)s): %(reason)s")
            % {"number": objection.number, "reason": objection.decision_reason},
            "advice": _("Put right what the objection shows, and keep the evidence of it."),
            "reassess_months": months,
        }
        return issue_to_institution(
            kind="assessment_failed",
            institution=application.institution,
            context=context,
            matter=application.number or "",
            url=application.get_absolute_url(),
            portal_url=application.get_portal_url(),
            by=by,
            at=at,
            region=application.region,
        )
