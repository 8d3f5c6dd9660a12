"""Filing changes of information, and following them: the institution's side."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, navigation
from agency.models import User
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.changes import ChangeField, ChangeState
from institutions.forms import ChangeFilter, ChangeForm, OptionalReasonForm
from institutions.forms.changes import StopForm
from institutions.models import ChangeRequest, Institution
from institutions.panels import waiting_queue
from institutions.permissions.changes import (
    FILE_CHANGE,
    STOP_OWN_CHANGE,
    WITHDRAW_CHANGE,
    stop_obstacles,
    withdrawal_obstacles,
)
from institutions.permissions.register import VIEW_OWN_INSTITUTION
from institutions.rules.reevaluation import Route
from institutions.services.change_effects import stop_change
from institutions.services.commitments import commitment_text
from institutions.services.filing import file_change, preview_change, withdraw_change
from institutions.services.routes import consequence_of, districts_of

navigation(
    "portal",
    _("Changes"),
    "institutions_portal:changes",
    VIEW_OWN_INSTITUTION,
    order=15,
    rules=("B-13a", "C-09"),
)

SHOWN_WAITING = 20


@waiting_queue
def own_filings(user: User, on: date) -> Iterator[Matter]:
    """Filings of the institution that the agency has yet to decide, or that wait for their day."""
    rows = ChangeRequest.objects.visible_to(user).busy().with_content()
    for change in rows.order_by("decision_due_on", "pk")[:SHOWN_WAITING]:
        waits = change.state == ChangeState.APPROVED
        due_on, basis = change.decision_due_on, change.decision_due_basis
        yield Matter(
            title=gettext("Change %(number)s") % {"number": change.number},
            institution=change.institution.name,
            state=ChangeState(change.state),
            url=change.get_portal_url(),
            act=_("Look"),
            due_on=change.effect_due_on if waits else ends_on(due_on, basis),
            provisional=not waits and bool(basis.get("provisional")),
        )


class ChangeList(ActRequired, KeysetList):
    act = VIEW_OWN_INSTITUTION
    template_name = "institutions/portal/changes.html"
    order_field = "-filed_at"
    filterset_class = ChangeFilter

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.user).with_content()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_file=FILE_CHANGE.allows(self.user), file_act=FILE_CHANGE, **kwargs
        )


class ChangePage(ActRequired, DetailView):
    act = VIEW_OWN_INSTITUTION
    template_name = "institutions/portal/change.html"
    context_object_name = "change"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.user).with_everything()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change, user = self.object, self.user
        shown = [
            (WITHDRAW_CHANGE, "change_withdraw", withdrawal_obstacles, change.is_open),
            (STOP_OWN_CHANGE, "change_stop", stop_obstacles, change.waits_for_its_day),
        ]
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_portal:{name}", args=[change.number]),
                "obstacles": obstacles(change, user),
            }
            for act, name, obstacles, applies in shown
            if applies and act.allows(user)
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class NewChange(ActPage):
    """The form of a filing. “What follows” shows the route before anything is filed: as the form
    is filled in, and without scripts by its own button.
    """

    act = FILE_CHANGE
    area = "portal"
    form_class = ChangeForm
    template_name = "institutions/portal/change_new.html"

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user).select_related("region"))

    def initial(self) -> dict[str, Any]:
        institution: Institution = self.object
        districts = districts_of(institution.region)
        own = institution.region.name
        return {
            "institution": institution,
            "districts": districts,
            "from_district": own if own in districts else "",
            "area_before": institution.floor_area,
            "scale_before": institution.beds,
        }

    def stamp(self) -> str:
        # One more filing since the page was opened may have been this one, sent twice.
        return str(self.object.changes.count())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agency checks the filing; until it decides, the register stays as it is."),
            _("A filing after its deadline is accepted with a warning."),
            _(
                "A new bank account takes effect some days after its approval; until then you can "
                "stop it."
            ),
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "check" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self._form(request.POST, request.FILES)
        return self.show(form, status=200 if form.is_valid() else 400)

    def extra(self) -> dict[str, Any]:
        return {**self.preview, "preview_url": reverse("institutions_portal:change_preview")}

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.preview: dict[str, Any] = preview_of(form, self.object) if form.is_bound else {}
        return super().show(form, status)

    def perform(self, form: ChangeForm) -> ChangeRequest:
        data = form.cleaned_data
        return file_change(
            institution_id=self.object.pk,
            changes=data["changes"],
            evidence=data["evidence"],
            explanation=data["explanation"],
            context=data["context"],
            signature=data["signature"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: ChangeRequest) -> str:
        if result.is_late:
            return gettext(
                "Filed as %(number)s, after its deadline of %(due)s: accepted with a warning."
            ) % {"number": result.number, "due": result.filing_due_on}
        return gettext("Filed as %(number)s, in time.") % {"number": result.number}


def preview_of(form: ChangeForm, institution: Institution) -> dict[str, Any]:
    """Return what the page shows of the route a form would take, or why it cannot say yet."""
    given = [each for each in ChangeField if form.data.get(f"new_{each}")]
    if not given:
        return {}
    context: dict[str, Any] = {"form": form, "institution": institution}
    if not form.is_valid() and not _only_refused(form):
        return {**context, "is_incomplete": True}
    on, data = timezone.localdate(), form.cleaned_data
    try:
        preview = preview_change(
            institution=institution, changes=data["changes"], context=data["context"], on=on
        )
    except Refusal as refusal:
        return {**context, "refused": refusal.obstacles}
    route = preview.answer.route
    context |= {"preview": preview, "route": route, "consequence": consequence_of(route)}
    if route is Route.NO_REEVAL_WITH_COMMITMENT:
        address = next(
            each.value for each in data["changes"] if each.field is ChangeField.REGISTERED_ADDRESS
        )
        context["commitment"] = commitment_text(institution, address, on=on)
        context["signing"] = [form["signed_name"], form["password"]]
    return context


def _only_refused(form: ChangeForm) -> bool:
    """Whether nothing is wrong with the form but what a service refused."""
    return set(form.errors) <= {"__all__", "password", "signed_name"}


class PreviewChange(NewChange):
    """The part of the page that shows the route, drawn anew while the form is filled in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._drawn(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._drawn(self._form(request.POST))

    def _drawn(self, form: ChangeForm) -> HttpResponse:
        context = preview_of(form, self.object) if form.is_bound else {}
        return render(self.request, "institutions/portal/change_preview.html", context)


class OfOwnChange(ActPage):
    area = "portal"

    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])


class WithdrawChange(OfOwnChange):
    act = WITHDRAW_CHANGE
    form_class = OptionalReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return withdrawal_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The filing ends; its deadline goes on running, so file again in time.")]

    def perform(self, form: OptionalReasonForm) -> ChangeRequest:
        return withdraw_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class StopOwnChange(OfOwnChange):
    act = STOP_OWN_CHANGE
    form_class = StopForm

    def obstacles(self) -> Sequence[Obstacle]:
        return stop_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return stop_consequences(self.object)

    def perform(self, form: StopForm) -> ChangeRequest:
        return stop_change(
            change_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


def stop_consequences(change: ChangeRequest) -> list[str | Promise]:
    lines: list[str | Promise] = [
        _("The new bank account does not take effect; money keeps going to the old one."),
        _("Both sides are told the reason. Another account needs a new filing."),
    ]
    if any(not each.is_of_account for each in change.items.all()):
        lines.insert(1, _("What else was approved with it stays in effect."))
    return lines
