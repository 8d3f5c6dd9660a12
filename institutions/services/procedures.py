"""Procedures of the agency: drafted by one person, published by another, then unchangeable."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Attachment, Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.enums.guidance import ProcedureTopic, VersionState
from institutions.models import Procedure, ProcedureTransition, ProcedureVersion
from institutions.notifications import guidance as notifications
from institutions.permissions.guidance import (
    PUBLISH_PROCEDURE,
    WRITE_PROCEDURE,
    draft_obstacles,
)

RULE = "B-01"
DRAFT_COLUMNS = ["text", "file", "summary", "effective_from", "drafted_by", "drafted_at"]
WRITING = ("draft", "edit")
Upload = UploadedFile | UploadRef


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison; `sign` is "+", "-" or empty for one that both versions have."""

    sign: str
    text: str


@transaction.atomic
def draft_version(
    *,
    by: User,
    at: datetime,
    effective_from: date,
    text: str = "",
    file: Upload | None = None,
    summary: str = "",
    procedure_id: int | None = None,
    region: Region | None = None,
    topic: ProcedureTopic | None = None,
    title: str = "",
) -> ProcedureVersion:
    """Write a version of a procedure; without a key, of a new one of a region."""
    refuse_if(_writing_obstacles(by, text=text, file=file))
    if procedure_id is None:
        procedure = _new_procedure(region=region, topic=topic, title=title.strip())
    else:
        procedure = Procedure.objects.select_for_update().get(pk=procedure_id)
        waiting = procedure.versions.filter(state=VersionState.DRAFT).exists()
        obstacle = Obstacle(
            "draft_exists",
            _("There is a draft of this procedure already."),
            remedy=_("Change or discard that draft."),
        )
        refuse_if([obstacle] if waiting else [])
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        text=_tidy(text),
        file=_stored(file, by=by, at=at),
        summary=summary.strip(),
        effective_from=effective_from,
        drafted_by=by,
        drafted_at=at,
    )
    _record(version, act="draft", source="", by=by, at=at)
    notifications.version_drafted(version, by=by, at=at)
    return version


@transaction.atomic
def edit_draft(
    *,
    version_id: int,
    by: User,
    at: datetime,
    effective_from: date,
    text: str = "",
    file: Upload | None = None,
    summary: str = "",
    keep_file: bool = True,
) -> ProcedureVersion:
    """Change a draft. Whoever changes it has written it: another publishes it."""
    version = ProcedureVersion.objects.select_related("procedure").locked(version_id)
    refuse_if(draft_obstacles(version, by))
    kept = version.file if keep_file and file is None else None
    refuse_if(_writing_obstacles(by, text=text, file=file or kept))
    version.text, version.summary = _tidy(text), summary.strip()
    version.file = kept or _stored(file, by=by, at=at)
    version.effective_from = effective_from
    version.drafted_by, version.drafted_at = by, at
    version.save(update_fields=DRAFT_COLUMNS)
    _record(version, act="edit", source=version.state, by=by, at=at)
    return version


@transaction.atomic
def publish_version(*, version_id: int, by: User, at: datetime) -> ProcedureVersion:
    """Publish a draft: it takes effect from its day, and never changes again."""
    version = ProcedureVersion.objects.select_related("procedure", "drafted_by").locked(version_id)
    Procedure.objects.select_for_update().get(pk=version.procedure_id)
    refuse_if(publication_obstacles(version, by, on=timezone.localdate(at)))
    last = version.procedure.versions.aggregate(last=Max("number"))["last"] or 0
    source = version.state
    version.publish(number=last + 1, by=by, at=at)
    version.save(update_fields=["state", "number", "published_by", "published_at"])
    _record(version, act="publish", source=source, by=by, at=at)
    notifications.version_published(version, at=at)
    return version


@transaction.atomic
def discard_draft(*, version_id: int, by: User, at: datetime, reason: str = "") -> ProcedureVersion:
    version = ProcedureVersion.objects.select_related("procedure").locked(version_id)
    refuse_if(draft_obstacles(version, by))
    source = version.state
    version.discard()
    version.save(update_fields=["state"])
    _record(version, act="discard", source=source, by=by, at=at, reason=reason)
    return version


def publication_obstacles(version: ProcedureVersion, user: User, *, on: date) -> list[Obstacle]:
    """Return why the user cannot publish the draft on a day. Three queries at most."""
    obstacles = draft_obstacles(version, user)
    if obstacles:
        return obstacles
    writers = version.transitions.filter(act__in=WRITING).values_list("by", "at")
    latest = version.procedure.versions.filter(state=VersionState.PUBLISHED).aggregate(
        latest=Max("effective_from")
    )["latest"]
    checks = {
        Obstacle(
            "not_entitled",
            _("Procedures are written by an agreement officer or the agency head."),
        ): not PUBLISH_PROCEDURE.allows(user),
        Obstacle(
            "published_by_writer",
            _("Whoever wrote or changed the draft may not publish it."),
            rule="B-02",
            remedy=_("Ask a colleague to read and publish it."),
        ): any(user.is_one_with(writer, then) for writer, then in writers),
        Obstacle(
            "effective_before_publication",
            _("Effective from %(day)s: that day is over; a procedure binds nobody backwards.")
            % {"day": version.effective_from},
            rule=RULE,
            remedy=_("Change the draft to take effect today or later."),
        ): version.effective_from < on,
        Obstacle(
            "effective_before_the_last",
            _("Effective from %(day)s: the last version takes effect on %(latest)s.")
            % {"day": version.effective_from, "latest": latest},
            rule=RULE,
            remedy=_("Change the draft to take effect after that day."),
        ): latest is not None and version.effective_from <= latest,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def difference(before: str, after: str) -> Iterator[Line]:
    """Yield the lines of two texts as a comparison shows them, what was taken away first."""
    old, new = before.splitlines(), after.splitlines()
    for tag, first, last, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            yield from (Line("", each) for each in old[first:last])
            continue
        yield from (Line("-", each) for each in old[first:last])
        yield from (Line("+", each) for each in new[start:end])


def _new_procedure(*, region: Region | None, topic: ProcedureTopic | None, title: str) -> Procedure:
    checks = {
        Obstacle("title_missing", _("The procedure needs a title.")): not title,
        Obstacle("topic_missing", _("The procedure needs a topic and a region.")): (
            region is None or topic is None
        ),
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    facts: Any = {"region": region, "topic": topic, "title": title}
    try:
        with transaction.atomic():
            return Procedure.objects.create(**facts)
    except IntegrityError:
        text = _("There is a procedure “%(title)s” on this topic already.") % {"title": title}
        remedy = _("Write a new version of it.")
        refuse_if([Obstacle("procedure_exists", text, remedy=remedy)])
        raise


def _writing_obstacles(user: User, *, text: str, file: object) -> list[Obstacle]:
    checks = {
        Obstacle(
            "not_entitled",
            _("Procedures are written by an agreement officer or the agency head."),
        ): not WRITE_PROCEDURE.allows(user),
        Obstacle(
            "nothing_written",
            _("A version needs a text or a file."),
            remedy=_("Enter the text, or attach the file."),
        ): not text.strip() and file is None,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _stored(file: Upload | None, *, by: User, at: datetime) -> Attachment | None:
    return store_files([file], by=by, at=at)[0] if file else None


def _tidy(text: str) -> str:
    """The text with one kind of line end, so that versions compare line by line."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _record(
    version: ProcedureVersion, *, act: str, source: str, by: User, at: datetime, reason: str = ""
) -> None:
    ProcedureTransition.objects.create(
        subject=version,
        act=act,
        source=source,
        target=version.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
