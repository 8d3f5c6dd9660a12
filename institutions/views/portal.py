"""The institution's side: its home, its facts, its filings."""

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
from django.views.generic import DetailView, View

from agency.clocks import ends_on
from agency.home import PORTAL_PANELS, PORTAL_QUEUES, Matter, gather, navigation
from agency.models import User
from agency.permissions import USE_PORTAL
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.changes import ChangeState
from institutions.forms import ChangeFilter, ChangeForm, OptionalReasonForm
from institutions.models import ChangeRequest, Institution
from institutions.panels import WAITING_QUEUES, drawn, waiting_queue
from institutions.permissions.changes import FILE_CHANGE, WITHDRAW_CHANGE, withdrawal_obstacles
from institutions.permissions.register import READ_OWN_ACCOUNT, VIEW_OWN_INSTITUTION
from institutions.services.filing import file_change, withdraw_change
from institutions.services.history import as_on
from institutions.services.registry import register_facts
from institutions.views.days import chosen_day

navigation("portal", _("Home"), "institutions_portal:home", USE_PORTAL, order=0)
navigation(
    "portal", _("My institution"), "institutions_portal:institution", VIEW_OWN_INSTITUTION, order=10
)
navigation("portal", _("Changes"), "institutions_portal:changes", VIEW_OWN_INSTITUTION, order=15)

SHOWN_WAITING = 20


@waiting_queue
def own_filings(user: User, on: date) -> Iterator[Matter]:
    """Filings of the institution that the agency has yet to decide."""
    rows = ChangeRequest.objects.visible_to(user).waiting().with_content()
    for change in rows.order_by("decision_due_on", "pk")[:SHOWN_WAITING]:
        yield Matter(
            title=gettext("Change %(number)s") % {"number": change.number},
            institution=change.institution.name,
            state=ChangeState(change.state),
            url=change.get_portal_url(),
            act=_("Look"),
            due_on=ends_on(change.decision_due_on, change.decision_due_basis),
            provisional=bool(change.decision_due_basis.get("provisional")),
        )


class OwnInstitution(ActRequired):
    """A page about the user's institution; an account without one is told what to do."""

    def own(self) -> Institution | None:
        rows = Institution.objects.visible_to(self.user)
        return rows.select_related("region").first()

    def nowhere(self) -> HttpResponse:
        request = self.request
        return render(request, "institutions/portal/no_institution.html", status=403)


class Home(OwnInstitution, View):
    act = USE_PORTAL

    def get(self, request: HttpRequest) -> HttpResponse:
        institution, today = self.own(), timezone.localdate()
        if institution is None:
            return self.nowhere()
        context = {
            "institution": institution,
            "asked": gather(PORTAL_QUEUES, self.user, today),
            "waiting": gather(WAITING_QUEUES, self.user, today),
            "panels": drawn(PORTAL_PANELS, institution, today, request),
        }
        return render(request, "institutions/portal/home.html", context)


class OwnPage(OwnInstitution, View):
    act = VIEW_OWN_INSTITUTION

    def get(self, request: HttpRequest) -> HttpResponse:
        institution = self.own()
        if institution is None:
            return self.nowhere()
        form, on = chosen_day(request)
        then = as_on(institution, on)
        account = f"{reverse('institutions_portal:account')}?on={on:%Y-%m-%d}"
        buttons: list[dict[str, Any]] = [
            {"act": FILE_CHANGE, "url": reverse("institutions_portal:change_new")},
            *([{"act": READ_OWN_ACCOUNT, "url": account}] if then.bank_account else []),
        ]
        context = {
            "institution": institution,
            "day_form": form,
            "on": on,
            "is_today": on == timezone.localdate(),
            "then": then,
            "facts": register_facts(then),
            "values": institution.facts.select_related("change").order_by(
                "-effective_from", "field"
            )[:50],
            "buttons": [each for each in buttons if each["act"].allows(request.user)],
        }
        return render(request, "institutions/portal/institution.html", context)


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
        return (
            ChangeRequest.objects.visible_to(self.user)
            .with_content()
            .select_related("filed_by", "decided_by")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change, user = self.object, self.user
        url = reverse("institutions_portal:change_withdraw", args=[change.number])
        buttons = [
            {"act": WITHDRAW_CHANGE, "url": url, "obstacles": withdrawal_obstacles(change, user)}
        ]
        shown = change.is_open and WITHDRAW_CHANGE.allows(user)
        return super().get_context_data(buttons=buttons if shown else [], **kwargs)


class NewChange(ActPage):
    act = FILE_CHANGE
    area = "portal"
    form_class = ChangeForm
    template_name = "institutions/portal/change_new.html"

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user).select_related("region"))

    def initial(self) -> dict[str, Any]:
        return {"institution": self.object}

    def stamp(self) -> str:
        # One more filing since the page was opened may have been this one, sent twice.
        return str(self.object.changes.count())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agency checks the filing; until it decides, the register stays as it is."),
            _("A filing after its deadline is accepted with a warning."),
        ]

    def perform(self, form: ChangeForm) -> ChangeRequest:
        return file_change(
            institution_id=self.object.pk,
            changes=form.cleaned_data["changes"],
            evidence=form.cleaned_data["evidence"],
            explanation=form.cleaned_data["explanation"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: ChangeRequest) -> str:
        if result.is_late:
            return gettext(
                "Filed as %(number)s, after its deadline of %(due)s: accepted with a warning."
            ) % {"number": result.number, "due": result.filing_due_on}
        return gettext("Filed as %(number)s, in time.") % {"number": result.number}


class WithdrawChange(ActPage):
    act = WITHDRAW_CHANGE
    area = "portal"
    form_class = OptionalReasonForm
    danger = True

    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

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
