from __future__ import annotations

from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.bundle_rules import CEILING
from agency.bundles import BundleKind, BundlePartState, BundleState, ReturnGround
from agency.models.attachments import Attachment
from agency.models.fields import EncryptedCharField
from agency.models.history import Lifecycle, StateField, TransitionRecord
from agency.models.people import User
from agency.models.regions import Region
from agency.privacy import mask_certificate, mask_name, mask_phone

_PART = BundlePartState
_OPEN = [BundleState.FILED, BundleState.SUPPLEMENT]
_OPEN_PARTS = [_PART.FILED, _PART.SUPPLEMENT]


@pghistory.track()
class BundlePartType(models.Model):
    """What a kind of service matter consists of, each with its promise: data, not program.

    `promise_wd` 0 is the promise of the same day. One that is not offered any more stays for the
    matters that have it.
    """

    bundle = models.CharField(_("service matter"), max_length=20, choices=BundleKind)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120)
    material = models.CharField(_("material"), max_length=300, blank=True)
    promise_wd = models.PositiveSmallIntegerField(_("promised working days"))
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("part of a service matter")
        verbose_name_plural = _("parts of service matters")
        ordering = ["bundle", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="bundleparttype_code_once", fields=["bundle", "code"]),
            models.CheckConstraint(
                name="bundleparttype_promise_within_law",
                condition=Q(promise_wd__lte=CEILING),
            ),
            models.CheckConstraint(name="bundleparttype_has_a_name", condition=~Q(name="")),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name if (get_language() or "zh").startswith("zh") else self.name_en


