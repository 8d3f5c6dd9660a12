"""Filings of assessment results at the desk: the agency files, the administration acknowledges."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.notices import AssessedResult, FilingState
from institutions.forms.notices import ChosenForm, FilingFilter, RemarkForm
from institutions.models import ResultFiling, ResultToFile
from institutions.permissions.notices import (
    ACKNOWLEDGE_FILING,
    FILE_RESULTS,
    VIEW_FILINGS,
    acknowledging_obstacles,
    filing_obstacles,
)
from institutions.services.notices.filing import acknowledge_filing, file_results

QUEUE_LENGTH = 50
MOST_AT_ONCE = 100

navigation(
    "desk",
    _("Filings of results"),
    "institutions_desk:filings",
    VIEW_FILINGS,
    order=12,
    rules=("A-06",),
)


@desk_queue
def results_waiting(user: User, on: date) -> Iterator[Matter]:
    """Results the administration has not been told of."""
    if not FILE_RESULTS.allows(user):
        return
    rows = ResultToFile.objects.waiting().select_related("application__institution")
    for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("File the result of %(number)s with the administration")
            % {"number": each.application.number},
            institution=each.application.institution.name,
            state=AssessedResult(each.result),
            url=reverse("institutions_desk:filing_new"),
            act=FILE_RESULTS.label,
            due_on=ends_on(each.due_on, each.due_basis),
            provisional=bool(each.due_basis.get("provisional")),
        )


@desk_queue
def filings_to_acknowledge(user: User, on: date) -> Iterator[Matter]:
    if not ACKNOWLEDGE_FILING.allows(user):
        return
    for filing in ResultFiling.objects.waiting().order_by("filed_at", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Filing of results %(number)s") % {"number": filing.number},
            institution="",
            state=FilingState(filing.state),
            url=filing.get_absolute_url(),
            act=ACKNOWLEDGE_FILING.label,
        )


class FilingList(ActRequired, KeysetList):
    act = VIEW_FILINGS
    template_name = "institutions/notices/filings.html"
    order_field = "-filed_at"
    filterset_class = FilingFilter

    def get_queryset(self) -> QuerySet[ResultFiling]:
        return ResultFiling.objects.visible_to(self.user).select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = ResultToFile.objects.waiting().select_related("application__institution")
        return super().get_context_data(
            waiting=waiting.order_by("due_on", "pk")[:QUEUE_LENGTH],
            can_file=FILE_RESULTS.allows(self.user),
            **kwargs,
        )


class FileResults(ActPage):
    """One letter for the results chosen."""

    act = FILE_RESULTS
    form_class: Any = ChosenForm

    def subject(self) -> Any:
        rows = ResultToFile.objects.waiting().select_related("application__institution")
        self.waiting = list(rows.order_by("due_on", "pk")[:MOST_AT_ONCE])
        return _("Filings of results")

    def initial(self) -> dict[str, Any]:
        return {
            "rows": [
                (
                    each.pk,
                    f"{each} · {each.application.institution.name} · {each.decided_on:%Y-%m-%d}",
                )
                for each in self.waiting
            ]
        }

    def stamp(self) -> str:
        return ".".join(str(each.pk) for each in self.waiting)

    def obstacles(self) -> Sequence[Obstacle]:
        return filing_obstacles(self.user, chosen=bool(self.waiting))

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A letter with the chosen results goes to the administration of the same level."),
            _("Those who passed can be posted in a public notice."),
            _("It is filed for record: nobody approves it."),
        ]

    def perform(self, form: ChosenForm) -> ResultFiling:
        return file_results(result_ids=form.cleaned_data["chosen"], by=self.user, at=timezone.now())

    def back_url(self) -> str:
        return reverse("institutions_desk:filings")


class FilingPage(ActRequired, DetailView):
    act = VIEW_FILINGS
    template_name = "institutions/notices/filing.html"
    context_object_name = "filing"

    def get_queryset(self) -> QuerySet[ResultFiling]:
        return ResultFiling.objects.visible_to(self.user).select_related(
            "region", "letter", "filed_by", "acknowledged_by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filing = self.object
        buttons = []
        if ACKNOWLEDGE_FILING.allows(self.user):
            buttons.append(
                {
                    "act": ACKNOWLEDGE_FILING,
                    "url": reverse("institutions_desk:filing_ack", args=[filing.pk]),
                    "obstacles": acknowledging_obstacles(filing, self.user),
                }
            )
        return super().get_context_data(
            results=filing.results.select_related("application__institution"),
            buttons=buttons,
            **kwargs,
        )


class Acknowledge(ActPage):
    act = ACKNOWLEDGE_FILING
    form_class: Any = RemarkForm

    def subject(self) -> ResultFiling:
        return get_object_or_404(ResultFiling.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return acknowledging_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The filing counts as received by the administration."),
            _("Nothing is approved by it; the agency reads your remark."),
        ]

    def perform(self, form: RemarkForm) -> ResultFiling:
        return acknowledge_filing(
            filing_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            remark=form.cleaned_data["remark"],
        )
