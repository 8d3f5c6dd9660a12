"""What agreements and the register say about the readiness of agreements to be renewed: columns of
the board (B-15), each for a whole page at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.periods import term_end
from agency.services.calendar import office
from agreements.enums.life import AgreementState, RequestKind, RequestState, ReviewState
from agreements.enums.measures import Direction as Owed
from agreements.enums.measures import ObligationState
from agreements.enums.performance import Grade
from agreements.enums.renewals import RenewalState
from agreements.models import (
    Agreement,
    AgreementRequest,
    DissolutionReview,
    Obligation,
    Suspension,
)
from agreements.readiness import Level, Light, readiness
from agreements.services.renewal import first_day_after, states_of
from agreements.services.renewal_scores import scores_of
from agreements.services.signing import TERM_MONTHS
from institutions.enums.changes import BUSY_STATES
from institutions.enums.guidance import Presence
from institutions.models import ChangeRequest, RosterEntry, TrainingAttendance

Lights = Mapping[int, Light]


def _by_institution(agreements: Sequence[Agreement]) -> dict[int, list[Agreement]]:
    found: dict[int, list[Agreement]] = defaultdict(list)
    for each in agreements:
        found[each.institution_id].append(each)
    return found


@readiness("application", gettext_lazy("Application"), 10)
def application(agreements: Sequence[Agreement], on: date) -> Lights:
    """Whether somebody applied in time, or a central round makes that needless."""
    states = states_of(agreements, on=on)
    late = set(
        AgreementRequest.objects.filter(
            agreement__in=[each.pk for each in agreements],
            kind=RequestKind.RENEW,
            is_late=True,
            state__in=[RequestState.FILED, RequestState.ACCEPTED, RequestState.PERFORMED],
        ).values_list("agreement_id", flat=True)
    )
    lights = {}
    for each in agreements:
        state, apply_by = states[each.pk], each.renewal_apply_by
        if each.pk in late:
            lights[each.pk] = Light(Level.AMBER, _("applied for late"))
        elif state == RenewalState.NOT_AGREED:
            lights[each.pk] = Light(Level.RED, state.label)
        elif state in (RenewalState.NOT_DUE, RenewalState.RENEWAL_DUE):
            over = apply_by is not None and on > apply_by
            text = _("not applied for, it was due on %(day)s") if over else _("due on %(day)s")
            level = Level.RED if over else Level.AMBER
            if over or state == RenewalState.RENEWAL_DUE:
                lights[each.pk] = Light(level, text % {"day": apply_by})
    return lights


@readiness("performance", gettext_lazy("Performance"), 20)
def performance(agreements: Sequence[Agreement], on: date) -> Lights:
    """The latest published score, with its grade; green from “good” on."""
    results = scores_of((each.institution_id for each in agreements), on)
    levels = {Grade.PASS: Level.AMBER, Grade.FAIL: Level.RED}
    lights = {}
    for each in agreements:
        result = results.get(each.institution_id)
        if result is None:
            lights[each.pk] = Light(Level.GREY, _("not assessed yet"))
            continue
        grade = Grade(result.grade)
        text = f"{result.score} {grade.label} ({result.round.year})"
        level = levels.get(grade, Level.GREEN)
        lights[each.pk] = Light(level, text, result.get_absolute_url())
    return lights


@readiness("suspension", gettext_lazy("Suspension"), 30)
def suspension(agreements: Sequence[Agreement], on: date) -> Lights:
    """A suspension that does not end within the validity bars the renewal (B-15)."""
    suspended = {each.pk: each for each in agreements if each.state == AgreementState.SUSPENDED}
    if not suspended:
        return {}
    planned = dict(
        Suspension.objects.filter(agreement__in=suspended, resumed_on__isnull=True)
        .order_by("starts_on")
        .values_list("agreement_id", "planned_to")
    )
    lights = {}
    for pk, each in suspended.items():
        to = planned.get(pk)
        inside = to is not None and to <= each.valid_to
        text = (
            _("suspended to %(day)s") % {"day": to}
            if inside
            else _("suspended beyond the end of the validity")
        )
        level = Level.AMBER if inside else Level.RED
        lights[pk] = Light(level, text, each.get_absolute_url())
    return lights


@readiness("unpaid", gettext_lazy("Unpaid"), 50)
def unpaid(agreements: Sequence[Agreement], on: date) -> Lights:
    """Recoveries and damages the institution has not paid: overdue ones in red."""
    rows = (
        Obligation.objects.filter(
            institution__in={each.institution_id for each in agreements},
            region__in={each.region_id for each in agreements},
            state=ObligationState.OPEN,
            direction=Owed.TO_FUND,
        )
        .values("institution_id", "region_id")
        .annotate(
            owed=Sum("amount"),
            overdue=Count("pk", filter=Q(due_on__lt=on)),
        )
    )
    owed = {(each["institution_id"], each["region_id"]): each for each in rows}
    lights = {}
    for each in agreements:
        row = owed.get((each.institution_id, each.region_id))
        if row:
            amount = f"{row['owed'] or Decimal():,.2f}"
            said = _("%(amount)s CNY overdue") if row["overdue"] else _("%(amount)s CNY open")
            level = Level.RED if row["overdue"] else Level.AMBER
            lights[each.pk] = Light(level, said % {"amount": amount}, each.get_absolute_url())
    return lights


@readiness("filings", gettext_lazy("Filings"), 60)
def filings(agreements: Sequence[Agreement], on: date) -> Lights:
    """Changes found unfiled or under way, and a licence that ends before the new term does."""
    pks = [each.pk for each in agreements]
    places = _by_institution(agreements)
    found: dict[int, list[tuple[Level, str, str]]] = defaultdict(list)
    for review in DissolutionReview.objects.filter(agreement__in=pks, state=ReviewState.OPEN):
        said = _("change found unfiled: %(number)s") % {"number": review.number}
        found[review.agreement_id].append((Level.RED, said, review.get_absolute_url()))
    for change in ChangeRequest.objects.filter(institution__in=places, state__in=BUSY_STATES):
        said = _("change under way: %(number)s") % {"number": change.number}
        for each in places[change.institution_id]:
            found[each.pk].append((Level.AMBER, said, change.get_absolute_url()))
    months = {
        each.region_id: office(on=on, region=each.region).number(TERM_MONTHS)
        for each in {each.region_id: each for each in agreements}.values()
    }
    for each in agreements:
        if light := _licence(each, months[each.region_id]):
            found[each.pk].append(light)
    return {
        pk: Light(
            max(level for level, _said, _url in each),
            "；".join(said for _level, said, _url in each),
            max(each, key=lambda one: one[0])[2],
        )
        for pk, each in found.items()
    }


def _licence(agreement: Agreement, months: int) -> tuple[Level, str, str] | None:
    valid_to = agreement.institution.licence_valid_to
    if valid_to is None:
        return None
    first = first_day_after(agreement)
    url = agreement.institution.get_absolute_url()
    if valid_to < first:
        return Level.RED, _("licence ends on %(day)s, before the new term") % {"day": valid_to}, url
    if valid_to < term_end(first, months):
        return Level.AMBER, _("licence ends on %(day)s, in the new term") % {"day": valid_to}, url
    return None


@readiness("training", gettext_lazy("Training"), 70)
def training(agreements: Sequence[Agreement], on: date) -> Lights:
    """Who attended no training in the year of the day."""
    attended = set(
        TrainingAttendance.objects.filter(
            institution__in={each.institution_id for each in agreements},
            presence=Presence.ATTENDED,
            event__held_on__year=on.year,
        ).values_list("institution_id", flat=True)
    )
    text: str | Promise = _("no training in %(year)d") % {"year": on.year}
    return {
        each.pk: Light(Level.AMBER, text, each.institution.get_absolute_url())
        for each in agreements
        if each.institution_id not in attended
    }


@readiness("roster", gettext_lazy("Roster"), 80)
def roster(agreements: Sequence[Agreement], on: date) -> Lights:
    """Nobody on the roster, or persons without a staff code or a signed commitment."""
    places = {each.institution_id for each in agreements}
    entries = RosterEntry.objects.on(on).filter(institution__in=places)
    on_it = dict(entries.values_list("institution_id").annotate(count=Count("pk")).order_by())
    incomplete = RosterEntry.objects.on(on).filter(institution__in=places).uncommitted()
    lacking = dict(incomplete.values_list("institution_id").annotate(count=Count("pk")).order_by())
    lights = {}
    for each in agreements:
        url = each.institution.get_absolute_url()
        if not on_it.get(each.institution_id):
            lights[each.pk] = Light(Level.RED, _("nobody on the roster"), url)
        elif count := lacking.get(each.institution_id):
            said = _("%(count)d without commitment") % {"count": count}
            lights[each.pk] = Light(Level.AMBER, said, url)
    return lights
