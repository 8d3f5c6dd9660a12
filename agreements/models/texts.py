from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, TransitionRecord
from agreements.enums.templates import HandlingMeasure, TextKind
from agreements.enums.texts import SigningMethod, TextState
from agreements.models.agreement import Agreement
from agreements.models.supplements import Supplement
from agreements.querysets.texts import AgreementTextQuerySet
from institutions.models import Institution
from institutions.models.letters import letter_key

_STATE = TextState
_NOT_AGREED = [_STATE.DRAFT, _STATE.NEGOTIATING, _STATE.VOID]
_REFUSE_CLAUSE = """
IF EXISTS (
    SELECT 1 FROM agreements_agreementtext t
    WHERE t.id = COALESCE(NEW.text_id, OLD.text_id) AND t.state IN ('agreed', 'signed', 'void')
) THEN
    RAISE EXCEPTION 'the clauses of an agreed text are fixed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'textclause_of_an_agreed_text_is_fixed';
END IF;
RETURN COALESCE(NEW, OLD);
"""
_REFUSE_SNAPSHOT = """
IF OLD.state = 'signed' OR EXISTS (
    SELECT 1 FROM agreements_signature s WHERE s.text_id = OLD.id AND s.withdrawn_at IS NULL
) THEN
    RAISE EXCEPTION 'what has been signed is fixed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'agreementtext_signed_is_fixed';
END IF;
RETURN NEW;
"""
_CHANGES_WHAT_IS_SIGNED = (
    "((OLD.snapshot, OLD.sha256, OLD.variables, OLD.version_id, OLD.agreement_id,"
    " OLD.supplement_id) IS DISTINCT FROM (NEW.snapshot, NEW.sha256, NEW.variables,"
    " NEW.version_id, NEW.agreement_id, NEW.supplement_id))"
)


