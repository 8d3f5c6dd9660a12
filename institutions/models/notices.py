from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Attachment,
    EncryptedCharField,
    Lifecycle,
    OfficialLetter,
    Region,
    StateField,
    TransitionRecord,
    User,
)
from institutions.enums.notices import (
    DECIDED,
    AssessedResult,
    FilingState,
    NoticeState,
    ObjectionState,
)
from institutions.enums.register import Kind, Level
from institutions.models.applications import DesignationApplication
from institutions.models.guards import ONLY_DURING_THE_NOTICE
from institutions.models.letters import letter_key
from institutions.querysets.notices import (
    ObjectionQuerySet,
    PublicNoticeQuerySet,
    ResultFilingQuerySet,
    ResultToFileQuerySet,
)


class ResultFiling(Lifecycle):
    """The filing of assessment results with the administration of the same level (A-06, Order 2
    art. 9): for record, nobody approves anything. Its number is that of its letter.
    """

    number = models.CharField(_("number"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=FilingState.choices, default=FilingState.FILED)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    remark = models.TextField(_("remark of the administration"), blank=True)

    objects = ResultFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing of assessment results")
        verbose_name_plural = _("filings of assessment results")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="resultfiling_acknowledgement_has_its_facts",
                condition=Q(
                    state=FilingState.FILED,
                    acknowledged_at__isnull=True,
                    acknowledged_by__isnull=True,
                )
                | Q(
                    state=FilingState.ACKNOWLEDGED,
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(name="resultfiling_by_filing", fields=["-filed_at", "-id"])]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(FilingState.FILED.value, FilingState.ACKNOWLEDGED.value)],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:filing", args=[self.pk])

    @transition(field=state, source=FilingState.FILED, target=FilingState.ACKNOWLEDGED)
    def acknowledge(self, *, by: User, at: datetime, remark: str) -> None:
        self.acknowledged_by, self.acknowledged_at, self.remark = by, at, remark


class ResultFilingTransition(TransitionRecord):
    subject = models.ForeignKey(ResultFiling, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a filing of results")
        verbose_name_plural = _("transitions of filings of results")


class ResultToFile(models.Model):
    """One result of an assessment, to be filed with the administration by a day."""

    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="results_to_file",
    )
    result = models.CharField(_("result"), max_length=10, choices=AssessedResult)
    decided_on = models.DateField(_("decided on"))
    due_on = models.DateField(_("to be filed by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    filing = models.ForeignKey(
        ResultFiling,
        verbose_name=_("filing"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="results",
    )

    objects = ResultToFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment result to be filed")
        verbose_name_plural = _("assessment results to be filed")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                name="resulttofile_waiting", fields=["due_on"], condition=Q(filing__isnull=True)
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="filed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.filing_id IS NOT NULL AND OLD.filing_id IS DISTINCT FROM NEW.filing_id"
                ),
                func="RAISE EXCEPTION 'result %: filed once', OLD.id USING"
                " ERRCODE = 'check_violation', CONSTRAINT = 'resulttofile_filed_once';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_result_display()}"


class PublicNotice(Lifecycle):
    """The public notice of institutions that passed the assessment (A-08, Order 2 art. 9): until
    the end of its last day anybody may object. Its number is that of its letter.
    """

    number = models.CharField(_("number"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=NoticeState.choices, default=NoticeState.OPEN)
    posted_on = models.DateField(_("posted on"))
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("posted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    ends_on = models.DateField(_("last day for objections"))
    ends_basis = models.JSONField(_("basis of the last day"), default=dict)
    ended_on = models.DateField(_("over from"), null=True, blank=True)

    objects = PublicNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        ordering = ["-posted_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="publicnotice_lasts_after_posting", condition=Q(ends_on__gt=F("posted_on"))
            ),
            models.CheckConstraint(
                name="publicnotice_over_after_its_last_day",
                condition=Q(state=NoticeState.OPEN, ended_on__isnull=True)
                | Q(state=NoticeState.OVER, ended_on__gt=F("ends_on")),
            ),
        ]
        indexes = [
            models.Index(name="publicnotice_by_posting", fields=["-posted_on", "-id"]),
            models.Index(
                name="publicnotice_open", fields=["ends_on"], condition=Q(state=NoticeState.OPEN)
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(NoticeState.OPEN.value, NoticeState.OVER.value)],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:notice", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("institutions_public:notice", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == NoticeState.OPEN

    def takes_objections_on(self, day: date) -> bool:
        return self.is_open and self.posted_on <= day <= self.ends_on

    @transition(field=state, source=NoticeState.OPEN, target=NoticeState.OVER)
    def end(self, *, on: date) -> None:
        self.ended_on = on


class PublicNoticeTransition(TransitionRecord):
    subject = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a public notice")
        verbose_name_plural = _("transitions of public notices")


class NoticeEntry(models.Model):
    """An applicant in a public notice, as it was posted: what is on the notice never changes."""

    notice = models.ForeignKey(
        PublicNotice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="entries"
    )
    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="notice_entries",
    )
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    kind = models.CharField(_("category"), max_length=40, choices=Kind, blank=True)
    level = models.CharField(_("level"), max_length=40, choices=Level, blank=True)

    class Meta:
        verbose_name = _("applicant in a public notice")
        verbose_name_plural = _("applicants in public notices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="noticeentry_once_in_a_notice", fields=["notice", "application"]
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name


class Objection(Lifecycle):
    """What somebody holds against an applicant in a public notice. Who it was is shown to those
    who decide alone; the applicant reads the text and may comment on it.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    entry = models.ForeignKey(
        NoticeEntry,
        verbose_name=_("applicant"),
        on_delete=models.PROTECT,
        related_name="objections",
    )
    state = StateField(_("state"), choices=ObjectionState.choices, default=ObjectionState.UNDECIDED)
    objector = EncryptedCharField(_("name of the objector"), max_length=80, blank=True)
    contact = EncryptedCharField(_("contact"), max_length=120, blank=True)
    text = models.TextField(_("objection"))
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence"), blank=True, related_name="+"
    )
    received_on = models.DateField(_("received on"))
    received_at = models.DateTimeField(_("received at"))
    comment = models.TextField(_("comment of the applicant"), blank=True)
    commented_at = models.DateTimeField(_("commented at"), null=True, blank=True)
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("commented by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_due_on = models.DateField(_("to be decided by"))
    decision_due_basis = models.JSONField(_("basis of the decision's deadline"), default=dict)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_number_has_its_form",
                condition=Q(number__regex=r"^OBJ-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(name="objection_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="objection_decision_has_its_facts",
                condition=(
                    Q(state__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                )
                | Q(
                    state=ObjectionState.UNDECIDED,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decision_reason="",
                ),
            ),
        ]
        indexes = [
            models.Index(name="objection_by_receipt", fields=["-received_at", "-id"]),
            models.Index(
                name="objection_undecided",
                fields=["decision_due_on"],
                condition=Q(state=ObjectionState.UNDECIDED),
            ),
        ]
        triggers = [
            ONLY_DURING_THE_NOTICE,
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(ObjectionState.UNDECIDED.value, state.value) for state in DECIDED],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:objection", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:objection", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == ObjectionState.UNDECIDED

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.UPHELD)
    def uphold(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.INADMISSIBLE)
    def dismiss(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason


class ObjectionTransition(TransitionRecord):
    subject = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an objection")
        verbose_name_plural = _("transitions of objections")
