"""The draft of an application in the portal: five steps, each saved, resumed where it was left."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm
from agency.models import Attachment
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage
from institutions.forms.designation import (
    ConditionsStepForm,
    DocumentsStepForm,
    InstitutionStepForm,
    PersonsStepForm,
    StartForm,
)
from institutions.models import ApplicationMaterial, DesignationApplication, Institution
from institutions.models.applications import DRAFT_STEPS
from institutions.permissions.designation import (
    DISCARD_DRAFT,
    DRAFT_APPLICATION,
    REMOVE_FILE,
    SUBMIT_APPLICATION,
)
from institutions.services.designation import checks, drafts
from institutions.services.designation.grounds import evaluate
from institutions.services.designation.plans import is_over_plan
from institutions.services.designation.submitting import (
    submission_obstacles,
    submit_application,
)


def step_url(application: DesignationApplication, step: int) -> str:
    return reverse(f"institutions_portal:draft_{DRAFT_STEPS[step - 1]}", args=[application.pk])


class StartDraft(ActPage):
    act = DRAFT_APPLICATION
    area = "portal"
    form_class = StartForm
    template_name = "institutions/portal/application_start.html"

    def subject(self) -> Institution:
        rows = Institution.objects.visible_to(self.user).select_related("region")
        return get_object_or_404(rows)

    def initial(self) -> dict[str, Any]:
        return {"licence_no": self.object.licence_no}

    def stamp(self) -> str:
        return str(self.object.pk)

    def extra(self) -> dict[str, Any]:
        """With what is open already, so that nobody begins twice."""
        licence = self.request.POST.get("licence_no", "")
        own = DesignationApplication.objects.visible_to(self.user)
        existing = drafts.existing_for(licence) if licence else None
        if existing is not None and not own.filter(pk=existing.pk).exists():
            existing = None
        return {
            "existing": existing,
            "drafts": own.drafts().order_by("-saved_at"),
            "steps": list(checks.STEPS.values()),
        }

    def perform(self, form: StartForm) -> DesignationApplication:
        return drafts.start_draft(
            institution_id=self.object.pk,
            licence_no=form.cleaned_data["licence_no"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: DesignationApplication) -> str:
        return gettext("The draft has been begun. Whatever you enter is kept from now on.")

    def next_url(self, result: Any) -> str:
        return step_url(result, checks.INSTITUTION)

    def back_url(self) -> str:
        return reverse("institutions_portal:applications")


class StepPage(ActPage):
    """One step: what is entered is saved, complete or not, and the next step comes."""

    act = DRAFT_APPLICATION
    area = "portal"
    template_name = "institutions/portal/application_step.html"
    step = checks.INSTITUTION

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user).drafts()
        rows = rows.select_related("institution__region", "region", "parent")
        return get_object_or_404(rows.prefetch_related("persons"), pk=self.kwargs["pk"])

    def title(self) -> str | Promise:
        return checks.STEPS[self.step]

    def stamp(self) -> str:
        return self.object.saved_at.isoformat()

    def back_url(self) -> str:
        return reverse("institutions_portal:applications")

    def next_url(self, result: Any) -> str:
        stays = "stay" in self.request.POST
        return step_url(self.object, self.step if stays else self.step + 1)

    @property
    def following(self) -> int:
        return self.step if "stay" in self.request.POST else self.step + 1

    def success(self, result: Any) -> str:
        return gettext("Saved.")

    def extra(self) -> dict[str, Any]:
        today = timezone.localdate()
        open_steps = {each.step for each in checks.gaps(self.object, today)}
        if checks.defects(self.object, today):
            open_steps.add(checks.MATERIALS)
        return {
            "application": self.object,
            "step": self.step,
            "steps": [
                {
                    "number": number,
                    "label": label,
                    "url": step_url(self.object, number),
                    "current": number == self.step,
                    "done": number not in open_steps and number != checks.CHECK,
                }
                for number, label in checks.STEPS.items()
            ],
            "discard": DISCARD_DRAFT,
            "discard_url": reverse("institutions_portal:draft_discard", args=[self.object.pk]),
        }


class InstitutionStep(StepPage):
    form_class = InstitutionStepForm

    def initial(self) -> dict[str, Any]:
        parent = self.object.parent
        values = {name: getattr(self.object, name) for name in InstitutionStepForm.names}
        return {**values, "parent": parent.code if parent else ""}

    def perform(self, form: InstitutionStepForm) -> DesignationApplication:
        return drafts.save_form(
            application_id=self.object.pk,
            values=form.values,
            by=self.user,
            at=timezone.now(),
            step=self.following,
        )


class PersonsStep(StepPage):
    form_class = PersonsStepForm
    template_name = "institutions/portal/application_persons.html"
    step = checks.PERSONS

    def initial(self) -> dict[str, Any]:
        return {"saved": {each.post: each for each in self.object.persons.all()}}

    def perform(self, form: PersonsStepForm) -> DesignationApplication:
        return drafts.save_persons(
            application_id=self.object.pk,
            persons=form.persons,
            by=self.user,
            at=timezone.now(),
            step=self.following,
        )


class ConditionsStep(StepPage):
    form_class = ConditionsStepForm
    template_name = "institutions/portal/application_conditions.html"
    step = checks.CONDITIONS

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ConditionsStepForm.names}

    def perform(self, form: ConditionsStepForm) -> DesignationApplication:
        return drafts.save_form(
            application_id=self.object.pk,
            values=form.values,
            by=self.user,
            at=timezone.now(),
            step=self.following,
        )

    def extra(self) -> dict[str, Any]:
        conditions = checks.conditions(self.object, timezone.localdate())
        return {**super().extra(), "conditions": conditions}


class DocumentsStep(StepPage):
    form_class = DocumentsStepForm
    template_name = "institutions/portal/application_documents.html"
    step = checks.MATERIALS

    def initial(self) -> dict[str, Any]:
        return {"listed": checks.checklist(self.object, timezone.localdate())}

    def perform(self, form: DocumentsStepForm) -> DesignationApplication:
        """Keep every file that can be kept; of the others say which document and why."""
        refused = hand_in(self, form)
        # Drawn anew with what was kept, whatever was refused.
        self.object = self.subject()
        form.listed = self.initial()["listed"]
        if refused:
            raise Refusal(refused)
        if self.following != self.object.step:
            drafts.save_form(
                application_id=self.object.pk,
                values={},
                by=self.user,
                at=timezone.now(),
                step=self.following,
            )
        return self.object


def hand_in(page: ActPage, form: DocumentsStepForm) -> list[Obstacle]:
    """Hand in the files of each document apart, so that one bad file loses no good one."""
    refused: list[Obstacle] = []
    labels = {each.item.pk: each.item.label for each in form.listed}
    for item_id, files in form.given.items():
        try:
            with transaction.atomic():
                drafts.add_files(
                    application_id=page.object.pk,
                    item_id=item_id,
                    files=files,
                    by=page.user,
                    at=timezone.now(),
                )
        except Refusal as refusal:
            for each in refusal.obstacles:
                form.add_error(f"files_{item_id}", str(each))
                text = gettext("%(item)s: %(text)s") % {"item": labels[item_id], "text": each.text}
                refused.append(Obstacle(each.code, text, each.rule, each.remedy))
    return refused


class CheckStep(StepPage):
    """Everything at a glance, what is still missing, and the submission."""

    form_class = NoForm
    template_name = "institutions/portal/application_check.html"
    step = checks.CHECK

    def obstacles(self) -> Sequence[Obstacle]:
        return submission_obstacles(self.object, self.user, timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The application has its number at once; it cannot be changed any more."),
            _("If it is complete and nothing bars it, it is accepted on the spot."),
            _("Otherwise the agency says within five working days, once, what is missing."),
        ]

    def next_url(self, result: Any) -> str:
        return self.object.get_portal_url() if result is self.object else result.get_portal_url()

    def back_url(self) -> str:
        return step_url(self.object, checks.MATERIALS)

    def extra(self) -> dict[str, Any]:
        today = timezone.localdate()
        gaps = checks.gaps(self.object, today)
        known = [each.obstacle for each in gaps]
        listed = checks.checklist(self.object, today)
        return {
            **super().extra(),
            "submit": SUBMIT_APPLICATION,
            "gaps": [
                {"url": step_url(self.object, each.step), "obstacle": each.obstacle}
                for each in gaps
            ],
            "other_obstacles": [each for each in self.obstacles() if each not in known],
            "listed": listed,
            "missing": [each for each in listed if each.defect],
            "operating": checks.operating_since(self.object, today),
            "conditions": checks.conditions(self.object, today),
            "evaluation": evaluate(self.object, today),
            "over_plan": is_over_plan(self.object.region, self.object.kind, today),
        }

    def perform(self, form: NoForm) -> DesignationApplication:
        return submit_application(application_id=self.object.pk, by=self.user, at=timezone.now())

    def success(self, result: DesignationApplication) -> str:
        if result.accepted_on:
            return gettext("Submitted as %(number)s and accepted.") % {"number": result.number}
        return gettext("Submitted as %(number)s; the agency answers by %(due)s.") % {
            "number": result.number,
            "due": result.notice_due_on,
        }


class RemoveFile(ActPage):
    """Takes a file out again, before it is handed in for good."""

    act = REMOVE_FILE
    area = "portal"
    form_class = NoForm

    def subject(self) -> Attachment:
        rows = ApplicationMaterial.objects.filter(
            application__in=DesignationApplication.objects.visible_to(self.user).values("pk")
        ).select_related("application", "item")
        self.material = get_object_or_404(rows, pk=self.kwargs["pk"])
        return get_object_or_404(self.material.files, pk=self.kwargs["file"])

    def stamp(self) -> str:
        return self.material.saved_at.isoformat()

    def consequences(self) -> Sequence[str | Promise]:
        text = gettext("The file is taken out of “%(item)s”.")
        return [text % {"item": self.material.item.label}]

    def perform(self, form: NoForm) -> Attachment:
        drafts.remove_file(
            application_id=self.material.application_id,
            item_id=self.material.item_id,
            attachment_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
        )
        return self.object

    def next_url(self, result: Any) -> str:
        application = self.material.application
        if application.is_draft:
            return step_url(application, checks.MATERIALS)
        return reverse("institutions_portal:application_supplement", args=[application.number])


class DiscardDraft(ActPage):
    act = DISCARD_DRAFT
    area = "portal"
    form_class = NoForm
    danger = True

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user).drafts()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return self.object.saved_at.isoformat()

    def consequences(self) -> Sequence[str | Promise]:
        return [_("What was entered is deleted, with the files.")]

    def perform(self, form: NoForm) -> DesignationApplication:
        drafts.discard_draft(application_id=self.object.pk, by=self.user)
        return self.object

    def success(self, result: Any) -> str:
        return gettext("The draft has been discarded.")

    def next_url(self, result: Any) -> str:
        return reverse("institutions_portal:applications")
