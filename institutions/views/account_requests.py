"""Requests for accounts: at the desk, and in the portal for the institution's administrators."""

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
from agency.forms import ReasonForm
from agency.home import Matter, desk_queue, navigation, portal_queue
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.clocks.account_requests import ACCOUNT_DECISION
from institutions.enums.account_requests import AccountRequestState
from institutions.forms import OptionalReasonForm
from institutions.forms.accounts import AccountRequestFilter
from institutions.models import AccountRequest, Membership
from institutions.models.institution import label_of
from institutions.permissions.accounts import (
    APPROVE_ACCOUNT,
    APPROVE_OWN_ACCOUNT,
    REJECT_ACCOUNT,
    REJECT_OWN_ACCOUNT,
    REVIEW_ACCOUNT,
    VIEW_ACCOUNT_REQUESTS,
    VIEW_OWN_ACCOUNTS,
    approval_obstacles,
    rejection_obstacles,
    review_obstacles,
)
from institutions.services.account_requests import (
    approve_account,
    reject_account,
    review_account,
)

navigation(
    "desk",
    _("Account requests"),
    "institutions_desk:account_requests",
    VIEW_ACCOUNT_REQUESTS,
    order=12,
    rules=("C-08",),
)

QUEUE_LENGTH = 50
# What the request says beside what the register says: (of the request, of the institution).
COMPARED = (
    ("institution_name", "name"),
    ("credit_code", "credit_code"),
    ("national_code", "code"),
    ("licence_no", "licence_no"),
    ("kind", "kind"),
    ("region", "region"),
    ("address", "registered_address"),
)


@desk_queue
def requests_waiting(user: User, on: date) -> Iterator[Matter]:
    """Requests that wait for approval, and accounts opened at once that nobody has looked at."""
    if not APPROVE_ACCOUNT.allows(user):
        return
    rows = AccountRequest.objects.to_decide().select_related("institution")
    yield from _matters(rows.order_by("decision_due_on", "pk")[:QUEUE_LENGTH], portal=False)


@portal_queue
def own_requests_waiting(user: User, on: date) -> Iterator[Matter]:
    """Strangers who ask for an account of the user's institution."""
    if not APPROVE_OWN_ACCOUNT.allows(user):
        return
    rows = AccountRequest.objects.visible_to(user).waiting().select_related("institution")
    yield from _matters(rows.order_by("decision_due_on", "pk")[:QUEUE_LENGTH], portal=True)


