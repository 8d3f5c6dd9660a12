"""Who is told of breaches by the agency, demands, measures and disputes; decides nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.clocks import CLOCKS
from agency.enums import Role
from agency.models import User
from agency.reasons import reason
from agency.services.notices import Message, holders, tell, tell_each
from agency.topics import Topic, topic
from institutions.notifications.members import members_of as members_of_one
from settlements.notifications import members_of
from supervision.enums.disputes import DisputeRoute
from supervision.models import AgencyBreach, AgencyMeasure, CorrectionDemand, Dispute, DisputeStep

DISPUTES = topic(
    Topic(
        "disputes",
        _("Disputes and breaches by the agency"),
        prefixes=("breach.", "demand.", "dispute.", "agency_measure."),
        mandatory=True,
    )
)
_HANDLING = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
_COORDINATING = (Role.SUPERVISOR, Role.LAW_OFFICER)


def breaches_found(breaches: Sequence[AgencyBreach], *, at: datetime) -> None:
    """Tell the institutions, the agency's officers and the administration, in bulk."""
    staff = holders(*_HANDLING, Role.SUPERVISOR)
    members = members_of(each.institution_id for each in breaches)
    with override("zh-hans"):
        messages = [
            Message(
                recipient=user,
                key=f"breach.{each.pk}.found.{each.due_on}",
                subject=_now("Overdue by the agency: %(matter)s") % {"matter": each.matter},
                body=_now("%(clock)s: due on %(day)s, not done.")
                % {"clock": CLOCKS[each.clock].label, "day": each.due_on},
                url=url,
            )
            for each in breaches
            for user, url in _addressed(each, staff, members.get(each.institution_id, ()))
        ]
    tell_each(messages, at=at)


def breaches_ended(breaches: Sequence[AgencyBreach], *, at: datetime) -> None:
    members = members_of(each.institution_id for each in breaches)
    with override("zh-hans"):
        messages = [
            Message(
                recipient=user,
                key=f"breach.{each.pk}.ended.{each.ended_on}",
                subject=_now("Done late by the agency: %(matter)s") % {"matter": each.matter},
                body=_now("Done on %(day)s, %(n)d working days late.")
                % {"day": each.ended_on, "n": each.late_workdays or 0},
                url=each.get_portal_url(),
            )
            for each in breaches
            for user in members.get(each.institution_id, ())
        ]
    tell_each(messages, at=at)


def _addressed(
    breach: AgencyBreach, staff: Iterable[User], members: Iterable[User]
) -> list[tuple[User, str]]:
    desk, portal = breach.get_absolute_url(), breach.get_portal_url()
    return [(each, desk) for each in staff] + [(each, portal) for each in members]


# --- demands --------------------------------------------------------------------------------------


def demand_filed(demand: CorrectionDemand, *, at: datetime) -> None:
    tell(
        holders(*_HANDLING, Role.SETTLEMENT_OFFICER),
        key=f"demand.{demand.pk}.filed",
        subject=reason(_("Correction is demanded: %(number)s"), number=demand.number),
        body=reason(_("To be answered by %(day)s."), day=demand.answer_due_on),
        url=demand.get_absolute_url(),
        at=at,
    )


def demand_moved(demand: CorrectionDemand, *, at: datetime) -> None:
    """Answered or corrected: the institution is told."""
    tell(
        members_of_one(demand.institution_id),
        key=f"demand.{demand.pk}.{demand.state}",
        subject=reason(
            _("Demand for correction %(number)s: %(state)s"),
            number=demand.number,
            state=demand.get_state_display(),
        ),
        body=demand.correction or demand.answer,
        url=demand.get_portal_url(),
        at=at,
    )


# --- measures on the agency -----------------------------------------------------------------------


def measure_taken(measure: AgencyMeasure, *, at: datetime, again: bool = False) -> None:
    subject = _("The report has been returned: %(number)s") if again else None
    tell(
        holders(*_HANDLING),
        key=f"agency_measure.{measure.pk}.taken.{at:%Y%m%d%H%M%S}",
        subject=reason(
            subject or _("Measure of the administration on the agency: %(number)s"),
            number=measure.number,
        ),
        body=measure.text,
        url=measure.get_absolute_url(),
        at=at,
    )


def measure_reported(measure: AgencyMeasure, *, at: datetime) -> None:
    tell(
        [measure.taken_by],
        key=f"agency_measure.{measure.pk}.reported.{at:%Y%m%d%H%M%S}",
        subject=reason(_("The agency has reported: %(number)s"), number=measure.number),
        body=measure.report,
        url=measure.get_absolute_url(),
        at=at,
    )


