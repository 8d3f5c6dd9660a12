"""A change that leads to a new assessment (C-09): the agreement officer opens it, and its result
decides whether the change can be approved.
"""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.services.calendar import office
from institutions.models import Assessment, ChangeRequest
from institutions.notifications import changes as notifications
from institutions.services.assessment.opening import end_without_result
from institutions.services.assessment.results import CHANGE, on_result
from institutions.services.change_history import record_step
from institutions.services.change_periods import decision_deadline
from institutions.services.change_rejection import reject
from institutions.services.letters.changes import reassessment_letter
from institutions.services.routes import RULE


def begin_reassessment(change: ChangeRequest, *, by: User, at: datetime) -> None:
    """Let a locked, checked change wait for its new assessment."""
    source = change.state
    change.begin_reassessment()
    change.save(update_fields=["state"])
    letter = reassessment_letter(change, by=by, at=at)
    record_step(
        change,
        act="begin_reassessment",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule=RULE,
        letter=letter,
    )
    notifications.reassessment_begun(change, at=at)


@on_result(CHANGE)
def follow_result(assessment: Assessment, *, by: User, at: datetime) -> None:
    """A passed assessment lets the change be approved, a failed one rejects it."""
    change = ChangeRequest.objects.select_related("institution__region").locked(
        assessment.change_id or 0
    )
    if not change.awaits_assessment:
        return
    if assessment.has_failed:
        with translation.override(CHINESE):
            text = _("The new assessment (%(number)s) was failed: %(reasons)s")
            reason = text % {"number": assessment.number, "reasons": assessment.reasons}
        reject(change, by=by, at=at, reason=reason, rule=RULE)
        return
    on = timezone.localdate(at)
    change.pass_reassessment(at=at)
    # The period for the decision begins anew: the old one ran out while experts were at work.
    region_office = office(on=on, region=change.institution.region)
    change.decision_due_on, change.decision_due_basis = decision_deadline(region_office, RULE)
    change.save(update_fields=["reassessed_at", "decision_due_on", "decision_due_basis"])
    record_step(
        change,
        act="pass_reassessment",
        source=change.state,
        on=on,
        at=at,
        by=by,
        reason=assessment.number,
        rule=RULE,
    )
    notifications.reassessment_passed(change, at=at)


def end_assessments(change: ChangeRequest, *, reason: str, by: User, at: datetime) -> None:
    """Break off what is still being assessed of a locked change that has ended."""
    with translation.override(CHINESE):
        words = reason.strip() or _("The change has been withdrawn.")
    for pk in change.assessments.open().values_list("pk", flat=True):
        end_without_result(Assessment.objects.locked(pk), reason=words, by=by, at=at)
