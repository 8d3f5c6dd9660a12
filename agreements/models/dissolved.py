from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, OfficialLetter, Region, StateField, TransitionRecord, User
from agreements.enums.cascade import EntryState
from agreements.enums.life import DissolutionGround
from agreements.models.agreement import Agreement
from agreements.querysets.cascade import DissolvedEntryQuerySet
from institutions.models.letters import letter_key

_STATE = EntryState
_SHOWN = [_STATE.PUBLISHED, _STATE.TO_WITHDRAW, _STATE.WITHDRAWN]


class DissolvedEntry(Lifecycle):
    """A line of the public list of dissolved agreements (B-14): name and code as they were, the
    day and the number of the ground. It comes into being with the dissolution; an annulled one is
    withdrawn with an explanation (C-04).
    """

    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="dissolved_entries",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=EntryState.choices, default=EntryState.PENDING)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("national code"), max_length=12)
    ground = models.PositiveSmallIntegerField(_("ground of dissolution"), choices=DissolutionGround)
    by_cascade = models.BooleanField(_("followed the home region"), default=False)
    dissolved_on = models.DateField(_("dissolved on"))
    letter = models.ForeignKey(
        OfficialLetter,
        verbose_name=_("decision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    served_on = models.DateField(_("decision served on"), null=True, blank=True)
    publish_due_on = models.DateField(_("to be published by"), null=True, blank=True)
    publish_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    publish_due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    annulled_on = models.DateField(_("annulled on"), null=True, blank=True)
    withdraw_due_on = models.DateField(_("to be withdrawn by"), null=True, blank=True)
    withdraw_due_basis = models.JSONField(
        _("basis of the deadline to withdraw"), default=dict, blank=True
    )
    withdraw_due_provisional = models.BooleanField(
        _("deadline to withdraw is provisional"), default=False
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
    explanation = models.TextField(_("explanation"), blank=True)

    objects = DissolvedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry in the list of dissolved agreements")
        verbose_name_plural = _("entries in the list of dissolved agreements")
        ordering = ["-dissolved_on", "-pk"]
        indexes = [
            models.Index(name="dissolvedentry_by_day", fields=["-dissolved_on", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="dissolvedentry_one_alive",
                fields=["agreement"],
                condition=Q(annulled_on__isnull=True),
            ),
            models.CheckConstraint(
                name="dissolvedentry_published_has_its_facts",
                condition=Q(
                    state__in=_SHOWN,
                    published_on__isnull=False,
                    published_at__isnull=False,
                    published_by__isnull=False,
                )
                | (~Q(state__in=_SHOWN) & Q(published_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="dissolvedentry_annulled_has_its_facts",
                condition=Q(state__in=[_STATE.PENDING, _STATE.PUBLISHED], annulled_on__isnull=True)
                | Q(state=_STATE.VOID, annulled_on__isnull=False)
                | Q(
                    state__in=[_STATE.TO_WITHDRAW, _STATE.WITHDRAWN],
                    annulled_on__isnull=False,
                    withdraw_due_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="dissolvedentry_withdrawn_is_explained",
                condition=~Q(state=_STATE.WITHDRAWN)
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(explanation="")),
            ),
            models.CheckConstraint(
                name="dissolvedentry_due_from_service",
                condition=Q(served_on__isnull=True, publish_due_on__isnull=True)
                | Q(served_on__isnull=False, publish_due_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.PENDING.value, _STATE.PUBLISHED.value),
                    (_STATE.PENDING.value, _STATE.VOID.value),
                    (_STATE.PUBLISHED.value, _STATE.TO_WITHDRAW.value),
                    (_STATE.TO_WITHDRAW.value, _STATE.WITHDRAWN.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_it_says_is_fixed",
                fields=["agreement", "name", "code", "ground", "dissolved_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.dissolved_on}"

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:dissolved_entry", args=[self.pk])

    @transition(field=state, source=_STATE.PENDING, target=_STATE.PUBLISHED)
    def publish(self, *, by: User, on: date, at: datetime) -> None:
        self.published_by, self.published_on, self.published_at = by, on, at

    @transition(field=state, source=_STATE.PENDING, target=_STATE.VOID)
    def void(self, *, on: date) -> None:
        self.annulled_on = on

    @transition(field=state, source=_STATE.PUBLISHED, target=_STATE.TO_WITHDRAW)
    def call_back(self, *, on: date) -> None:
        self.annulled_on = on

    @transition(field=state, source=_STATE.TO_WITHDRAW, target=_STATE.WITHDRAWN)
    def withdraw(self, *, by: User, on: date, at: datetime, explanation: str) -> None:
        self.withdrawn_by, self.withdrawn_on, self.withdrawn_at = by, on, at
        self.explanation = explanation


class DissolvedEntryTransition(TransitionRecord):
    subject = models.ForeignKey(
        DissolvedEntry, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an entry in the list of dissolved agreements")
        verbose_name_plural = _("transitions of entries in the list of dissolved agreements")
