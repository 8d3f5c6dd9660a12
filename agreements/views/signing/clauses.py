"""The page of each act on the clauses of a text: proposing, answering, withdrawing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.enums.texts import ProposalState
from agreements.forms import texts as forms_of_texts
from agreements.models import AgreementText, ClauseProposal, TextClause
from agreements.permissions import texts as permissions
from agreements.services.texts import negotiation


class Propose(ActPage):
    """Proposing another wording of a clause."""

    act = permissions.PROPOSE_CLAUSE
    form_class: Any = forms_of_texts.WordingForm
    template_name = "agreements/desk/clause_act.html"

    def subject(self) -> TextClause:
        seen = AgreementText.objects.visible_to(self.user)
        rows = TextClause.objects.filter(text__in=seen.values("pk"))
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def text(self) -> AgreementText:
        return AgreementText.objects.with_parts().get(pk=self.object.text_id)

    def stamp(self) -> str:
        return _stamp(self.text)

    def initial(self) -> dict[str, Any]:
        return {"body": self.object.body}

    def extra(self) -> dict[str, Any]:
        return {"clause": self.object}

    def obstacles(self) -> Sequence[Obstacle]:
        waiting = self.object.proposals.filter(state=ProposalState.OPEN).exists()
        return permissions.proposing_obstacles(self.text, self.user, open_proposal=waiting)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The other side is told and answers: it accepts, refuses, or counters."),
            _("Until then the clause stands as it is."),
        ]

    def perform(self, form: forms.Form) -> ClauseProposal:
        return negotiation.propose(
            clause_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )

    def next_url(self, result: Any) -> str:
        text = self.text
        return text.get_absolute_url() if self.area == "desk" else text.get_portal_url()


class OwnPropose(Propose):
    area = "portal"


class OfProposal(ActPage):
    """An act on a proposal."""

    template_name = "agreements/desk/clause_act.html"
    form_class: Any = forms_of_texts.AnswerForm

    def subject(self) -> ClauseProposal:
        seen = AgreementText.objects.visible_to(self.user)
        rows = ClauseProposal.objects.filter(clause__text__in=seen.values("pk"))
        return get_object_or_404(rows.select_related("clause"), pk=self.kwargs["pk"])

    @property
    def text(self) -> AgreementText:
        return AgreementText.objects.with_parts().get(pk=self.object.clause.text_id)

    def stamp(self) -> str:
        return f"{_stamp(self.text)}.{self.object.state}"

    def extra(self) -> dict[str, Any]:
        return {"clause": self.object.clause, "proposal": self.object}

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.answering_obstacles(self.object, self.text, self.user)

    def next_url(self, result: Any) -> str:
        text = self.text
        return text.get_absolute_url() if self.area == "desk" else text.get_portal_url()

    @property
    def _common(self) -> dict[str, Any]:
        return {"proposal_id": self.object.pk, "by": self.user, "at": timezone.now()}


class Accept(OfProposal):
    act = permissions.ACCEPT_PROPOSAL

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The clause reads as proposed."),
            _("Both sides then agree to the text as a whole."),
        ]

    def perform(self, form: forms.Form) -> ClauseProposal:
        return negotiation.accept(**self._common, **form.cleaned_data)


class Refuse(OfProposal):
    act = permissions.REFUSE_PROPOSAL
    form_class = forms_of_texts.RefuseForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The clause stays as it is; the other side may propose something else.")]

    def perform(self, form: forms.Form) -> ClauseProposal:
        return negotiation.refuse(**self._common, **form.cleaned_data)


class Counter(OfProposal):
    act = permissions.COUNTER_PROPOSAL
    form_class = forms_of_texts.WordingForm

    def initial(self) -> dict[str, Any]:
        return {"body": self.object.body}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Your wording takes the place of the other side's, which answers it.")]

    def perform(self, form: forms.Form) -> ClauseProposal:
        return negotiation.counter(**self._common, **form.cleaned_data)


class Withdraw(OfProposal):
    act = permissions.WITHDRAW_PROPOSAL

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.withdrawing_obstacles(self.object, self.text, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The clause stays as it is.")]

    def perform(self, form: forms.Form) -> ClauseProposal:
        return negotiation.withdraw(**self._common, **form.cleaned_data)


class OwnAccept(Accept):
    area = "portal"


class OwnRefuse(Refuse):
    area = "portal"


class OwnCounter(Counter):
    area = "portal"


class OwnWithdraw(Withdraw):
    area = "portal"


def _stamp(text: AgreementText) -> str:
    return f"{text.state}.{text.transitions.count()}"
