from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord, User
from agreements.enums.texts import UNFILED, FilingState
from agreements.models.agreement import Agreement
from agreements.models.supplements import Supplement
from agreements.querysets.texts import AgreementFilingQuerySet
from institutions.models.letters import letter_key

_STATE = FilingState


class AgreementFiling(Lifecycle):
    """The filing of a signed agreement with the administration of the same level (A-09, Order 7
    art. 4). It exists from the signature on, and is due within some days.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="filings",
    )
    supplement = models.ForeignKey(
        Supplement,
        verbose_name=_("supplementary agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="filings",
    )
    state = StateField(_("state"), choices=FilingState.choices, default=FilingState.DUE)
    created_at = models.DateTimeField(_("created at"))
    due_on = models.DateField(_("to be filed by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.TextField(_("note"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.TextField(_("answer of the administration"), blank=True)

    objects = AgreementFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing of an agreement")
        verbose_name_plural = _("filings of agreements")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreementfiling_number_has_its_form",
                condition=Q(number__regex=r"^AGF-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="agreementfiling_of_one_thing",
                condition=Q(agreement__isnull=False, supplement__isnull=True)
                | Q(agreement__isnull=True, supplement__isnull=False),
            ),
            models.UniqueConstraint(name="agreementfiling_once", fields=["agreement"]),
            models.UniqueConstraint(
                name="agreementfiling_once_of_a_supplement", fields=["supplement"]
            ),
            models.CheckConstraint(
                name="agreementfiling_filed_has_its_facts",
                condition=Q(state=_STATE.DUE, filed_at__isnull=True, filed_by__isnull=True)
                | (~Q(state=_STATE.DUE) & Q(filed_at__isnull=False, filed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="agreementfiling_answer_has_its_facts",
                condition=Q(state__in=[_STATE.DUE, _STATE.FILED])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="agreementfiling_sent_back_with_its_reason",
                condition=~Q(state=_STATE.RETURNED) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="agreementfiling_answered_by_another",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("filed_by")),
            ),
        ]
        indexes = [
            models.Index(
                name="agreementfiling_to_file",
                fields=["due_on"],
                condition=Q(state__in=UNFILED),
            ),
            models.Index(
                name="agreementfiling_to_answer",
                fields=["filed_at"],
                condition=Q(state=FilingState.FILED),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.DUE.value, _STATE.FILED.value),
                    (_STATE.FILED.value, _STATE.ACKNOWLEDGED.value),
                    (_STATE.FILED.value, _STATE.RETURNED.value),
                    (_STATE.RETURNED.value, _STATE.FILED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:filing", args=[self.number])

    @property
    def parent(self) -> Agreement:
        """The agreement itself, or the one the supplement hangs on."""
        return self.agreement or self.supplement.agreement  # type: ignore[union-attr]

    @property
    def subject_matter(self) -> Agreement | Supplement:
        return self.agreement or self.supplement  # type: ignore[return-value]

    @transition(field=state, source=[_STATE.DUE, _STATE.RETURNED], target=_STATE.FILED)
    def file(self, *, by: User, at: datetime, note: str) -> None:
        self.filed_by, self.filed_at, self.note = by, at, note
        self.answered_by, self.answered_at, self.answer = None, None, ""

    @transition(field=state, source=_STATE.FILED, target=_STATE.ACKNOWLEDGED)
    def acknowledge(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer

    @transition(field=state, source=_STATE.FILED, target=_STATE.RETURNED)
    def send_back(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer


class AgreementFilingTransition(TransitionRecord):
    subject = models.ForeignKey(
        AgreementFiling, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a filing")
        verbose_name_plural = _("transitions of filings")
