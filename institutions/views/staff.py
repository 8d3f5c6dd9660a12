"""The register and the filings at the desk."""

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
from agency.enums import Role
from agency.forms import ReasonForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.clock_acts import clock_buttons
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.clocks.changes import CHANGE_DECISION
from institutions.enums.changes import ChangeState
from institutions.forms import ChangeFilter, OptionalReasonForm, RegisterFilter, VerifyForm
from institutions.models import ChangeRequest, Institution
from institutions.panels import DESK_PANELS, drawn
from institutions.permissions.changes import (
    APPROVE_CHANGE,
    REJECT_CHANGE,
    VIEW_CHANGES,
    approval_obstacles,
    decision_obstacles,
)
from institutions.permissions.register import (
    READ_ACCOUNT,
    VERIFY_ENTRY,
    VIEW_INSTITUTIONS,
    verification_obstacles,
)
from institutions.services.changes import approve_change, reject_change
from institutions.services.history import as_on, register_steps
from institutions.services.registry import register_facts, verify_entry
from institutions.views.days import chosen_day
from institutions.views.register import RegisterList

navigation("desk", _("Institutions"), "institutions_desk:list", VIEW_INSTITUTIONS, order=10)
navigation(
    "desk", _("Changes"), "institutions_desk:changes", VIEW_CHANGES, order=15, rules=("B-13a",)
)

QUEUE_LENGTH = 50
SHOWN_FACTS = 50


@desk_queue
def filings_waiting(user: User, on: date) -> Iterator[Matter]:
    """Filings the user may decide; those of a bank account wait for the agency head alone."""
    if not APPROVE_CHANGE.allows(user):
        return
    rows = ChangeRequest.objects.waiting().exclude(filed_by=user)
    rows = rows if user.has_role(Role.AGENCY_HEAD) else rows.without_account()
    for change in rows.with_content().order_by("decision_due_on", "pk")[:QUEUE_LENGTH]:
        fields = "、".join(str(item.get_field_display()) for item in change.items.all())
        yield Matter(
            title=gettext("Change %(number)s: %(fields)s")
            % {"number": change.number, "fields": fields},
            institution=change.institution.name,
            state=ChangeState(change.state),
            url=change.get_absolute_url(),
            act=_("Decide"),
            due_on=ends_on(change.decision_due_on, change.decision_due_basis),
            provisional=bool(change.decision_due_basis.get("provisional")),
        )


class InstitutionList(ActRequired, RegisterList):
    act = VIEW_INSTITUTIONS
    template_name = "institutions/desk/list.html"
    filterset_class = RegisterFilter

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.visible_to(self.user).select_related("region")


class InstitutionPage(ActRequired, DetailView):
    act = VIEW_INSTITUTIONS
    template_name = "institutions/desk/detail.html"
    context_object_name = "institution"

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.visible_to(self.user).select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution, user = self.object, self.user
        form, on = chosen_day(self.request)
        then = as_on(institution, on)
        buttons = []
        if READ_ACCOUNT.allows(user) and then.bank_account:
            url = reverse("institutions_desk:account", args=[institution.pk])
            buttons.append({"act": READ_ACCOUNT, "url": f"{url}?on={on:%Y-%m-%d}"})
        if VERIFY_ENTRY.allows(user) and not institution.is_verified:
            url = reverse("institutions_desk:verify", args=[institution.pk])
            obstacles = verification_obstacles(institution, user)
            buttons.append({"act": VERIFY_ENTRY, "url": url, "obstacles": obstacles})
        return super().get_context_data(
            day_form=form,
            on=on,
            is_today=on == timezone.localdate(),
            then=then,
            facts=register_facts(then),
            panels=drawn(DESK_PANELS, institution, timezone.localdate(), self.request),
            changes=institution.changes.with_content()[:10],
            values=institution.facts.select_related("change").order_by("-effective_from", "field")[
                :SHOWN_FACTS
            ],
            steps=register_steps(institution),
            buttons=buttons,
            **kwargs,
        )


class Verify(ActPage):
    act = VERIFY_ENTRY
    form_class: Any = VerifyForm

    def subject(self) -> Institution:
        return get_object_or_404(Institution, pk=self.kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in VerifyForm.Meta.fields}

    def stamp(self) -> str:
        return str(self.object.code)

    def obstacles(self) -> Sequence[Obstacle]:
        return verification_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution is on the public register from now on."),
            _("It may have an agreement."),
            _("Its national code can never be changed again."),
        ]

    def perform(self, form: VerifyForm) -> Institution:
        return verify_entry(
            institution_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class ChangeList(ActRequired, KeysetList):
    act = VIEW_CHANGES
    template_name = "institutions/desk/changes.html"
    order_field = "-filed_at"
    filterset_class = ChangeFilter

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.user).with_content()


class ChangePage(ActRequired, DetailView):
    act = VIEW_CHANGES
    template_name = "institutions/desk/change.html"
    context_object_name = "change"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return (
            ChangeRequest.objects.visible_to(self.user)
            .with_content()
            .select_related("filed_by", "decided_by")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change, user = self.object, self.user
        buttons = []
        if change.is_open:
            buttons = [
                {
                    "act": act,
                    "url": reverse(f"institutions_desk:{name}", args=[change.number]),
                    "obstacles": obstacles(change, user),
                }
                for act, name, obstacles in (
                    (APPROVE_CHANGE, "change_approve", approval_obstacles),
                    (REJECT_CHANGE, "change_reject", decision_obstacles),
                )
                if act.allows(user)
            ]
        buttons += clock_buttons(CHANGE_DECISION, change, user)
        if READ_ACCOUNT.allows(user) and any(item.is_secret for item in change.items.all()):
            url = reverse("institutions_desk:change_account", args=[change.number])
            buttons.append({"act": READ_ACCOUNT, "url": url})
        return super().get_context_data(buttons=buttons, **kwargs)


class DecideChange(ActPage):
    """What approving and rejecting share."""

    template_name = "institutions/desk/change_act.html"

    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])


class ApproveChange(DecideChange):
    act = APPROVE_CHANGE
    form_class = OptionalReasonForm

    def asks_for_code(self) -> bool:
        return self.object.changes_account

    def obstacles(self) -> Sequence[Obstacle]:
        return approval_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        lines = [
            _("The new values are entered in the register with effect from today."),
            _("What held before stays on record; payments before today keep the old account."),
            _("The institution is told."),
        ]
        return lines if self.object.changes_account else [lines[0], lines[2]]

    def perform(self, form: OptionalReasonForm) -> ChangeRequest:
        return approve_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RejectChange(DecideChange):
    act = REJECT_CHANGE
    form_class = ReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return decision_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The register stays as it is."),
            _("The institution is told the reason and may file again."),
        ]

    def perform(self, form: ReasonForm) -> ChangeRequest:
        return reject_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
