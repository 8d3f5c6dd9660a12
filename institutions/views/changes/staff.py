"""Changes of information at the desk: the list, the queue, one filing."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.enums import Role
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.views.clock_acts import clock_buttons
from agency.views.pages import ActRequired, KeysetList
from institutions.clocks.changes import CHANGE_DECISION
from institutions.enums.changes import ChangeState, CommitmentState
from institutions.forms import ChangeFilter
from institutions.forms.changes import CommitmentFilter
from institutions.models import AddressCommitment, Assessment, ChangeRequest
from institutions.permissions.assessment import OPEN_ASSESSMENT
from institutions.permissions.changes import (
    APPROVE_CHANGE,
    CHECK_CHANGE,
    CHOOSE_ROUTE,
    REJECT_CHANGE,
    STOP_CHANGE,
    VERIFY_COMMITMENT,
    VIEW_CHANGES,
    approval_obstacles,
    check_obstacles,
    commitment_obstacles,
    decision_obstacles,
    route_obstacles,
    stop_obstacles,
)
from institutions.permissions.register import READ_ACCOUNT
from institutions.services.assessment import opening
from institutions.services.change_checks import hints_for

navigation(
    "desk", _("Changes"), "institutions_desk:changes", VIEW_CHANGES, order=15, rules=("B-13a",)
)
navigation(
    "desk",
    _("Commitments"),
    "institutions_desk:commitments",
    VERIFY_COMMITMENT,
    order=16,
    rules=("C-09",),
)

QUEUE_LENGTH = 50


@desk_queue
def filings_waiting(user: User, on: date) -> Iterator[Matter]:
    """Filings whose next step is the user's: to check, to choose the route, to decide."""
    rows = ChangeRequest.objects.exclude(filed_by=user).with_content()
    rows = rows.order_by("decision_due_on", "pk")
    if CHECK_CHANGE.allows(user):
        yield from _matters(rows.filter(state=ChangeState.FILED), pgettext_lazy("act", "Check"))
    if user.has_role(Role.AGENCY_HEAD):
        yield from _matters(rows.to_choose(), _("Choose"))
        # Of an account nobody decides what they checked.
        own = rows.ready().exclude(changes_account=True, checked_by=user)
        yield from _matters(own.for_head(), _("Decide"))
    elif APPROVE_CHANGE.allows(user):
        heads = ChangeRequest.objects.waiting().for_head()
        yield from _matters(rows.ready().exclude(pk__in=heads.values("pk")), _("Decide"))


@desk_queue
def changes_to_assess(user: User, on: date) -> Iterator[Matter]:
    """Changes that need a new assessment which nobody has opened yet."""
    if not OPEN_ASSESSMENT.allows(user):
        return
    under_way = Assessment.objects.open().filter(change=OuterRef("pk"))
    rows = ChangeRequest.objects.to_assess().exclude(Exists(under_way)).with_content()
    yield from _matters(rows.order_by("checked_at", "pk"), _("Open the assessment"))


def _matters(rows: QuerySet[ChangeRequest], act: str | Promise) -> Iterator[Matter]:
    for change in rows[:QUEUE_LENGTH]:
        fields = "、".join(str(item.get_field_display()) for item in change.items.all())
        yield Matter(
            title=gettext("Change %(number)s: %(fields)s")
            % {"number": change.number, "fields": fields},
            institution=change.institution.name,
            state=ChangeState(change.state),
            url=change.get_absolute_url(),
            act=act,
            due_on=ends_on(change.decision_due_on, change.decision_due_basis)
            if change.decision_runs
            else None,
            provisional=bool(change.decision_due_basis.get("provisional")),
        )


@desk_queue
def visits_waiting(user: User, on: date) -> Iterator[Matter]:
    """New places that are to be visited because of a commitment."""
    if not VERIFY_COMMITMENT.allows(user):
        return
    rows = AddressCommitment.objects.to_verify().select_related("change__institution")
    for each in rows.order_by("check_due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Commitment for a new address, change %(number)s")
            % {"number": each.change.number},
            institution=each.change.institution.name,
            state=CommitmentState(each.state),
            url=each.get_absolute_url(),
            act=_("Visit"),
            due_on=ends_on(each.check_due_on, each.check_due_basis),
            provisional=bool(each.check_due_basis.get("provisional")),
        )


class ChangeList(ActRequired, KeysetList):
    act = VIEW_CHANGES
    template_name = "institutions/desk/changes.html"
    order_field = "-filed_at"
    filterset_class = ChangeFilter

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.user).with_content()


class CommitmentList(ActRequired, KeysetList):
    act = VERIFY_COMMITMENT
    template_name = "institutions/desk/commitments.html"
    filterset_class = CommitmentFilter

    def get_queryset(self) -> QuerySet[AddressCommitment]:
        rows = AddressCommitment.objects.visible_to(self.user)
        return rows.select_related("change__institution")


class ChangePage(ActRequired, DetailView):
    act = VIEW_CHANGES
    template_name = "institutions/desk/change.html"
    context_object_name = "change"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.user).with_everything()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change, user = self.object, self.user
        is_new = change.state == ChangeState.FILED
        shown = [
            (CHECK_CHANGE, "change_check", check_obstacles, is_new),
            (CHOOSE_ROUTE, "change_route", route_obstacles, change.waits_for_choice),
            (APPROVE_CHANGE, "change_approve", approval_obstacles, change.is_open and not is_new),
            (REJECT_CHANGE, "change_reject", decision_obstacles, change.is_open),
            (STOP_CHANGE, "change_stop", stop_obstacles, change.waits_for_its_day),
        ]
        buttons = [
            self._button(act, name, obstacles(change, user))
            for act, name, obstacles, applies in shown
            if applies and act.allows(user)
        ]
        assessed = any(each.is_open for each in change.assessments.all())
        if change.awaits_assessment and not assessed and OPEN_ASSESSMENT.allows(user):
            obstacles = opening.change_obstacles(change, user)
            buttons.append(self._button(OPEN_ASSESSMENT, "change_assessment_open", obstacles))
        commitment = change.own_commitment
        if commitment and commitment.is_to_verify and VERIFY_COMMITMENT.allows(user):
            obstacles = commitment_obstacles(commitment, user)
            buttons.append(self._button(VERIFY_COMMITMENT, "change_visit", obstacles))
        buttons += clock_buttons(CHANGE_DECISION, change, user)
        if READ_ACCOUNT.allows(user) and any(item.is_secret for item in change.items.all()):
            url = reverse("institutions_desk:change_account", args=[change.number])
            buttons.append({"act": READ_ACCOUNT, "url": url})
        return super().get_context_data(
            buttons=buttons, hints=hints_for(change, on=timezone.localdate()), **kwargs
        )

    def _button(self, act: Any, name: str, obstacles: Any) -> dict[str, Any]:
        url = reverse(f"institutions_desk:{name}", args=[self.object.number])
        return {"act": act, "url": url, "obstacles": obstacles}
