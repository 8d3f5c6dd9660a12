from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, User
from institutions.enums.changes import CommitmentState
from institutions.models.changes import ChangeRequest
from institutions.querysets.changes import AddressCommitmentQuerySet


class AddressCommitment(Lifecycle):
    """What an institution signed instead of a new assessment when it moved within the named
    districts (C-09, R5): that the new place complies. It is verified on site afterwards, by a
    deadline counted from the day the move took effect. Its steps stand in the change's history.
    """

    change = models.OneToOneField(
        ChangeRequest,
        verbose_name=_("change of information"),
        on_delete=models.PROTECT,
        related_name="commitment",
    )
    state = StateField(_("state"), choices=CommitmentState.choices, default=CommitmentState.SIGNED)
    text = models.TextField(_("text that was signed"))
    signed_name = models.CharField(_("name signed"), max_length=80)
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    check_due_on = models.DateField(_("to be verified by"), null=True, blank=True)
    check_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    found_at = models.DateTimeField(_("finding recorded at"), null=True, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("finding recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    findings = models.TextField(_("findings on site"), blank=True)
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence from the site"), blank=True, related_name="+"
    )

    objects = AddressCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment for a new address")
        verbose_name_plural = _("commitments for new addresses")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="addresscommitment_is_signed", condition=~Q(text="") & ~Q(signed_name="")
            ),
            models.CheckConstraint(
                name="addresscommitment_finding_has_its_facts",
                condition=Q(
                    state=CommitmentState.SIGNED,
                    visited_on__isnull=True,
                    found_at__isnull=True,
                    found_by__isnull=True,
                    findings="",
                )
                | (
                    Q(
                        state__in=[CommitmentState.TRUE, CommitmentState.FALSE],
                        visited_on__isnull=False,
                        found_at__isnull=False,
                        found_by__isnull=False,
                    )
                    & ~Q(findings="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="addresscommitment_to_verify",
                fields=["check_due_on"],
                condition=Q(state=CommitmentState.SIGNED),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="signed_text_is_fixed",
                fields=["change", "text", "signed_name", "signed_at", "signed_by"],
            ),
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (CommitmentState.SIGNED.value, CommitmentState.TRUE.value),
                    (CommitmentState.SIGNED.value, CommitmentState.FALSE.value),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.change.number

    def get_absolute_url(self) -> str:
        return self.change.get_absolute_url()

    def get_portal_url(self) -> str:
        return self.change.get_portal_url()

    @property
    def is_to_verify(self) -> bool:
        return self.state == CommitmentState.SIGNED and self.check_due_on is not None

    @transition(field=state, source=CommitmentState.SIGNED, target=CommitmentState.TRUE)
    def confirm(self, *, by: User, at: datetime, visited_on: date, findings: str) -> None:
        self._find(by=by, at=at, visited_on=visited_on, findings=findings)

    @transition(field=state, source=CommitmentState.SIGNED, target=CommitmentState.FALSE)
    def refute(self, *, by: User, at: datetime, visited_on: date, findings: str) -> None:
        self._find(by=by, at=at, visited_on=visited_on, findings=findings)

    def _find(self, *, by: User, at: datetime, visited_on: date, findings: str) -> None:
        self.found_by, self.found_at = by, at
        self.visited_on, self.findings = visited_on, findings
