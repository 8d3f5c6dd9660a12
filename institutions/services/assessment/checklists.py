"""Publishing a version of the checklist (A-06): versions are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.assessment import BasicCondition, ChecklistPart, ContentGroup, ExpertField
from institutions.models import Checklist, ChecklistItem
from institutions.permissions.assessment import PUBLISH_CHECKLIST, not_entitled

RULE = "A-06"
VALUES = 5
LONGEST_LABEL = 300


@dataclass(frozen=True, slots=True)
class ItemDraft:
    part: ChecklistPart
    field: ExpertField
    group: ContentGroup
    condition: str
    label: str


@transaction.atomic
def publish_checklist(
    *, effective_from: date, text: str, by: User, at: datetime, on: date, note: str = ""
) -> Checklist:
    """Publish a new version, one item a line; assessments opened from its day on use it.

    Refuses a day that has passed or has a version already, a line that cannot be read, a field
    without an item, and a basic condition that no item stands for.
    """
    drafts, faults = read_items(text)
    obstacles = not_entitled(PUBLISH_CHECKLIST, by) + faults
    if effective_from < on:
        told = _("%(day)s has passed: a version holds from today or later.")
        obstacles.append(Obstacle("day_passed", told % {"day": effective_from}, RULE))
    if Checklist.objects.filter(effective_from=effective_from).exists():
        told = _("A version from %(day)s is published already.") % {"day": effective_from}
        remedy = _("Choose another day.")
        obstacles.append(Obstacle("version_exists", told, RULE, remedy))
    if not faults:
        obstacles += _gaps(drafts)
    refuse_if(obstacles)
    last = Checklist.objects.aggregate(last=Max("version"))["last"] or 0
    checklist = Checklist.objects.create(
        version=last + 1, effective_from=effective_from, note=note, published_at=at, published_by=by
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            checklist=checklist,
            place=place,
            part=each.part,
            field=each.field,
            group=each.group,
            condition=each.condition,
            label=each.label,
        )
        for place, each in enumerate(drafts, start=1)
    )
    return checklist


def read_items(text: str) -> tuple[list[ItemDraft], list[Obstacle]]:
    """Return the items of a text and what is wrong with its lines."""
    drafts, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        values = [each.strip() for each in line.split("|", VALUES - 1)]
        try:
            part, field, group, condition, label = values
            if not label or len(label) > LONGEST_LABEL:
                raise ValueError
            drafts.append(
                ItemDraft(
                    ChecklistPart(part),
                    ExpertField(field),
                    ContentGroup(int(group)),
                    BasicCondition(condition).value if condition else "",
                    label,
                )
            )
        except ValueError:
            told = _("Line %(n)d cannot be read: “%(line)s”.") % {"n": number, "line": line[:80]}
            remedy = _("Five values apart by “|”, as the help says.")
            faults.append(Obstacle("line_unreadable", told, RULE, remedy))
    return drafts, faults


def as_text(items: Sequence[ChecklistItem]) -> str:
    """Write items as `read_items` reads them: where a new version begins."""
    return "\n".join(
        f"{each.part}|{each.field}|{each.group}|{each.condition}|{each.label}" for each in items
    )


def _gaps(drafts: Sequence[ItemDraft]) -> list[Obstacle]:
    fields = {each.field for each in drafts}
    conditions = {each.condition for each in drafts}
    missing = [str(each.label) for each in ExpertField if each not in fields]
    missing += [each.value for each in BasicCondition if each.value not in conditions]
    if not missing:
        return []
    told = _("No item of: %(missing)s.") % {"missing": "、".join(missing)}
    return [Obstacle("checklist_incomplete", told, RULE, _("Add items for them."))]
