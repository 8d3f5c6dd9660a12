"""The page of each act of a proceeding: grounds, demand, legal review, discussion, filing, and what
the administration answers.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.models import Agreement
from agreements.panels import agreement_buttons, agreement_panel
from supervision import rules
from supervision.enums.proceedings import Correction, FilingOutcome, LegalOutcome
from supervision.forms.cases import PerformanceForm, ServiceForm, TextForm
from supervision.forms.proceedings import (
    AcknowledgementForm,
    ConsiderationForm,
    CorrectionForm,
    DemandForm,
    DiscussionForm,
    FilingAnswerForm,
    GroundForm,
    LegalReviewForm,
)
from supervision.models import AdministrationReport, Case, FilingReview, FormalDemand
from supervision.permissions import proceedings as can
from supervision.permissions.cases import VIEW_CASES
from supervision.services import (
    acknowledgement,
    corrections,
    filing,
    formal_demands,
    grounds,
    legal,
)
from supervision.views.case_acts import CaseAct

Sentences = Sequence[str | Promise]
MOST_MEMBERS = 60


class NameGround(ActPage):
    """Open proceedings on a ground, from the page of the agreement."""

    act = can.NAME_GROUND
    form_class = GroundForm

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        return {"ground": self.request.GET.get("ground", "")}

    def obstacles(self) -> Sequence[Obstacle]:
        return rules.naming_obstacles(running=self.object.is_running, in_case="", text="-")

    def consequences(self) -> Sentences:
        return [
            _("A case is opened about the ground; the agreement itself stays as it is."),
            _("The ground is verified, the institution is heard, and the head decides."),
        ]

    def perform(self, form: Any) -> Case:
        data, now = form.cleaned_data, timezone.localtime()
        return grounds.name_ground(
            agreement_id=self.object.pk,
            ground=data["ground"],
            clue=data["clue"],
            files=data["attachments"],
            by=self.user,
            on=now.date(),
            at=now,
        )


class IssueDemand(CaseAct):
    act = can.ISSUE_DEMAND
    form_class = DemandForm

    def obstacles(self) -> list[Obstacle]:
        states = formal_demands.DEMANDABLE
        blocked = rules.state_obstacles(state=self.object.state, allowed=states)
        return blocked or formal_demands.undelivered_obstacles(self.object)

    def consequences(self) -> Sentences:
        return [
            _("A formal demand goes to %s as a numbered letter.") % self.object.institution.name,
            _("The period to perform runs from its service; until its end nothing is ordered."),
        ]

    def perform(self, form: Any) -> Case:
        formal_demands.issue_demand(text=form.cleaned_data["text"], **self.doer())
        return self.object


class OfDemand(CaseAct):
    """An act on one formal demand."""

    def subject(self) -> Case:
        case = super().subject()
        self.demand: FormalDemand = get_object_or_404(case.demands, pk=self.kwargs["pk"])
        return case

    def obstacles(self) -> list[Obstacle]:
        return []

    def of_demand(self) -> dict[str, Any]:
        doer = self.doer()
        del doer["case_id"]
        return {"demand_id": self.demand.pk, **doer}


class ServeDemand(OfDemand):
    act = can.SERVE_DEMAND
    form_class = ServiceForm

    def initial(self) -> dict[str, Any]:
        return {"served_on": timezone.localdate()}

    def obstacles(self) -> list[Obstacle]:
        return rules.served_obstacles(served=self.demand.served_on is not None)

    def perform(self, form: Any) -> Case:
        formal_demands.serve_demand(**form.cleaned_data, **self.of_demand())
        return self.object


class DemandPerformed(OfDemand):
    act = can.RECORD_DEMAND_PERFORMED
    form_class = PerformanceForm

    def initial(self) -> dict[str, Any]:
        return {"performed_on": timezone.localdate()}

    def perform(self, form: Any) -> Case:
        formal_demands.record_demand_performed(**form.cleaned_data, **self.of_demand())
        return self.object


class SubmitForReview(CaseAct):
    act = can.SUBMIT_FOR_REVIEW
    form_class = ConsiderationForm

    def initial(self) -> dict[str, Any]:
        return {"consideration": self.object.consideration}

    def consequences(self) -> Sentences:
        return [_("The case goes to the legal reviewer; nothing is decided yet.")]

    def perform(self, form: Any) -> Case:
        return legal.submit_for_review(**form.cleaned_data, **self.doer())


class ReviewLegality(CaseAct):
    act = can.REVIEW_LEGALITY
    form_class = LegalReviewForm
    template_name = "supervision/desk/decide.html"

    def consequences(self) -> Sentences:
        return [
            _("Found lawful, the case is discussed collectively and then decided by the head."),
            _("Returned, the officer mends it and submits it again."),
        ]

    def perform(self, form: Any) -> Case:
        data = form.cleaned_data
        legal.review_legality(
            outcome=LegalOutcome(data["outcome"]), opinion=data["opinion"], **self.doer()
        )
        return Case.objects.get(pk=self.object.pk)


class RecordDiscussion(CaseAct):
    act = can.RECORD_DISCUSSION
    template_name = "supervision/desk/decide.html"

    def subject(self) -> Case:
        case = super().subject()
        form = partial(DiscussionForm, people=people_of(case))
        self.form_class = form  # type: ignore[assignment]
        return case

    def initial(self) -> dict[str, Any]:
        return {"held_on": timezone.localdate()}

    def consequences(self) -> Sentences:
        return [
            _("Carried by more than half of those who took part, it lies with the head."),
            _("Not carried, the case goes back to the officer."),
        ]

    def perform(self, form: Any) -> Case:
        data = form.cleaned_data
        legal.record_discussion(
            held_on=data["held_on"],
            minutes=data["minutes"],
            votes=form.votes(),
            files=data["attachments"],
            **self.doer(),
        )
        return Case.objects.get(pk=self.object.pk)


def people_of(case: Case) -> list[User]:
    """Return who may take part: the people of the agency in the region of the case."""
    rows = User.objects.filter(
        Q(region=case.region_id) | Q(region__isnull=True), actor=Actor.AGENCY, is_active=True
    )
    return list(rows.order_by("name", "pk")[:MOST_MEMBERS])


class FileDecision(CaseAct):
    act = can.FILE_DECISION
    form_class = TextForm

    def obstacles(self) -> list[Obstacle]:
        owed = FilingReview.objects.filter(case=self.object).unfiled()
        return rules.filing_obstacles(owed=owed.exists())

    def consequences(self) -> Sentences:
        return [
            _("The decision goes to the legal side of the administration for review."),
            _("Until it is answered, the case cannot be closed."),
        ]

    def perform(self, form: Any) -> Case:
        filing.file_decision(text=form.cleaned_data["text"], **self.doer())
        return self.object


class AnswerFiling(CaseAct):
    act = can.ANSWER_FILING
    form_class = FilingAnswerForm
    template_name = "supervision/desk/decide.html"

    def obstacles(self) -> list[Obstacle]:
        row = FilingReview.objects.filter(case=self.object).first()
        return rules.filing_answer_obstacles(
            filed=row is not None and row.filed_at is not None,
            answered=row is not None and bool(row.outcome),
            correction=False,
            reasons="",
        )

    def consequences(self) -> Sentences:
        return [
            _("The agency is told by letter."),
            _("A correction that is demanded keeps the case from being closed until it is made."),
        ]

    def perform(self, form: Any) -> Case:
        data = form.cleaned_data
        filing.answer_filing(
            outcome=FilingOutcome(data["outcome"]), reasons=data["reasons"], **self.doer()
        )
        return self.object


class CorrectDecision(CaseAct):
    act = can.CORRECT_DECISION
    form_class = CorrectionForm

    def obstacles(self) -> list[Obstacle]:
        open_ones = FilingReview.objects.filter(case=self.object).uncorrected()
        return rules.correction_obstacles(demanded=open_ones.exists(), text="-")

    def consequences(self) -> Sentences:
        return [
            _("Annulled, what the decision did to agreement, money and persons is undone."),
            _("Changed, say what now stands; the administration is told."),
        ]

    def perform(self, form: Any) -> Case:
        data = form.cleaned_data
        corrections.correct_decision(
            correction=Correction(data["correction"]), text=data["text"], **self.doer()
        )
        return self.object


class OfReport(CaseAct):
    """An act on the report of the case."""

    def subject(self) -> Case:
        case = super().subject()
        self.report = AdministrationReport.objects.filter(case=case).first()
        if self.report is None:
            raise Http404
        return case

    def obstacles(self) -> list[Obstacle]:
        report: Any = self.report
        return rules.acknowledgement_obstacles(
            sent=report.sent_at is not None,
            acknowledged=report.acknowledged_at is not None,
            question_open=report.questions.filter(answered_at__isnull=True).exists(),
        )


class AcknowledgeReport(OfReport):
    act = can.ACKNOWLEDGE_REPORT
    form_class = AcknowledgementForm

    def perform(self, form: Any) -> Case:
        acknowledgement.acknowledge_report(text=form.cleaned_data["text"], **self.doer())
        return self.object


class AskAboutReport(OfReport):
    act = can.ASK_ABOUT_REPORT
    form_class = TextForm

    def consequences(self) -> Sentences:
        return [_("The agency answers before the report can be acknowledged.")]

    def perform(self, form: Any) -> Case:
        acknowledgement.ask_about_report(text=form.cleaned_data["text"], **self.doer())
        return self.object


class AnswerQuestion(OfReport):
    act = can.ANSWER_QUESTION
    form_class = TextForm

    def obstacles(self) -> list[Obstacle]:
        report: Any = self.report
        asked = report.questions.filter(answered_at__isnull=True)
        return rules.no_question_obstacles(asked=asked.exists())

    def perform(self, form: Any) -> Case:
        acknowledgement.answer_question(answer=form.cleaned_data["text"], **self.doer())
        return self.object


@agreement_buttons(area="desk")
def proceedings_button(agreement: Agreement, user: User, on: date) -> list[dict[str, Any]]:
    """Offer to open proceedings: the way to a suspension or a dissolution."""
    if not (agreement.is_running and can.NAME_GROUND.allows(user)):
        return []
    url = reverse("supervision_desk:name_ground", args=[agreement.pk])
    return [{"act": can.NAME_GROUND, "url": url, "obstacles": []}]


@agreement_panel("supervision/desk/agreement_cases.html", area="desk", order=35)
def cases_of_agreement(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    """Cases about the agreement, the newest first; stays away when there is none."""
    if not VIEW_CASES.allows(user):
        return None
    cases = list(Case.objects.filter(agreement=agreement).order_by("-opened_on", "-pk")[:10])
    return {"cases": cases} if cases else None