class ServiceBundleQuerySet(models.QuerySet["ServiceBundle"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_office_staff else self.none()

    def waiting(self) -> Self:
        return self.filter(state__in=_OPEN)

    def with_parts(self) -> Self:
        """Matters with what their lists show: two queries more."""
        return self.select_related("region").prefetch_related("parts__type")

    def matching(self, text: str) -> Self:
        """By the beginning of the number, a unit's credit code, or a whole identity number."""
        plain = "".join(text.split()).upper()
        found = Q(number__startswith=plain) | Q(credit_code=plain) | Q(id_number=plain)
        return self.filter(found)

    def locked(self, pk: int) -> ServiceBundle:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class ServiceBundle(Lifecycle):
    """One matter of an insured person or a unit, filed with one form and made of several parts
    (C-07). Its deadline is the latest of its parts'.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=BundleKind)
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT)
    state = StateField(_("state"), choices=BundleState.choices, default=BundleState.FILED)
    person_name = EncryptedCharField(_("insured person"), max_length=80)
    id_number = EncryptedCharField(_("identity number"), max_length=18)
    contact_name = EncryptedCharField(_("filed by (name)"), max_length=80)
    phone = EncryptedCharField(_("telephone"), max_length=30)
    credit_code = models.CharField(_("unified credit code of the unit"), max_length=18, blank=True)
    details = EncryptedCharField(_("what is to be changed"), max_length=1000, blank=True)
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"))
    taken_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded at the counter by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when it was filed on the public page."),
    )
    due_on = models.DateField(_("promised by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    filing_key = models.CharField(
        _("key of the filing"),
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("The same form sent twice is filed once."),
    )

    objects = ServiceBundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("service matter")
        verbose_name_plural = _("service matters")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="servicebundle_number_has_its_form",
                condition=Q(number__regex=r"^BND-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="servicebundle_end_has_its_time",
                condition=Q(state__in=_OPEN, ended_at__isnull=True)
                | (~Q(state__in=_OPEN) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="servicebundle_by_filing", fields=["-filed_at", "-id"]),
            models.Index(name="servicebundle_person", fields=["id_number"]),
            models.Index(
                name="servicebundle_waiting",
                fields=["due_on"],
                condition=Q(state__in=_OPEN),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (BundleState.FILED.value, BundleState.SUPPLEMENT.value),
                    (BundleState.SUPPLEMENT.value, BundleState.FILED.value),
                    (BundleState.FILED.value, BundleState.COMPLETED.value),
                    (BundleState.SUPPLEMENT.value, BundleState.COMPLETED.value),
                    (BundleState.FILED.value, BundleState.WITHDRAWN.value),
                    (BundleState.SUPPLEMENT.value, BundleState.WITHDRAWN.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:bundle", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    @property
    def masked_name(self) -> str:
        return mask_name(self.person_name)

    @property
    def masked_number(self) -> str:
        return mask_certificate(self.id_number)

    @property
    def masked_contact(self) -> str:
        return mask_name(self.contact_name)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @transition(field=state, source=BundleState.FILED, target=BundleState.SUPPLEMENT)
    def wait(self) -> None:
        """Every open part waits for the applicant."""

    @transition(field=state, source=BundleState.SUPPLEMENT, target=BundleState.FILED)
    def go_on(self) -> None:
        """What was missing has come."""

    @transition(field=state, source=_OPEN, target=BundleState.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(field=state, source=_OPEN, target=BundleState.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at


class BundlePartQuerySet(models.QuerySet["BundlePart"]):
    def waiting(self) -> Self:
        return self.filter(state__in=_OPEN_PARTS)


class BundlePart(Lifecycle):
    """One part of a service matter with its own promise, settled by itself."""

    bundle = models.ForeignKey(
        ServiceBundle,
        verbose_name=_("service matter"),
        on_delete=models.PROTECT,
        related_name="parts",
    )
    type = models.ForeignKey(
        BundlePartType, verbose_name=_("part"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=BundlePartState.choices, default=BundlePartState.FILED)
    promise_wd = models.PositiveSmallIntegerField(_("promised working days"))
    due_on = models.DateField(_("promised by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    missing = models.CharField(
        _("what is missing"),
        max_length=500,
        blank=True,
        help_text=_("Shown to whoever has the receipt: name no person."),
    )
    ground = models.CharField(
        _("reason of the return"), max_length=20, choices=ReturnGround, blank=True
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("settled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = BundlePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a service matter filed")
        verbose_name_plural = _("parts of service matters filed")
        ordering = ["bundle", "type__position", "pk"]
        constraints = [
            models.UniqueConstraint(name="bundlepart_once", fields=["bundle", "type"]),
            models.CheckConstraint(
                name="bundlepart_settled_has_its_facts",
                condition=Q(
                    state__in=[_PART.DONE, _PART.RETURNED],
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                )
                | (
                    ~Q(state__in=[_PART.DONE, _PART.RETURNED])
                    & Q(settled_at__isnull=True, settled_by__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="bundlepart_returned_for_a_reason",
                condition=(Q(state=_PART.RETURNED) & ~Q(ground=""))
                | (~Q(state=_PART.RETURNED) & Q(ground="")),
            ),
            models.CheckConstraint(
                name="bundlepart_supplement_says_what",
                condition=~Q(state=_PART.SUPPLEMENT) | ~Q(missing=""),
            ),
        ]
        indexes = [
            models.Index(
                name="bundlepart_waiting",
                fields=["due_on"],
                condition=Q(state__in=_OPEN_PARTS),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_PART.FILED.value, _PART.SUPPLEMENT.value),
                    (_PART.SUPPLEMENT.value, _PART.FILED.value),
                    (_PART.FILED.value, _PART.DONE.value),
                    (_PART.FILED.value, _PART.RETURNED.value),
                    (_PART.SUPPLEMENT.value, _PART.RETURNED.value),
                    (_PART.FILED.value, _PART.WITHDRAWN.value),
                    (_PART.SUPPLEMENT.value, _PART.WITHDRAWN.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.bundle.number}: {self.type}"

    def get_absolute_url(self) -> str:
        return self.bundle.get_absolute_url()

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN_PARTS

    @property
    def answer(self) -> str | Promise:
        """What the applicant is told: never a person, only what is coded or missing."""
        if self.state == _PART.SUPPLEMENT:
            return self.missing
        if self.state == _PART.RETURNED:
            ground = ReturnGround(self.ground)
            return f"{ground.label} {ground.remedy}"
        return ""

    @transition(field=state, source=_PART.FILED, target=_PART.SUPPLEMENT)
    def require_supplement(self, *, missing: str) -> None:
        self.missing = missing

    @transition(field=state, source=_PART.SUPPLEMENT, target=_PART.FILED)
    def take_supplement(self) -> None:
        pass

    @transition(field=state, source=_PART.FILED, target=_PART.DONE)
    def finish(self, *, by: User, at: datetime) -> None:
        self.settled_by, self.settled_at = by, at

    @transition(field=state, source=_OPEN_PARTS, target=_PART.RETURNED)
    def send_back(self, *, by: User, at: datetime, ground: ReturnGround) -> None:
        self.settled_by, self.settled_at, self.ground = by, at, ground

    @transition(field=state, source=_OPEN_PARTS, target=_PART.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class ServiceBundleTransition(TransitionRecord):
    """A step of a service matter; `part` where it was one of a part."""

    subject = models.ForeignKey(ServiceBundle, on_delete=models.PROTECT, related_name="transitions")
    part = models.ForeignKey(
        BundlePart,
        verbose_name=_("part"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a service matter")
        verbose_name_plural = _("transitions of service matters")
