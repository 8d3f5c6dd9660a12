"""Objections to a public notice: received from anybody, commented on, decided (A-08)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Unit
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import AssessedResult, ObjectionState
from institutions.models import DesignationApplication, NoticeEntry, Objection
from institutions.notifications import notices as notifications
from institutions.permissions.notices import (
    commenting_obstacles,
    deciding_obstacles,
    objecting_obstacles,
)
from institutions.services.designation.history import record_step
from institutions.services.notices.filing import result_decided
from institutions.services.notices.history import record
from institutions.services.notices.letters import failure_letter, objection_letter

RULE = "A-08"
DECISION_WORKDAYS = "objection_decision_wd"
_DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


@transaction.atomic
def file_objection(
    *,
    entry_id: int,
    text: str,
    at: datetime,
    objector: str = "",
    contact: str = "",
    evidence: Sequence[UploadedFile | UploadRef] = (),
) -> Objection:
    """Receive an objection to an applicant in a public notice, from anybody, named or not.

    Refuses one after the last day, and one to an applicant that has left the notice.
    """
    on = timezone.localdate(at)
    entry = NoticeEntry.objects.select_related("notice").get(pk=entry_id)
    # Locked first: whoever opens the negotiation locks it too, so that only one of both happens.
    application = DesignationApplication.objects.locked(entry.application_id)
    entry.application = application
    refuse_if(objecting_obstacles(entry.notice, application, on=on) + _empty(text, "text_missing"))
    region_office = office(on=on, region=application.region)
    due, basis = region_office.calendar.own.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(DECISION_WORKDAYS)
    )
    key = f"{application.region_id}-{on.year}"
    objection = Objection.objects.create(
        number=f"OBJ-{key}-{next_number(f'objection:{key}'):04}",
        entry=entry,
        objector=objector.strip(),
        contact=contact.strip(),
        text=text.strip(),
        received_on=on,
        received_at=at,
        decision_due_on=due.on,
        decision_due_basis=basis.to_json(),
    )
    objection.evidence.set(store_files(evidence, by=None, at=at))
    record(objection, act="receive", source="", on=on, at=at, by=None, rule=RULE)
    source = application.state
    if source == ApplicationState.PUBLIC_NOTICE:
        application.receive_objection()
        application.save(update_fields=["state"])
    record_step(
        application,
        act="receive_objection",
        source=source,
        on=on,
        at=at,
        by=None,
        reason=objection.number,
        rule=RULE,
    )
    notifications.objection_received(objection, at=at)
    return objection


@transaction.atomic
def comment_on_objection(*, objection_id: int, text: str, by: User, at: datetime) -> Objection:
    """Say what the applicant has to say to an objection, once, before it is decided."""
    objection = Objection.objects.visible_to(by).locked(objection_id)
    refuse_if(commenting_obstacles(objection, by) + _empty(text, "comment_missing"))
    objection.comment, objection.commented_by, objection.commented_at = text.strip(), by, at
    objection.save(update_fields=["comment", "commented_by", "commented_at"])
    on = timezone.localdate(at)
    state = objection.state
    record(objection, act="comment", source=state, on=on, at=at, by=by, rule=RULE)
    notifications.objection_commented(objection, at=at)
    return objection


@transaction.atomic
def decide_objection(
    *, objection_id: int, state: ObjectionState, reason: str, by: User, at: datetime
) -> Objection:
    """Uphold, reject or declare inadmissible, with the reason; the objector is answered.

    An upheld one ends the notice for the applicant: it has not passed. Once the last one is
    decided otherwise, nothing stands against the negotiation but the days of the notice.
    """
    entry_id = Objection.objects.values_list("entry__application").get(pk=objection_id)[0]
    application = DesignationApplication.objects.locked(entry_id)
    objection = Objection.objects.locked(objection_id)
    objection.entry.application = application
    refuse_if(deciding_obstacles(objection, by) + _empty(reason, "reason_missing"))
    on, source = timezone.localdate(at), objection.state
    moves = {
        ObjectionState.UPHELD: objection.uphold,
        ObjectionState.REJECTED: objection.reject,
        ObjectionState.INADMISSIBLE: objection.dismiss,
    }
    moves[state](by=by, at=at, reason=reason.strip())
    objection.save(update_fields=_DECISION)
    record(
        objection,
        act=moves[state].__name__,
        source=source,
        on=on,
        at=at,
        by=by,
        rule=RULE,
        reason=objection.decision_reason,
        letter=objection_letter(objection, by=by, at=at),
    )
    if application.state == ApplicationState.OBJECTION:
        if state == ObjectionState.UPHELD:
            _fail(application, objection, on=on, at=at, by=by)
        elif not Objection.objects.of_application(application.pk).undecided().exists():
            _settle(application, objection, on=on, at=at, by=by)
    notifications.objection_decided(objection, at=at)
    return objection


def _settle(
    application: DesignationApplication, objection: Objection, *, on: date, at: datetime, by: User
) -> None:
    source = application.state
    application.settle_objections()
    application.save(update_fields=["state"])
    record_step(
        application,
        act="settle_objections",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=objection.number,
        rule=RULE,
    )


def _fail(
    application: DesignationApplication, objection: Objection, *, on: date, at: datetime, by: User
) -> None:
    source = application.state
    application.fail_by_objection()
    application.save(update_fields=["state", "failures"])
    result_decided(application, result=AssessedResult.FAILED, on=on)
    record_step(
        application,
        act="fail_by_objection",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=f"{objection.number}: {objection.decision_reason}",
        rule=RULE,
        letter=failure_letter(application, objection, by=by, at=at),
    )


def _empty(text: str, code: str) -> list[Obstacle]:
    texts = {
        "text_missing": _("The objection says nothing."),
        "comment_missing": _("The comment says nothing."),
        "reason_missing": _("The decision needs its reason."),
    }
    return [] if text.strip() else [Obstacle(code, texts[code], RULE, _("Write it down."))]
