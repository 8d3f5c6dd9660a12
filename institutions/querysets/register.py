from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        ElectronicServiceConsent,  # noqa: F401 (in a quoted type argument)
        Institution,
        InstitutionFact,  # noqa: F401 (in a quoted type argument)
        InstitutionLetter,  # noqa: F401 (in a quoted type argument)
        InstitutionName,  # noqa: F401 (in a quoted type argument)
    )


LONGEST_TEXT = 100

MOST_WORDS = 20

# Of two Latin letters a trigram index knows nothing; they begin a spelling, or nothing.
SHORT = 2

CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{2,18}", re.ASCII)

LAST_CHARACTER = "\U0010ffff"


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every institution, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(memberships__user=user)

    def verified(self) -> Self:
        """Institutions whose national code, and so everything it vouches for, is known."""
        return self.filter(code__isnull=False)

    def matching(self, text: str) -> Self:
        """Institutions a text finds: by a name they have or had, its pinyin, or a code."""
        words = words_of(text)
        if not words:
            return self
        names: Any = self.model._meta.get_field("names").related_model
        found = Q(pk__in=names.objects.found(words).values("institution"))
        return self.filter(found | code_condition(words))

    def having_code(self, words: Sequence[str]) -> Self:
        """Institutions one of whose codes begins with the only word."""
        return self.filter(code_condition(words))

    def within(self, region_code: str) -> Self:
        """Institutions of a region and of the regions within it (GB/T 2260 nests by pairs)."""
        prefix = region_code
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return self.filter(region__code__startswith=prefix)

    def locked(self, pk: int) -> Institution:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class NameBigrams(Func):
    """The pairs of neighbouring characters of a text, as the index of names keeps them."""

    function = "NAME_BIGRAMS"
    output_field = ArrayField(models.TextField())


class InstitutionNameQuerySet(models.QuerySet["InstitutionName"]):
    def found(self, words: Sequence[str]) -> Self:
        """Names that hold every word: as written, or spelt in pinyin or its initials."""
        alone = len(words) == 1
        each = reduce(and_, (name_condition(word, alone=alone) for word in words))
        if not alone and all(word.isascii() and word.isalpha() for word in words):
            # Pinyin is also typed with a blank after each syllable.
            each |= Q(pinyin__contains="".join(words).lower())
        return self.alias(bigrams=NameBigrams("searched")).filter(each)

    def unspelt(self) -> Self:
        """Names whose spelling in Latin letters is still missing."""
        return self.filter(initials="")


def words_of(text: str) -> list[str]:
    """Return the words of what was typed, as names are searched: plain characters, capitals."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).replace("\x00", "")
    return plain.upper().split()[:MOST_WORDS]


def bigrams_of(word: str) -> list[str]:
    return sorted({word[at : at + 2] for at in range(len(word) - 1)})


def name_condition(word: str, *, alone: bool) -> Q:
    """Return how a name holds a word. The pairs find it in the index, LIKE confirms it."""
    if len(word) == 1 and not word.isascii():
        # No pair to look for: the beginning of a name, or any place beside another word.
        return starting(word) if alone else Q(searched__contains=word)
    written = Q(searched__contains=word)
    if len(word) > 1:
        written &= Q(bigrams__contains=bigrams_of(word))
    if not word.isascii():
        return written
    low = word.lower()
    if len(word) <= SHORT:
        return (
            written | Q(initials__startswith=low) if len(word) > 1 else Q(initials__startswith=low)
        )
    return written | Q(initials__contains=low) | Q(pinyin__contains=low)


def starting(text: str) -> Q:
    """Return the names that begin with a text, as a range of the index in order."""
    return Q(searched__gte=text, searched__lt=text + LAST_CHARACTER)


def code_condition(words: Sequence[str]) -> Q:
    if len(words) != 1 or not CODE.fullmatch(words[0]):
        return Q(pk__in=[])
    return Q(code__startswith=words[0]) | Q(credit_code__startswith=words[0])


class InstitutionFactQuerySet(models.QuerySet["InstitutionFact"]):
    def in_effect_on(self, day: date) -> Self:
        """For each institution and field the newest value that had taken effect by the day."""
        return (
            self.filter(effective_from__lte=day)
            .order_by("institution_id", "field", "-effective_from")
            .distinct("institution_id", "field")
        )
