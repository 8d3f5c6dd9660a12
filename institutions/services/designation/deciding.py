"""What the agency does at the door: accept, ask once for what is missing, not accept (A-04, A-05);
and asking for material in the assessment, whose clock stands still then (A-06).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.workdays import DeadlineBasis
from institutions.enums.designation import MaterialDefect, NotAcceptedGround, SupplementPhase
from institutions.enums.persons import Post
from institutions.models import (
    DesignationApplication,
    SupplementItem,
    SupplementRequest,
)
from institutions.notifications import designation as notifications
from institutions.permissions.designation import (
    assessment_request_obstacles,
    door_obstacles,
    notice_obstacles,
    refusal_obstacles,
)
from institutions.rules.admission import assessment_basis, delivery_basis
from institutions.services.designation.checks import checklist
from institutions.services.designation.grounds import chosen, evaluate
from institutions.services.designation.history import record_step
from institutions.services.letters.designation import (
    acceptance_letter,
    refusal_letter,
    supplement_letter,
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
ASKED = ["state", "supplement_requested_at", "supplement_due_on", "supplement_due_basis"]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A document a notice asks for, and why."""

    item_id: int
    defect: MaterialDefect
    remark: str = ""


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


@transaction.atomic
def require_supplement(
    *,
    application_id: int,
    items: Sequence[AskedFor],
    by: User,
    at: datetime,
    explanation: str = "",
) -> SupplementRequest:
    """Tell the applicant, once, everything that is missing. A further notice is about defects of
    the supplement alone.

    Refuses a notice after its period, documents that are not on the published list, and any that
    was asked for before.
    """
    application = DesignationApplication.objects.locked(application_id)
    on, source = timezone.localdate(at), application.state
    earlier = _last_notice(application)
    refuse_if(
        [
            *notice_obstacles(application, by, on),
            *asking_obstacles(application, items, earlier=earlier, on=on),
        ]
    )
    request = _ask(
        application,
        items,
        phase=SupplementPhase.ACCEPTANCE,
        earlier=earlier,
        explanation=explanation,
        by=by,
        at=at,
    )
    application.require_supplement(
        at=at, due_on=request.due_on, basis=_delivery(application, on).to_json()
    )
    application.save(update_fields=ASKED)
    letter = supplement_letter(request, by=by, at=at)
    record_step(
        application,
        act="require_supplement",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=_words(request),
        rule=ACCEPTANCE,
        letter=letter,
    )
    notifications.supplement_requested(request, at=at)
    return request


@transaction.atomic
def request_supplement_in_assessment(
    *,
    application_id: int,
    items: Sequence[AskedFor],
    by: User,
    at: datetime,
    explanation: str = "",
) -> SupplementRequest:
    """Ask for documents while the application is assessed: until they are delivered the clock of
    the assessment stands still.

    Refuses documents that are not on the published list or were asked for before.
    """
    application = DesignationApplication.objects.locked(application_id)
    on = timezone.localdate(at)
    refuse_if(
        [
            *assessment_request_obstacles(application, by),
            *asking_obstacles(application, items, earlier=None, on=on),
        ]
    )
    request = _ask(
        application,
        items,
        phase=SupplementPhase.ASSESSMENT,
        earlier=None,
        explanation=explanation,
        by=by,
        at=at,
    )
    application.ask_supplement(
        at=at, due_on=request.due_on, basis=_delivery(application, on).to_json()
    )
    basis = DeadlineBasis.from_json(application.assessment_due_basis)
    if basis.paused_from is None:
        application.assessment_due_basis = replace(basis, paused_from=on).to_json()
    application.save(update_fields=[*ASKED, "assessment_due_basis"])
    record_step(
        application,
        act="request_in_assessment",
        source=application.state,
        on=on,
        at=at,
        by=by,
        reason=_words(request),
        rule="A-06",
        letter=supplement_letter(request, by=by, at=at),
    )
    notifications.supplement_requested(request, at=at)
    return request


def asking_obstacles(
    application: DesignationApplication,
    items: Sequence[AskedFor],
    *,
    earlier: SupplementRequest | None,
    on: date,
) -> list[Obstacle]:
    """Return why the documents cannot be asked for; `earlier` is the notice a further one
    follows.
    """
    if not items:
        text = _("The notice asks for nothing.")
        remedy = _("Choose what is missing; if nothing is, accept the application.")
        return [Obstacle("nothing_asked", text, ACCEPTANCE, remedy)]
    listed = {each.item.pk: each.item for each in checklist(application, on)}
    before = set(
        SupplementItem.objects.filter(application=application).values_list("item", flat=True)
    )
    follows = set(earlier.items.values_list("item", flat=True)) if earlier else set()
    obstacles = []
    for each in items:
        name = listed.get(each.item_id)
        if name is None:
            text = _("Document %(id)s is not on the published list for this applicant.")
            remedy = _("Ask only for what the list names.")
            facts = {"id": each.item_id}
            obstacles.append(Obstacle("item_not_published", text % facts, ACCEPTANCE, remedy))
        elif earlier is not None and each.item_id not in follows:
            text = _("“%(item)s” was not asked for in the notice before.") % {"item": name}
            remedy = _("A further notice is about defects of the supplement alone.")
            obstacles.append(Obstacle("second_notice", text, ACCEPTANCE, remedy))
        elif earlier is None and each.item_id in before:
            text = _("“%(item)s” was asked for before.") % {"item": name}
            remedy = _("The same document is asked for once.")
            obstacles.append(Obstacle("asked_before", text, ACCEPTANCE, remedy))
    return obstacles


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


def _last_notice(application: DesignationApplication) -> SupplementRequest | None:
    return application.supplements.filter(phase=SupplementPhase.ACCEPTANCE).order_by("-pk").first()


def _delivery(application: DesignationApplication, on: date) -> DeadlineBasis:
    return delivery_basis(on, office(on=on, region=application.region))[1]


def _ask(
    application: DesignationApplication,
    items: Sequence[AskedFor],
    *,
    phase: SupplementPhase,
    earlier: SupplementRequest | None,
    explanation: str,
    by: User,
    at: datetime,
) -> SupplementRequest:
    on = timezone.localdate(at)
    due, _basis = delivery_basis(on, office(on=on, region=application.region))
    request = SupplementRequest.objects.create(
        application=application,
        phase=phase,
        follows=earlier,
        requested_at=at,
        requested_by=by,
        explanation=explanation,
        due_on=due.on,
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(
            request=request,
            application=application,
            item_id=each.item_id,
            defect=each.defect,
            of_supplement=earlier is not None,
            remark=each.remark,
        )
        for each in {each.item_id: each for each in items}.values()
    )
    return request


def _words(request: SupplementRequest) -> str:
    with override("zh-hans"):
        lines = [
            f"{each.item.name}（{each.get_defect_display()}）"
            for each in request.items.select_related("item")
        ]
    return "\n".join([*lines, *([request.explanation] if request.explanation else [])])
