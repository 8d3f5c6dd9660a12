"""Message catalogues in pure Python: GNU gettext is not needed."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
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


NOISE = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Language-Team",
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
)


def _strip_dates(path: Path) -> None:
    """Take out the comments and header lines that change at every run and name a tool."""
    text = path.read_text(encoding="utf-8")
    lines = text[text.index('msgid ""') :].splitlines(keepends=True)
    starts = tuple(f'"{word}' for word in NOISE)
    path.write_text("".join(each for each in lines if not each.startswith(starts)), "utf-8")


def singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def translation(message: Message | None) -> str:
    """Return a message's translation (of a plural: its first form), empty if there is none."""
    if message is None or message.fuzzy or not message.string:
        return ""
    return message.string if isinstance(message.string, str) else message.string[0]


def missing(app: Path) -> list[str]:
    """Return every message of an app that its catalogue does not translate."""
    known = read_catalogue(catalogue_path(app))
    ids = [(singular(each), each.context) for each in messages_of(app) if each.id]
    return [text for text, context in ids if not translation(known.get(text, context))]


def compile_catalogue(app: Path) -> None:
    """Write the binary catalogue beside the text one."""
    path = catalogue_path(app)
    if path.exists():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read_catalogue(path))
