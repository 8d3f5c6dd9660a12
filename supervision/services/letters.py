"""The letters of a case: notice, decision, report and order, and what their service starts."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import Actor, ServiceMethod, ServiceState
from agency.letter_kinds import CHINESE, Value
from agency.models import LetterService, OfficialLetter, Region, User
from agency.services.calendar import office
from agency.services.letters import issue_letter, on_correction, serve_letter
from agency.services.letters.heads import head_in_force
from institutions.models import Institution
from institutions.services.letters import end_portal_service, issue_to_institution
from supervision import rules
from supervision.models import AdministrationOrder, AdministrationReport, Case, CaseMeasure

NOTICE = "prior_notice"
DECISION = "handling_decision"
LONGEST_PROOF = 200


def notice_letter(case: Case, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the prior notice: facts, intended measures, and the right to be heard."""
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "case": case.number,
            "facts": case.facts,
            "measures": listed(case.measures.all()),
            "defence_days": office(on=on, region=case.region).number(rules.DEFENCE_WORKDAYS),
        }
        return _to_institution(case, NOTICE, context, by=by, at=at)


def decision_letter(
    case: Case, imposed: Iterable[CaseMeasure], *, by: User, at: datetime
) -> OfficialLetter:
    """Issue the decision with the measures imposed."""
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "case": case.number,
            "noticed_on": case.noticed_on or "",
            "facts": case.facts,
            "consideration": case.consideration,
            "measures": listed(imposed),
        }
        return _to_institution(case, DECISION, context, by=by, at=at)


def report_letter(case: Case, text: str, *, by: User, at: datetime) -> OfficialLetter:
    """Issue the agency's report of a grave measure to the administration of its region (B-20)."""
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "institution": case.institution.name,
            "case": case.number,
            "decided_on": case.decided_on or "",
            "measures": listed(case.measures.filter(imposed=True)),
            "report": text,
        }
        return issue_letter(
            kind="administration_report",
            context=context,
            addressee=head_in_force(case.region, Actor.ADMINISTRATION, on).office_name,
            matter=case.number,
            url=case.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=case.region,
        )


def order_letter(
    *,
    number: str,
    institution: Institution,
    case: Case | None,
    text: str,
    due_on: date,
    region: Region,
    by: User,
    at: datetime,
) -> OfficialLetter:
    """Issue the administration's own order to the agency (B-20)."""
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "institution": institution.name,
            "order": number,
            "case": case.number if case else _("none"),
            "text": text,
            "due_on": due_on,
        }
        return issue_letter(
            kind="handling_order",
            context=context,
            addressee=head_in_force(region, Actor.AGENCY, on).office_name,
            matter=number,
            url=reverse("supervision_desk:order_page", args=[number]),
            by=by,
            at=at,
            on=on,
            region=region,
        )


def lock_letter(case_id: int, field: str) -> OfficialLetter | None:
    """Lock a letter of the case before the case itself: the order in which the portal does."""
    letter_id = Case.objects.values_list(field, flat=True).get(pk=case_id)
    return OfficialLetter.objects.locked(letter_id) if letter_id else None


def serve_on_paper(
    letter: OfficialLetter,
    *,
    method: ServiceMethod,
    served_on: date,
    recipient: str,
    proof: UploadedFile | None,
    tracking_number: str,
    by: User,
    at: datetime,
) -> LetterService:
    """Record that the letter was received from the hand of an officer or by post. If it lies in
    the portal unconfirmed, that service ends.
    """
    end_portal_service(letter, by=by, at=at)
    return serve_letter(
        letter_id=letter.pk,
        method=method,
        served_on=served_on,
        recipient=recipient,
        proof=proof,
        tracking_number=tracking_number,
        by=by,
        at=at,
        on=timezone.localdate(at),
    )


def proof_of(letter: OfficialLetter) -> tuple[str, User | None]:
    """Return how the letter was served, in words, and who recorded or confirmed it. One query."""
    service = letter.services.select_related("confirmed_by").get(state=ServiceState.SERVED)
    with translation.override(CHINESE):
        words = [service.get_method_display(), service.recipient, service.tracking_number]
    return " ".join(filter(None, words)), service.confirmed_by


@on_correction
def take_correction(letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime) -> None:
    """Let the matter point to the letter that has taken the place of the wrong one."""
    Case.objects.filter(notice_letter=corrects).update(notice_letter=letter)
    Case.objects.filter(decision_letter=corrects).update(decision_letter=letter)
    AdministrationReport.objects.filter(letter=corrects).update(letter=letter)
    AdministrationOrder.objects.filter(letter=corrects).update(letter=letter)


def listed(measures: Iterable[CaseMeasure]) -> str:
    """Return the measures as a letter lists them."""
    return "\n".join(f"{n}. {_worded(each)}" for n, each in enumerate(measures, start=1))


def _worded(measure: CaseMeasure) -> str:
    words = [measure.wording]
    if measure.amount is not None:
        words.append(_("%(amount)s CNY") % {"amount": f"{measure.amount:,.2f}"})
    if measure.reckoning:
        words.append(measure.reckoning)
    if measure.release_when:
        words.append(_("withheld until: %(what)s") % {"what": measure.release_when})
    if measure.target_name:
        words.append(f"{measure.get_target_display()} {measure.target_name}")
    if measure.ground:
        words.append(measure.ground)
    if measure.starts_on:
        last = measure.ends_on or _("until further notice")
        words.append(_("from %(first)s, %(last)s") % {"first": measure.starts_on, "last": last})
    return _("%(measure)s (%(clause)s)") % {
        "measure": "，".join(str(each) for each in words),
        "clause": measure.clause,
    }


def _to_institution(
    case: Case, kind: str, context: dict[str, Value], *, by: User, at: datetime
) -> OfficialLetter:
    return issue_to_institution(
        kind=kind,
        institution=case.institution,
        context=context,
        matter=case.number,
        url=case.get_absolute_url(),
        portal_url=case.get_portal_url(),
        by=by,
        at=at,
        region=case.region,
    )