class AgreementText(Lifecycle):
    """What an agreement, or a supplementary one, says: drawn up from a published template,
    negotiated clause by clause, agreed by both sides, signed by both (A-09).

    What both agreed to is kept as canonical JSON, with its SHA-256; that digest is signed. Each
    side's consent is to the text as it stands: a changed clause takes both back.
    """

    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="texts",
    )
    supplement = models.ForeignKey(
        Supplement,
        verbose_name=_("supplementary agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="texts",
    )
    version = models.ForeignKey(
        "agreements.TemplateVersion",
        verbose_name=_("version of the template"),
        on_delete=models.PROTECT,
        related_name="texts",
    )
    kind = models.CharField(_("kind"), max_length=30, choices=TextKind)
    state = StateField(_("state"), choices=TextState.choices, default=TextState.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    variables = models.JSONField(_("variables"), default=dict, blank=True)
    drawn_up_at = models.DateTimeField(_("drawn up at"))
    drawn_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drawn up by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    agency_agreed_at = models.DateTimeField(_("agency agreed at"), null=True, blank=True)
    institution_agreed_at = models.DateTimeField(_("institution agreed at"), null=True, blank=True)
    snapshot = models.JSONField(_("text as agreed"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    method = models.CharField(_("signed"), max_length=20, choices=SigningMethod, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    code = models.CharField(
        _("code to verify it"), max_length=20, unique=True, null=True, blank=True
    )
    document = models.ForeignKey(
        Attachment,
        verbose_name=_("signed document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The electronically signed PDF, or the scan of the signed paper."),
    )

    objects = AgreementTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of an agreement")
        verbose_name_plural = _("texts of agreements")
        ordering = ["-drawn_up_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreementtext_of_one_thing",
                condition=Q(agreement__isnull=False, supplement__isnull=True)
                | Q(agreement__isnull=True, supplement__isnull=False),
            ),
            models.UniqueConstraint(
                name="agreementtext_one_at_a_time",
                fields=["agreement"],
                condition=~Q(state=_STATE.VOID),
            ),
            models.UniqueConstraint(
                name="agreementtext_one_of_a_supplement",
                fields=["supplement"],
                condition=~Q(state=_STATE.VOID),
            ),
            models.CheckConstraint(
                name="agreementtext_agreed_by_both",
                condition=Q(state__in=_NOT_AGREED)
                | Q(agency_agreed_at__isnull=False, institution_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="agreementtext_agreed_is_frozen",
                condition=Q(state__in=_NOT_AGREED)
                | (Q(snapshot__isnull=False) & Q(sha256__regex=r"^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(
                name="agreementtext_signed_has_its_facts",
                condition=Q(state=_STATE.SIGNED, signed_at__isnull=False, code__isnull=False)
                & ~Q(method="")
                | ~Q(state=_STATE.SIGNED),
            ),
            models.CheckConstraint(
                name="agreementtext_on_paper_has_its_scan",
                condition=~Q(state=_STATE.SIGNED, method=SigningMethod.PAPER)
                | Q(document__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.DRAFT.value, _STATE.NEGOTIATING.value),
                    (_STATE.NEGOTIATING.value, _STATE.DRAFT.value),
                    (_STATE.NEGOTIATING.value, _STATE.AGREED.value),
                    (_STATE.AGREED.value, _STATE.NEGOTIATING.value),
                    (_STATE.AGREED.value, _STATE.SIGNED.value),
                    (_STATE.DRAFT.value, _STATE.VOID.value),
                    (_STATE.NEGOTIATING.value, _STATE.VOID.value),
                    (_STATE.AGREED.value, _STATE.VOID.value),
                ],
            ),
            pgtrigger.Trigger(
                name="signed_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_CHANGES_WHAT_IS_SIGNED),
                func=_REFUSE_SNAPSHOT,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:text", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:text", args=[self.pk])

    @property
    def parent(self) -> Agreement:
        """The agreement itself, or the one the supplement hangs on."""
        return self.agreement or self.supplement.agreement  # type: ignore[union-attr]

    @property
    def matter(self) -> Agreement | Supplement:
        return self.agreement or self.supplement  # type: ignore[return-value]

    @property
    def institution(self) -> Institution:
        return self.parent.institution

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.NEGOTIATING)
    def send(self, *, at: datetime) -> None:
        """The agency offers it: it agrees with what it offers."""
        self.agency_agreed_at, self.institution_agreed_at = at, None

    @transition(field=state, source=_STATE.NEGOTIATING, target=_STATE.DRAFT)
    def take_back(self) -> None:
        self.agency_agreed_at = self.institution_agreed_at = None

    @transition(field=state, source=_STATE.NEGOTIATING, target=_STATE.AGREED)
    def settle(self, *, snapshot: dict, sha256: str) -> None:
        self.snapshot, self.sha256 = snapshot, sha256

    @transition(field=state, source=_STATE.AGREED, target=_STATE.NEGOTIATING)
    def reopen(self) -> None:
        self.agency_agreed_at = self.institution_agreed_at = None
        self.snapshot, self.sha256, self.method = None, "", ""

    @transition(field=state, source=_STATE.AGREED, target=_STATE.SIGNED)
    def sign(self, *, at: datetime, code: str) -> None:
        self.signed_at, self.code = at, code

    @transition(
        field=state, source=[_STATE.DRAFT, _STATE.NEGOTIATING, _STATE.AGREED], target=_STATE.VOID
    )
    def void(self) -> None:
        pass


class TextClause(models.Model):
    """A clause of a text, filled with its variables; fixed once the text is agreed."""

    text = models.ForeignKey(
        AgreementText, verbose_name=_("text"), on_delete=models.PROTECT, related_name="clauses"
    )
    key = models.CharField(_("key"), max_length=60)
    position = models.PositiveIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=120)
    body = models.TextField(_("wording"))
    is_breach = models.BooleanField(_("breach clause"), default=False)
    measures = ArrayField(
        models.PositiveSmallIntegerField(choices=HandlingMeasure),
        verbose_name=_("measures agreed"),
        default=list,
        blank=True,
    )
    damages = models.CharField(_("liquidated damages"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="textclause_key_once", fields=["text", "key"]),
            models.CheckConstraint(name="textclause_says_something", condition=~Q(body="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="of_an_agreed_text_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_REFUSE_CLAUSE,
            )
        ]

    def __str__(self) -> str:
        return self.heading


class AgreementTextTransition(TransitionRecord):
    subject = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a text")
        verbose_name_plural = _("transitions of texts")
