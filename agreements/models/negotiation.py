from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, User
from agreements.enums.texts import ProposalState, Side, SigningMethod
from agreements.models.texts import AgreementText, TextClause
from agreements.querysets.texts import ClauseProposalQuerySet, SignatureQuerySet


class ClauseProposal(Lifecycle):
    """Another wording of a clause, proposed by one side, answered by the other. A counter-proposal
    answers it with a wording of its own.
    """

    clause = models.ForeignKey(
        TextClause, verbose_name=_("clause"), on_delete=models.PROTECT, related_name="proposals"
    )
    side = models.CharField(_("proposed by the side of"), max_length=12, choices=Side)
    state = StateField(_("state"), choices=ProposalState.choices, default=ProposalState.OPEN)
    replaced = models.TextField(_("wording until then"))
    body = models.TextField(_("wording proposed"))
    reason = models.TextField(_("reason"))
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    counters = models.OneToOneField(
        "self",
        verbose_name=_("answers"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="countered_by",
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.TextField(_("answer"), blank=True)

    objects = ClauseProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal about a clause")
        verbose_name_plural = _("proposals about clauses")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="clauseproposal_one_open",
                fields=["clause"],
                condition=Q(state=ProposalState.OPEN),
            ),
            models.CheckConstraint(
                name="clauseproposal_says_something", condition=~Q(body="") & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="clauseproposal_answer_has_its_facts",
                condition=Q(
                    state=ProposalState.OPEN, answered_at__isnull=True, answered_by__isnull=True
                )
                | (
                    ~Q(state=ProposalState.OPEN)
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="clauseproposal_answered_by_the_other_side",
                condition=Q(state__in=[ProposalState.OPEN, ProposalState.WITHDRAWN])
                | ~Q(answered_by=F("proposed_by")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (ProposalState.OPEN.value, each.value)
                    for each in (
                        ProposalState.ACCEPTED,
                        ProposalState.REFUSED,
                        ProposalState.COUNTERED,
                        ProposalState.WITHDRAWN,
                    )
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.clause)

    @transition(field=state, source=ProposalState.OPEN, target=ProposalState.ACCEPTED)
    def accept(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer

    @transition(field=state, source=ProposalState.OPEN, target=ProposalState.REFUSED)
    def refuse(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer

    @transition(field=state, source=ProposalState.OPEN, target=ProposalState.COUNTERED)
    def counter(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer

    @transition(field=state, source=ProposalState.OPEN, target=ProposalState.WITHDRAWN)
    def withdraw(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer


class Signature(models.Model):
    """The signature of one side's authorised signatory under the digest of a text. On paper, the
    signatory may have no account: `user` then stays empty, and who entered it is kept.
    """

    text = models.ForeignKey(
        AgreementText, verbose_name=_("text"), on_delete=models.PROTECT, related_name="signatures"
    )
    side = models.CharField(_("side"), max_length=12, choices=Side)
    method = models.CharField(_("signed"), max_length=20, choices=SigningMethod)
    name = models.CharField(_("name of the signatory"), max_length=80)
    position = models.CharField(_("office of the signatory"), max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account of the signatory"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    authority = models.ForeignKey(
        Attachment,
        verbose_name=_("power of attorney"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sha256 = models.CharField(_("SHA-256 signed"), max_length=64)
    signed_at = models.DateTimeField(_("signed at"))
    second_factor = models.BooleanField(_("confirmed by a one-time code"), default=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="signature_one_a_side",
                fields=["text", "side"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="signature_of_two_persons",
                fields=["text", "user"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="signature_electronic_has_its_account",
                condition=Q(method=SigningMethod.PAPER) | Q(user__isnull=False),
            ),
            models.CheckConstraint(
                name="signature_names_its_signatory", condition=~Q(name="") & ~Q(position="")
            ),
            models.CheckConstraint(
                name="signature_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="signature_withdrawn_has_its_facts",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="is_fixed", exclude=["withdrawn_at", "withdrawn_by"]),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.withdrawn_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    def withdraw(self, *, by: User, at: datetime) -> None:
        self.withdrawn_by, self.withdrawn_at = by, at
