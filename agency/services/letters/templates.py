"""The texts of letters: written by one person, released by another, in force from a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import Actor, TemplateFormat, TemplateState
from agency.file_kinds import DOCX
from agency.letter_kinds import KINDS, LetterKind
from agency.letters.text import check_text
from agency.letters.word import check_word
from agency.models import LetterTemplate, LetterTemplateTransition, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import store_attachment
from agency.services.numbers import next_number

# The program's own texts hold from before any letter of the office.
ALWAYS = datetime(2000, 1, 1, 12, tzinfo=UTC)
DOCX_LIMIT = 5 * 1024 * 1024


def template_in_force(kind: LetterKind, language: str, on: date) -> LetterTemplate:
    """Return the newest released template of the kind that is in force on the day; the text that
    comes with the program where the office has released none.
    """
    return _released(kind, language, on) or own_template(kind, language)


def _released(kind: LetterKind, language: str, on: date) -> LetterTemplate | None:
    rows = LetterTemplate.objects.filter(
        kind=kind.code, language=language, state=TemplateState.RELEASED, effective_from__lte=on
    ).select_related("docx")
    return rows.order_by("-effective_from", "-version").first()


def shown_template(kind: LetterKind, language: str, on: date) -> LetterTemplate:
    """Return what `template_in_force` would, without entering anything: for pages."""
    return _released(kind, language, on) or _program_text(kind, language)


def own_template(kind: LetterKind, language: str) -> LetterTemplate:
    """Return version 1 of the kind: the text that comes with the program, entered at first use."""
    first = LetterTemplate.objects.filter(kind=kind.code, language=language, version=1).first()
    if first is not None:
        return first
    # Two first letters at once: the other one's row is as good.
    own = _program_text(kind, language)
    LetterTemplate.objects.bulk_create([own], ignore_conflicts=True)
    return LetterTemplate.objects.get(kind=kind.code, language=language, version=1)


def _program_text(kind: LetterKind, language: str) -> LetterTemplate:
    title, body = kind.own_text(language)
    return LetterTemplate(
        kind=kind.code,
        language=language,
        version=1,
        title=title,
        body=body,
        state=TemplateState.RELEASED,
        effective_from=ALWAYS.date(),
        written_at=ALWAYS,
        released_at=ALWAYS,
    )


@transaction.atomic
def save_template(
    *,
    kind: str,
    language: str,
    title: str,
    body: str = "",
    docx: UploadedFile | None = None,
    by: User,
    at: datetime,
) -> LetterTemplate:
    """Write the draft of the next version, or write the waiting draft anew, and return it.

    With `docx` the template is that document, otherwise the text. Refuses a template that fails,
    or names variables its kind does not know.
    """
    known = KINDS[kind]
    obstacles = writing_obstacles(known, language, by)
    refuse_if(obstacles)
    refuse_if(text_obstacles(known, language, title, body, docx))
    own_template(known, language)
    draft = (
        LetterTemplate.objects.select_for_update(of=("self",))
        .filter(kind=kind, language=language, state=TemplateState.DRAFT)
        .first()
    )
    if draft is None:
        # Version 1 is the program's own, so the counter's first number is the second version.
        number = next_number(f"letter-template:{kind}:{language}") + 1
        draft = LetterTemplate(kind=kind, language=language, version=number)
    draft.title, draft.body = title.strip(), body.replace("\r\n", "\n")
    draft.format = TemplateFormat.TEXT
    draft.docx = None
    if docx is not None:
        draft.format, draft.body = TemplateFormat.DOCX, ""
        draft.docx = store_attachment(docx, by=by, at=at, types=(DOCX,), limit=DOCX_LIMIT)
    draft.written_by, draft.written_at = by, at
    draft.save()
    return draft


def writing_obstacles(kind: LetterKind, language: str, by: User) -> list[Obstacle]:
    """Return why the person cannot write a template of the kind in the language."""
    obstacles = side_obstacles(kind, by)
    if language not in kind.languages:
        text = _("Letters of the kind “%s” are not issued in this language.")
        obstacles.append(Obstacle("template_language", text % kind.label))
    return obstacles


def side_obstacles(kind: LetterKind, by: User) -> list[Obstacle]:
    """The administration's texts are its own; all others are the agency's."""
    owner = Actor.ADMINISTRATION if kind.actor == Actor.ADMINISTRATION else Actor.AGENCY
    if by.actor == owner:
        return []
    text = _("Letters of the kind “%(kind)s” are the %(owner)s's.")
    facts = {"kind": kind.label, "owner": owner.label}
    return [Obstacle("template_of_the_other_side", text % facts)]


def text_obstacles(
    kind: LetterKind, language: str, title: str, body: str, docx: UploadedFile | None
) -> list[Obstacle]:
    samples = {name: each.sample for name, each in kind.all_variables.items()}
    if not title.strip():
        return [Obstacle("template_empty", _("The letter needs a title."))]
    if docx is None and not body.strip():
        return [Obstacle("template_empty", _("The letter needs a text."))]
    obstacles = check_text(title, body, samples=samples, language=language)
    if docx is not None and (docx.size or 0) <= DOCX_LIMIT:
        content = docx.read()
        docx.seek(0)
        obstacles += check_word(content, samples=samples, language=language)
    return obstacles


def release_obstacles(
    template: LetterTemplate, by: User, *, effective_from: date, on: date
) -> list[Obstacle]:
    """Return why the person cannot release the draft from that day on."""
    checks: dict[Obstacle, Callable[[], bool]] = {
        Obstacle(
            "template_not_draft",
            _("This version is “%s”: only a draft is released.") % template.get_state_display(),
        ): lambda: template.state != TemplateState.DRAFT,
        Obstacle(
            "template_own",
            _("Whoever wrote a template does not release it."),
            rule="B-02",
            remedy=_("Ask a colleague to look at it and release it."),
        ): lambda: by.is_one_with(template.written_by_id, template.written_at),
        Obstacle(
            "template_in_the_past",
            _("Effective from: %(day)s is before today, %(on)s.")
            % {"day": effective_from, "on": on},
            remedy=_("Choose today or a later day."),
        ): lambda: effective_from < on,
    }
    found = [obstacle for obstacle, applies in checks.items() if applies()]
    return found + side_obstacles(KINDS[template.kind], by)


@transaction.atomic
def release_template(
    *, template_id: int, effective_from: date, by: User, at: datetime, on: date
) -> LetterTemplate:
    """Release a draft: letters issued from that day on use it. Refuses its writer."""
    template = LetterTemplate.objects.select_for_update(of=("self",)).get(pk=template_id)
    refuse_if(release_obstacles(template, by, effective_from=effective_from, on=on))
    source = template.state
    template.release(by=by, at=at, effective_from=effective_from)
    template.save(update_fields=["state", "released_by", "released_at", "effective_from"])
    _record(template, "release", source=source, on=effective_from, by=by, at=at)
    return template


def retirement_obstacles(template: LetterTemplate, by: User) -> list[Obstacle]:
    """Return why the version cannot be retired: one must always be there to write letters with."""
    found = side_obstacles(KINDS[template.kind], by)
    if template.state == TemplateState.RETIRED:
        found.append(Obstacle("template_retired", _("This version is retired already.")))
    others = LetterTemplate.objects.filter(
        kind=template.kind, language=template.language, state=TemplateState.RELEASED
    ).exclude(pk=template.pk)
    if template.state == TemplateState.RELEASED:
        stays = others.filter(effective_from__lte=template.effective_from).exists()
        if not stays:
            text = _("No other released version is in force from the same day: letters need one.")
            remedy = _("Release another version first.")
            found.append(Obstacle("template_needed", text, remedy=remedy))
    return found


@transaction.atomic
def retire_template(*, template_id: int, by: User, at: datetime) -> LetterTemplate:
    """Take a version out of use; a draft is discarded by this. Letters issued with it keep it."""
    template = LetterTemplate.objects.get(pk=template_id)
    rows = LetterTemplate.objects.select_for_update(of=("self",)).order_by("pk")
    locked = {row.pk: row for row in rows.filter(kind=template.kind, language=template.language)}
    template = locked[template_id]
    refuse_if(retirement_obstacles(template, by))
    source = template.state
    template.retire(by=by, at=at)
    template.save(update_fields=["state", "retired_by", "retired_at"])
    _record(template, "retire", source=source, on=timezone.localdate(at), by=by, at=at)
    return template


def _record(
    template: LetterTemplate, act: str, *, source: str, on: date, by: User, at: datetime
) -> None:
    LetterTemplateTransition.objects.create(
        subject=template, act=act, source=source, target=template.state, on=on, by=by, at=at
    )
