"""My renewal: what is missing, by when, and where it stands (B-15)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from agency.models import User
from agency.views.pages import ActRequired
from agreements.enums.life import RequestKind
from agreements.enums.renewals import RenewalState
from agreements.models import Agreement, RenewalMember
from agreements.panels import agreement_panel
from agreements.permissions.agreements import FILE_REQUEST, VIEW_AGREEMENTS, VIEW_OWN_AGREEMENTS
from agreements.permissions.renewals import NOT_RENEW, REVOKE_NOT_RENEW, not_renewing_obstacles
from agreements.services import renewal, wishes
from agreements.services.renewal import states_of
from agreements.services.renewal_board import cells_of

# What the office weighs is the office's: the institution sees what it can do something about.
OWN_COLUMNS = ("performance", "suspension", "unpaid", "filings", "training", "roster")
SHOWN_FROM = (
    RenewalState.RENEWAL_DUE,
    RenewalState.APPLIED,
    RenewalState.CENTRAL,
    RenewalState.NEGOTIATING,
    RenewalState.SIGNED,
    RenewalState.NOT_AGREED,
)


def standing_of(agreement: Agreement, on: date) -> dict[str, Any]:
    """Return where the renewal stands and what belongs to it. Eight queries."""
    draft = renewal.open_renewal(agreement)
    return {
        "state": states_of([agreement], on=on)[agreement.pk],
        "draft": draft,
        "form": getattr(draft, "renewal_draft", None) if draft else None,
        "member": RenewalMember.objects.select_related("round").filter(agreement=agreement).first(),
        "decision": renewal.standing_decision(agreement),
        "application": agreement.requests.filter(
            kind__in=[RequestKind.RENEW, RequestKind.NOT_RENEW]
        )
        .order_by("-filed_at")
        .first(),
        "late": bool(agreement.renewal_apply_by and on > agreement.renewal_apply_by),
    }


@agreement_panel("agreements/desk/renewals/panel.html", area="desk", order=45)
def desk_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    """Where the renewal stands, what stands against it, and the decision not to renew."""
    if not VIEW_AGREEMENTS.allows(user) or not agreement.signed_on:
        return None
    standing = standing_of(agreement, on)
    if standing["state"] == RenewalState.NOT_DUE and not standing["member"]:
        return None
    return {
        **standing,
        "lights": cells_of(agreement, on) if agreement.is_running else [],
        "acts": list(_acts(agreement, user, standing)),
    }


def _acts(agreement: Agreement, user: User, standing: dict[str, Any]) -> Iterable[dict[str, Any]]:
    decision = standing["decision"]
    if decision is not None:
        if REVOKE_NOT_RENEW.allows(user):
            url = reverse("agreements_desk:not_renew_revoke", args=[agreement.pk])
            yield {"act": REVOKE_NOT_RENEW, "url": url, "obstacles": []}
    elif NOT_RENEW.allows(user) and agreement.is_running:
        yield {
            "act": NOT_RENEW,
            "url": reverse("agreements_desk:not_renew", args=[agreement.pk]),
            "obstacles": not_renewing_obstacles(
                agreement, user, renewal=standing["draft"], decision=decision
            ),
        }


@agreement_panel("agreements/portal/renewals/panel.html", area="portal", order=45)
def portal_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    if not VIEW_OWN_AGREEMENTS.allows(user) or not agreement.is_running:
        return None
    standing = standing_of(agreement, on)
    return standing if standing["state"] in SHOWN_FROM else None


class OwnRenewal(ActRequired, DetailView):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/renewals/detail.html"
    context_object_name = "agreement"

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(self.user).select_related("institution", "region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement, today = self.object, timezone.localdate()
        standing = standing_of(agreement, today)
        return super().get_context_data(
            **standing,
            missing=cells_of(agreement, today, OWN_COLUMNS) if agreement.is_running else [],
            steps=steps_of(standing["state"]),
            buttons=self._buttons(agreement, standing, today),
            **kwargs,
        )

    def _buttons(
        self, agreement: Agreement, standing: dict[str, Any], on: date
    ) -> list[dict[str, Any]]:
        if not FILE_REQUEST.allows(self.user) or not agreement.is_running:
            return []
        if (standing["member"] and standing["member"].round.is_open) or standing["draft"]:
            return []
        kinds = (RequestKind.RENEW, RequestKind.NOT_RENEW)
        return [
            {
                "act": {"label": kind.label, "irreversible": False},
                "url": reverse("agreements_portal:file", args=[agreement.pk, kind.value]),
                "obstacles": wishes.filing_obstacles(agreement, kind, by=self.user, on=on),
            }
            for kind in kinds
        ]


def steps_of(state: RenewalState) -> list[dict[str, Any]]:
    """The way of a renewal as the page draws it: what is done, what is now, what comes."""
    way = [
        (_("Reminded"), (RenewalState.RENEWAL_DUE,)),
        (_("Applied for, or in a central round"), (RenewalState.APPLIED, RenewalState.CENTRAL)),
        (_("Negotiated"), (RenewalState.NEGOTIATING,)),
        (_("Signed"), (RenewalState.SIGNED,)),
        (_("In force from the day after"), (RenewalState.RENEWED,)),
    ]
    place = next((n for n, (_label, states) in enumerate(way) if state in states), -1)
    return [
        {"label": label, "done": n < place, "now": n == place}
        for n, (label, _states) in enumerate(way)
    ]
