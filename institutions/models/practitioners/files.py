from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.models import Attachment
from agency.models.letters import OfficialLetter
from institutions.enums.practitioners import (
    Category,
    CommitmentKind,
    PaymentStatus,
    Qualification,
)
from institutions.models.institution import Institution
from institutions.models.persons import Person
from institutions.models.practitioners.departments import Days
from institutions.querysets.practitioners import (
    FirstRegistrationQuerySet,
    PractitionerQuerySet,
    PractitionerStatusQuerySet,
)

STAFF_CODE_FORM = r"^[A-Z][0-9]{12}$"


@pghistory.track()
class Practitioner(models.Model):
    """The file of a person who works in institutions: one person, one file, wherever they work
    (D-01). The national staff code is what charges name (bilg_dr_code).
    """

    person = models.OneToOneField(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="practitioner"
    )
    staff_code = models.CharField(
        _("national staff code"), max_length=13, unique=True, null=True, blank=True
    )
    category = models.CharField(_("category"), max_length=12, choices=Category)
    qualification = models.CharField(_("qualification"), max_length=16, choices=Qualification)
    licence_no = models.CharField(_("certificate number"), max_length=40, blank=True)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="practitioner_code_has_its_form",
                condition=Q(staff_code__isnull=True) | Q(staff_code__regex=STAFF_CODE_FORM),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.staff_code or '—'} {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:practitioner", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:practitioner", args=[self.pk])


class FirstRegistration(models.Model):
    """The first place a person's practice is registered at, from a day to a day (A-03): an
    institution on the register, or, without one, a place outside it, in words.
    """

    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        on_delete=models.PROTECT,
        related_name="first_registrations",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="first_registrations",
    )
    place = models.CharField(_("place outside the register"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"), null=True, blank=True)

    objects = FirstRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("first place of registration")
        verbose_name_plural = _("first places of registration")
        ordering = ["practitioner", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="firstregistration_ends_after_begin",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="firstregistration_place_is_outside",
                condition=Q(institution__isnull=True) | Q(place=""),
            ),
            ExclusionConstraint(
                name="firstregistration_one_a_time",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution or self.place or _('Elsewhere')} ({self.starts_on})"


class PractitionerStatus(models.Model):
    """A time in which a person's payment qualification is suspended or terminated, both ends
    included; outside of these it is normal (D-04, D-06). Applies wherever the person works.
    """

    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        on_delete=models.PROTECT,
        related_name="statuses",
    )
    status = models.CharField(_("status"), max_length=10, choices=PaymentStatus)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = PractitionerStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("status of a practitioner")
        verbose_name_plural = _("statuses of practitioners")
        ordering = ["practitioner", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="practitionerstatus_is_a_block", condition=~Q(status=PaymentStatus.NORMAL)
            ),
            models.CheckConstraint(name="practitionerstatus_has_its_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="practitionerstatus_ends_after_begin",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="practitionerstatus_one_a_time",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.starts_on})"

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ServiceCommitment(models.Model):
    """A person's written service commitment at an institution (D-01): the letter made for
    signing, and once confirmed how and when it was signed. Unconfirmed, it still misses.
    """

    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        on_delete=models.PROTECT,
        related_name="commitments",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="commitments",
    )
    letter = models.ForeignKey(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CommitmentKind, blank=True)
    signed_on = models.DateField(pgettext_lazy("commitment", "signed on"), null=True, blank=True)
    file = models.ForeignKey(
        Attachment,
        verbose_name=_("signed copy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("service commitment")
        verbose_name_plural = _("service commitments")
        ordering = ["institution", "practitioner"]
        constraints = [
            models.UniqueConstraint(
                name="servicecommitment_once", fields=["practitioner", "institution"]
            ),
            models.CheckConstraint(
                name="servicecommitment_signed_has_its_facts",
                condition=Q(kind="", signed_on__isnull=True, file__isnull=True)
                | Q(kind=CommitmentKind.SIGNED, signed_on__isnull=False, file__isnull=False)
                | Q(kind=CommitmentKind.ELECTRONIC, signed_on__isnull=False, file__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.institution}"

    @property
    def is_signed(self) -> bool:
        return self.signed_on is not None
