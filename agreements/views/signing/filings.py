"""Filing signed agreements with the administration: the list, several at a time, the answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.forms import ReasonForm
from agency.home import navigation
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.texts import UNFILED, FilingState
from agreements.forms import texts as forms_of_texts
from agreements.forms.life import OptionalReasonForm
from agreements.models import AgreementFiling
from agreements.permissions.supplements import (
    ACKNOWLEDGE_FILING,
    FILE_AGREEMENTS,
    RETURN_FILING,
    VIEW_FILINGS,
    answering_filing_obstacles,
)
from agreements.services import filings

navigation(
    "desk",
    _("Filing of agreements"),
    "agreements_desk:filings",
    VIEW_FILINGS,
    order=26,
    rules=("A-09",),
)

AT_ONCE = 100


class FilingList(ActRequired, KeysetList):
    act = VIEW_FILINGS
    template_name = "agreements/desk/filings.html"
    order_field = "-created_at"
    filterset_class = forms_of_texts.FilingFilter

    def get_queryset(self) -> QuerySet[AgreementFiling]:
        return AgreementFiling.objects.with_parts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_file=FILE_AGREEMENTS.allows(self.user), file_act=FILE_AGREEMENTS, **kwargs
        )


class FilingPage(ActRequired, DetailView):
    act = VIEW_FILINGS
    template_name = "agreements/desk/filing.html"
    context_object_name = "filing"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[AgreementFiling]:
        return AgreementFiling.objects.with_parts().select_related("filed_by", "answered_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filing, user = self.object, self.user
        buttons = []
        if filing.state in UNFILED and FILE_AGREEMENTS.allows(user):
            url = f"{reverse('agreements_desk:filing_file')}?filing={filing.pk}"
            buttons.append({"act": FILE_AGREEMENTS, "url": url, "obstacles": []})
        for name, act in (
            ("filing_acknowledge", ACKNOWLEDGE_FILING),
            ("filing_return", RETURN_FILING),
        ):
            if filing.state == FilingState.FILED and act.allows(user):
                url = reverse(f"agreements_desk:{name}", args=[filing.number])
                buttons.append({"act": act, "url": url, "obstacles": []})
        matter = filing.subject_matter
        text = matter.texts.current().first()
        return super().get_context_data(
            matter=matter,
            own_text=text,
            is_open=filing.state in UNFILED,
            buttons=buttons,
            **kwargs,
        )


class File(ActPage):
    """Filing one or several agreements, from the list or from the page of one."""

    act = FILE_AGREEMENTS
    form_class: Any = forms_of_texts.FileForm

    def subject(self) -> "Waiting":
        rows = AgreementFiling.objects.unfiled().with_parts().order_by("due_on", "pk")
        return Waiting(list(rows[:AT_ONCE]))

    def stamp(self) -> str:
        return ".".join(f"{each.pk}{each.state}" for each in self.object.rows)

    def initial(self) -> dict[str, Any]:
        chosen = self.request.GET.getlist("filing")
        rows = self.object.rows
        return {
            "choices": [(each.pk, _name(each)) for each in rows],
            "filings": [each.pk for each in rows if str(each.pk) in chosen],
        }

    def obstacles(self) -> Sequence[Obstacle]:
        if self.object.rows:
            return []
        return [Obstacle("nothing_to_file", _("Every signed agreement has been filed."), "A-09")]

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The administration is told; it acknowledges each filing or sends it back.")]

    def perform(self, form: forms.Form) -> Any:
        return filings.file_agreements(
            filing_ids=form.cleaned_data["filings"],
            note=form.cleaned_data["note"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: Any) -> str:
        count = len(result)
        return ngettext("%(n)d agreement filed.", "%(n)d agreements filed.", count) % {"n": count}

    def next_url(self, result: Any) -> str:
        return reverse("agreements_desk:filings")


class Waiting:
    """What waits to be filed, as the subject of one act."""

    def __init__(self, rows: list[AgreementFiling]) -> None:
        self.rows = rows

    def __str__(self) -> str:
        return gettext("Filing of agreements")


def _name(filing: AgreementFiling) -> str:
    return gettext("%(agreement)s, %(institution)s, by %(day)s") % {
        "agreement": filing.subject_matter,
        "institution": filing.parent.institution,
        "day": filing.due_on,
    }


class AnswerFiling(ActPage):
    def subject(self) -> AgreementFiling:
        rows = AgreementFiling.objects.with_parts()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_filing_obstacles(self.object, self.user)

    @property
    def _common(self) -> dict[str, Any]:
        return {"filing_id": self.object.pk, "by": self.user, "at": timezone.now()}


class Acknowledge(AnswerFiling):
    act = ACKNOWLEDGE_FILING
    form_class = OptionalReasonForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The filing is closed; the agency is told.")]

    def perform(self, form: forms.Form) -> AgreementFiling:
        return filings.acknowledge_filing(answer=form.cleaned_data["reason"], **self._common)


class SendBack(AnswerFiling):
    act = RETURN_FILING
    form_class = ReasonForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The agency puts right what is said, and files again.")]

    def perform(self, form: forms.Form) -> AgreementFiling:
        return filings.return_filing(answer=form.cleaned_data["reason"], **self._common)
