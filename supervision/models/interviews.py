from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.enums import Actor
from agency.models import Attachment, Lifecycle, OfficialLetter, StateField, TransitionRecord
from agency.powers import only_of
from institutions.models import ResponsiblePerson
from institutions.models.letters import letter_key
from supervision.enums.interviews import InterviewState
from supervision.models.case import Case
from supervision.models.measure import CaseMeasure
from supervision.querysets.interviews import CommitmentQuerySet, InterviewQuerySet

_STATE = InterviewState
_CALLED = [_STATE.CALLED, _STATE.HELD, _STATE.MISSED]


class Interview(Lifecycle):
    """An interview the decision of a case orders (Order 2 art. 38 (1)): whom it calls, when,
    where and about what. Each call is one row; who does not appear is called again.
    """

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="interviews"
    )
    measure = models.ForeignKey(
        CaseMeasure,
        verbose_name=_("measure"),
        on_delete=models.PROTECT,
        related_name="interviews",
    )
    attempt = models.PositiveSmallIntegerField(_("call"), default=1)
    state = StateField(_("state"), choices=InterviewState.choices, default=_STATE.TO_CALL)
    meets_at = models.DateTimeField(_("time of the interview"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    topics = models.TextField(_("topics of the interview"), blank=True)
    persons = models.ManyToManyField(
        ResponsiblePerson, verbose_name=_("persons called"), blank=True, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="interview",
    )
    ordered_on = models.DateField(_("ordered on"))
    absence = models.TextField(_("who did not appear, and why"), blank=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-ordered_on", "-pk"]
        constraints = [
            models.UniqueConstraint(name="interview_call_once", fields=["measure", "attempt"]),
            models.UniqueConstraint(
                name="interview_one_under_way",
                fields=["measure"],
                condition=Q(state__in=[_STATE.TO_CALL, _STATE.CALLED]),
            ),
            models.CheckConstraint(
                name="interview_called_has_its_facts",
                condition=~Q(state__in=_CALLED)
                | (Q(meets_at__isnull=False) & ~Q(place="") & ~Q(topics="")),
            ),
            models.CheckConstraint(
                name="interview_missed_says_who",
                condition=(Q(state=_STATE.MISSED) & ~Q(absence=""))
                | (~Q(state=_STATE.MISSED) & Q(absence="")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_steps",
                field="state",
                transitions=[
                    (_STATE.TO_CALL.value, _STATE.CALLED.value),
                    (_STATE.CALLED.value, _STATE.HELD.value),
                    (_STATE.CALLED.value, _STATE.MISSED.value),
                    (_STATE.TO_CALL.value, _STATE.ANNULLED.value),
                    (_STATE.CALLED.value, _STATE.ANNULLED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self._meta.verbose_name} {self.attempt}"

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:interview", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("supervision_portal:interview", args=[self.pk])

    @transition(field=state, source=_STATE.TO_CALL, target=_STATE.CALLED)
    def call(self, *, meets_at: datetime, place: str, topics: str) -> None:
        self.meets_at, self.place, self.topics = meets_at, place, topics

    @transition(field=state, source=_STATE.CALLED, target=_STATE.HELD)
    def hold(self) -> None:
        pass

    @transition(field=state, source=_STATE.CALLED, target=_STATE.MISSED)
    def miss(self, *, absence: str) -> None:
        self.absence = absence

    @transition(field=state, source=[_STATE.TO_CALL, _STATE.CALLED], target=_STATE.ANNULLED)
    def annul(self) -> None:
        pass


class InterviewTransition(TransitionRecord):
    subject = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an interview")
        verbose_name_plural = _("transitions of interviews")


class InterviewRecord(models.Model):
    """What was said at an interview, who was there, signed by both sides. Written once."""

    interview = models.OneToOneField(
        Interview, verbose_name=_("interview"), on_delete=models.PROTECT, related_name="record"
    )
    held_at = models.DateTimeField(_("held at"))
    agency_people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("present for the agency"), related_name="+"
    )
    persons = models.ManyToManyField(
        ResponsiblePerson, verbose_name=_("responsible persons present"), related_name="+"
    )
    others = models.CharField(_("others present for the institution"), max_length=300, blank=True)
    content = models.TextField(_("content of the interview"))
    files = models.ManyToManyField(Attachment, verbose_name=_("signed record"), related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("record of an interview")
        verbose_name_plural = _("records of interviews")
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="interviewrecord_says_something", condition=~Q(content=""))
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            only_of(Actor.AGENCY, "recorded_by"),
        ]

    def __str__(self) -> str:
        return str(self.interview)


class InterviewCommitment(models.Model):
    """What the institution promised at an interview, by when, and whether it was done."""

    record = models.ForeignKey(
        InterviewRecord,
        verbose_name=_("record of an interview"),
        on_delete=models.PROTECT,
        related_name="commitments",
    )
    text = models.TextField(pgettext_lazy("interview", "promised"))
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(pgettext_lazy("interview", "done on"), null=True, blank=True)
    done_note = models.TextField(_("how it was checked"), blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("checked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment made at an interview")
        verbose_name_plural = _("commitments made at interviews")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="interviewcommitment_has_a_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="interviewcommitment_done_has_its_facts",
                condition=Q(done_on__isnull=True, checked_by__isnull=True, done_note="")
                | (Q(done_on__isnull=False, checked_by__isnull=False) & ~Q(done_note="")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text
