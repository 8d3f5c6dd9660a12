"""How names are spelt in Latin letters: what people type who look for them."""

import string
from collections.abc import Iterable

from django.db import connection
from pypinyin import Style, lazy_pinyin

from institutions.models import InstitutionName

BATCH = 2000
LONGEST_INITIALS, LONGEST_PINYIN = 200, 1400
LATIN = frozenset(string.ascii_lowercase + string.digits)

_STORE = """
UPDATE institutions_institutionname AS stored SET initials = spelt.initials, pinyin = spelt.pinyin
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS spelt (id, initials, pinyin)
WHERE stored.id = spelt.id
"""


def spelling_of(searched: str) -> tuple[str, str]:
    """Return the initials and the full pinyin of a name; letters and figures stay as they are."""
    syllables = lazy_pinyin(searched, style=Style.NORMAL, errors=_latin)
    initials = "".join(
        syllable if written else syllable[:1] for syllable, written in map(_parted, syllables)
    )
    pinyin = "".join(syllable for syllable, _written in map(_parted, syllables))
    # Never empty: that is how a name shows that it has not been spelt yet.
    return (initials or "-")[:LONGEST_INITIALS], pinyin[:LONGEST_PINYIN]


def spell_names(institutions: Iterable[int] | None = None) -> int:
    """Spell the names that have no spelling yet, of some institutions or of all. Two statements
    for every two thousand.
    """
    rows = InstitutionName.objects.unspelt()
    if institutions is not None:
        rows = rows.filter(institution__in=list(institutions))
    done = 0
    while batch := list(rows.values_list("pk", "searched")[:BATCH]):
        spelt = [(pk, *spelling_of(searched)) for pk, searched in batch]
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [list(column) for column in zip(*spelt, strict=True)])
        done += len(spelt)
    return done


# What is not Chinese comes as one piece; a leading blank tells it from a syllable.
def _latin(text: str) -> str:
    return " " + "".join(letter for letter in text.lower() if letter in LATIN)


def _parted(syllable: str) -> tuple[str, bool]:
    return (syllable[1:], True) if syllable.startswith(" ") else (syllable, False)
