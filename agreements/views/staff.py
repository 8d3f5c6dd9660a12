"""Agreements at the desk: the list, the object page, what waits for somebody."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActRequired, KeysetList
from agreements.enums.life import AgreementState, RequestState, SuspensionKind
from agreements.enums.texts import Side, TextState
from agreements.forms.life import AgreementFilter
from agreements.models import Agreement, AgreementRequest, Signature, Suspension
from agreements.panels import buttons_for, drawn
from agreements.permissions.agreements import (
    ACCEPT_REQUEST,
    CANCEL_AGREEMENT,
    DRAFT_AGREEMENT,
    HOLD_TERMINATION,
    ISSUE_END_NOTICE,
    ISSUE_RENEWAL_NOTICE,
    RENEW_AGREEMENT,
    RESUME_AGREEMENT,
    SIGN_AGREEMENT,
    VIEW_AGREEMENTS,
    cancelling_obstacles,
    end_notice_obstacles,
    holding_obstacles,
    renewal_notice_obstacles,
    renewing_obstacles,
    resuming_obstacles,
    signing_obstacles,
)
from agreements.permissions.handover import RECORD_PERFORMANCE
from agreements.services.renewal import open_renewal
from agreements.services.texts.signatures import head_obstacles
from agreements.views.life import life, neighbours, next_step
from institutions.models import Institution
from institutions.panels import institution_panel

navigation(
    "desk",
    _("Agreements"),
    "agreements_desk:list",
    VIEW_AGREEMENTS,
    order=20,
    rules=("A-09", "A-10", "B-13", "B-14.1", "B-15", "B-16"),
)
navigation("desk", _("Requests"), "agreements_desk:requests", VIEW_AGREEMENTS, order=25)

QUEUE_LENGTH = 50
NEAR_LIMIT = timedelta(days=30)


@desk_queue
def requests_waiting(user: User, on: date) -> Iterator[Matter]:
    if not ACCEPT_REQUEST.allows(user):
        return
    rows = AgreementRequest.objects.waiting().select_related("agreement__institution")
    for request in rows.order_by("decision_due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("%(kind)s: request %(number)s")
            % {"kind": request.get_kind_display(), "number": request.number},
            institution=request.agreement.institution.name,
            state=RequestState(request.state),
            url=request.get_absolute_url(),
            act=_("Decide"),
            due_on=ends_on(request.decision_due_on, request.decision_due_basis),
            provisional=request.decision_due_provisional,
        )


@desk_queue
def drafts_waiting(user: User, on: date) -> Iterator[Matter]:
    """Drafts the institution has signed: the head signs before their first day."""
    if not SIGN_AGREEMENT.allows(user):
        return
    rows = Agreement.objects.filter(signed_on__isnull=True, state=AgreementState.DRAFT)
    ready = Signature.objects.standing().filter(
        text__agreement=OuterRef("pk"), text__state=TextState.AGREED, side=Side.INSTITUTION
    )
    rows = rows.filter(Exists(ready))
    for agreement in rows.select_related("institution").order_by("valid_from", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Agreement from %(day)s") % {"day": agreement.valid_from},
            institution=agreement.institution.name,
            state=AgreementState(agreement.state),
            url=agreement.get_absolute_url(),
            act=SIGN_AGREEMENT.label,
            due_on=agreement.valid_from,
        )


@desk_queue
def terminations_due(user: User, on: date) -> Iterator[Matter]:
    """Suspensions past their limit: the agreement ends unless the head holds it."""
    if not HOLD_TERMINATION.allows(user):
        return
    rows = Suspension.objects.terminating().filter(termination_due_on__isnull=False)
    for each in rows.select_related("agreement__institution").order_by("termination_due_on")[
        :QUEUE_LENGTH
    ]:
        yield _of_suspension(
            each,
            gettext("Agreement %(number)s ends by itself unless it is held"),
            _("Hold or let it end"),
            each.termination_due_on,
            provisional=each.termination_provisional,
        )


@desk_queue
def suspensions_near_end(user: User, on: date) -> Iterator[Matter]:
    """Voluntary suspensions near their limit, mandatory ones whose planned end is near or past."""
    if not RESUME_AGREEMENT.allows(user):
        return
    rows = Suspension.objects.running().select_related("agreement__institution")
    voluntary = rows.filter(
        kind=SuspensionKind.VOLUNTARY,
        limit_on__lte=on + NEAR_LIMIT,
        termination_due_on__isnull=True,
        held_at__isnull=True,
    )
    for each in voluntary.order_by("limit_on")[:QUEUE_LENGTH]:
        yield _of_suspension(
            each,
            gettext("Suspension of %(number)s nears its limit"),
            _("Look"),
            each.limit_on,
            provisional=each.limit_provisional,
        )
    mandatory = rows.filter(
        kind=SuspensionKind.MANDATORY, planned_to__lte=on + timedelta(days=10)
    ).order_by("planned_to")
    for each in mandatory[:QUEUE_LENGTH]:
        yield _of_suspension(
            each,
            gettext("Suspension of %(number)s: check the rectification"),
            RESUME_AGREEMENT.label,
            each.planned_to,
        )


def _of_suspension(
    suspension: Suspension, title: str, act: Any, due_on: date | None, *, provisional: bool = False
) -> Matter:
    agreement = suspension.agreement
    return Matter(
        title=title % {"number": agreement.number},
        institution=agreement.institution.name,
        state=AgreementState(agreement.state),
        url=agreement.get_absolute_url(),
        act=act,
        due_on=due_on,
        provisional=provisional,
    )


@institution_panel("agreements/desk/panel.html")
def agreements_of(institution: Institution, on: date) -> dict[str, Any] | None:
    """The agreements of an institution, on its page at the desk."""
    return {
        "agreements": institution.agreements.select_related("region").order_by("-valid_from")[:10],
        "draft_act": DRAFT_AGREEMENT,
    }


class AgreementList(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/list.html"
    order_field = "-pk"
    filterset_class = AgreementFilter

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(self.user).select_related("institution", "region")


class AgreementPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/detail.html"
    context_object_name = "agreement"

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(self.user).select_related(
            "institution__region", "region", "renewal_of", "application", "liability_performance"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement, today = self.object, timezone.localdate()
        suspensions = list(agreement.suspensions.select_related("held_by").order_by("starts_on"))
        current = next((each for each in suspensions if each.lasts), None)
        renewal = open_renewal(agreement)
        return super().get_context_data(
            facts=agreement_facts(agreement),
            suspensions=suspensions,
            life=life(agreement, suspensions, today, neighbours(agreement)),
            next=next_step(agreement, current, today, is_renewed=renewal is not None),
            renewal=renewal,
            requests=agreement.requests.order_by("-filed_at")[:20],
            reviews=agreement.reviews.order_by("-pk")[:20],
            buttons=[
                *next_acts(agreement, current, self.user, on=today, renewal=renewal),
                *buttons_for("desk", agreement, self.user, today),
            ],
            panels=drawn("desk", agreement, today, self.request),
            **kwargs,
        )


def agreement_facts(agreement: Agreement) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_("Number"), agreement.number),
        (_("Region"), agreement.region),
        (_("Valid from"), agreement.valid_from),
        (_("Valid to"), agreement.valid_to),
        (_("Signed on"), agreement.signed_on),
        (_("Renewal to be applied for by"), agreement.renewal_apply_by),
    ]
    if agreement.renewal_of_id:
        facts.append((_("Renewal of"), agreement.renewal_of))
    if agreement.application_id:
        facts.append((_("Application"), agreement.application))
    if agreement.guidance_until:
        facts.append((_("Policy guidance until"), agreement.guidance_until))
    if agreement.ended_on:
        facts.append((_("Ended on"), agreement.ended_on))
        facts.append((pgettext_lazy("agreement", "Last day"), agreement.last_day))
    if performance := getattr(agreement, "liability_performance", None):
        facts.append((_("Liability fully performed on"), performance.performed_on))
    if agreement.dissolution_ground:
        ground = f"{agreement.dissolution_ground}. {agreement.get_dissolution_ground_display()}"
        facts.append((_("Ground of dissolution"), ground))
    return facts


def _signing_refusals(agreement: Agreement, user: User) -> list[Obstacle]:
    """Why the head cannot sign now; asked only of whoever could."""
    if not SIGN_AGREEMENT.allows(user):
        return []
    return signing_obstacles(agreement, user) or head_obstacles(agreement, user)


def next_acts(
    agreement: Agreement,
    suspension: Suspension | None,
    user: User,
    *,
    on: date,
    renewal: Agreement | None,
) -> list[dict[str, Any]]:
    """Return the acts of the user's roles on the agreement, each with what stands against it."""
    before = agreement.state in (AgreementState.DRAFT, AgreementState.SIGNED)
    is_renewed = renewal is not None
    table = [
        ("sign", SIGN_AGREEMENT, before, _signing_refusals(agreement, user)),
        ("cancel", CANCEL_AGREEMENT, before, cancelling_obstacles(agreement, user)),
        (
            "resume",
            RESUME_AGREEMENT,
            agreement.state == AgreementState.SUSPENDED,
            resuming_obstacles(agreement, user, on=on),
        ),
        (
            "hold",
            HOLD_TERMINATION,
            agreement.state == AgreementState.SUSPENDED,
            holding_obstacles(agreement, suspension, user, on=on),
        ),
        (
            "renew",
            RENEW_AGREEMENT,
            not before,
            renewing_obstacles(agreement, suspension, user, is_renewed=is_renewed),
        ),
        (
            "renewal_notice",
            ISSUE_RENEWAL_NOTICE,
            not renewal_notice_obstacles(agreement, user, on=on),
            [],
        ),
        ("end_notice", ISSUE_END_NOTICE, not end_notice_obstacles(agreement, user), []),
        (
            "performance",
            RECORD_PERFORMANCE,
            agreement.state == AgreementState.DISSOLVED
            and not hasattr(agreement, "liability_performance"),
            [],
        ),
    ]
    return [
        {
            "act": act,
            "url": reverse(f"agreements_desk:{name}", args=[agreement.pk]),
            "obstacles": obstacles,
        }
        for name, act, belongs, obstacles in table
        if belongs and act.allows(user)
    ]
