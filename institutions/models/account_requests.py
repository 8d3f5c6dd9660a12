from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord, User
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.register import Kind
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.querysets.account_requests import AccountRequestQuerySet

_WAITING, _OPENED = AccountRequestState.WAITING, AccountRequestState.OPENED
_DECIDED = [
    AccountRequestState.APPROVED,
    AccountRequestState.REVIEWED,
    AccountRequestState.REJECTED,
]


class AccountRequest(Lifecycle):
    """A stranger's request for an account of an institution, made without paper (C-08).

    What was asked stays as it was asked; whether the register says the same is for whoever
    decides to see. The account exists from the start, so that its user name is taken once; it
    opens nothing while the request waits.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    state = StateField(_("state"), choices=AccountRequestState.choices, default=_WAITING)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="account_requests",
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        related_name="account_request",
    )
    institution_name = models.CharField(_("name of the institution"), max_length=200)
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    national_code = models.CharField(_("national code"), max_length=12, blank=True)
    licence_no = models.CharField(_("licence number"), max_length=40)
    kind = models.CharField(_("type"), max_length=30, choices=Kind)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("registered address"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=40)
    email = models.EmailField(_("e-mail"), blank=True)
    username = models.CharField(_("user name"), max_length=150)
    licence = models.ForeignKey(
        Attachment,
        verbose_name=_("scan of the licence"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked at"))
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

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("account request")
        verbose_name_plural = _("account requests")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="accountrequest_number_has_its_form",
                condition=Q(number__regex=r"^REG-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="accountrequest_credit_code_is_gb32100",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
            models.CheckConstraint(
                name="accountrequest_decision_has_its_facts",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="accountrequest_refusal_has_its_reason",
                condition=~Q(state=AccountRequestState.REJECTED) | ~Q(decision_reason=""),
            ),
            models.CheckConstraint(
                name="accountrequest_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("account")),
            ),
        ]
        indexes = [
            models.Index(name="accountrequest_by_day", fields=["-asked_at", "-id"]),
            models.Index(
                name="accountrequest_to_decide",
                fields=["decision_due_on"],
                condition=Q(state__in=[_WAITING, _OPENED]),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_WAITING.value, AccountRequestState.APPROVED.value),
                    (_WAITING.value, AccountRequestState.REJECTED.value),
                    (_OPENED.value, AccountRequestState.REVIEWED.value),
                    (_OPENED.value, AccountRequestState.REJECTED.value),
                ],
            ),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=[
                    "number",
                    "institution",
                    "account",
                    "institution_name",
                    "credit_code",
                    "national_code",
                    "licence_no",
                    "kind",
                    "region",
                    "address",
                    "contact_name",
                    "phone",
                    "email",
                    "username",
                    "licence",
                    "asked_at",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:account_request", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:account_request", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in (_WAITING, _OPENED)

    @property
    def is_waiting(self) -> bool:
        return self.state == _WAITING

    @transition(field=state, source=_WAITING, target=AccountRequestState.APPROVED)
    def approve(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=_OPENED, target=AccountRequestState.REVIEWED)
    def review(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=[_WAITING, _OPENED], target=AccountRequestState.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason


class AccountRequestTransition(TransitionRecord):
    subject = models.ForeignKey(
        AccountRequest, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an account request")
        verbose_name_plural = _("transitions of account requests")
