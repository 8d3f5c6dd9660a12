from datetime import date, datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import EncryptedCharField, Lifecycle, Region, StateField, TransitionRecord, User
from agency.privacy import mask_certificate, mask_name
from institutions.enums.designation import (
    ENDED,
    LAWFUL_STEPS,
    TAKEN_IN,
    WITHDRAWABLE,
    ApplicationState,
    InsuranceManagement,
    LicenceKind,
    NotAcceptedGround,
)
from institutions.enums.persons import Post
from institutions.enums.register import Kind, Level, Nature
from institutions.models.guards import NEEDS_A_SETTLED_NOTICE
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.models.persons import Person
from institutions.querysets.designation import DesignationApplicationQuerySet

S = ApplicationState
# The pages of the form, in their order; a draft goes on where it was left.
DRAFT_STEPS = ("institution", "persons", "conditions", "documents", "check")


class DesignationApplication(Lifecycle):
    """An institution's application to be designated (rules.md A): from the draft to the agreement
    or its absence. What the form says is kept as it was submitted; the register is not changed
    by it.
    """

    number = models.CharField(_("number"), max_length=30, unique=True, null=True, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="applications",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), max_length=24, choices=S.choices, default=S.DRAFT)
    created_at = models.DateTimeField(_("begun at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("begun by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    saved_at = models.DateTimeField(_("last saved at"))
    step = models.PositiveSmallIntegerField(_("step of the form"), default=1)

    # What the form says.
    licence_kind = models.CharField(
        _("kind of licence"),
        max_length=20,
        choices=LicenceKind,
        default=LicenceKind.PRACTICE_LICENCE,
    )
    licence_no = models.CharField(_("licence number"), max_length=40)
    licence_valid_to = models.DateField(_("licence valid to"), null=True, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    kind = models.CharField(_("type"), max_length=30, choices=Kind, blank=True)
    is_internet_hospital = models.BooleanField(_("internet hospital"), default=False)
    parent = models.ForeignKey(
        Institution,
        verbose_name=_("physical institution"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The designated institution an internet hospital belongs to."),
    )
    nature = models.CharField(_("nature"), max_length=20, choices=Nature, blank=True)
    level = models.CharField(_("level and grade"), max_length=2, choices=Level, blank=True)
    beds = models.PositiveIntegerField(_("beds"), default=0)
    opened_on = models.DateField(_("operating since"), null=True, blank=True)
    insurance_staff = models.CharField(
        _("insurance management staff"), max_length=4, choices=InsuranceManagement, blank=True
    )
    own_physicians = models.PositiveIntegerField(
        _("physicians first registered here"), null=True, blank=True
    )
    principal_in_charge = models.BooleanField(
        _("a principal is in charge of insurance"), default=False
    )
    systems = models.BooleanField(_("the four management systems exist"), default=False)
    information_system = models.BooleanField(
        _("the information system meets the standards"), default=False
    )
    other_conditions = models.BooleanField(
        _("the other conditions of the province are met"), default=False
    )
    mainly_non_basic = models.BooleanField(_("mainly services outside basic care"), default=False)
    subjects = models.CharField(_("diagnosis and treatment subjects"), max_length=500, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=80, blank=True)
    contact_phone = models.CharField(_("telephone of the contact"), max_length=40, blank=True)
    expected_fund_use = models.DecimalField(
        _("expected use of the fund in a year"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
    )
    statement = models.TextField(pgettext_lazy("application", "statement"), blank=True)

    # At the door.
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("submitted by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    notice_due_on = models.DateField(_("notice of what is missing by"), null=True, blank=True)
    notice_due_basis = models.JSONField(_("basis of the notice's deadline"), default=dict)
    supplement_requested_at = models.DateTimeField(
        _("supplement requested at"), null=True, blank=True
    )
    supplement_due_on = models.DateField(
        _("supplement to be delivered by"),
        null=True,
        blank=True,
        help_text=_("Empty while nothing is asked for."),
    )
    supplement_due_basis = models.JSONField(_("basis of the supplement's deadline"), default=dict)
    over_plan = models.BooleanField(
        _("over the resource plan"),
        default=False,
        help_text=_("The region has as many of this type as planned. A warning, no refusal."),
    )
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    acceptance_deemed = models.BooleanField(
        _("accepted by silence"),
        default=False,
        help_text=_("The agency let its period pass: accepted as of the day of submission."),
    )
    refusal_grounds = ArrayField(
        models.CharField(max_length=20, choices=NotAcceptedGround),
        verbose_name=_("grounds of refusal"),
        default=list,
        blank=True,
    )
    free_from = models.DateField(_("may apply again from"), null=True, blank=True)
    decided_at = models.DateTimeField(_("acceptance decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acceptance decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when the program decided."),
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    # The assessment.
    assessment_due_on = models.DateField(_("to be assessed by"), null=True, blank=True)
    assessment_due_basis = models.JSONField(_("basis of the assessment's deadline"), default=dict)
    failures = models.PositiveSmallIntegerField(_("failed assessments"), default=0)
    reassess_from = models.DateField(_("to be assessed again from"), null=True, blank=True)
    banned_through = models.DateField(_("no application through"), null=True, blank=True)

    objects = DesignationApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for designation")
        verbose_name_plural = _("applications for designation")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="designationapplication_number_has_its_form",
                condition=Q(number__isnull=True)
                | Q(number__regex=r"^APP-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="designationapplication_submitted_has_its_facts",
                condition=Q(
                    state=S.DRAFT,
                    number__isnull=True,
                    submitted_at__isnull=True,
                    submitted_by__isnull=True,
                    notice_due_on__isnull=True,
                )
                | (
                    ~Q(state=S.DRAFT)
                    & Q(
                        number__isnull=False,
                        submitted_at__isnull=False,
                        submitted_by__isnull=False,
                        notice_due_on__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="designationapplication_form_is_complete",
                condition=Q(state=S.DRAFT)
                | (
                    Q(
                        licence_valid_to__isnull=False,
                        opened_on__isnull=False,
                        own_physicians__isnull=False,
                        expected_fund_use__isnull=False,
                    )
                    & ~Q(kind="")
                    & ~Q(nature="")
                    & ~Q(level="")
                    & ~Q(insurance_staff="")
                    & ~Q(credit_code="")
                    & ~Q(contact_name="")
                    & ~Q(contact_phone="")
                ),
            ),
            models.CheckConstraint(
                name="designationapplication_has_a_licence", condition=~Q(licence_no="")
            ),
            models.CheckConstraint(
                name="designationapplication_credit_code_is_gb32100",
                condition=Q(credit_code="") | Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
            models.UniqueConstraint(
                name="designationapplication_one_open_per_licence",
                fields=["licence_no"],
                condition=~Q(state__in=[each.value for each in ENDED]),
            ),
            models.CheckConstraint(
                name="designationapplication_parent_of_internet_hospital",
                condition=Q(parent__isnull=True)
                | (Q(is_internet_hospital=True) & ~Q(parent=models.F("institution"))),
            ),
            models.CheckConstraint(
                name="designationapplication_supplement_has_its_facts",
                condition=Q(supplement_due_on__isnull=True) & ~Q(state=S.SUPPLEMENT_REQUIRED)
                | Q(supplement_due_on__isnull=False, supplement_requested_at__isnull=False),
            ),
            models.CheckConstraint(
                name="designationapplication_acceptance_has_its_facts",
                condition=Q(
                    state__in=[each.value for each in TAKEN_IN],
                    accepted_on__isnull=False,
                    assessment_due_on__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(
                    state__in=[S.DRAFT, S.SUBMITTED, S.SUPPLEMENT_REQUIRED],
                    accepted_on__isnull=True,
                    assessment_due_on__isnull=True,
                    decided_at__isnull=True,
                )
                | Q(
                    state=S.NOT_ACCEPTED,
                    accepted_on__isnull=True,
                    assessment_due_on__isnull=True,
                    decided_at__isnull=False,
                )
                | Q(state=S.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="designationapplication_refusal_has_its_ground",
                condition=Q(state=S.NOT_ACCEPTED, refusal_grounds__len__gt=0)
                | (~Q(state=S.NOT_ACCEPTED) & Q(refusal_grounds=[], free_from__isnull=True)),
            ),
            models.CheckConstraint(
                name="designationapplication_deemed_by_nobody",
                condition=Q(acceptance_deemed=False)
                | Q(accepted_on__isnull=False, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="designationapplication_fund_use_not_negative",
                condition=Q(expected_fund_use__isnull=True) | Q(expected_fund_use__gte=0),
            ),
            models.CheckConstraint(
                name="designationapplication_ban_after_second_failure",
                condition=Q(banned_through__isnull=True) | Q(failures__gte=2),
            ),
        ]
        indexes = [
            models.Index(name="application_by_submission", fields=["-submitted_at", "-id"]),
            models.Index(name="application_of_institution", fields=["institution", "-id"]),
            models.Index(
                name="application_for_notice",
                fields=["notice_due_on"],
                condition=Q(state=S.SUBMITTED),
            ),
            models.Index(
                name="application_supplements",
                fields=["supplement_due_on"],
                condition=Q(supplement_due_on__isnull=False),
            ),
            models.Index(
                name="application_to_assess",
                fields=["assessment_due_on"],
                condition=Q(state__in=[S.ACCEPTED, S.ASSESSING, S.REASSESSING]),
            ),
        ]
        triggers = [
            NEEDS_A_SETTLED_NOTICE,
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(source.value, target.value) for source, target in LAWFUL_STEPS],
            ),
            pgtrigger.Protect(
                name="submitted_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__number__isnull=False),
            ),
            pgtrigger.Protect(
                name="number_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.licence_no} ({self.get_state_display()})"

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:application", args=[self.number])

    def get_portal_url(self) -> str:
        if self.number is None:
            step = DRAFT_STEPS[min(self.step, len(DRAFT_STEPS)) - 1]
            return reverse(f"institutions_portal:draft_{step}", args=[self.pk])
        return reverse("institutions_portal:application", args=[self.number])

    @property
    def is_draft(self) -> bool:
        return self.state == S.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state not in (S.DRAFT, *ENDED)

    @property
    def awaits_answer(self) -> bool:
        """Whether the agency is to accept it, refuse it or say what is missing."""
        return self.state == S.SUBMITTED

    @property
    def awaits_assessment(self) -> bool:
        """Whether the period of its assessment runs."""
        return self.state in (S.ACCEPTED, S.ASSESSING, S.REASSESSING)

    @property
    def grounds(self) -> list[NotAcceptedGround]:
        return [NotAcceptedGround(each) for each in self.refusal_grounds]

    @transition(field=state, source=S.DRAFT, target=S.SUBMITTED)
    def submit(
        self, *, number: str, by: User, at: datetime, notice_due_on: date, basis: dict[str, Any]
    ) -> None:
        self.number, self.submitted_by, self.submitted_at = number, by, at
        self.notice_due_on, self.notice_due_basis = notice_due_on, basis

    @transition(field=state, source=S.SUBMITTED, target=S.SUPPLEMENT_REQUIRED)
    def require_supplement(self, *, at: datetime, due_on: date, basis: dict[str, Any]) -> None:
        self.ask_supplement(at=at, due_on=due_on, basis=basis)

    @transition(field=state, source=S.SUPPLEMENT_REQUIRED, target=S.SUBMITTED)
    def deliver_supplement(self, *, notice_due_on: date, basis: dict[str, Any]) -> None:
        self.end_supplement()
        self.notice_due_on, self.notice_due_basis = notice_due_on, basis

    def ask_supplement(self, *, at: datetime, due_on: date, basis: dict[str, Any]) -> None:
        """Note that material is asked for; in an assessment the state stays."""
        self.supplement_requested_at, self.supplement_due_on = at, due_on
        self.supplement_due_basis = basis

    def end_supplement(self) -> None:
        """Note that nothing is asked for any more."""
        self.supplement_due_on, self.supplement_due_basis = None, {}

    @transition(field=state, source=S.SUBMITTED, target=S.ACCEPTED)
    def accept(
        self,
        *,
        on: date,
        by: User | None,
        at: datetime,
        assessment_due_on: date,
        basis: dict[str, Any],
        reason: str = "",
        deemed: bool = False,
    ) -> None:
        self.accepted_on, self.acceptance_deemed = on, deemed
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason
        self.assessment_due_on, self.assessment_due_basis = assessment_due_on, basis

    @transition(field=state, source=[S.SUBMITTED, S.SUPPLEMENT_REQUIRED], target=S.NOT_ACCEPTED)
    def refuse(
        self,
        *,
        grounds: list[str],
        free_from: date | None,
        by: User | None,
        at: datetime,
        reason: str = "",
    ) -> None:
        self.end_supplement()
        self.refusal_grounds, self.free_from = grounds, free_from
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=S.ACCEPTED, target=S.ASSESSING)
    def begin_assessment(self) -> None:
        pass

    @transition(field=state, source=[S.ASSESSING, S.REASSESSING], target=S.PASSED)
    def pass_assessment(self) -> None:
        pass

    @transition(field=state, source=S.ASSESSING, target=S.FAILED)
    @transition(field=state, source=S.REASSESSING, target=S.FAILED_FINAL)
    def fail_assessment(self) -> None:
        self.failures += 1

    @transition(field=state, source=[S.ASSESSING, S.REASSESSING], target=S.FAILED_FINAL)
    def fail_finally(self) -> None:
        self.failures += 1

    @transition(field=state, source=S.FAILED, target=S.RECTIFYING)
    def begin_rectification(self) -> None:
        pass

    @transition(field=state, source=S.RECTIFYING, target=S.REASSESSING)
    def begin_reassessment(self) -> None:
        pass

    @transition(field=state, source=S.PASSED, target=S.FILED)
    def file_result(self) -> None:
        pass

    @transition(field=state, source=S.FILED, target=S.PUBLIC_NOTICE)
    def post_notice(self) -> None:
        pass

    @transition(field=state, source=S.PUBLIC_NOTICE, target=S.OBJECTION)
    def receive_objection(self) -> None:
        pass

    @transition(field=state, source=S.OBJECTION, target=S.PUBLIC_NOTICE)
    def settle_objections(self) -> None:
        pass

    @transition(field=state, source=S.OBJECTION, target=S.FAILED)
    def fail_by_objection(self) -> None:
        """An objection was upheld: it had passed, so this is a first failure (A-07)."""
        self.failures = 1

    @transition(field=state, source=S.PUBLIC_NOTICE, target=S.NEGOTIATING)
    def open_negotiation(self) -> None:
        pass

    @transition(field=state, source=S.NEGOTIATING, target=S.SIGNED)
    def conclude(self) -> None:
        pass

    @transition(
        field=state, source=[S.PUBLIC_NOTICE, S.OBJECTION, S.NEGOTIATING], target=S.NO_AGREEMENT
    )
    def end_without_agreement(self) -> None:
        pass

    @transition(field=state, source=list(WITHDRAWABLE), target=S.WITHDRAWN)
    def withdraw(self) -> None:
        self.end_supplement()


class ApplicationPerson(models.Model):
    """Who holds a post by the form. `person` is the person's file, found or made when the
    application is submitted: a draft makes no file of anybody.
    """

    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.CASCADE,
        related_name="persons",
    )
    post = models.CharField(_("post"), max_length=24, choices=Post)
    name = models.CharField(_("name"), max_length=80)
    id_number = EncryptedCharField(_("identity number"), max_length=18, blank=True)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("person of an application")
        verbose_name_plural = _("persons of applications")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="applicationperson_post_once", fields=["application", "post"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()}: {self.name}"

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        return mask_certificate(self.id_number)


class ApplicationTransition(TransitionRecord):
    subject = models.ForeignKey(
        DesignationApplication, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an application")
        verbose_name_plural = _("transitions of applications")
