"""The letters about an application at the door (A-04, A-05)."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from institutions.models import DesignationApplication, SupplementRequest
from institutions.services.letters.issuing import issue_to_institution


def acceptance_letter(
    application: DesignationApplication, *, by: User | None, at: datetime
) -> OfficialLetter:
    return _issue(
        application,
        "acceptance",
        {
            "accepted_on": application.accepted_on or "",
            "assessment_due_on": application.assessment_due_on or "",
        },
        by=by,
        at=at,
    )


def supplement_letter(request: SupplementRequest, *, by: User, at: datetime) -> OfficialLetter:
    """List everything asked for, each with its reason, and until when."""
    with translation.override(CHINESE):
        lines = [
            f"{number}. {each.item.name}（{each.get_defect_display()}）{each.remark}"
            for number, each in enumerate(request.items.select_related("item"), 1)
        ]
        if request.explanation:
            lines.append(request.explanation)
        lines.append(_("To be delivered by %(day)s.") % {"day": request.due_on})
        missing = "\n".join(lines)
    return _issue(request.application, "supplement", {"missing": missing}, by=by, at=at)


def refusal_letter(
    application: DesignationApplication, *, by: User | None, at: datetime
) -> OfficialLetter:
    """Name the grounds and the first day of a new application, where there is one."""
    with translation.override(CHINESE):
        lines = [
            f"{number}. {each.label}（{each.value}）"
            for number, each in enumerate(application.grounds, 1)
        ]
        if application.decision_reason:
            lines.append(application.decision_reason)
        context: dict[str, Value] = {
            "grounds": "\n".join(lines),
            "reapply_from": (
                _("from %(day)s") % {"day": application.free_from}
                if application.free_from
                else _("once the grounds above have ceased")
            ),
        }
    return _issue(application, "not_accepted", context, by=by, at=at)


def _issue(
    application: DesignationApplication,
    kind: str,
    context: dict[str, Value],
    *,
    by: User | None,
    at: datetime,
) -> OfficialLetter:
    submitted_at = application.submitted_at
    return issue_to_institution(
        kind=kind,
        institution=application.institution,
        context={
            "filed_on": timezone.localdate(submitted_at),
            "application": application.number or "",
            **context,
        },
        matter=application.number or "",
        url=application.get_absolute_url(),
        portal_url=application.get_portal_url(),
        by=by,
        at=at,
        region=application.region,
    )
