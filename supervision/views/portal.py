"""The portal: cases about one's own institution, from the notice on."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from agency.home import Matter, navigation, portal_panel, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.models import Institution
from supervision import rules
from supervision.enums.cases import CaseState
from supervision.forms.cases import StatementForm
from supervision.models import Case
from supervision.permissions import cases as can
from supervision.services import hearing
from supervision.views import parts, steps
from supervision.views.effects import effects_of

navigation("portal", gettext_lazy("Cases"), "supervision_portal:list", can.VIEW_OWN_CASES, order=50)
OPEN = [
    CaseState.NOTICE,
    CaseState.DEFENCE,
    CaseState.LEGAL_REVIEW,
    CaseState.DECIDED,
    CaseState.SERVED,
    CaseState.PERFORMED,
    CaseState.RETURNED,
]


class CaseList(ActRequired, KeysetList):
    act = can.VIEW_OWN_CASES
    template_name = "supervision/portal/list.html"
    order_field = "-opened_on"

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.user)


class CaseDetail(ActRequired, DetailView):
    act = can.VIEW_OWN_CASES
    template_name = "supervision/portal/detail.html"
    context_object_name = "case"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Case.objects.visible_to(self.user)
            .select_related("institution", "agreement")
            .prefetch_related(
                "measures__files", "statements__files", "statements__given_by", "demands__letter"
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_state = not statement_obstacles(self.object, timezone.localdate())
        return super().get_context_data(
            may_state=may_state,
            measures=parts.measures_as_served(self.object),
            effects=effects_of(self.object, self.user, portal=True),
            remedies=parts.remedies(self.object),
            steps=steps.line_for_institution(self.object),
            **kwargs,
        )


class Decision(ActRequired, DetailView):
    """The decision to be printed, once it has been served."""

    act = can.VIEW_OWN_CASES
    template_name = "supervision/portal/decision.html"
    context_object_name = "case"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Case.objects.visible_to(self.user)
            .filter(decision_served_on__isnull=False)
            .with_parties()
            .prefetch_related("measures")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(remedies=parts.remedies(self.object), **kwargs)


def statement_obstacles(case: Case, on: date) -> list[Obstacle]:
    blocked = rules.state_obstacles(state=case.state, allowed=[CaseState.DEFENCE])
    return blocked or rules.statement_obstacles(on=on, due_on=case.defence_due_on or on)


class GiveStatement(ActPage):
    act = can.GIVE_STATEMENT
    form_class = StatementForm
    area = "portal"

    def subject(self) -> Case:
        return get_object_or_404(Case.objects.visible_to(self.user), number=self.kwargs["number"])

    def obstacles(self) -> list[Obstacle]:
        return statement_obstacles(self.object, timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The statement goes to the agency as it is and cannot be changed afterwards.")]

    def perform(self, form: Any) -> Case:
        now = timezone.localtime()
        hearing.give_statement(
            case_id=self.object.pk,
            text=form.cleaned_data["text"],
            files=form.cleaned_data["attachments"],
            by=self.user,
            on=now.date(),
            at=now,
        )
        return self.object


@portal_queue
def statements_to_give(user: User, on: date) -> Iterable[Matter]:
    """Notices served on the user's institution that still wait for a statement."""
    if not can.GIVE_STATEMENT.allows(user):
        return []
    cases = (
        Case.objects.visible_to(user)
        .filter(state=CaseState.DEFENCE, defence_outcome="", defence_due_on__gte=on)
        .select_related("institution")
        .order_by("defence_due_on", "pk")[:50]
    )
    return [
        Matter(
            title=f"{case.number} · {case.title}",
            plain=case.number,
            institution=case.institution.name,
            state=CaseState(case.state),
            url=case.get_portal_url(),
            act=can.GIVE_STATEMENT.label,
            due_on=case.defence_due_on,
            provisional=case.defence_due_provisional,
        )
        for case in cases
    ]


@portal_panel("supervision/portal/panel.html")
def own_cases(institution: Institution, on: date) -> dict[str, Any] | None:
    """Open cases about the institution; stays away when there is none."""
    cases = list(
        Case.objects.filter(
            institution=institution, state__in=OPEN, noticed_on__isnull=False
        ).order_by("-opened_on", "-pk")[:5]
    )
    return {"cases": cases} if cases else None
