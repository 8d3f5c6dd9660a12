"""The institution's own applications: list, page, supplement, withdrawal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, navigation, portal_panel, portal_queue
from agency.models import User
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.application_panels import buttons_for, drawn
from institutions.enums.designation import ApplicationState
from institutions.enums.register import Standing
from institutions.forms import OptionalReasonForm
from institutions.forms.designation import DocumentsStepForm, OwnApplicationFilter
from institutions.models import DesignationApplication, Institution
from institutions.panels import waiting_queue
from institutions.permissions.designation import (
    DELIVER_SUPPLEMENT,
    DRAFT_APPLICATION,
    VIEW_OWN_APPLICATIONS,
    WITHDRAW_APPLICATION,
    delivery_obstacles,
    withdrawal_obstacles,
)
from institutions.services.designation import checks, drafts, submitting
from institutions.standings import standings_of
from institutions.views.designation.wizard import hand_in

navigation(
    "portal",
    _("Designation"),
    "institutions_portal:applications",
    VIEW_OWN_APPLICATIONS,
    order=12,
    rules=("A-02", "A-03", "A-04", "A-05"),
)

SHOWN_WAITING = 20


@waiting_queue
def applications_waiting(user: User, on: date) -> Iterator[Matter]:
    """Applications that wait for the agency."""
    rows = DesignationApplication.objects.visible_to(user).open().select_related("institution")
    for each in rows.filter(supplement_due_on__isnull=True).order_by("pk")[:SHOWN_WAITING]:
        due, basis = (
            (each.notice_due_on, each.notice_due_basis)
            if each.accepted_on is None
            else (each.assessment_due_on, each.assessment_due_basis)
        )
        yield Matter(
            title=gettext("Application %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=each.get_portal_url(),
            act=_("Look"),
            due_on=ends_on(due, basis),
            provisional=bool(basis.get("provisional")),
        )


@portal_queue
def supplements_asked(user: User, on: date) -> Iterator[Matter]:
    """What the agency asked for and waits for."""
    if not DELIVER_SUPPLEMENT.allows(user):
        return
    rows = DesignationApplication.objects.visible_to(user).waiting_for_supplement()
    for each in rows.select_related("institution").order_by("pk")[:SHOWN_WAITING]:
        yield Matter(
            title=gettext("Application %(number)s: material is missing") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=reverse("institutions_portal:application_supplement", args=[each.number]),
            act=DELIVER_SUPPLEMENT.label,
            due_on=each.supplement_due_on,
            provisional=bool(each.supplement_due_basis.get("provisional")),
        )


@portal_panel("institutions/portal/application_panel.html")
def designation(institution: Institution, on: date) -> dict[str, Any] | None:
    """For whoever is not designated: begin, go on, or where the application stands."""
    standing = standings_of([institution.pk], on).get(institution.pk, Standing.NONE)
    rows = institution.applications.order_by("-pk")
    current = rows.open().first() or rows.drafts().first()
    if current is None and standing in (Standing.IN_FORCE, Standing.SUSPENDED):
        return None
    return {"current": current, "last": rows.first(), "standing": standing}


class ApplicationList(ActRequired, KeysetList):
    act = VIEW_OWN_APPLICATIONS
    template_name = "institutions/portal/applications.html"
    filterset_class = OwnApplicationFilter

    def get_queryset(self) -> QuerySet[DesignationApplication]:
        return DesignationApplication.objects.visible_to(self.user).select_related("institution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_draft=DRAFT_APPLICATION.allows(self.user), draft_act=DRAFT_APPLICATION, **kwargs
        )


class ApplicationPage(ActRequired, DetailView):
    act = VIEW_OWN_APPLICATIONS
    template_name = "institutions/portal/application.html"
    context_object_name = "application"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[DesignationApplication]:
        rows = DesignationApplication.objects.visible_to(self.user).submitted()
        return rows.select_related(
            "institution", "region", "parent", "submitted_by"
        ).prefetch_related("persons")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application, user, today = self.object, self.user, timezone.localdate()
        entries = (
            (DELIVER_SUPPLEMENT, "supplement", delivery_obstacles),
            (WITHDRAW_APPLICATION, "withdraw", withdrawal_obstacles),
        )
        buttons = [
            {
                "act": act,
                "url": reverse(
                    f"institutions_portal:application_{name}", args=[application.number]
                ),
                "obstacles": [],
            }
            for act, name, obstacles in entries
            if act.allows(user) and not obstacles(application, user)
        ]
        return super().get_context_data(
            buttons=[*buttons[:1], *buttons_for("portal", application, user), *buttons[1:]],
            listed=checks.checklist(application, timezone.localdate(application.submitted_at)),
            conditions=checks.conditions(application, timezone.localdate(application.submitted_at)),
            supplements=application.supplements.prefetch_related("items__item"),
            panels=drawn("portal", application, today, self.request),
            **kwargs,
        )


class OwnApplicationAct(ActPage):
    area = "portal"

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user).submitted()
        rows = rows.select_related("institution", "region")
        return get_object_or_404(rows, number=self.kwargs["number"])


class DeliverSupplement(OwnApplicationAct):
    """The files for what was asked for, and their delivery, which ends the matter for the
    institution: files are kept as they come, delivered all together.
    """

    act = DELIVER_SUPPLEMENT
    form_class = DocumentsStepForm
    template_name = "institutions/portal/application_supplement.html"

    def obstacles(self) -> Sequence[Obstacle]:
        return delivery_obstacles(self.object, self.user)

    def initial(self) -> dict[str, Any]:
        asked = drafts.open_request(self.object)
        wanted = set(asked.items.values_list("item", flat=True)) if asked else set()
        listed = checks.checklist(self.object, timezone.localdate())
        return {"listed": [each for each in listed if each.item.pk in wanted]}

    def consequences(self) -> Sequence[str | Promise]:
        if self.object.accepted_on is None:
            return [_("The agency's period begins anew; what is complete now is accepted at once.")]
        return [_("The period of the assessment runs again.")]

    def extra(self) -> dict[str, Any]:
        asked = drafts.open_request(self.object)
        items = {each.item_id: each for each in asked.items.all()} if asked else {}
        return {
            "application": self.object,
            "asked": asked,
            "asked_items": items,
            "rows": getattr(self, "rows", []),
        }

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        asked = self.extra()["asked_items"]
        self.rows = [{"row": row, "asked": asked.get(row["listed"].item.pk)} for row in form.rows()]
        return super().show(form, status)

    def perform(self, form: DocumentsStepForm) -> DesignationApplication:
        refused = hand_in(self, form)
        form.listed = self.initial()["listed"]
        if refused:
            raise Refusal(refused)
        if "stay" in self.request.POST:
            return self.object
        return submitting.deliver_supplement(
            application_id=self.object.pk, by=self.user, at=timezone.now()
        )

    def success(self, result: DesignationApplication) -> str:
        if "stay" in self.request.POST:
            return gettext("Saved, not delivered yet.")
        return gettext("The supplement has been delivered.")

    def next_url(self, result: DesignationApplication) -> str:
        if "stay" in self.request.POST:
            return reverse("institutions_portal:application_supplement", args=[result.number])
        return result.get_portal_url()

    def back_url(self) -> str:
        return self.object.get_portal_url()


class WithdrawApplication(OwnApplicationAct):
    act = WITHDRAW_APPLICATION
    form_class = OptionalReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return withdrawal_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The application ends; nobody decides it any more."),
            _("You may apply again at any time, unless something bars you."),
        ]

    def perform(self, form: OptionalReasonForm) -> DesignationApplication:
        return submitting.withdraw_application(
            application_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
