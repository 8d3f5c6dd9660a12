"""The letters of a proceeding: the formal demand, the filing for review, and its answer."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agency.services.letters import issue_letter, on_correction
from agency.services.letters.heads import head_in_force
from institutions.services.letters import issue_to_institution
from supervision import rules
from supervision.models import Case, FilingReview, FormalDemand, LegalReview
from supervision.services.letters import listed

DEMAND = "formal_demand"


def demand_letter(case: Case, text: str, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the formal demand to perform."""
    known = office(on=timezone.localdate(at), region=case.region)
    with translation.override(CHINESE):
        return issue_to_institution(
            kind=DEMAND,
            institution=case.institution,
            context={
                "case": case.number,
                "demand": text,
                "demand_days": known.number(rules.DEMAND_WORKDAYS),
            },
            matter=case.number,
            url=case.get_absolute_url(),
            portal_url=case.get_portal_url(),
            by=by,
            at=at,
            region=case.region,
        )


def filing_letter(
    case: Case, review: LegalReview | None, text: str, *, by: User, at: datetime
) -> OfficialLetter:
    """Issue the filing of a grave decision to the administration of its region (C-05)."""
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "institution": case.institution.name,
            "case": case.number,
            "decided_on": case.decided_on or "",
            "measures": listed(case.measures.filter(imposed=True)),
            "facts": case.facts,
            "review": reviewed_words(review),
            "text": text,
        }
        return issue_letter(
            kind="handling_filing",
            context=context,
            addressee=head_in_force(case.region, Actor.ADMINISTRATION, on).office_name,
            matter=case.number,
            url=case.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=case.region,
        )


def reviewed_words(review: LegalReview | None) -> str:
    """Return when it was reviewed and discussed, as the filing says it."""
    if review is None:
        return _("Decided before reviews and discussions were recorded apart.")
    discussion = review.discussion
    return _(
        "Legal review of %(reviewed)s by %(reviewer)s; discussed on %(held)s, "
        "%(members)d members, %(in_favour)d in favour."
    ) % {
        "reviewed": review.reviewed_on,
        "reviewer": review.reviewed_by,
        "held": discussion.held_on,
        "members": discussion.members,
        "in_favour": discussion.in_favour,
    }


def answer_letter(filing: FilingReview, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the administration's answer to the filing."""
    on, case = timezone.localdate(at), filing.case
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "institution": case.institution.name,
            "case": case.number,
            "outcome": filing.get_outcome_display(),
            "reasons": filing.reasons or _("none"),
        }
        return issue_letter(
            kind="filing_answer",
            context=context,
            addressee=head_in_force(case.region, Actor.AGENCY, on).office_name,
            matter=case.number,
            url=case.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=case.region,
        )


@on_correction
def take_correction(letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime) -> None:
    """Let the matter point to the letter that has taken the place of the wrong one."""
    FormalDemand.objects.filter(letter=corrects).update(letter=letter)
    FilingReview.objects.filter(letter=corrects).update(letter=letter)
