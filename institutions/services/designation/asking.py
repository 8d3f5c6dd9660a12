"""Asking for material: once at the door (A-04), and in the assessment, whose clock stands still
until it is delivered (A-06).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.workdays import DeadlineBasis
from institutions.enums.designation import MaterialDefect, SupplementPhase
from institutions.models import DesignationApplication, SupplementItem, SupplementRequest
from institutions.notifications import designation as notifications
from institutions.permissions.designation import assessment_request_obstacles, notice_obstacles
from institutions.rules.admission import delivery_basis
from institutions.services.designation.checks import checklist
from institutions.services.designation.history import record_step
from institutions.services.letters.designation import supplement_letter

ACCEPTANCE = "A-04"
ASKED = ["state", "supplement_requested_at", "supplement_due_on", "supplement_due_basis"]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A document a notice asks for, and why."""

    item_id: int
    defect: MaterialDefect
    remark: str = ""


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
