from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from agency.models import EncryptedCharField
from agency.privacy import mask_certificate, mask_name
from institutions.enums.persons import Post
from institutions.models.institution import Institution
from institutions.querysets.persons import ResponsiblePersonQuerySet


class Person(models.Model):
    """A natural person, one file each: whoever answers for an institution, works in one, or
    assesses one. Bans and conflicts of interest follow the person by it (A-05 N7, D-01).

    `id_digest` is the keyed fingerprint of the identity number: it finds the person without
    telling the number.
    """

    name = models.CharField(_("name"), max_length=80)
    id_number = EncryptedCharField(_("identity number"), max_length=18)
    id_digest = models.CharField(
        _("fingerprint of the identity number"), max_length=32, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="person_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="person_has_a_number", condition=~Q(id_number="")),
        ]
        indexes = [
            models.Index(name="person_by_name", fields=["name"], opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        return mask_certificate(self.id_number)


@pghistory.track()
class ResponsiblePerson(models.Model):
    """Who held a post in an institution from a day to a day, both included. Without `held_to` the
    person still holds it.
    """

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="responsible_persons",
    )
    post = models.CharField(_("post"), max_length=24, choices=Post)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="posts"
    )
    held_from = models.DateField(_("held from"))
    held_to = models.DateField(_("held to"), null=True, blank=True)

    objects = ResponsiblePersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsible person")
        verbose_name_plural = _("responsible persons")
        ordering = ["institution", "post", "held_from"]
        constraints = [
            models.CheckConstraint(
                name="responsibleperson_ends_after_begin",
                condition=Q(held_to__isnull=True) | Q(held_to__gte=F("held_from")),
            ),
            ExclusionConstraint(
                name="responsibleperson_one_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    (
                        Func(
                            F("held_from"),
                            F("held_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()}: {self.person}"

    def held_on(self, day: date) -> bool:
        return self.held_from <= day and (self.held_to is None or day <= self.held_to)
