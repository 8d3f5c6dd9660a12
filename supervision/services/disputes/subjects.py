"""What an institution can dispute, and from which day its periods run (B-19, T-09)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import ServiceState
from agency.lawbook import Office
from agency.models import LetterService, Region
from agency.rules import Obstacle
from agency.services.calendar import office as office_of
from agreements.enums.life import AgreementState, DissolutionGround, RequestState, SuspensionKind
from agreements.models import (
    Agreement,
    AgreementRequest,
    AgreementRequestTransition,
    AgreementTransition,
    PerformanceAssessment,
    Suspension,
)
from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest, ChangeTransition, Institution
from supervision.enums.cases import AgreementAct
from supervision.enums.disputes import (
    OUTSIDE_ROUTES,
    AgencyBreachState,
    DisputeRoute,
    DisputeSubject,
)
from supervision.models import AgencyBreach, Case, CaseMeasure, Dispute
from supervision.rules import disputes as rules

LOOK_BACK = timedelta(days=730)
SHOWN_AT_ONCE = 50
_LETTERED: Mapping[type, tuple[type, str]] = {
    AgreementRequest: (AgreementRequestTransition, "refuse"),
    ChangeRequest: (ChangeTransition, "reject"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Disputable:
    """An act of the agency, or one it failed to do. `keys` are the columns of a dispute about it;
    `served_on` is the day it was served, None while that is not known.
    """

    subject: DisputeSubject
    pk: int
    institution: Institution
    region: Region
    keys: Mapping[str, Any]
    title: str
    decided_on: date
    served_on: date | None
    url: str = ""
    portal_url: str = ""

    @property
    def agreement(self) -> Agreement | None:
        return self.keys.get("agreement")

    @property
    def label(self) -> Any:
        return self.subject.label


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteOption:
    """A way that is open, or why it is not; `until` where the law gives a period."""

    route: DisputeRoute
    until: date | None
    basis: Mapping[str, Any]
    provisional: bool
    is_late: bool
    obstacles: Sequence[Obstacle]

    @property
    def label(self) -> Any:
        return self.route.label

    @property
    def is_outside(self) -> bool:
        return self.route in OUTSIDE_ROUTES


# --- one subject --------------------------------------------------------------------------------


def subject_of(kind: DisputeSubject, pk: int) -> Disputable | None:
    """Return what a dispute of the kind would be about, or None where nothing can be disputed. A
    suspension or dissolution that a case decided is disputed as that decision.
    """
    return next(iter(_READERS[DisputeSubject(kind)](Q(pk=pk))), None)


def subjects_of(institution: Institution, *, on: date) -> list[Disputable]:
    """Return what the institution could dispute, the latest first: what was decided in the last
    two years. At most two queries for each kind.
    """
    found: list[Disputable] = []
    for read in _READERS.values():
        found += read(Q(), institution=institution, since=on - LOOK_BACK)
    return sorted(found, key=lambda each: each.served_on or each.decided_on, reverse=True)


def _cases(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = Case.objects.filter(which, decision_served_on__isnull=False)
    if institution:
        rows = rows.filter(institution=institution, decision_served_on__gte=since)
    return [
        Disputable(
            subject=DisputeSubject.CASE,
            pk=case.pk,
            institution=case.institution,
            region=case.region,
            keys={"case": case, "agreement": case.agreement},
            title=f"{case.number} · {case.title}",
            decided_on=case.decided_on or case.opened_on,
            served_on=case.decision_served_on,
            url=case.get_absolute_url(),
            portal_url=case.get_portal_url(),
        )
        for case in rows.select_related("institution", "region", "agreement").order_by(
            "-decision_served_on"
        )[:SHOWN_AT_ONCE]
    ]


def _suspensions(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = Suspension.objects.filter(
        which, kind=SuspensionKind.MANDATORY, annulled_on__isnull=True, cascade__isnull=True
    )
    if institution:
        rows = rows.filter(agreement__institution=institution, starts_on__gte=since)
    rows = rows.select_related("agreement__institution", "agreement__region")
    decided = _decided_by_case(AgreementAct.SUSPEND, [each.agreement_id for each in rows])
    free = [
        each for each in rows[:SHOWN_AT_ONCE] if (each.agreement_id, each.starts_on) not in decided
    ]
    served = _served_steps("suspend", [each.agreement_id for each in free])
    return [
        Disputable(
            subject=DisputeSubject.SUSPENSION,
            pk=each.pk,
            institution=each.agreement.institution,
            region=each.agreement.region,
            keys={"suspension": each, "agreement": each.agreement},
            title=_("%(number)s, suspended from %(day)s")
            % {"number": each.agreement, "day": each.starts_on},
            decided_on=each.starts_on,
            served_on=served.get((each.agreement_id, each.starts_on)),
            url=each.agreement.get_absolute_url(),
            portal_url=each.agreement.get_portal_url(),
        )
        for each in free
    ]


def _dissolutions(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = Agreement.objects.filter(which, state=AgreementState.DISSOLVED).exclude(
        dissolution_ground=DissolutionGround.REQUEST
    )
    if institution:
        rows = rows.filter(institution=institution, ended_on__gte=since)
    rows = rows.select_related("institution", "region")
    decided = _decided_by_case(AgreementAct.DISSOLVE, [each.pk for each in rows])
    free = [each for each in rows[:SHOWN_AT_ONCE] if (each.pk, each.ended_on) not in decided]
    served = _served_steps("dissolve", [each.pk for each in free])
    return [
        Disputable(
            subject=DisputeSubject.DISSOLUTION,
            pk=each.pk,
            institution=each.institution,
            region=each.region,
            keys={"agreement": each},
            title=_("%(number)s, dissolved from %(day)s") % {"number": each, "day": each.ended_on},
            decided_on=each.ended_on or each.valid_to,
            served_on=served.get((each.pk, each.ended_on)),
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in free
    ]


def _negotiations(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    """Agreements given up before they took effect: their signing is what is disputed."""
    rows = Agreement.objects.filter(which, state=AgreementState.CANCELLED, signed_on__isnull=False)
    if institution:
        rows = rows.filter(institution=institution, valid_from__gte=since)
    rows = rows.select_related("institution", "region")
    given_up = dict(
        AgreementTransition.objects.filter(subject__in=rows, act="cancel").values_list(
            "subject", "on"
        )
    )
    return [
        Disputable(
            subject=DisputeSubject.NEGOTIATION,
            pk=each.pk,
            institution=each.institution,
            region=each.region,
            keys={"agreement": each},
            title=_("%(number)s, given up before it took effect") % {"number": each},
            decided_on=given_up[each.pk],
            served_on=None,
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in rows[:SHOWN_AT_ONCE]
        if each.pk in given_up
    ]


def _requests(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = AgreementRequest.objects.filter(which, state=RequestState.REFUSED)
    if institution:
        rows = rows.filter(agreement__institution=institution, decided_at__date__gte=since)
    chosen = list(
        rows.select_related("agreement__institution", "agreement__region").order_by("-decided_at")[
            :SHOWN_AT_ONCE
        ]
    )
    served = _served_of(AgreementRequest, [each.pk for each in chosen])
    return [
        Disputable(
            subject=DisputeSubject.REQUEST,
            pk=each.pk,
            institution=each.agreement.institution,
            region=each.agreement.region,
            keys={"request": each, "agreement": each.agreement},
            title=f"{each.number} · {each.get_kind_display()}",
            decided_on=_day(each.decided_at),
            served_on=served.get(each.pk),
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in chosen
    ]


def _changes(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = ChangeRequest.objects.filter(which, state=ChangeState.REJECTED)
    if institution:
        rows = rows.filter(institution=institution, decided_at__date__gte=since)
    chosen = list(
        rows.select_related("institution__region").order_by("-decided_at")[:SHOWN_AT_ONCE]
    )
    served = _served_of(ChangeRequest, [each.pk for each in chosen])
    return [
        Disputable(
            subject=DisputeSubject.CHANGE,
            pk=each.pk,
            institution=each.institution,
            region=each.institution.region,
            keys={"change": each},
            title=each.number,
            decided_on=_day(each.decided_at),
            served_on=served.get(each.pk),
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in chosen
    ]


def _assessments(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = PerformanceAssessment.objects.filter(which, published_on__isnull=False)
    if institution:
        rows = rows.filter(institution=institution, published_on__gte=since)
    chosen = list(
        rows.select_related("institution", "agreement__region").order_by("-published_on")[
            :SHOWN_AT_ONCE
        ]
    )
    served = _served_letters([each.letter_id for each in chosen])
    return [
        Disputable(
            subject=DisputeSubject.ASSESSMENT,
            pk=each.pk,
            institution=each.institution,
            region=each.agreement.region,
            keys={"assessment": each, "agreement": each.agreement},
            title=each.number,
            decided_on=each.published_on,
            served_on=served.get(each.letter_id),
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in chosen
    ]


def _breaches(
    which: Q, *, institution: Institution | None = None, since: date | None = None
) -> list[Disputable]:
    rows = AgencyBreach.objects.filter(which).exclude(state=AgencyBreachState.CANCELLED)
    if institution:
        rows = rows.filter(institution=institution, began_on__gte=since)
    return [
        Disputable(
            subject=DisputeSubject.BREACH,
            pk=each.pk,
            institution=each.institution,
            region=each.region,
            keys={"breach": each},
            title=f"{each.number} · {each.matter}",
            decided_on=each.began_on,
            served_on=each.began_on,  # of what is not done nobody is served: its first day counts
            url=each.get_absolute_url(),
            portal_url=each.get_portal_url(),
        )
        for each in rows.select_related("institution", "region").order_by("-began_on")[
            :SHOWN_AT_ONCE
        ]
    ]


_READERS: Mapping[DisputeSubject, Any] = {
    DisputeSubject.CASE: _cases,
    DisputeSubject.SUSPENSION: _suspensions,
    DisputeSubject.DISSOLUTION: _dissolutions,
    DisputeSubject.REQUEST: _requests,
    DisputeSubject.NEGOTIATION: _negotiations,
    DisputeSubject.CHANGE: _changes,
    DisputeSubject.ASSESSMENT: _assessments,
    DisputeSubject.BREACH: _breaches,
}


# --- the day of service ---------------------------------------------------------------------------


def _day(instant: Any) -> date:
    return timezone.localdate(instant)


def _served_letters(letters: Iterable[int | None]) -> dict[int | None, date]:
    """Return the day each letter was served, of those that were. One query."""
    wanted = [each for each in letters if each]
    rows = LetterService.objects.filter(letter__in=wanted, state=ServiceState.SERVED)
    return dict(rows.values_list("letter", "served_on")) if wanted else {}


def _served_of(model: type, pks: Sequence[int]) -> dict[int, date]:
    """Return the day the letter of the refusing step of each matter was served. Two queries."""
    history, act = _LETTERED[model]
    steps: Any = history._default_manager.filter(  # type: ignore[attr-defined]
        subject__in=pks, act=act, letter__isnull=False
    )
    letters = dict(steps.values_list("subject", "letter")) if pks else {}
    served = _served_letters(letters.values())
    return {pk: served[letter] for pk, letter in letters.items() if letter in served}


def _served_steps(act: str, agreements: Sequence[int]) -> dict[tuple[int, date], date]:
    """Return, by agreement and day of effect, the day the letter of the step was served."""
    steps = AgreementTransition.objects.filter(
        subject__in=agreements, act=act, letter__isnull=False
    ).values_list("subject", "on", "letter")
    found = list(steps) if agreements else []
    served = _served_letters(letter for _agreement, _on, letter in found)
    return {(agreement, on): served[letter] for agreement, on, letter in found if letter in served}


def _decided_by_case(act: AgreementAct, agreements: Sequence[int]) -> set[tuple[int, date | None]]:
    """Return (agreement, day) of the acts on these agreements that cases decided. One query."""
    rows = CaseMeasure.objects.filter(
        case__agreement__in=agreements, imposed=True, agreement_act=act
    )
    return set(rows.values_list("case__agreement", "starts_on")) if agreements else set()


# --- the ways -------------------------------------------------------------------------------------


def pending_routes(keys: Mapping[str, Any], subject: DisputeSubject) -> list[DisputeRoute]:
    """Return the ways on which the subject is disputed now. One query."""
    rows = Dispute.objects.open().filter(subject=subject, **_columns(keys))
    return [DisputeRoute(each) for each in rows.values_list("route", flat=True)]


def _columns(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value is not None}


def pending_of(institution: Institution) -> dict[tuple[str, int], list[DisputeRoute]]:
    """Return the ways on which each subject of an institution is disputed now. One query."""
    pending: dict[tuple[str, int], list[DisputeRoute]] = {}
    for each in Dispute.objects.open().filter(institution=institution):
        pending.setdefault((each.subject, each.matter_id), []).append(DisputeRoute(each.route))
    return pending


def ways_of(institution: Institution, *, on: date) -> list[tuple[Disputable, list[RouteOption]]]:
    """Return what the institution can dispute, each with its ways. At most two queries for each
    kind of subject, and three.
    """
    pending = pending_of(institution)
    offices: dict[str, Office] = {}
    found = []
    for what in subjects_of(institution, on=on):
        if what.region.pk not in offices:
            offices[what.region.pk] = office_of(on=on, region=what.region)
        routes = pending.get((what.subject, what.pk), [])
        found.append((what, options(what, on=on, office=offices[what.region.pk], pending=routes)))
    return found


def options(
    what: Disputable, *, on: date, office: Office, pending: Sequence[DisputeRoute]
) -> list[RouteOption]:
    """Return every way with its last day, and what excludes it now."""
    known_on = what.served_on or on
    found = []
    for route in DisputeRoute:
        period = rules.filing_period(route, known_on, office)
        until = period[0].on if period else None
        found.append(
            RouteOption(
                route=route,
                until=until,
                basis=period[1].to_json() if period else {},
                provisional=period[0].provisional if period else False,
                is_late=rules.is_late(on, until),
                obstacles=rules.filing_obstacles(
                    route=route, pending=pending, filed_on=on, served_on=known_on, on=on
                ),
            )
        )
    return found
