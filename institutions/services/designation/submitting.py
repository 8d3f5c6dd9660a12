"""Submitting an application, delivering what was asked for, withdrawing: the applicant's side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office, office_calendar
from agency.services.numbers import next_number
from agency.workdays import DeadlineBasis
from institutions.enums.designation import ApplicationState as S
from institutions.enums.designation import SupplementPhase
from institutions.models import ApplicationPerson, DesignationApplication, SupplementRequest
from institutions.notifications import designation as notifications
from institutions.permissions.designation import (
    SUBMIT_APPLICATION,
    delivery_obstacles,
    not_in,
    withdrawal_obstacles,
)
from institutions.rules.admission import notice_basis
from institutions.services.designation.checks import defects, gaps, takes_at_once
from institutions.services.designation.deciding import ACCEPTANCE, take_in
from institutions.services.designation.drafts import one_per_licence, open_request
from institutions.services.designation.grounds import evaluate, failure_bans
from institutions.services.designation.history import record_step
from institutions.services.designation.plans import is_over_plan
from institutions.services.persons import person_of

Leaving = Callable[[DesignationApplication, User, datetime], None]

_LEAVING: list[Leaving] = []

SUBMISSION = [
    "state",
    "number",
    "submitted_at",
    "submitted_by",
    "notice_due_on",
    "notice_due_basis",
    "over_plan",
    "saved_at",
]


def when_withdrawn(function: Leaving) -> Leaving:
    """Enter what a later step must do when an application is withdrawn while it works on it."""
    _LEAVING.append(function)
    return function


def submission_obstacles(
    application: DesignationApplication, user: User, on: date
) -> list[Obstacle]:
    """Return why the draft cannot be submitted on a day. Missing documents keep nobody from
    submitting: the agency tells what is missing.
    """
    obstacles = not_in(application, S.DRAFT)
    if not SUBMIT_APPLICATION.allows(user):
        text = _("Applications are submitted by an administrator of the institution.")
        remedy = _("The draft is kept; ask an administrator to submit it.")
        obstacles.append(Obstacle("not_entitled", text, remedy=remedy))
    obstacles += [each.obstacle for each in gaps(application, on)]
    for ban in failure_bans(application, on):
        text = _("The assessment was failed twice: no application before %(day)s.")
        remedy = _("The draft is kept; submit it on that day or later.")
        obstacles.append(
            Obstacle("banned_after_failures", text % {"day": ban.free_from}, "A-07", remedy)
        )
    return obstacles


@transaction.atomic
def submit_application(*, application_id: int, by: User, at: datetime) -> DesignationApplication:
    """Submit a draft: it has its number at once. One that is complete, readable and barred by
    nothing is accepted by the program on the spot; any other waits for the desk.

    Refuses an incomplete form, faulty identifiers, and whoever failed the assessment twice.
    """
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    on = timezone.localdate(at)
    refuse_if(submission_obstacles(application, by, on))
    _keep_persons(application)
    due, basis = notice_basis(on, office(on=on, region=application.region))
    application.over_plan = is_over_plan(application.region, application.kind, on)
    application.saved_at = at
    # Last, because whoever submits in the same region waits for the counter from here on.
    key = f"{application.region_id}-{on.year}"
    number = f"APP-{key}-{next_number(f'application:{key}'):04}"
    application.submit(number=number, by=by, at=at, notice_due_on=due.on, basis=basis.to_json())
    with one_per_licence(application.licence_no, application.institution_id):
        application.save(update_fields=SUBMISSION)
    record_step(application, act="submit", source=S.DRAFT, on=on, at=at, by=by, rule=ACCEPTANCE)
    if not _taken_at_once(application, at=at):
        notifications.application_submitted(application, at=at)
    return application


@transaction.atomic
def deliver_supplement(*, application_id: int, by: User, at: datetime) -> DesignationApplication:
    """Deliver what a notice asked for. At the door the agency's period begins anew, and what is
    complete now is accepted at once; in the assessment the clock runs again.

    Refuses a supplement that leaves out a document asked for.
    """
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    request = open_request(application)
    refuse_if([*delivery_obstacles(application, by), *_undelivered(request)])
    if request is None:
        raise LookupError(f"{application.number} waits for a supplement nobody asked for")
    on, source = timezone.localdate(at), application.state
    request.deliver(by=by, at=at)
    request.save(update_fields=["delivered_at", "delivered_by"])
    columns = ["state", "supplement_due_on", "supplement_due_basis"]
    if request.phase == SupplementPhase.ACCEPTANCE:
        due, basis = notice_basis(on, office(on=on, region=application.region))
        application.deliver_supplement(notice_due_on=due.on, basis=basis.to_json())
        columns += ["notice_due_on", "notice_due_basis"]
        rule = ACCEPTANCE
    else:
        application.end_supplement()
        resume_assessment(application, on)
        columns += ["assessment_due_on", "assessment_due_basis"]
        rule = "A-06"
    application.save(update_fields=columns)
    record_step(
        application, act="deliver_supplement", source=source, on=on, at=at, by=by, rule=rule
    )
    at_the_door = request.phase == SupplementPhase.ACCEPTANCE
    if not (at_the_door and _taken_at_once(application, at=at)):
        notifications.supplement_delivered(request, at=at)
    return application


@transaction.atomic
def withdraw_application(
    *, application_id: int, by: User, at: datetime, reason: str = ""
) -> DesignationApplication:
    """Withdraw an application at any time before an agreement is signed."""
    application = DesignationApplication.objects.visible_to(by).locked(application_id)
    refuse_if(withdrawal_obstacles(application, by))
    leave(application, act="withdraw", by=by, at=at, reason=reason)
    notifications.application_withdrawn(application, at=at)
    return application


def leave(
    application: DesignationApplication, *, act: str, by: User, at: datetime, reason: str
) -> None:
    """End an application as withdrawn, with whatever works on it."""
    source = application.state
    for each in _LEAVING:
        each(application, by, at)
    application.withdraw()
    application.save(update_fields=["state", "supplement_due_on", "supplement_due_basis"])
    record_step(
        application,
        act=act,
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=ACCEPTANCE if application.accepted_on is None else "",
    )


def resume_assessment(application: DesignationApplication, on: date) -> None:
    """Let the clock of the assessment run again: the days it stood still are added (T-10)."""
    basis = DeadlineBasis.from_json(application.assessment_due_basis)
    if basis.paused_from is None:
        return
    pauses = basis.pauses
    if basis.paused_from < on:
        pauses = (*pauses, (basis.paused_from, on))
    due, renewed = office_calendar().own.renewed(replace(basis, pauses=pauses, paused_from=None))
    application.assessment_due_on = due.on
    application.assessment_due_basis = renewed.to_json()


def _taken_at_once(application: DesignationApplication, *, at: datetime) -> bool:
    """Accept what needs nobody's judgement; say whether it was."""
    on = timezone.localdate(at)
    if (
        not takes_at_once(application, on)
        or defects(application, on)
        or evaluate(application, on).found
    ):
        return False
    take_in(application, on=on, by=None, at=at)
    return True


def _keep_persons(application: DesignationApplication) -> None:
    named = list(application.persons.all())
    for each in named:
        each.person = person_of(name=each.name, id_number=each.id_number)
    ApplicationPerson.objects.bulk_update(named, ["person"])


def _undelivered(request: SupplementRequest | None) -> list[Obstacle]:
    """Return the documents asked for that nothing was handed in for since."""
    if request is None:
        return []
    # An item handed in before the notice carries no mark of it, or that of an earlier one.
    supplied = set(request.materials.filter(files__isnull=False).values_list("item", flat=True))
    return [
        Obstacle(
            "supplement_incomplete",
            _("Nothing was handed in yet for “%(item)s”.") % {"item": each.item},
            "A-04",
            _("Add its file; everything asked for is delivered together."),
        )
        for each in request.items.select_related("item")
        if each.item_id not in supplied
    ]