def _matters(rows: Any, *, portal: bool) -> Iterator[Matter]:
    for each in rows:
        yield Matter(
            title=gettext("Account request %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=AccountRequestState(each.state),
            url=each.get_portal_url() if portal else each.get_absolute_url(),
            act=_("Decide") if each.is_waiting else _("Look"),
            due_on=ends_on(each.decision_due_on, each.decision_due_basis),
            provisional=bool(each.decision_due_basis.get("provisional")),
        )


class RequestList(ActRequired, KeysetList):
    act = VIEW_ACCOUNT_REQUESTS
    template_name = "institutions/desk/account_requests.html"
    order_field = "-asked_at"
    filterset_class = AccountRequestFilter

    def get_queryset(self) -> QuerySet[AccountRequest]:
        return AccountRequest.objects.visible_to(self.user).with_content()


def compared(request: AccountRequest) -> list[dict[str, Any]]:
    """Return what was asked beside the register, with a mark where they differ."""
    rows = []
    for asked, known in COMPARED:
        theirs, ours = getattr(request, asked), getattr(request.institution, known)
        shown = request.get_kind_display() if asked == "kind" else str(theirs or "—")
        on_file = "—" if ours in (None, "") else str(ours)
        if known == "kind":
            on_file = request.institution.shown("kind") or "—"
        differs = bool(ours) and bool(theirs) and theirs != ours
        rows.append(
            {"label": label_of(known), "asked": shown, "known": on_file, "differs": differs}
        )
    return rows


class OneRequest(ActRequired, DetailView):
    """What the pages at the desk and in the portal share."""

    context_object_name = "account_request"
    slug_field = slug_url_kwarg = "number"
    object: AccountRequest
    acts: Sequence[tuple[Act, str, Any]]

    def get_queryset(self) -> QuerySet[AccountRequest]:
        rows = AccountRequest.objects.visible_to(self.user).with_content()
        return rows.select_related("institution__region", "region", "account", "licence")

    def _buttons(self) -> list[dict[str, Any]]:
        request = self.object
        return [
            {
                "act": act,
                "url": reverse(url, args=[request.number]),
                "obstacles": obstacles(request, self.user),
            }
            for act, url, obstacles in self.acts
            if act.allows(self.user) and request.is_open
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = self.object
        return super().get_context_data(
            compared=compared(request),
            others=others_of(request),
            buttons=self._buttons(),
            clock=ACCOUNT_DECISION.name,
            **kwargs,
        )


def others_of(request: AccountRequest) -> int:
    """Return how many open accounts the institution has besides the one asked for."""
    rows = Membership.objects.filter(institution=request.institution_id, user__is_active=True)
    return rows.exclude(user=request.account_id).count()


class RequestPage(OneRequest):
    act = VIEW_ACCOUNT_REQUESTS
    template_name = "institutions/desk/account_request.html"

    @property
    def acts(self) -> Sequence[tuple[Act, str, Any]]:  # type: ignore[override]
        reject = (REJECT_ACCOUNT, "institutions_desk:account_reject", rejection_obstacles)
        if self.object.is_waiting:
            return [
                (APPROVE_ACCOUNT, "institutions_desk:account_approve", approval_obstacles),
                reject,
            ]
        return [(REVIEW_ACCOUNT, "institutions_desk:account_review", review_obstacles), reject]


class OwnRequestPage(OneRequest):
    act = VIEW_OWN_ACCOUNTS
    template_name = "institutions/portal/account_request.html"

    @property
    def acts(self) -> Sequence[tuple[Act, str, Any]]:  # type: ignore[override]
        if not self.object.is_waiting:
            return []
        return [
            (APPROVE_OWN_ACCOUNT, "institutions_portal:account_approve", approval_obstacles),
            (REJECT_OWN_ACCOUNT, "institutions_portal:account_reject", rejection_obstacles),
        ]


class OnRequest(ActPage):
    """An act on a request for an account."""

    object: AccountRequest

    def subject(self) -> AccountRequest:
        rows = AccountRequest.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def decision(self, form: Any) -> dict[str, Any]:
        return {
            "request_id": self.object.pk,
            "by": self.user,
            "at": timezone.now(),
            "reason": form.cleaned_data["reason"],
        }


class Approve(OnRequest):
    act = APPROVE_ACCOUNT
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return approval_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        facts = {"name": self.object.contact_name, "institution": self.object.institution.name}
        return [
            gettext("%(name)s acts for %(institution)s from now on, as its administrator.") % facts,
            _("Make sure that it is the person: compare the licence, or call them back."),
            _("The institution's other administrators are told."),
        ]

    def perform(self, form: Any) -> AccountRequest:
        return approve_account(**self.decision(form))


class Review(OnRequest):
    act = REVIEW_ACCOUNT
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return review_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The account stays open; the request leaves the list of what is to be done.")]

    def perform(self, form: Any) -> AccountRequest:
        return review_account(**self.decision(form))


class Reject(OnRequest):
    act = REJECT_ACCOUNT
    form_class = ReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return rejection_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = [
            _("Nobody logs in with the account; its user name is free again."),
            _("The applicant sees your reason on the page of the request."),
        ]
        if self.object.state == AccountRequestState.OPENED:
            lines.append(_("Whoever uses the account is logged out at once."))
        return lines

    def perform(self, form: Any) -> AccountRequest:
        return reject_account(**self.decision(form))


class ApproveOwn(Approve):
    act = APPROVE_OWN_ACCOUNT
    area = "portal"


class RejectOwn(Reject):
    act = REJECT_OWN_ACCOUNT
    area = "portal"
