"""The institution's side: its agreement, its days, its requests."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
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
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.life import RUNNING, AgreementState, RequestKind, RequestState, SuspensionKind
from agreements.enums.renewals import RoundState
from agreements.forms.life import WISH_FORMS, OptionalReasonForm
from agreements.models import Agreement, AgreementRequest, RenewalDecision, Suspension
from agreements.panels import buttons_for, drawn
from agreements.permissions.agreements import (
    FILE_REQUEST,
    VIEW_OWN_AGREEMENTS,
    WITHDRAW_REQUEST,
    withdrawal_obstacles,
)
from agreements.rules import EXIT_NOTICE_MONTHS
from agreements.services import requests, wishes
from agreements.services.not_renewing import review_of
from agreements.services.renewal import open_renewal
from agreements.views.life import life, neighbours, next_step
from agreements.views.requests import request_facts
from agreements.views.staff import agreement_facts
from institutions.models import Institution
from institutions.panels import waiting_queue

navigation("portal", _("My agreement"), "agreements_portal:list", VIEW_OWN_AGREEMENTS, order=20)

SHOWN = 20
REQUESTS_IN_ORDER = (
    RequestKind.RENEW,
    RequestKind.RESUME,
    RequestKind.SUSPEND,
    RequestKind.NOT_RENEW,
    RequestKind.DISSOLVE,
)


@waiting_queue
def own_requests(user: User, on: date) -> Iterator[Matter]:
    """Requests the agency has yet to decide."""
    rows = AgreementRequest.objects.visible_to(user).waiting()
    for request in rows.select_related("agreement__institution").order_by("decision_due_on")[
        :SHOWN
    ]:
        yield Matter(
            title=gettext("%(kind)s: request %(number)s")
            % {"kind": request.get_kind_display(), "number": request.number},
            institution=request.agreement.institution.name,
            state=RequestState(request.state),
            url=request.get_portal_url(),
            act=_("Look"),
            due_on=ends_on(request.decision_due_on, request.decision_due_basis),
            provisional=request.decision_due_provisional,
        )


@portal_queue
def own_countdowns(user: User, on: date) -> Iterator[Matter]:
    """A renewal to apply for, a resumption to ask for before the limit."""
    running = Agreement.objects.visible_to(user).running().select_related("institution")
    spoken = AgreementRequest.objects.filter(
        kind__in=[RequestKind.RENEW, RequestKind.NOT_RENEW],
        state__in=[RequestState.FILED, RequestState.ACCEPTED, RequestState.PERFORMED],
    )
    renewing = (
        running.filter(renewal_remind_on__lte=on)
        .exclude(pk__in=spoken.values("agreement"))
        .exclude(
            pk__in=Agreement.objects.filter(renewal_of__isnull=False)
            .exclude(state=AgreementState.CANCELLED)
            .values("renewal_of")
        )
        .exclude(renewal_member__round__state=RoundState.OPEN)
        .exclude(pk__in=RenewalDecision.objects.standing().values("agreement"))
    )
    for agreement in renewing[:SHOWN]:
        yield _countdown(
            agreement,
            gettext("Apply for the renewal of %(number)s"),
            RequestKind.RENEW,
            agreement.renewal_apply_by,
        )
    asked = AgreementRequest.objects.filter(
        kind=RequestKind.RESUME, state__in=[RequestState.FILED, RequestState.ACCEPTED]
    )
    suspensions = (
        Suspension.objects.running()
        .filter(agreement__in=running, kind=SuspensionKind.VOLUNTARY, warn_150_on__lte=on)
        .exclude(agreement__in=asked.values("agreement"))
    )
    for each in suspensions.select_related("agreement__institution")[:SHOWN]:
        yield _countdown(
            each.agreement,
            gettext("Ask for the resumption of %(number)s"),
            RequestKind.RESUME,
            each.limit_on,
            provisional=each.limit_provisional,
        )


def _countdown(
    agreement: Agreement,
    title: str,
    kind: RequestKind,
    due_on: date | None,
    *,
    provisional: bool = False,
) -> Matter:
    return Matter(
        title=title % {"number": agreement.number},
        institution=agreement.institution.name,
        state=AgreementState(agreement.state),
        url=reverse("agreements_portal:file", args=[agreement.pk, kind.value]),
        act=FILE_REQUEST.label,
        due_on=due_on,
        provisional=provisional,
    )


@portal_panel("agreements/portal/panel.html")
def own_agreement(institution: Institution, on: date) -> dict[str, Any] | None:
    """My agreement on the portal's home: the one that runs, else the newest."""
    rows = list(
        institution.agreements.filter(signed_on__isnull=False).order_by("-valid_from", "-pk")[:5]
    )
    if not rows:
        return {"agreement": None}
    agreement = next((each for each in rows if each.state in RUNNING), rows[0])
    return agreement_context(agreement, on)


