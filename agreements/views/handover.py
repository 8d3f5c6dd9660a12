"""From an application to an agreement: the acts on an application that is negotiated."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm, ReasonForm
from agency.home import Matter, desk_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.forms.life import PerformanceForm, TermForm
from agreements.models import Agreement, LiabilityPerformance
from agreements.permissions.handover import (
    CONCLUDE_WITH_PARENT,
    DECLINE_AGREEMENT,
    DRAFT_FROM_APPLICATION,
    END_NEGOTIATION,
    RECORD_PERFORMANCE,
    attaching_obstacles,
    ending_obstacles,
    performance_obstacles,
)
from agreements.services import bars, handover
from agreements.services.conclusion import signing_barred
from institutions.application_panels import application_buttons, application_panel
from institutions.enums.designation import ApplicationState
from institutions.models import DesignationApplication

QUEUE_LENGTH = 50
_LAST_STEPS = (
    ApplicationState.NEGOTIATING,
    ApplicationState.SIGNED,
    ApplicationState.NO_AGREEMENT,
)


@desk_queue
def negotiations_waiting(user: User, on: date) -> Iterator[Matter]:
    """Applications that are negotiated and have no draft yet."""
    if not DRAFT_FROM_APPLICATION.allows(user):
        return
    rows = DesignationApplication.objects.filter(
        state=ApplicationState.NEGOTIATING, agreement__isnull=True
    )
    for each in rows.select_related("institution").order_by("pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Negotiate on application %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=each.get_absolute_url(),
            act=DRAFT_FROM_APPLICATION.label,
        )


def _of_application(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    if application.state not in _LAST_STEPS:
        return None
    agreement = handover.agreement_on(application)
    last = application.transitions.order_by("-at", "-pk").first()
    return {
        "agreement": agreement,
        "parent": application.parent if application.is_internet_hospital else None,
        "unverified": application.state == ApplicationState.NEGOTIATING
        and not application.institution.is_verified
        and not application.is_internet_hospital,
        "reason": last.reason if last and application.state != _LAST_STEPS[0] else "",
    }


application_panel("agreements/desk/handover_panel.html", order=70)(_of_application)
application_panel("agreements/portal/handover_panel.html", area="portal", order=70)(_of_application)


@application_buttons()
def negotiation_acts(application: DesignationApplication, user: User) -> Iterator[dict[str, Any]]:
    if application.state != ApplicationState.NEGOTIATING:
        return
    if application.is_internet_hospital:
        table = [("attach", CONCLUDE_WITH_PARENT, _attaching(application, user))]
    else:
        found = handover.handover_obstacles(application, user)
        table = [("draft", DRAFT_FROM_APPLICATION, found)]
    table.append(("end", END_NEGOTIATION, []))
    for name, act, obstacles in table:
        if act.allows(user):
            url = reverse(f"agreements_desk:application_{name}", args=[application.number])
            yield {"act": act, "url": url, "obstacles": obstacles}


@application_buttons(area="portal")
def own_acts(application: DesignationApplication, user: User) -> Iterator[dict[str, Any]]:
    if application.state == ApplicationState.NEGOTIATING and DECLINE_AGREEMENT.allows(user):
        url = reverse("agreements_portal:application_decline", args=[application.number])
        yield {"act": DECLINE_AGREEMENT, "url": url, "obstacles": []}


def _attaching(application: DesignationApplication, user: User) -> list[Obstacle]:
    on = timezone.localdate()
    parent = handover.parent_agreement(application, on)
    return attaching_obstacles(application, parent, user)


class OfApplication(ActPage):
    """An act on an application that is negotiated."""

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user)
        return get_object_or_404(
            rows.select_related("institution", "region", "parent"), number=self.kwargs["number"]
        )

    @property
    def _common(self) -> dict[str, Any]:
        return {"application_id": self.object.pk, "by": self.user, "at": timezone.now()}


class DraftFromApplication(OfApplication):
    act = DRAFT_FROM_APPLICATION
    form_class: Any = TermForm

    def initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return handover.handover_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A draft is drawn up for the region of the application; it binds nobody yet."),
            _("The agency head signs it; that ends the application."),
            _("Either side may still end the negotiation without an agreement."),
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return handover.draft_from_application(**self._common, **form.cleaned_data)


class AttachToParent(OfApplication):
    act = CONCLUDE_WITH_PARENT
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        on = timezone.localdate()
        return [*_attaching(self.object, self.user), *signing_barred(self.object, on=on)]

    def consequences(self) -> Sequence[str | Promise]:
        facts = {"parent": self.object.parent}
        return [
            _("The application is concluded under the agreement of %(parent)s.") % facts,
            _("What the internet hospital provides is settled with %(parent)s.") % facts,
        ]

    def perform(self, form: forms.Form) -> DesignationApplication:
        return handover.attach_to_parent(**self._common)


class EndNegotiation(OfApplication):
    act = END_NEGOTIATION
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return ending_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The application ends without an agreement; a draft is cancelled."),
            _("The institution is told by letter, with your reason, and may apply anew."),
        ]

    def perform(self, form: forms.Form) -> DesignationApplication:
        return handover.end_negotiation(**self._common, reason=form.cleaned_data["reason"])


class Decline(OfApplication):
    act = DECLINE_AGREEMENT
    form_class = ReasonForm
    area = "portal"

    def obstacles(self) -> Sequence[Obstacle]:
        return ending_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Your application ends without an agreement; a draft is cancelled."),
            _("The agency reads your reason. You may apply anew at any time."),
        ]

    def perform(self, form: forms.Form) -> DesignationApplication:
        return handover.decline_agreement(**self._common, reason=form.cleaned_data["reason"])


class RecordPerformance(ActPage):
    """That what a dissolved agreement left to be paid or done was performed."""

    act = RECORD_PERFORMANCE
    form_class: Any = PerformanceForm

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        return {"performed_on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        today = timezone.localdate()
        recorded = LiabilityPerformance.objects.filter(agreement=self.object).exists()
        return performance_obstacles(self.object, performed_on=today, on=today, recorded=recorded)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From the day after, the ban on a new application can run out."),
            _("It is entered once and never changed."),
        ]

    def perform(self, form: forms.Form) -> LiabilityPerformance:
        return bars.record_performance(
            agreement_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )
