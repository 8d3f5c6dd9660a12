"""The page of each act of the agency on a case."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.forms import NoForm, ReasonForm
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.views.pages import ActPage
from settlements.models import Finding
from supervision import rules
from supervision.enums.proceedings import Ground
from supervision.forms.cases import (
    ClueForm,
    DecisionForm,
    FactsForm,
    PerformanceForm,
    ReportedClueForm,
    ServiceForm,
    TextForm,
)
from supervision.forms.measures import MEASURE_FORMS
from supervision.forms.proceedings import VisitedFactsForm
from supervision.models import AdministrationOrder, AdministrationReport, Case
from supervision.permissions import cases as can
from supervision.services import administration, decision, hearing, opening
from supervision.views.acts import obstacles_to

Sentences = Sequence[str | Promise]


class RegisterClue(ActPage):
    """A clue from a confirmed finding (?finding=), an order (?order=), or a report."""

    act = can.REGISTER_CLUE

    def subject(self) -> Any:
        self.finding = self._given("finding", Finding.objects.select_related("batch__institution"))
        orders = AdministrationOrder.objects.select_related("institution")
        self.order = self._given("order", orders)
        ground = self.finding or self.order
        self.form_class = ClueForm if ground else ReportedClueForm
        return ground or _("Report received")

    def _given(self, name: str, rows: Any) -> Any:
        key = self.request.GET.get(name)
        if not key:
            return None
        if not key.isdecimal():
            raise Http404
        return get_object_or_404(rows, pk=key)

    def obstacles(self) -> list[Obstacle]:
        if self.finding is None:
            return []
        return rules.opening_obstacles(
            finding_state=self.finding.status,
            has_report=False,
            finding_in_case=self.finding.cases.exclude(state="dismissed").exists(),
        )

    def initial(self) -> dict[str, Any]:
        if self.finding:
            return {
                "title": self.finding.get_check_name_display(),
                "clue": f"{self.finding.batch} · {self.finding} · {self.finding.basis}",
            }
        return {"clue": self.order.text} if self.order else {}

    def consequences(self) -> Sentences:
        return [_("A case gets its number and waits for you to be opened.")]

    def back_url(self) -> str:
        return reverse("supervision_desk:list")

    def perform(self, form: Any) -> Case:
        data, now = form.cleaned_data, timezone.localtime()
        if self.finding:
            institution = self.finding.batch.institution
        else:
            institution = self.order.institution if self.order else data["institution"]
        return opening.register_clue(
            institution=institution,
            title=data["title"],
            clue=data["clue"],
            files=data["attachments"],
            finding=self.finding,
            order=self.order,
            by=self.user,
            on=now.date(),
            at=now,
        )


class CaseAct(ActPage):
    """An act on one case."""

    object: Case

    def subject(self) -> Case:
        return get_object_or_404(
            Case.objects.visible_to(self.user).select_related("institution", "region"),
            number=self.kwargs["number"],
        )

    def obstacles(self) -> list[Obstacle]:
        return obstacles_to(self.act, self.object, self.user, timezone.localdate())

    def doer(self) -> dict[str, Any]:
        """Return who acts on what, and when."""
        now = timezone.localtime()
        return {"case_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class OpenCase(CaseAct):
    """Verifying: the facts as they are established, and a visit where one is needed."""

    act = can.OPEN_CASE
    form_class = FactsForm

    def subject(self) -> Case:
        case = super().subject()
        if case.ground == Ground.CLOSED:
            self.form_class = VisitedFactsForm
        return case

    def initial(self) -> dict[str, Any]:
        found = "\n".join(each["text"] for each in self.object.detection)
        return {"facts": self.object.facts or found}

    def consequences(self) -> Sentences:
        return [
            _("You verify these facts and keep the case from now on."),
            _("Measures are laid out next; the institution learns of it by the notice."),
        ]

    def perform(self, form: Any) -> Case:
        return opening.open_case(**form.cleaned_data, **self.doer())


class AddMeasure(CaseAct):
    act = can.ADD_MEASURE

    def subject(self) -> Case:
        case = super().subject()
        try:
            form = MEASURE_FORMS[self.kwargs["kind"]]
        except KeyError as error:
            raise Http404 from error
        self.form_class = partial(form, case=case)  # type: ignore[assignment]
        return case

    def initial(self) -> dict[str, Any]:
        """The ground of the case is that of the act on the agreement."""
        if not self.object.ground:
            return {}
        ground = Ground(self.object.ground)
        return {
            "starts_on": timezone.localdate(),
            "suspension_ground": ground.suspends,
            "dissolution_ground": ground.dissolves,
        }

    def stamp(self) -> str:
        # Measures leave no transition: their number tells whether the page has aged.
        return f"{super().stamp()}.{self.object.measures.count()}"

    def perform(self, form: Any) -> Case:
        doer = self.doer()
        del doer["on"]
        opening.add_measure(facts=form.facts(), files=form.cleaned_data["attachments"], **doer)
        return self.object


class RemoveMeasure(CaseAct):
    act = can.REMOVE_MEASURE
    form_class = NoForm

    def subject(self) -> Case:
        case = super().subject()
        self.measure = get_object_or_404(case.measures, pk=self.kwargs["pk"])
        return case

    def consequences(self) -> Sentences:
        return [_("“%s” is no longer intended.") % self.measure.wording]

    def perform(self, form: Any) -> Case:
        return opening.remove_measure(
            case_id=self.object.pk, measure_id=self.measure.pk, by=self.user
        )


class GiveNotice(CaseAct):
    act = can.GIVE_NOTICE
    form_class = FactsForm

    def initial(self) -> dict[str, Any]:
        return {"facts": self.object.facts}

    def consequences(self) -> Sentences:
        return [
            _("The facts and the intended measures are fixed."),
            _("%s sees the case in the portal.") % self.object.institution.name,
        ]

    def perform(self, form: Any) -> Case:
        return hearing.give_notice(facts=form.cleaned_data["facts"], **self.doer())


class ServeNotice(CaseAct):
    act = can.SERVE_NOTICE
    form_class = ServiceForm

    def initial(self) -> dict[str, Any]:
        return {"served_on": timezone.localdate()}

    def consequences(self) -> Sentences:
        today = timezone.localdate()
        due, basis = rules.defence_period(today, office(on=today, region=self.object.region))
        text = _(
            "The institution may state and defend for %(n)d working days; "
            "served today, until %(day)s."
        )
        return [text % {"n": basis.count, "day": due.on}]

    def perform(self, form: Any) -> Case:
        return hearing.serve_notice(**form.cleaned_data, **self.doer())


class Decide(CaseAct):
    act = can.DECIDE
    template_name = "supervision/desk/decide.html"

    def subject(self) -> Case:
        case = super().subject()
        self.form_class = partial(DecisionForm, case=case)  # type: ignore[assignment]
        return case

    def consequences(self) -> Sentences:
        return [
            _("The chosen measures are imposed; the others fall away."),
            _("Suspending or dissolving is entered on the agreement, if its own rules allow it."),
            _("A grave measure must be reported to the administration and filed for review."),
        ]

    def perform(self, form: Any) -> Case:
        return decision.decide_case(**form.cleaned_data, **self.doer())


class ServeDecision(CaseAct):
    act = can.SERVE_DECISION
    form_class = ServiceForm

    def initial(self) -> dict[str, Any]:
        return {"served_on": timezone.localdate()}

    def consequences(self) -> Sentences:
        return [_("The periods to dispute the decision run from that day.")]

    def perform(self, form: Any) -> Case:
        return decision.serve_decision(**form.cleaned_data, **self.doer())


class RecordPerformance(CaseAct):
    act = can.RECORD_PERFORMANCE
    form_class = PerformanceForm

    def initial(self) -> dict[str, Any]:
        return {"performed_on": timezone.localdate()}

    def perform(self, form: Any) -> Case:
        return decision.record_performance(**form.cleaned_data, **self.doer())


class CloseCase(CaseAct):
    act = can.CLOSE_CASE
    form_class = NoForm

    def consequences(self) -> Sentences:
        return [_("The case becomes a record of the archives.")]

    def perform(self, form: Any) -> Case:
        return decision.close_case(**self.doer())


class DismissCase(CaseAct):
    act = can.DISMISS_CASE
    form_class = ReasonForm

    def consequences(self) -> Sentences:
        return [_("The case ends without any measure.")]

    def perform(self, form: Any) -> Case:
        return decision.dismiss_case(reason=form.cleaned_data["reason"], **self.doer())


class SupplementCase(CaseAct):
    act = can.SUPPLEMENT_CASE
    form_class = TextForm

    def consequences(self) -> Sentences:
        return [_("The administration is told; the case goes on where it was returned from.")]

    def perform(self, form: Any) -> Case:
        return administration.supplement_case(text=form.cleaned_data["text"], **self.doer())


class SendReport(CaseAct):
    act = can.SEND_REPORT
    form_class = TextForm

    def obstacles(self) -> list[Obstacle]:
        unsent = AdministrationReport.objects.filter(case=self.object).unsent()
        return rules.report_obstacles(unsent=unsent.exists())

    def consequences(self) -> Sentences:
        return [_("The report goes to the supervisors of the administration.")]

    def perform(self, form: Any) -> Case:
        return administration.send_report(text=form.cleaned_data["text"], **self.doer())
