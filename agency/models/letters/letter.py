from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import Actor, LetterState
from agency.letter_kinds import KINDS, LetterKind
from agency.models.history import Lifecycle, StateField, TransitionRecord
from agency.models.letters.template import LetterTemplate
from agency.models.people import User
from agency.models.regions import Region

if TYPE_CHECKING:
    from agency.models.letters.service import LetterService

_STATE = LetterState


class OfficialLetterQuerySet(models.QuerySet["OfficialLetter"]):
    def visible_to(self, user: User) -> Self:
        """The administration sees every letter, the agency all but the administration's own.

        Institutions find theirs through the register's own table, not here.
        """
        if user.is_administration_staff:
            return self
        if user.is_agency_staff:
            return self.exclude(actor=Actor.ADMINISTRATION)
        return self.none()

    def of_side(self, owner: Actor) -> Self:
        """The letters that an office acts on: the administration's own, or all others."""
        its = Q(actor=Actor.ADMINISTRATION)
        return self.filter(its if owner == Actor.ADMINISTRATION else ~its)

    def matching(self, text: str) -> Self:
        """Letters whose number, addressee or matter contains every word of the text."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                Q(number__icontains=word) | Q(addressee__icontains=word) | Q(matter__icontains=word)
            )
        return rows

    def locked(self, pk: int) -> OfficialLetter:
        return self.select_for_update(of=("self",)).get(pk=pk)


class OfficialLetter(Lifecycle):
    """A numbered letter as it was issued. Only its service and its withdrawal come later; what
    was wrong in it is put right by another letter.
    """

    number = models.CharField(_("letter number"), max_length=60, unique=True)
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind"), max_length=60)
    actor = models.CharField(_("issued for"), max_length=16, choices=Actor)
    template = models.ForeignKey(
        LetterTemplate,
        verbose_name=_("template"),
        on_delete=models.PROTECT,
        related_name="letters",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200)
    office_name = models.CharField(_("name of the office"), max_length=200)
    addressee = models.CharField(_("addressee"), max_length=200)
    address = models.CharField(_("address"), max_length=200, blank=True)
    matter = models.CharField(_("matter"), max_length=120)
    url = models.CharField(_("link"), max_length=200, blank=True)
    context = models.JSONField(_("facts stated"), encoder=DjangoJSONEncoder)
    body = models.TextField(_("text as issued"))
    pdf = models.FileField("PDF", upload_to="letters/%Y/%m/", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"))
    docx = models.FileField(
        _("Word document"), upload_to="letters/%Y/%m/", max_length=200, blank=True
    )
    code = models.CharField(_("verification code"), max_length=20, unique=True)
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when the program acted by itself."),
    )
    state = StateField(_("state"), choices=LetterState.choices, default=_STATE.ISSUED)
    served_on = models.DateField(_("served on"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    objects = OfficialLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("official letter")
        verbose_name_plural = _("official letters")
        ordering = ["-issued_on", "-pk"]
        indexes = [
            models.Index(name="officialletter_by_day", fields=["issued_on", "id"]),
            models.Index(name="officialletter_by_matter", fields=["matter"]),
            models.Index(name="officialletter_newest", fields=["-issued_at", "-id"]),
            *(
                GinIndex(OpClass(Upper(name), "gin_trgm_ops"), name=f"officialletter_{name}_parts")
                for name in ("number", "addressee", "matter")
            ),
            models.Index(name="officialletter_by_kind", fields=["kind", "issued_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="officialletter_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="officialletter_year_is_of_its_day", condition=Q(issued_on__year=F("year"))
            ),
            models.CheckConstraint(
                name="officialletter_served_has_its_day",
                condition=Q(state=_STATE.ISSUED, served_on__isnull=True)
                | Q(state=_STATE.SERVED, served_on__isnull=False)
                | Q(state=_STATE.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="officialletter_served_not_before_its_day",
                condition=Q(served_on__isnull=True) | Q(served_on__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="officialletter_withdrawn_has_its_reason",
                condition=(
                    Q(state=_STATE.WITHDRAWN)
                    & Q(withdrawn_on__isnull=False, withdrawn_at__isnull=False)
                    & Q(withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reason="")
                )
                | (
                    ~Q(state=_STATE.WITHDRAWN)
                    & Q(withdrawn_on__isnull=True, withdrawn_at__isnull=True)
                    & Q(withdrawn_by__isnull=True, withdrawal_reason="")
                ),
            ),
            models.CheckConstraint(
                name="officialletter_never_corrects_itself",
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("id")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("issued", "served"),
                    ("issued", "withdrawn"),
                    ("served", "withdrawn"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="as_it_was_issued",
                exclude=[
                    "state",
                    "served_on",
                    "withdrawn_on",
                    "withdrawn_at",
                    "withdrawn_by",
                    "withdrawal_reason",
                ],
            ),
            pgtrigger.Protect(
                name="served_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.served_on IS NOT NULL AND OLD.served_on IS DISTINCT FROM NEW.served_on)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:letter", args=[self.pk])

    @property
    def the_kind(self) -> LetterKind | None:
        """The kind as the program knows it; None if it no longer does."""
        return KINDS.get(self.kind)

    @property
    def kind_label(self) -> str | Promise:
        return self.the_kind.label if self.the_kind else self.kind

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "correction")

    @property
    def original(self) -> OfficialLetter:
        """The first letter of a chain of corrections; the letter itself if it corrects none."""
        return self.corrects.original if self.corrects else self

    @property
    def open_service(self) -> LetterService | None:
        """The attempt at service that is under way, if one is."""
        return next((each for each in self.services.all() if each.state == "pending"), None)

    @transition(field=state, source=_STATE.ISSUED, target=_STATE.SERVED)
    def serve(self, *, on: date) -> None:
        self.served_on = on

    @transition(field=state, source=[_STATE.ISSUED, _STATE.SERVED], target=_STATE.WITHDRAWN)
    def withdraw(self, *, by: User, on: date, at: datetime, reason: str) -> None:
        self.withdrawn_by, self.withdrawn_on, self.withdrawn_at = by, on, at
        self.withdrawal_reason = reason


class LetterTransition(TransitionRecord):
    subject = models.ForeignKey(
        OfficialLetter, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a letter")
        verbose_name_plural = _("transitions of letters")