def measure_closed(measure: AgencyMeasure, *, at: datetime) -> None:
    tell(
        holders(*_HANDLING),
        key=f"agency_measure.{measure.pk}.closed",
        subject=reason(_("Followed up: %(number)s"), number=measure.number),
        body=measure.closing,
        url=measure.get_absolute_url(),
        at=at,
    )


# --- disputes -------------------------------------------------------------------------------------


def dispute_filed(dispute: Dispute, *, by: User, at: datetime) -> None:
    """The agency always; the administration where it is to coordinate; the institution where the
    agency has entered it.
    """
    facts = {"number": dispute.number, "route": dispute.get_route_display()}
    subject = reason(_("Dispute %(number)s: %(route)s"), **facts)
    staff = holders(*_HANDLING, Role.AUDIT_OFFICER)
    if dispute.route == DisputeRoute.COORDINATION:
        staff += holders(*_COORDINATING)
    key = f"dispute.{dispute.pk}.filed"
    url = dispute.get_absolute_url()
    tell(_others(staff, by), key=key, subject=subject, body=dispute.claim, url=url, at=at)
    if by.is_office_staff:
        members = members_of_one(dispute.institution_id)
        tell(members, key=key, subject=subject, url=dispute.get_portal_url(), at=at)


def dispute_moved(dispute: Dispute, *, by: User, at: datetime) -> None:
    """Accepted, not accepted, decided, carried out: both sides are told."""
    subject = reason(
        _("Dispute %(number)s: %(state)s"),
        number=dispute.number,
        state=dispute.get_result_display() or dispute.get_state_display(),
    )
    body = dispute.result_text or dispute.refusal_reason
    key = f"dispute.{dispute.pk}.moved.{dispute.state}.{at:%Y%m%d%H%M%S}"
    _both_sides(dispute, key=key, subject=subject, body=body, by=by, at=at)


def step_recorded(dispute: Dispute, step: DisputeStep, *, by: User, at: datetime) -> None:
    subject = reason(
        _("Dispute %(number)s: %(step)s"), number=dispute.number, step=step.get_kind_display()
    )
    key = f"dispute.{dispute.pk}.step.{step.pk}"
    _both_sides(dispute, key=key, subject=subject, body=step.text, by=by, at=at)


def to_decide_anew(dispute: Dispute, *, matter: str, url: str, at: datetime) -> None:
    tell(
        holders(*_HANDLING),
        key=f"dispute.{dispute.pk}.anew",
        subject=reason(_("To be decided anew: %(matter)s"), matter=matter),
        body=reason(_("Its refusal was annulled by %(number)s."), number=dispute.number),
        url=url,
        at=at,
    )


def result_overdue(disputes: Sequence[Dispute], *, on: date, at: datetime) -> None:
    """Nobody has decided in time: the officers ask, the institution knows its next way."""
    staff = holders(*_HANDLING)
    supervisors = holders(*_COORDINATING)
    members = members_of(each.institution_id for each in disputes)
    with override("zh-hans"):
        messages = [
            Message(
                recipient=user,
                key=f"dispute.{each.pk}.overdue.{each.decision_due_on}",
                subject=_now("No result in time: %(number)s") % {"number": each.number},
                body=_now("It was due on %(day)s.") % {"day": each.decision_due_on},
                url=url,
            )
            for each in disputes
            for user, url in (
                *((who, each.get_absolute_url()) for who in staff),
                *(
                    (who, each.get_absolute_url())
                    for who in supervisors
                    if each.route == DisputeRoute.COORDINATION
                ),
                *((who, each.get_portal_url()) for who in members.get(each.institution_id, ())),
            )
        ]
    tell_each(messages, at=at)


def _both_sides(
    dispute: Dispute, *, key: str, subject: object, body: object, by: User, at: datetime
) -> None:
    staff = holders(*_HANDLING, Role.AUDIT_OFFICER)
    if dispute.route == DisputeRoute.COORDINATION:
        staff += holders(*_COORDINATING)
    url = dispute.get_absolute_url()
    tell(_others(staff, by), key=key, subject=subject, body=body, url=url, at=at)
    members = _others(members_of_one(dispute.institution_id), by)
    tell(members, key=key, subject=subject, body=body, url=dispute.get_portal_url(), at=at)


def _others(users: Iterable[User], by: User) -> list[User]:
    return list({each.pk: each for each in users if each.pk != by.pk}.values())
