from datetime import date, datetime
from typing import Any

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
from institutions.enums.changes import (
    ACCOUNT_FIELDS,
    GRANTED_STATES,
    OPEN_STATES,
    PERSON_FIELDS,
    ChangeField,
    ChangeState,
)
from institutions.models.institution import Institution, shown_value
from institutions.models.letters import letter_key
from institutions.models.persons import Person
from institutions.querysets.changes import ChangeRequestQuerySet
from institutions.rules.reevaluation import DECISIVE_FIELDS, Route

_DECIDED = [*GRANTED_STATES, ChangeState.REJECTED]
_MOVES = {
    ChangeState.FILED: [ChangeState.CHECKED, ChangeState.REJECTED, ChangeState.WITHDRAWN],
    ChangeState.CHECKED: [
        ChangeState.REASSESSING,
        ChangeState.APPROVED,
        ChangeState.REJECTED,
        ChangeState.WITHDRAWN,
    ],
    ChangeState.REASSESSING: [ChangeState.APPROVED, ChangeState.REJECTED, ChangeState.WITHDRAWN],
    ChangeState.APPROVED: [ChangeState.EFFECTIVE, ChangeState.STOPPED],
}
# Of a column with values of many fields, what is encrypted: those of the account.
SECRET_VALUES = ("field", [ChangeField.BANK_ACCOUNT.value])
ROUTES = [(each.value, each.label) for each in Route]


def _whole(*names: str) -> Q:
    """All of the fields are there, or none of them."""
    return Q(**{f"{each}__isnull": True for each in names}) | Q(
        **{f"{each}__isnull": False for each in names}
    )


