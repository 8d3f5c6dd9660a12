"""The names of institutions as the search finds them."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from institutions.models.institution import Institution
from institutions.querysets.register import InstitutionNameQuerySet, NameBigrams

# Full-width letters and figures as plain ones, capitals, no blanks: what is typed is treated alike.
SEARCHED = Upper(
    Func(
        Func(F("name"), function="NORMALIZE", template="%(function)s(%(expressions)s, NFKC)"),
        Value(r"\s"),
        Value(""),
        Value("g"),
        function="REGEXP_REPLACE",
    )
)


class InstitutionName(models.Model):
    """A name an institution has or had. The database writes it whenever a name is written, be it
    by whom it may; a service adds how it is spelt in Latin letters, and a nightly job what was
    missed (`initials` are empty then).
    """

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="names"
    )
    name = models.CharField(_("name"), max_length=200)
    is_current = models.BooleanField(_("today's name"), default=True)
    searched = models.GeneratedField(
        verbose_name=_("name as searched"),
        expression=SEARCHED,
        output_field=models.CharField(max_length=1000),
        db_persist=True,
    )
    initials = models.CharField(_("pinyin initials"), max_length=200, blank=True)
    pinyin = models.CharField(_("pinyin"), max_length=1400, blank=True)

    objects = InstitutionNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("name of an institution")
        verbose_name_plural = _("names of institutions")
        ordering = ["institution", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="institutionname_kept_once", fields=["institution", "name"]
            ),
            models.UniqueConstraint(
                name="institutionname_one_current",
                fields=["institution"],
                condition=Q(is_current=True),
            ),
        ]
        indexes = [
            models.Index(
                name="institutionname_in_order",
                fields=["searched", "institution"],
                condition=Q(is_current=True),
            ),
            models.Index(
                name="institutionname_initials",
                fields=["initials"],
                opclasses=["varchar_pattern_ops"],
            ),
            GinIndex(NameBigrams("searched"), name="institutionname_bigrams"),
            GinIndex(OpClass("initials", "gin_trgm_ops"), name="institutionname_in_initials"),
            GinIndex(OpClass("pinyin", "gin_trgm_ops"), name="institutionname_in_pinyin"),
            models.Index(name="institutionname_unspelt", fields=["id"], condition=Q(initials="")),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name
