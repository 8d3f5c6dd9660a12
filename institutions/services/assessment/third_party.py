"""A third party in the place of a group: engaged, and its report entered (A-06)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.enums.assessment import BasicCondition, Verdict
from institutions.models import Assessment, ThirdParty, ThirdPartyEngagement
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import (
    ENGAGE_THIRD_PARTY,
    ENTER_REPORT,
    step_obstacles,
)
from institutions.services.assessment.conflicts import third_party_conflicts
from institutions.services.assessment.history import RULE, record_step

REPORT = ["proposal", "reasons", "advice", "failed_conditions", "reported_at"]


@transaction.atomic
def engage_third_party(
    *, assessment_id: int, third_party_id: int, by: User, at: datetime, contract: str = ""
) -> ThirdPartyEngagement:
    """Engage a third party. Refuses one that is not qualified today, and one with a tie to the
    institution, its code or its controller.
    """
    assessment = Assessment.objects.locked(assessment_id)
    third_party = ThirdParty.objects.select_for_update(of=("self",)).get(pk=third_party_id)
    on = timezone.localdate(at)
    refuse_if(
        step_obstacles(assessment, ENGAGE_THIRD_PARTY, by)
        + engagement_obstacles(assessment, third_party, on=on)
    )
    engagement = ThirdPartyEngagement.objects.create(
        assessment=assessment,
        third_party=third_party,
        contract=contract.strip(),
        engaged_at=at,
        engaged_by=by,
    )
    source = assessment.state
    assessment.engage(at=at)
    assessment.save(update_fields=["state", "begun_at"])
    record_step(
        assessment, act="engage", source=source, on=on, at=at, by=by, reason=str(third_party)
    )
    return engagement


def engagement_obstacles(
    assessment: Assessment, third_party: ThirdParty, *, on: date
) -> list[Obstacle]:
    """Return why the third party may not assess the institution."""
    obstacles = []
    if not third_party.is_qualified_on(on):
        text = _("%(name)s is qualified from %(from)s to %(to)s only.")
        shown = {
            "name": third_party,
            "from": third_party.qualified_from,
            "to": third_party.qualified_to,
        }
        remedy = _("Engage another one.")
        obstacles.append(Obstacle("not_qualified", text % shown, RULE, remedy))
    for each in third_party_conflicts(third_party, assessment.institution, on=on):
        text = _("%(name)s has a conflict of interest: %(why)s.")
        shown = {"name": third_party, "why": each.text}
        obstacles.append(Obstacle("conflict_of_interest", text % shown, RULE, _("Engage another.")))
    return obstacles


@transaction.atomic
def enter_report(
    *,
    assessment_id: int,
    proposal: Verdict,
    reasons: str,
    advice: str,
    failed_conditions: Collection[BasicCondition],
    report: Sequence[UploadedFile | UploadRef],
    by: User,
    at: datetime,
) -> ThirdPartyEngagement:
    """Enter what the third party reported, with its report; then the head decides."""
    assessment = Assessment.objects.locked(assessment_id)
    proposal = Verdict(proposal)
    obstacles = step_obstacles(assessment, ENTER_REPORT, by)
    if not reasons.strip():
        obstacles.append(Obstacle("reasons_missing", _("The reasons are missing."), RULE))
    if not report:
        text = _("The report is missing.")
        remedy = _("Add the signed report as a file.")
        obstacles.append(Obstacle("report_missing", text, RULE, remedy))
    if proposal == Verdict.NOT_QUALIFIED and not advice.strip():
        text = _("Who holds the applicant not qualified says what to rectify.")
        obstacles.append(Obstacle("advice_missing", text, RULE))
    if proposal == Verdict.QUALIFIED and failed_conditions:
        text = _("A basic condition is not met: the proposal cannot be “qualified”.")
        obstacles.append(Obstacle("condition_not_met", text, "A-03"))
    refuse_if(obstacles)
    engagement = ThirdPartyEngagement.objects.select_for_update().get(assessment=assessment)
    engagement.report.set(store_files(report, by=by, at=at))
    engagement.proposal, engagement.reasons = proposal, reasons.strip()
    engagement.advice, engagement.reported_at = advice.strip(), at
    engagement.failed_conditions = [BasicCondition(each).value for each in failed_conditions]
    engagement.save(update_fields=REPORT)
    source = assessment.state
    assessment.complete(at=at)
    assessment.save(update_fields=["state", "completed_at"])
    on = timezone.localdate(at)
    record_step(assessment, act="report", source=source, on=on, at=at, by=by)
    notifications.opinions_complete(assessment, at=at)
    return engagement