def agreement_context(
    agreement: Agreement, on: date, others: Sequence[Agreement] = ()
) -> dict[str, Any]:
    suspensions = list(agreement.suspensions.order_by("starts_on"))
    current = next((each for each in suspensions if each.lasts), None)
    renewal = open_renewal(agreement)
    return {
        "agreement": agreement,
        "suspensions": suspensions,
        "life": life(agreement, suspensions, on, others),
        "next": next_step(agreement, current, on, is_renewed=renewal is not None),
        "renewal": renewal,
    }


class OwnAgreements(ActRequired, KeysetList):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/list.html"
    order_field = "-valid_from"

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(self.user).select_related("region")


class OwnAgreement(ActRequired, DetailView):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/detail.html"
    context_object_name = "agreement"

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(self.user).select_related(
            "institution", "region", "renewal_of", "application", "liability_performance"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement, today = self.object, timezone.localdate()
        return super().get_context_data(
            **agreement_context(agreement, today, neighbours(agreement)),
            facts=agreement_facts(agreement),
            requests=agreement.requests.order_by("-filed_at")[:20],
            reviews=agreement.reviews.order_by("-pk")[:20],
            buttons=self._buttons(agreement, today),
            next_acts=buttons_for("portal", agreement, self.user, today),
            panels=drawn("portal", agreement, today, self.request),
            **kwargs,
        )

    def _buttons(self, agreement: Agreement, on: date) -> list[dict[str, Any]]:
        """Every kind of request; those the law or the state bars are disabled, with the reason."""
        if not FILE_REQUEST.allows(self.user) or agreement.state not in RUNNING:
            return []
        return [
            {
                "act": {"label": kind.label, "irreversible": False},
                "url": reverse("agreements_portal:file", args=[agreement.pk, kind.value]),
                "obstacles": wishes.filing_obstacles(agreement, kind, by=self.user, on=on),
            }
            for kind in REQUESTS_IN_ORDER
            if kind != RequestKind.RESUME or agreement.state == AgreementState.SUSPENDED
        ]


class FileRequest(ActPage):
    act = FILE_REQUEST
    area = "portal"

    @property
    def kind(self) -> RequestKind:
        try:
            return RequestKind(self.kwargs["kind"])
        except ValueError as error:
            raise Http404 from error

    @property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]
        return WISH_FORMS[self.kind]

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def title(self) -> str | Promise:
        return gettext("Request: %(kind)s") % {"kind": self.kind.label}

    def stamp(self) -> str:
        return f"{super().stamp()}.{self.object.requests.count()}"

    def initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        if self.kind in (RequestKind.SUSPEND, RequestKind.DISSOLVE):
            return {"wanted_on": wishes.earliest_exit(self.object, self.kind, on=today)}
        return {"wanted_on": today}

    def obstacles(self) -> Sequence[Obstacle]:
        return wishes.filing_obstacles(
            self.object, self.kind, by=self.user, on=timezone.localdate()
        )

    def consequences(self) -> Sequence[str | Promise]:
        agreement, today = self.object, timezone.localdate()
        lines = [gettext("The agency decides within ten working days; you are told.")]
        if self.kind in (RequestKind.SUSPEND, RequestKind.DISSOLVE):
            lines.append(
                gettext(
                    "The law asks for %(months)d months' notice: filed today, it is possible from "
                    "%(day)s."
                )
                % {
                    "months": EXIT_NOTICE_MONTHS,
                    "day": wishes.earliest_exit(agreement, self.kind, on=today),
                }
            )
            lines.append(gettext("Nothing provided from that day on is settled."))
        apply_by = agreement.renewal_apply_by
        if self.kind == RequestKind.RENEW and apply_by and today > apply_by:
            lines.append(
                gettext(
                    "It had to be filed by %(day)s: it is late. The agency may still negotiate, "
                    "but has no duty to."
                )
                % {"day": apply_by}
            )
        return lines

    def perform(self, form: Any) -> AgreementRequest:
        return requests.file_request(
            agreement_id=self.object.pk,
            kind=self.kind,
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class OwnRequest(ActRequired, DetailView):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/request.html"
    context_object_name = "request_object"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[AgreementRequest]:
        return AgreementRequest.objects.visible_to(self.user).select_related(
            "agreement__institution"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        buttons = []
        if WITHDRAW_REQUEST.allows(self.user) and self.object.is_open:
            url = reverse("agreements_portal:withdraw", args=[self.object.number])
            obstacles = withdrawal_obstacles(self.object, self.user)
            buttons.append({"act": WITHDRAW_REQUEST, "url": url, "obstacles": obstacles})
        facts = request_facts(self.object, with_names=False)
        review = review_of(self.object) if self.object.needs_review else None
        return super().get_context_data(facts=facts, buttons=buttons, review=review, **kwargs)


class Withdraw(ActPage):
    act = WITHDRAW_REQUEST
    area = "portal"
    form_class: type[forms.Form] = OptionalReasonForm

    def subject(self) -> AgreementRequest:
        rows = AgreementRequest.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return withdrawal_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [gettext("The agency no longer decides it; it stays on record.")]

    def perform(self, form: forms.Form) -> AgreementRequest:
        return requests.withdraw_request(
            request_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
