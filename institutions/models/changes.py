from datetime import datetime

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
    StateField,
    TransitionRecord,
    User,
)
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models.institution import Institution, shown_value
from institutions.models.letters import letter_key
from institutions.querysets.changes import ChangeRequestQuerySet

_DECIDED = [ChangeState.APPROVED, ChangeState.REJECTED]
_WITHDRAWN = ChangeState.WITHDRAWN
ACCOUNT_FIELDS = (ChangeField.BANK_ACCOUNT, ChangeField.BANK_NAME)
# Of a column with values of many fields, what is encrypted: those of the account.
SECRET_VALUES = ("field", [ChangeField.BANK_ACCOUNT.value])


class ChangeRequest(Lifecycle):
    """A change of information an institution files (B-13a, Order 2 art. 40): one or several
    fields, each due some working days after the authority's approval, the earliest deadline
    counting; a late one is accepted with a warning.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="changes"
    )
    state = StateField(_("state"), choices=ChangeState.choices, default=ChangeState.FILED)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    filing_due_on = models.DateField(_("to be filed by"))
    filing_due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    is_late = models.BooleanField(_("filed late"), default=False)
    explanation = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence of the change"), blank=True, related_name="+"
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

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of information")
        verbose_name_plural = _("changes of information")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="changerequest_decision_has_its_facts",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="changerequest_number_has_its_form",
                condition=Q(number__regex=r"^CHG-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="changerequest_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("filed_by")),
            ),
        ]
        indexes = [
            models.Index(name="changerequest_by_filing", fields=["-filed_at", "-id"]),
            models.Index(
                name="changerequest_waiting",
                fields=["decision_due_on"],
                condition=Q(state=ChangeState.FILED),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (ChangeState.FILED.value, state.value) for state in [*_DECIDED, _WITHDRAWN]
                ],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:change", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:change", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == ChangeState.FILED

    @property
    def changes_account(self) -> bool:
        """Whether money will go elsewhere once this is approved. Reads the items."""
        return any(each.field in ACCOUNT_FIELDS for each in self.items.all())

    @transition(field=state, source=ChangeState.FILED, target=ChangeState.APPROVED)
    def approve(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ChangeState.FILED, target=ChangeState.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ChangeState.FILED, target=ChangeState.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class ChangeItem(models.Model):
    request = models.ForeignKey(
        ChangeRequest, verbose_name=_("change"), on_delete=models.PROTECT, related_name="items"
    )
    field = models.CharField(_("field"), max_length=40, choices=ChangeField)
    old_value = EncryptedCharField(_("old value"), max_length=500, blank=True, when=SECRET_VALUES)
    new_value = EncryptedCharField(_("new value"), max_length=500, when=SECRET_VALUES)
    approved_on = models.DateField(
        _("approved on"), help_text=_("The day the competent authority approved the change.")
    )

    class Meta:
        verbose_name = _("changed field")
        verbose_name_plural = _("changed fields")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="changeitem_field_once", fields=["request", "field"]),
            models.CheckConstraint(
                name="changeitem_changes_something", condition=~Q(new_value=F("old_value"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old_masked} → {self.new_masked}"

    @property
    def column(self) -> str:
        return ChangeField(self.field).column

    @property
    def old_shown(self) -> str:
        return shown_value(self.column, self.old_value)

    @property
    def new_shown(self) -> str:
        return shown_value(self.column, self.new_value)

    @property
    def is_secret(self) -> bool:
        """Whether the values are shown for a purpose only."""
        return self.field in SECRET_VALUES[1]

    @property
    def old_masked(self) -> str:
        """The stored value, or what is shown of a secret one."""
        return self.old_shown if self.is_secret else self.old_value

    @property
    def new_masked(self) -> str:
        return self.new_shown if self.is_secret else self.new_value


class ChangeTransition(TransitionRecord):
    subject = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a change")
        verbose_name_plural = _("transitions of changes")
