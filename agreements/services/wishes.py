"""What an institution may wish for, and from when: asked before a request is filed (B-13, B-15,
B-16).
"""

from datetime import date

from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle
from agency.services.calendar import office
from agreements.enums.life import AgreementState, RequestKind, RequestState, SuspensionKind
from agreements.models import Agreement, Suspension
from agreements.permissions.agreements import FILE_REQUEST
from agreements.rules import (
    ExitAct,
    ExitObstacle,
    ExitQuestion,
    SuspensionQuestion,
    exit_request,
    suspension_limits,
)
from agreements.services.renewal import first_day_after, open_renewal
from institutions.enums.register import Nature

RULES = {
    RequestKind.SUSPEND: "B-16",
    RequestKind.DISSOLVE: "B-16",
    RequestKind.NOT_RENEW: "B-16",
    RequestKind.RENEW: "B-15",
    RequestKind.RESUME: "B-13",
}
LEAVING = (RequestKind.SUSPEND, RequestKind.DISSOLVE, RequestKind.NOT_RENEW)
# The others begin where the validity ends.
DATED = (RequestKind.SUSPEND, RequestKind.DISSOLVE, RequestKind.RESUME)


def wanted_day(
    agreement: Agreement, kind: RequestKind, wanted_on: date | None, *, on: date
) -> date:
    """Return the first day of what is asked for; fixed where the end of the validity fixes it."""
    if kind in (RequestKind.RENEW, RequestKind.NOT_RENEW):
        return first_day_after(agreement)
    return wanted_on or on


def filing_obstacles(
    agreement: Agreement, kind: RequestKind, *, by: User, on: date
) -> list[Obstacle]:
    """Return why the request cannot be filed at all, whatever day is wanted: what disables its
    form. At most three queries.
    """
    obstacles = []
    is_member = agreement.institution.memberships.filter(user=by).exists()
    if not FILE_REQUEST.allows(by) or not is_member:
        text = _("Only an administrator of the institution may do this.")
        obstacles.append(Obstacle("not_entitled", text))
    obstacles += _barred(agreement, kind) + state_obstacles(agreement, kind, on=on)
    if agreement.requests.filter(kind=kind, state=RequestState.FILED).exists():
        text = _("A request of this kind waits for the agency already.")
        remedy = _("Wait for the decision, or withdraw it.")
        obstacles.append(Obstacle("waits_already", text, RULES[kind], remedy))
    return obstacles


def _barred(agreement: Agreement, kind: RequestKind) -> list[Obstacle]:
    """Return the bar for public institutions; the lawbook decides, whatever the day."""
    if kind not in LEAVING:
        return []
    far = date(agreement.valid_to.year + 2, 1, 1)
    answer = exit_request(
        ExitQuestion(
            act=ExitAct(kind.value),
            nature=Nature(agreement.institution.nature),
            filed_on=agreement.valid_from,
            wanted_on=far,
        ),
        office(on=agreement.valid_from, region=agreement.region),
    )
    if ExitObstacle.PUBLIC_INSTITUTION not in answer.obstacles:
        return []
    text = _("A public institution must not itself ask for this.")
    remedy = _("Speak with the agency or with the administration.")
    return [Obstacle("public_institution", text, "B-16", remedy)]


def state_obstacles(agreement: Agreement, kind: RequestKind, *, on: date) -> list[Obstacle]:
    """Return why the agreement's state does not allow what is asked."""
    wanted_states = {
        RequestKind.SUSPEND: (AgreementState.EFFECTIVE,),
        RequestKind.RESUME: (AgreementState.SUSPENDED,),
    }.get(kind, (AgreementState.EFFECTIVE, AgreementState.SUSPENDED))
    if agreement.state not in wanted_states or on > agreement.valid_to:
        label = AgreementState(agreement.state).label
        text = _("The agreement is “%(state)s”: that does not allow it.") % {"state": label}
        return [Obstacle("wrong_state", text)]
    if kind in (RequestKind.RENEW, RequestKind.NOT_RENEW) and open_renewal(agreement):
        return [Obstacle("renewed_already", _("A renewal has been drawn up already."), "B-15")]
    if kind == RequestKind.RESUME:
        return _limit_passed(agreement, on=on)
    return []


def _limit_passed(agreement: Agreement, *, on: date) -> list[Obstacle]:
    suspension = Suspension.objects.current(agreement)
    if (
        suspension is None
        or suspension.kind != SuspensionKind.VOLUNTARY
        or suspension.held_at
        or on <= suspension.limit_on
    ):
        return []
    text = _("The last day to ask for it was %(day)s.") % {"day": suspension.limit_on}
    remedy = _("Ask the agency to hold the termination.")
    return [Obstacle("limit_passed", text, "B-13", remedy)]


def earliest_exit(agreement: Agreement, kind: RequestKind, *, on: date) -> date:
    """Return the first day from which leaving is possible when filed on the day (B-16)."""
    question = ExitQuestion(
        act=ExitAct(kind.value),
        nature=Nature(agreement.institution.nature),
        filed_on=on,
        wanted_on=on,
    )
    return exit_request(question, office(on=on, region=agreement.region)).earliest_on


def wish_obstacles(
    agreement: Agreement,
    kind: RequestKind,
    *,
    on: date,
    wanted_on: date,
    wanted_to: date | None,
) -> list[Obstacle]:
    """Return why the wanted days are not possible: notice, term, limit."""
    obstacles = []
    if kind in LEAVING:
        answer = exit_request(
            ExitQuestion(
                act=ExitAct(kind.value),
                nature=Nature(agreement.institution.nature),
                filed_on=on,
                wanted_on=wanted_on,
            ),
            office(on=on, region=agreement.region),
        )
        if ExitObstacle.NOTICE_TOO_SHORT in answer.obstacles:
            text = _("Filed on %(filed)s, it is possible from %(earliest)s at the earliest.")
            facts = {"filed": on, "earliest": answer.earliest_on}
            obstacles.append(Obstacle("notice_too_short", text % facts, "B-16"))
    if kind in DATED and not max(on, agreement.valid_from) <= wanted_on <= agreement.valid_to:
        text = _("Wanted from %(day)s: that is not between %(first)s and %(last)s.")
        facts = {"day": wanted_on, "first": on, "last": agreement.valid_to}
        obstacles.append(Obstacle("outside_term", text % facts, "T-07"))
    if kind == RequestKind.SUSPEND and wanted_to and not obstacles:
        obstacles += _too_long(agreement, wanted_on, wanted_to, on=on)
    return obstacles


def _too_long(agreement: Agreement, first: date, last: date, *, on: date) -> list[Obstacle]:
    limits = suspension_limits(
        SuspensionQuestion(start=first, kind=SuspensionKind.VOLUNTARY, valid_to=agreement.valid_to),
        office(on=on, region=agreement.region),
    )
    if first <= last <= limits.limit_on:
        return []
    text = _("A voluntary suspension from %(first)s ends by %(limit)s.")
    facts = {"first": first, "limit": limits.limit_on}
    return [Obstacle("suspension_too_long", text % facts, "B-13")]