def _person(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class ChangeRequest(Lifecycle):
    """A change of information an institution files (B-13a, Order 2 art. 40): one or several
    fields, each due some working days after the authority's approval, the earliest deadline
    counting; a late one is accepted with a warning.

    The route says whether it leads to a new assessment (C-09): what the table says of the
    filing, with its row and reasons, and what the agency head chose where a person decides. A
    change of the bank account takes effect some days after its approval, everything else on it.
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
    changes_account = models.BooleanField(
        _("changes the bank account"),
        default=False,
        help_text=_("Money will go elsewhere: two people, and a waiting time."),
    )
    route = models.CharField(_("route"), max_length=30, choices=ROUTES, blank=True)
    route_row = models.CharField(_("row of the table"), max_length=2, blank=True)
    route_basis = models.JSONField(
        _("basis of the route"),
        default=dict,
        blank=True,
        help_text=_("What the table was asked and answered, with its reasons and the day."),
    )
    chosen_route = models.CharField(_("route chosen"), max_length=30, choices=ROUTES, blank=True)
    route_chosen_at = models.DateTimeField(_("route chosen at"), null=True, blank=True)
    route_chosen_by = _person(_("route chosen by"))
    decision_due_on = models.DateField(_("to be decided by"))
    decision_due_basis = models.JSONField(_("basis of the decision's deadline"), default=dict)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = _person(_("checked by"))
    reassessed_at = models.DateTimeField(_("passed the new assessment at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = _person(_("decided by"))
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    effect_due_on = models.DateField(
        _("to be wholly in effect from"),
        null=True,
        blank=True,
        help_text=_("The day of approval, or the end of the waiting time of a bank account."),
    )
    effect_due_basis = models.JSONField(_("basis of the effective day"), default=dict, blank=True)
    effective_at = models.DateTimeField(_("wholly in effect since"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stopped_by = _person(_("stopped by"))
    stop_reason = models.TextField(_("reason of the stop"), blank=True)

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
            models.CheckConstraint(
                name="changerequest_check_has_its_facts",
                condition=_whole("checked_at", "checked_by")
                & (
                    ~Q(state__in=[ChangeState.CHECKED, ChangeState.REASSESSING])
                    | Q(checked_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="changerequest_checked_by_another",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("filed_by")),
            ),
            models.CheckConstraint(
                name="changerequest_account_takes_two",
                condition=Q(changes_account=False)
                | ~Q(state__in=GRANTED_STATES)
                | (Q(checked_by__isnull=False) & ~Q(checked_by=F("decided_by"))),
            ),
            models.CheckConstraint(
                name="changerequest_chosen_route_has_its_facts",
                condition=Q(
                    chosen_route="", route_chosen_at__isnull=True, route_chosen_by__isnull=True
                )
                | Q(
                    route=Route.MANUAL_REVIEW.value,
                    chosen_route__in=[Route.NO_REEVAL.value, Route.REEVAL.value],
                    route_chosen_at__isnull=False,
                    route_chosen_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="changerequest_effect_has_its_facts",
                condition=Q(state=ChangeState.EFFECTIVE, effective_at__isnull=False)
                | (~Q(state=ChangeState.EFFECTIVE) & Q(effective_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="changerequest_waits_for_its_day",
                condition=~Q(state=ChangeState.APPROVED) | Q(effect_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="changerequest_stop_has_its_facts",
                condition=(
                    Q(state=ChangeState.STOPPED, stopped_at__isnull=False, stopped_by__isnull=False)
                    & ~Q(stop_reason="")
                )
                | (
                    ~Q(state=ChangeState.STOPPED)
                    & Q(stopped_at__isnull=True, stopped_by__isnull=True, stop_reason="")
                ),
            ),
        ]
        indexes = [
            models.Index(name="changerequest_by_filing", fields=["-filed_at", "-id"]),
            models.Index(
                name="changerequest_waiting",
                fields=["decision_due_on"],
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                name="changerequest_to_take_effect",
                fields=["effect_due_on"],
                condition=Q(state=ChangeState.APPROVED),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (source.value, target.value)
                    for source, targets in _MOVES.items()
                    for target in targets
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
        """Whether it waits for a decision."""
        return self.state in OPEN_STATES

    @property
    def final_route(self) -> Route | None:
        """What the change leads to: the table's word, or the head's where a person decides."""
        said = self.chosen_route or self.route
        return Route(said) if said else None

    @property
    def route_reasons(self) -> list[str]:
        """Why the table said what it said, in the office's language."""
        return list(self.route_basis.get("because", []))

    @property
    def is_decisive(self) -> bool:
        """Whether a field changes on which the designation rests (C-09). Reads the items."""
        return any(each.field in DECISIVE_FIELDS for each in self.items.all())

    @property
    def is_left_to_head(self) -> bool:
        """Whether a person still has to say what the table leaves open."""
        return self.final_route is Route.MANUAL_REVIEW

    @property
    def waits_for_choice(self) -> bool:
        """Whether the agency head has to say now whether there is a new assessment."""
        return self.state == ChangeState.CHECKED and self.is_left_to_head

    @property
    def waits_for_its_day(self) -> bool:
        """Whether it is approved and its bank account not yet in effect."""
        return self.state == ChangeState.APPROVED

    @property
    def own_commitment(self) -> Any:
        """The commitment for a new address that was signed with it, or None."""
        return getattr(self, "commitment", None)

    @property
    def awaits_assessment(self) -> bool:
        """Whether it waits for the result of a new assessment, which has its own deadline."""
        return self.state == ChangeState.REASSESSING and self.reassessed_at is None

    @property
    def decision_runs(self) -> bool:
        """Whether the period for the decision runs now."""
        return self.is_open and not self.awaits_assessment

    @property
    def passed_assessment(self) -> bool:
        return self.reassessed_at is not None

    @transition(field=state, source=ChangeState.FILED, target=ChangeState.CHECKED)
    def check_off(self, *, by: User, at: datetime) -> None:
        self.checked_by, self.checked_at = by, at

    def choose_route(self, route: Route, *, by: User, at: datetime) -> None:
        self.chosen_route, self.route_chosen_by, self.route_chosen_at = route.value, by, at

    @transition(field=state, source=ChangeState.CHECKED, target=ChangeState.REASSESSING)
    def begin_reassessment(self) -> None:
        pass

    def pass_reassessment(self, *, at: datetime) -> None:
        self.reassessed_at = at

    @transition(
        field=state,
        source=[ChangeState.CHECKED, ChangeState.REASSESSING],
        target=ChangeState.APPROVED,
    )
    def approve(
        self, *, by: User, at: datetime, reason: str, effect_due_on: date, basis: dict[str, Any]
    ) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason
        self.effect_due_on, self.effect_due_basis = effect_due_on, basis

    @transition(field=state, source=list(OPEN_STATES), target=ChangeState.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=list(OPEN_STATES), target=ChangeState.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=state, source=ChangeState.APPROVED, target=ChangeState.EFFECTIVE)
    def take_effect(self, *, at: datetime) -> None:
        self.effective_at = at

    @transition(field=state, source=ChangeState.APPROVED, target=ChangeState.STOPPED)
    def stop(self, *, by: User, at: datetime, reason: str) -> None:
        self.stopped_by, self.stopped_at, self.stop_reason = by, at, reason


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
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who takes over the post."),
    )
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence of the field"), blank=True, related_name="+"
    )
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)

    class Meta:
        verbose_name = _("changed field")
        verbose_name_plural = _("changed fields")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="changeitem_field_once", fields=["request", "field"]),
            models.CheckConstraint(
                name="changeitem_changes_something", condition=~Q(new_value=F("old_value"))
            ),
            models.CheckConstraint(
                name="changeitem_person_takes_a_post",
                condition=Q(person__isnull=True) | Q(field__in=PERSON_FIELDS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old_masked} → {self.new_masked}"

    @property
    def column(self) -> str:
        return ChangeField(self.field).column

    @property
    def is_of_account(self) -> bool:
        return self.field in ACCOUNT_FIELDS

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
