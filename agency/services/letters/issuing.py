"""Issuing a letter: template, number, PDF, record, all or nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, LetterKind, Value, kind_of
from agency.letters.values import frozen
from agency.models import OfficialLetter, Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.letters.heads import head_in_force, number_series
from agency.services.letters.history import record
from agency.services.letters.paper import Facts, Rendered, render_letter
from agency.services.letters.templates import template_in_force
from agency.services.numbers import next_number

# Without 0, 1, I, L, O and U, which people read or write wrongly.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_GROUPS, GROUP_LENGTH = 3, 4


@transaction.atomic
def issue_letter(
    *,
    kind: str,
    context: Mapping[str, Value],
    addressee: str,
    matter: str,
    url: str,
    by: User | None,
    at: datetime,
    on: date,
    region: Region,
    language: str = CHINESE,
    address: str = "",
    enclosures: Sequence[str] = (),
    sender: str = "",
    corrects: OfficialLetter | None = None,
    reason: str = "",
) -> OfficialLetter:
    """Issue a letter of the kind and return it.

    `context` gives every variable of the kind's own, and nothing else; `by` is None when the
    program acts by itself. `sender` names the institution whose own letter it is; `corrects` and
    `reason` are for `correct_letter`. The number comes from the office's counter: the caller's
    transaction commits both or neither.
    """
    known = kind_of(kind)
    _check_call(known, context, language)
    refuse_if(issuing_obstacles(known, by))
    template = template_in_force(known, language, on)
    head = head_in_force(region, known.actor, on)
    series = number_series(head, known.word, on.year)
    facts = Facts(
        head=head,
        number=series.replace("{number}", str(next_number(f"letter:{series}"))),
        issued_on=on,
        addressee=addressee,
        matter=matter,
        signer=str(by) if by else "",
        language=language,
        sender=sender,
        code=verification_code(),
        enclosures=enclosures,
        corrects=corrects,
        reason=reason,
    )
    rendered = render_letter(known, template, context, facts)
    letter = OfficialLetter(
        number=facts.number,
        year=on.year,
        kind=kind,
        actor=known.actor,
        template=template,
        region=region,
        language=language,
        title=rendered.title,
        office_name=sender or head.office_name,
        addressee=addressee,
        address=address,
        matter=matter,
        url=url,
        context={name: frozen(value) for name, value in context.items()},
        body=rendered.body,
        sha256=hashlib.sha256(rendered.pdf).hexdigest(),
        pages=rendered.pages,
        code=facts.code,
        issued_on=on,
        issued_at=at,
        issued_by=by,
        corrects=corrects,
    )
    _store(letter, rendered)
    record(letter, act="issue", source="", on=on, at=at, by=by, reason=reason)
    return letter


def _check_call(kind: LetterKind, context: Mapping[str, Value], language: str) -> None:
    """Raise ValueError for what only a mistake in the program brings about."""
    if context.keys() != kind.variables.keys():
        missing = sorted(kind.variables.keys() - context.keys())
        unknown = sorted(context.keys() - kind.variables.keys())
        raise ValueError(f"letter {kind.code}: missing {missing}, unknown {unknown}")
    if language not in kind.languages:
        raise ValueError(f"letter {kind.code}: not in {language}")


def issuing_obstacles(kind: LetterKind, by: User | None) -> list[Obstacle]:
    """Return why the person cannot issue letters of the kind."""
    if by is None or not kind.roles.isdisjoint(by.roles):
        return []
    roles = "、".join(sorted(str(role.label) for role in kind.roles))
    return [
        Obstacle(
            "letter_not_permitted",
            _("Your roles do not issue the letter “%s”.") % kind.label,
            remedy=_("It is issued by: %s.") % roles,
        )
    ]


def verification_code() -> str:
    """Return a code nobody can guess: it opens the letter's facts to the public."""
    groups = (
        "".join(secrets.choice(ALPHABET) for _character in range(GROUP_LENGTH))
        for _group in range(CODE_GROUPS)
    )
    return "-".join(groups)


def _store(letter: OfficialLetter, rendered: Rendered) -> None:
    """Write the files, then the row; if the row is refused, the files go again."""
    letter.pdf.save(f"{letter.code}.pdf", ContentFile(rendered.pdf), save=False)
    if rendered.docx is not None:
        letter.docx.save(f"{letter.code}.docx", ContentFile(rendered.docx), save=False)
    try:
        with transaction.atomic():
            letter.save(force_insert=True)
    except BaseException:
        for stored in (letter.pdf, letter.docx):
            if stored.name:
                stored.storage.delete(stored.name)
        raise
