"""The letter of a result, in the office's language (A-06, A-07)."""

from datetime import datetime

from django.utils import timezone, translation

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from institutions.models import Assessment
from institutions.rules.designation import REASSESS_AFTER, SECOND_FAILURE_BAN
from institutions.services.letters import issue_to_institution

PASSED, FAILED, FAILED_TWICE = "assessment_passed", "assessment_failed", "assessment_failed_twice"


def result_letter(assessment: Assessment, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the letter that says how an application was assessed; of a failure, why, what to do
    and from when it may be assessed again, or how long it may not apply.
    """
    on = timezone.localdate(at)
    application = assessment.application
    number = application.number or "" if application else ""
    context: dict[str, Value] = {"application": number, "assessed_on": on}
    kind = PASSED
    if assessment.has_failed:
        known = office(on=on, region=assessment.region)
        context |= {"reasons": assessment.reasons, "advice": assessment.advice}
        kind = FAILED_TWICE if assessment.round > 1 else FAILED
        if kind == FAILED:
            context["reassess_months"] = int(known.number(REASSESS_AFTER))
        else:
            context["ban_years"] = int(known.number(SECOND_FAILURE_BAN))
    with translation.override(CHINESE):
        return issue_to_institution(
            kind=kind,
            institution=assessment.institution,
            context=context,
            matter=number,
            url=assessment.get_absolute_url(),
            portal_url=assessment.get_portal_url(),
            by=by,
            at=at,
            region=assessment.region,
        )
