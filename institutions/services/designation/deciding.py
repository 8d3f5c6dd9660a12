"""What the agency decides at the door, and what its silence means (A-04, A-05)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from institutions.enums.designation import NotAcceptedGround, SupplementPhase
from institutions.enums.persons import Post
from institutions.models import (
    DesignationApplication,
)
from institutions.notifications import designation as notifications
from institutions.permissions.designation import (
    door_obstacles,
    refusal_obstacles,
)
from institutions.rules.admission import assessment_basis
from institutions.services.designation.grounds import chosen, evaluate
from institutions.services.designation.history import record_step
from institutions.services.letters.designation import (
    acceptance_letter,
    refusal_letter,
)
from institutions.services.persons import appoint

ACCEPTANCE = "A-04"
ACCEPTED = [
    "state",
    "accepted_on",
    "acceptance_deemed",
    "decided_by",
    "decided_at",
    "decision_reason",
    "assessment_due_on",
    "assessment_due_basis",
]
REFUSED = [
    "state",
    "refusal_grounds",
    "free_from",
    "decided_by",
    "decided_at",
    "decision_reason",
    "supplement_due_on",
    "supplement_due_basis",
]


@transaction.atomic
def accept_application(
    *, application_id: int, by: User, at: datetime, reason: str = ""
) -> DesignationApplication:
    """Accept an application as of the day it was complete: submitted, or supplemented.

    Refuses one that a ground of Order 2 art. 12 bars.
    """
    application = DesignationApplication.objects.locked(application_id)
    refuse_if(acceptance_obstacles(application, by, timezone.localdate(at)))
    take_in(application, on=received_on(application), by=by, at=at, reason=reason)
    return application


def acceptance_obstacles(
    application: DesignationApplication, user: User, on: date
) -> list[Obstacle]:
    """Return why the user cannot accept it on the day."""
    obstacles = door_obstacles(application, user)
    if obstacles:
        return obstacles
    for each in evaluate(application, on).found:
        text = _("%(code)s, %(ground)s: %(source)s.") % {
            "code": each.ground.value,
            "ground": each.ground.label,
            "source": each.source,
        }
        remedy = _("Do not accept it; or have the fact ended, if it does not hold.")
        obstacles.append(Obstacle("barred", text, "A-05", remedy))
    return obstacles


def take_in(
    application: DesignationApplication,
    *,
    on: date,
    by: User | None,
    at: datetime,
    reason: str = "",
    deemed: bool = False,
) -> None:
    """Accept as of a day: the period of the assessment runs from it, the persons of the form hold
    their posts.
    """
    source = application.state
    due, basis = assessment_basis(on, office(on=on, region=application.region))
    application.accept(
        on=on,
        by=by,
        at=at,
        reason=reason,
        deemed=deemed,
        assessment_due_on=due.on,
        basis=basis.to_json(),
    )
    application.save(update_fields=ACCEPTED)
    for each in application.persons.select_related("person"):
        if each.person is not None:
            appoint(
                institution_id=application.institution_id,
                post=Post(each.post),
                person=each.person,
                on=on,
            )
    letter = acceptance_letter(application, by=by, at=at)
    record_step(
        application,
        act="accept",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=ACCEPTANCE,
        letter=letter,
    )
    notifications.application_accepted(application, at=at)


def received_on(application: DesignationApplication) -> date:
    """Return the day what is decided upon came in: submitted, or last supplemented."""
    last = (
        application.supplements.filter(phase=SupplementPhase.ACCEPTANCE, delivered_at__isnull=False)
        .order_by("-delivered_at")
        .first()
    )
    at = last.delivered_at if last else application.submitted_at
    return timezone.localdate(at)


@transaction.atomic
def refuse_application(
    *, application_id: int, grounds: Sequence[str], by: User, at: datetime, reason: str
) -> DesignationApplication:
    """Do not accept an application, on coded grounds; the letter names them and the first day of
    a new application, where the records give one.

    Refuses a decision without a ground or without a reason.
    """
    application = DesignationApplication.objects.locked(application_id)
    on, source = timezone.localdate(at), application.state
    obstacles = refusal_obstacles(application, by)
    if not grounds or set(grounds) - set(NotAcceptedGround.values):
        text = _("An application is refused on a ground of the law only.")
        remedy = _("Choose at least one ground; what is missing is asked for instead.")
        obstacles.append(Obstacle("ground_missing", text, "A-05", remedy))
    if not reason.strip():
        text = _("A refusal needs its reason.")
        obstacles.append(Obstacle("reason_missing", text, "A-05"))
    refuse_if(obstacles)
    application.refuse(
        grounds=list(dict.fromkeys(grounds)),
        free_from=chosen(evaluate(application, on), grounds),
        by=by,
        at=at,
        reason=reason,
    )
    application.save(update_fields=REFUSED)
    letter = refusal_letter(application, by=by, at=at)
    record_step(
        application,
        act="refuse",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule="A-05",
        letter=letter,
    )
    notifications.application_refused(application, at=at)
    return application


def deem_accepted(*, on: date, at: datetime) -> int:
    """Accept what nobody answered in time, as of the day it came in; return how many."""
    overdue = DesignationApplication.objects.waiting_for_notice().filter(notice_due_on__lt=on)
    pks = list(overdue.order_by("pk").values_list("pk", flat=True))
    return sum(_deem(pk, on=on, at=at) for pk in pks)


@transaction.atomic
def _deem(pk: int, *, on: date, at: datetime) -> bool:
    rows = DesignationApplication.objects.waiting_for_notice().filter(notice_due_on__lt=on)
    if not rows.filter(pk=pk).exists():
        return False
    application = rows.locked(pk)
    with override("zh-hans"):
        reason = _("Nothing was said by %(due)s: accepted as of %(day)s.") % {
            "due": application.notice_due_on,
            "day": received_on(application),
        }
    take_in(application, on=received_on(application), by=None, at=at, reason=reason, deemed=True)
    notifications.acceptance_deemed(application, at=at)
    return True


def tell_of_overdue_supplements(*, on: date, at: datetime) -> int:
    """Tell both sides of supplements that did not come in time; return of how many."""
    late = DesignationApplication.objects.waiting_for_supplement().filter(
        supplement_due_on__lt=on, supplement_due_on__gte=on - timedelta(7)
    )
    rows = list(late.select_related("institution"))
    for application in rows:
        notifications.supplement_overdue(application, at=at)
    return len(rows)
