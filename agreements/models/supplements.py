from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord
from agreements.enums.templates import TextKind
from agreements.enums.texts import SupplementState
from agreements.models.agreement import Agreement
from agreements.querysets.texts import SupplementQuerySet
from institutions.models import DesignationApplication, Institution
from institutions.models.letters import letter_key

_STATE = SupplementState
_WITHIN_TERM = """
IF NOT EXISTS (
    SELECT 1 FROM agreements_agreement a WHERE a.id = NEW.agreement_id
        AND NEW.valid_from >= a.valid_from AND NEW.valid_to <= a.valid_to
) THEN
    RAISE EXCEPTION 'supplement %: outside the term of its agreement', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'supplement_within_the_term';
END IF;
RETURN NULL;
"""


class Supplement(Lifecycle):
    """An agreement that hangs on another: for an internet hospital, for a year under a fixed
    agreement, or an amendment. Its term lies within its parent's, and it ends with it.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="supplements"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=TextKind)
    state = StateField(_("state"), choices=SupplementState.choices, default=SupplementState.DRAFT)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("internet hospital"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supplements",
    )
    application = models.OneToOneField(
        DesignationApplication,
        verbose_name=_("application"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supplement",
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    drawn_up_at = models.DateTimeField(_("drawn up at"))
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplementary agreement")
        verbose_name_plural = _("supplementary agreements")
        ordering = ["-drawn_up_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="supplement_number_has_its_form",
                condition=Q(number__regex=r"^SUP-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="supplement_hangs_on_another",
                condition=Q(
                    kind__in=[TextKind.YEARLY, TextKind.SUPPLEMENTARY_INTERNET, TextKind.AMENDMENT]
                ),
            ),
            models.CheckConstraint(
                name="supplement_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="supplement_yearly_has_its_year",
                condition=Q(kind=TextKind.YEARLY, year__isnull=False)
                | (~Q(kind=TextKind.YEARLY) & Q(year__isnull=True)),
            ),
            models.CheckConstraint(
                name="supplement_internet_hospital_is_named",
                condition=Q(kind=TextKind.SUPPLEMENTARY_INTERNET, institution__isnull=False)
                | (~Q(kind=TextKind.SUPPLEMENTARY_INTERNET) & Q(institution__isnull=True)),
            ),
            models.CheckConstraint(
                name="supplement_state_has_its_days",
                condition=Q(state__in=[_STATE.DRAFT, _STATE.CANCELLED], signed_on__isnull=True)
                | Q(state=_STATE.SIGNED, signed_on__isnull=False, ended_on__isnull=True)
                | Q(state=_STATE.ENDED, signed_on__isnull=False, ended_on__isnull=False),
            ),
            models.UniqueConstraint(
                name="supplement_one_a_year",
                fields=["agreement", "year"],
                condition=Q(kind=TextKind.YEARLY) & ~Q(state=_STATE.CANCELLED),
            ),
        ]
        indexes = [
            models.Index(
                name="supplement_ending",
                fields=["valid_to"],
                condition=Q(state=SupplementState.SIGNED),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.DRAFT.value, _STATE.SIGNED.value),
                    (_STATE.DRAFT.value, _STATE.CANCELLED.value),
                    (_STATE.SIGNED.value, _STATE.ENDED.value),
                ],
            ),
            pgtrigger.Trigger(
                name="within_the_term",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("valid_from", "valid_to"),
                func=_WITHIN_TERM,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:supplement", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:supplement", args=[self.number])

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.SIGNED)
    def sign(self, *, on: date) -> None:
        self.signed_on = on

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.CANCELLED)
    def cancel(self) -> None:
        pass

    @transition(field=state, source=_STATE.SIGNED, target=_STATE.ENDED)
    def end(self, *, on: date) -> None:
        """`on` is the day its parent, or its own term, ended."""
        self.ended_on = on


class SupplementTransition(TransitionRecord):
    subject = models.ForeignKey(Supplement, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a supplementary agreement")
        verbose_name_plural = _("transitions of supplementary agreements")
