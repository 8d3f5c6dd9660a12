"""Facts that bar applications, and documents of the published list: entered by staff."""

from collections.abc import Sequence
from datetime import date, datetime

import pghistory
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.workdays import ONE_DAY
from institutions.enums.designation import (
    PERFORMED_GROUNDS,
    PERSONAL_GROUNDS,
    RECORDED_GROUNDS,
    NotAcceptedGround,
)
from institutions.models import Institution, MaterialItem, RefusalFact
from institutions.permissions.designation import (
    END_BAR,
    PERFORM_BAR,
    PUBLISH_MATERIAL,
    RECORD_BAR,
    end_material_obstacles,
    ending_obstacles,
    performing_obstacles,
)
from institutions.services.persons import person_of


@transaction.atomic
def record_fact(
    *,
    ground: NotAcceptedGround,
    event_on: date,
    source_document: str,
    by: User,
    at: datetime,
    institution: Institution | None = None,
    name: str = "",
    id_number: str = "",
    performed_on: date | None = None,
    remark: str = "",
    evidence: Sequence[UploadedFile | UploadRef] = (),
) -> RefusalFact:
    """Record what bars an institution, or a person under N7 and N8, with its source.

    Refuses a day to come, a fact about nobody, and a ground that the program finds itself.
    """
    on = timezone.localdate(at)
    obstacles = []
    if not RECORD_BAR.allows(by):
        text = _("Facts are recorded by an intake clerk or an agreement officer.")
        obstacles.append(Obstacle("not_entitled", text))
    if ground not in RECORDED_GROUNDS:
        text = _("Ground %(code)s is found by the program itself.") % {"code": ground.value}
        obstacles.append(Obstacle("ground_not_recorded", text, "A-05"))
    if event_on > on:
        text = _("Day of the event: %(day)s has not come yet.") % {"day": event_on}
        obstacles.append(Obstacle("event_in_future", text, "A-05"))
    if not source_document.strip():
        text = _("The source is missing.")
        remedy = _("Name whose decision it is, and its number.")
        obstacles.append(Obstacle("source_missing", text, "A-05", remedy))
    personal = ground in PERSONAL_GROUNDS
    if personal and not (name.strip() and id_number.strip()):
        text = _("Ground %(code)s follows a person: name and identity number are needed.")
        obstacles.append(Obstacle("person_missing", text % {"code": ground.value}, "A-05"))
    if not personal and institution is None:
        text = _("Ground %(code)s is about an institution: which one?") % {"code": ground.value}
        obstacles.append(Obstacle("institution_missing", text, "A-05"))
    if performed_on is not None:
        obstacles += _performance_obstacles(ground, event_on, performed_on, on)
    refuse_if(obstacles)
    with pghistory.context(act=RECORD_BAR.code, user=by.pk):
        fact = RefusalFact.objects.create(
            ground=ground,
            institution=None if personal else institution,
            person=person_of(name=name, id_number=id_number) if personal else None,
            event_on=event_on,
            performed_on=performed_on,
            source_document=source_document.strip(),
            remark=remark,
            recorded_by=by,
            recorded_at=at,
        )
    fact.evidence.set(store_files(evidence, by=by, at=at))
    return fact


@transaction.atomic
def perform_fact(*, fact_id: int, performed_on: date, by: User, at: datetime) -> RefusalFact:
    """Record that penalty or liability was fully performed: nothing is barred by it from the day
    after, or from the end of its period.
    """
    fact = RefusalFact.objects.locked(fact_id)
    on = timezone.localdate(at)
    refuse_if(
        [
            *performing_obstacles(fact, by),
            *_performance_obstacles(fact.reason, fact.event_on, performed_on, on),
        ]
    )
    fact.perform(on=performed_on)
    with pghistory.context(act=PERFORM_BAR.code, user=by.pk):
        fact.save(update_fields=["performed_on"])
    return fact


@transaction.atomic
def end_fact(*, fact_id: int, ended_on: date, reason: str, by: User, at: datetime) -> RefusalFact:
    """End a bar from a day on: a finding settled, an entry deleted, a decision annulled."""
    fact = RefusalFact.objects.locked(fact_id)
    obstacles = ending_obstacles(fact, by)
    if ended_on < fact.event_on or ended_on > timezone.localdate(at) + ONE_DAY:
        text = _("Ended on: %(day)s is before the event (%(event)s) or after tomorrow.")
        facts = {"day": ended_on, "event": fact.event_on}
        obstacles.append(Obstacle("end_implausible", text % facts, "A-05"))
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("The end of a bar needs its reason.")))
    refuse_if(obstacles)
    fact.end(on=ended_on, by=by, reason=reason)
    with pghistory.context(act=END_BAR.code, user=by.pk):
        fact.save(update_fields=["ended_on", "ended_by", "ended_reason"])
    return fact


def _performance_obstacles(
    ground: NotAcceptedGround, event_on: date, performed_on: date, on: date
) -> list[Obstacle]:
    if ground not in PERFORMED_GROUNDS:
        text = _("Nothing can be performed under this ground.")
        return [Obstacle("nothing_to_perform", text, "A-05")]
    if event_on <= performed_on <= on:
        return []
    text = _("Fully performed on: %(day)s is before the event (%(event)s) or has not come yet.")
    facts = {"day": performed_on, "event": event_on}
    return [Obstacle("performance_implausible", text % facts, "A-05")]


@transaction.atomic
def publish_item(
    *,
    code: str,
    name: str,
    region: Region,
    valid_from: date,
    by: User,
    at: datetime,
    explanation: str = "",
    kinds: Sequence[str] = (),
    is_required: bool = True,
) -> MaterialItem:
    """Publish a document of a region's own, to be handed in from a day on.

    Refuses a day that has passed: what was not on the list cannot have been asked for.
    """
    obstacles = []
    if not PUBLISH_MATERIAL.allows(by):
        text = _("The list is kept by an agreement officer.")
        obstacles.append(Obstacle("not_entitled", text))
    if valid_from < timezone.localdate(at):
        text = _("Valid from: %(day)s has passed.") % {"day": valid_from}
        remedy = _("A document is published before it is asked for.")
        obstacles.append(Obstacle("published_backwards", text, "A-04", remedy))
    if MaterialItem.objects.filter(code=code, region=region).exists():
        text = _("Code: “%(code)s” is on the list of this region already.") % {"code": code}
        remedy = _("Choose another code; an item that has ended is not used again.")
        obstacles.append(Obstacle("code_taken", text, "A-04", remedy))
    refuse_if(obstacles)
    return MaterialItem.objects.create(
        code=code,
        name=name.strip(),
        explanation=explanation,
        region=region,
        kinds=list(kinds),
        is_required=is_required,
        valid_from=valid_from,
        published_at=at,
        published_by=by,
    )


@transaction.atomic
def end_item(*, item_id: int, valid_to: date, by: User, at: datetime) -> MaterialItem:
    """Take a document of a region off the list after a day."""
    item = MaterialItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    on = timezone.localdate(at)
    obstacles = end_material_obstacles(item, by, on)
    if valid_to < max(item.valid_from, on):
        text = _("Valid to: %(day)s is before today or before the item began.") % {"day": valid_to}
        obstacles.append(Obstacle("end_implausible", text, "A-04"))
    refuse_if(obstacles)
    item.valid_to = valid_to
    item.save(update_fields=["valid_to"])
    return item
