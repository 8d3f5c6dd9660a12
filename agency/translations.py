"""Message catalogues in pure Python: GNU gettext is not needed."""

from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogue_path(app: Path) -> Path:
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def messages_of(app: Path) -> Catalog:
    """Return every message in an app's Python files and templates."""
    catalogue = Catalog(locale=LOCALE)
    for path in sorted(app.rglob("*.py")) + sorted(app.glob("templates/**/*.html")):
        if "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            # What is not a message comes back blanked out, indented like no Python would be.
            lines = templatize(source, origin=str(path)).splitlines()
            source = "\n".join(line.strip() for line in lines)
        found = extract(
            "python", BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for line, message, comments, context in found:
            place = (str(path.relative_to(app.parent)), line)
            catalogue.add(message, None, [place], auto_comments=comments, context=context)
    return catalogue


def read_catalogue(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update(app: Path) -> Catalog:
    """Bring an app's catalogue up to its sources: new messages empty, unused ones gone."""
    path = catalogue_path(app)
    catalogue = read_catalogue(path)
    catalogue.update(messages_of(app), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if not len(catalogue):
        return catalogue
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, omit_header=False, include_lineno=False, sort_output=True)
    _strip_dates(path)
    return catalogue


def _strip_dates(path: Path) -> None:
    """Take out the header lines that change at every run and name a tool."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    noise = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator")
    noise += ("Language-Team", "Project-Id-Version", "Report-Msgid-Bugs-To")
    kept = [line for line in lines if not line.startswith(tuple(f'"{word}' for word in noise))]
    body = StringIO("".join(kept)).getvalue()
    start = body.index('msgid ""')
    path.write_text(body[start:], encoding="utf-8")


def missing(app: Path) -> list[str]:
    """Return every message of an app that its catalogue does not translate."""
    known = read_catalogue(catalogue_path(app))
    absent = []
    for message in messages_of(app):
        if not message.id:
            continue
        entry = known.get(
            message.id[0] if isinstance(message.id, tuple) else message.id, message.context
        )
        strings = entry.string if entry and isinstance(entry.string, tuple | list) else None
        done = any(strings) if strings is not None else bool(entry and entry.string)
        if not done or (entry and entry.fuzzy):
            absent.append(message.id[0] if isinstance(message.id, tuple) else message.id)
    return absent


def compile_catalogue(app: Path) -> None:
    """Write the binary catalogue beside the text one."""
    path = catalogue_path(app)
    if path.exists():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read_catalogue(path))
