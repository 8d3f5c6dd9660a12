"""What everybody may read and ask: procedures, published answers, the inquiry box."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, View

from agency.receipts import code_fits, status_url, tidy
from agency.rules import Refusal
from agency.services.calendar import office
from agency.views.files import handed_out
from agency.views.pages import KeysetList
from agency.views.status import unknown_receipt
from agency.views.strangers import QUERIES, StrangerPage
from institutions.enums.guidance import InquiryTopic, ProcedureTopic
from institutions.forms.guidance import ReplyWithCodeForm, StrangerQuestionForm
from institutions.models import FrequentQuestion, Inquiry, Procedure, ProcedureVersion
from institutions.services.inquiries import ANSWER_WORKDAYS, file_stranger_inquiry, reply
from institutions.services.procedures import difference


class Procedures(ListView):
    """The procedures by topic, with the version in force and those to come."""

    template_name = "institutions/guidance/public_procedures.html"
    context_object_name = "procedures"

    def get_queryset(self) -> QuerySet[Procedure]:
        versions = ProcedureVersion.objects.published().defer("text").order_by("-effective_from")
        rows = Procedure.objects.published().select_related("region")
        return rows.prefetch_related(Prefetch("versions", versions, to_attr="shown"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(today=timezone.localdate(), **kwargs)
        found: dict[str, list[Procedure]] = {}
        for each in context["procedures"]:
            found.setdefault(each.topic, []).append(each)
        groups = [(topic.label, found[topic]) for topic in ProcedureTopic if topic in found]
        return context | {"groups": groups}


class ProcedurePage(View):
    """A version of a procedure: the one in force, or the one of the address."""

    def get(self, request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
        procedure = get_object_or_404(Procedure.objects.published().select_related("region"), pk=pk)
        today = timezone.localdate()
        versions = list(procedure.versions.published().select_related("file"))
        in_force = next((each for each in versions if each.effective_from <= today), None)
        version = (
            in_force or versions[-1]
            if number is None
            else next((each for each in versions if each.number == number), None)
        )
        if version is None:
            raise Http404
        context = {
            "procedure": procedure,
            "version": version,
            "versions": versions,
            "in_force": in_force,
            "today": today,
            "earlier": [each for each in versions if each.effective_from < version.effective_from],
        }
        return render(request, "institutions/guidance/public_procedure.html", context)


class ProcedureDifference(View):
    """What two versions of a procedure have in common and what not, line by line."""

    def get(self, request: HttpRequest, pk: int, before: int, after: int) -> HttpResponse:
        rows = ProcedureVersion.objects.published().select_related("procedure")
        old = get_object_or_404(rows, procedure=pk, number=before)
        new = get_object_or_404(rows, procedure=pk, number=after)
        context = {
            "procedure": new.procedure,
            "before": old,
            "version": new,
            "lines": list(difference(old.text, new.text)),
        }
        return render(request, "institutions/guidance/public_difference.html", context)


class ProcedureFile(View):
    """The file of a published version."""

    def get(self, request: HttpRequest, pk: int, number: int) -> FileResponse:
        rows = ProcedureVersion.objects.published().select_related("file")
        version = get_object_or_404(rows, procedure=pk, number=number, file__isnull=False)
        if version.file is None:
            raise Http404
        return handed_out(version.file)


class Questions(KeysetList):
    """Published answers, the latest first; every word of the search occurs in them."""

    template_name = "institutions/guidance/public_questions.html"
    order_field = "-published_at"
    page_size = 20

    def get_queryset(self) -> QuerySet[FrequentQuestion]:
        rows = FrequentQuestion.objects.published().matching(self._words())
        topic = self.request.GET.get("topic", "")
        return rows.filter(topic=topic) if topic in InquiryTopic.values else rows

    def _words(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "")[:100]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            q=self._words(),
            topic=self.request.GET.get("topic", ""),
            topics=InquiryTopic.choices,
            **kwargs,
        )


class AskQuestion(StrangerPage):
    form_class = StrangerQuestionForm
    title = _("Ask the agency")
    intro = _("Anybody may ask; institutions ask in their portal.")
    submit_label = _("Ask")

    def consequences(self) -> list[str | Promise]:
        days = office(on=timezone.localdate()).number(ANSWER_WORKDAYS)
        answered = _("The agency answers within %(days)d working days.") % {"days": days}
        return [
            answered,
            _("You get a number and a check code: with both you read the answer on this site."),
            _("The answer may be published for others, without anything that tells who asked."),
        ]

    def perform(self, form: StrangerQuestionForm) -> Inquiry:
        return file_stranger_inquiry(**form.cleaned_data, at=timezone.now())

    def next_url(self, result: Inquiry) -> str:
        return status_url(result.number)


class ReplyToQuestion(StrangerPage):
    """A stranger's reply to what was asked back, by number and check code."""

    form_class = ReplyWithCodeForm
    title = _("Reply to a question back")
    submit_label = _("Reply")
    parameter = QUERIES

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "")[:40] for name in ("number", "code")}

    def perform(self, form: ReplyWithCodeForm) -> Inquiry:
        number, code = tidy(form.cleaned_data["number"]), form.cleaned_data["code"]
        rows = Inquiry.objects.filter(number=number, institution__isnull=True)
        found = rows.first() if code_fits(number, code) else None
        if found is None:
            raise Refusal([unknown_receipt()])
        return reply(
            inquiry_id=found.pk, text=form.cleaned_data["text"], by=None, at=timezone.now()
        )

    def next_url(self, result: Inquiry) -> str:
        return status_url(result.number)
