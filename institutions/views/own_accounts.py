"""The accounts of an institution, managed by its administrators in the portal."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.enums import Role
from agency.home import navigation
from agency.models import User
from agency.rules import Obstacle
from agency.services import stand_ins
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.forms.accounts import OwnAccountForm
from institutions.models import AccountRequest, Institution
from institutions.permissions.accounts import (
    CLOSE_OWN_ACCOUNT,
    OPEN_OWN_ACCOUNT,
    SET_OWN_PASSWORD,
    VIEW_OWN_ACCOUNTS,
)
from institutions.querysets.accounts import accounts_of
from institutions.services.own_accounts import (
    close_own_account,
    closing_obstacles,
    open_own_account,
    password_obstacles,
    set_own_password,
)

navigation("portal", _("Accounts"), "institutions_portal:accounts", VIEW_OWN_ACCOUNTS, order=88)

SHOWN_REQUESTS = 20


class OwnAccounts(ActRequired, KeysetList):
    act = VIEW_OWN_ACCOUNTS
    template_name = "institutions/portal/accounts.html"
    order_field = "username"

    def get_queryset(self) -> Any:
        return accounts_of(self.user).prefetch_related("groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = AccountRequest.objects.visible_to(self.user).waiting()
        return super().get_context_data(
            may_open=OPEN_OWN_ACCOUNT.allows(self.user),
            open_act=OPEN_OWN_ACCOUNT,
            waiting=waiting.order_by("decision_due_on", "pk")[:SHOWN_REQUESTS],
            **kwargs,
        )


class OwnAccountPage(ActRequired, DetailView):
    act = VIEW_OWN_ACCOUNTS
    template_name = "institutions/portal/own_account.html"
    context_object_name = "person"
    object: User

    def get_queryset(self) -> Any:
        return accounts_of(self.user).prefetch_related("groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.object
        records = list(person.account_records.select_related("by").order_by("-at", "-pk"))
        stand_ins.name_doers(records)
        rows = [
            (SET_OWN_PASSWORD, "own_account_password", password_obstacles),
            (CLOSE_OWN_ACCOUNT, "own_account_close", closing_obstacles),
        ]
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_portal:{page}", args=[person.pk]),
                "obstacles": obstacles(person, self.user),
            }
            for act, page, obstacles in rows
            if person.is_active
        ]
        return super().get_context_data(records=records, buttons=buttons, **kwargs)


def page_of(person: User) -> str:
    return reverse("institutions_portal:own_account", args=[person.pk])


class OnAccount(ActPage):
    """An act on a colleague's account; aged when anything was done to it since."""

    area = "portal"
    object: User

    def subject(self) -> User:
        rows = accounts_of(self.user).prefetch_related("groups")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.is_active}.{self.object.account_records.count()}"

    def next_url(self, result: User) -> str:
        return page_of(result)

    def facts(self, form: Any) -> dict[str, Any]:
        return {
            "subject_id": self.object.pk,
            "by": self.user,
            "at": timezone.now(),
            "reason": form.cleaned_data["reason"],
        }


class CloseOwnAccount(OnAccount):
    act = CLOSE_OWN_ACCOUNT
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return closing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The person is logged out and cannot log in; what they did stays on record."),
            _("Only the agency's system administrator can open the account again."),
        ]

    def perform(self, form: Any) -> User:
        return close_own_account(**self.facts(form))


class ShowsFirstPassword(ActPage):
    """An act that ends with a first password on the screen, this once."""

    def done(self, result: tuple[User, str]) -> HttpResponse:
        person, password = result
        context = {
            "person": person,
            "password": password,
            "layout": "agency/portal.html",
            "next_url": page_of(person),
        }
        response = render(self.request, "institutions/portal/first_password.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


class SetOwnPassword(ShowsFirstPassword, OnAccount):
    act = SET_OWN_PASSWORD

    def obstacles(self) -> Sequence[Obstacle]:
        return password_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The old password no longer counts; every session of the person ends."),
            _("You see the new password once. It opens only the page where it is changed."),
            _("A second factor stays as it is."),
        ]

    def perform(self, form: Any) -> tuple[User, str]:
        return set_own_password(**self.facts(form))


class OpenOwnAccount(ShowsFirstPassword):
    act = OPEN_OWN_ACCOUNT
    area = "portal"
    form_class = OwnAccountForm
    object: Institution

    def subject(self) -> Institution:
        found = Institution.objects.visible_to(self.user).first()
        if found is None:
            raise Http404
        return found

    def stamp(self) -> str:
        # One more account since the page was opened may have been this one, sent twice.
        return str(self.object.memberships.count())

    def back_url(self) -> str:
        return reverse("institutions_portal:accounts")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You see the first password once; the person changes it at the first log-in."),
            _("The person sees and does what the role allows, for your institution only."),
            _("The other administrators are told."),
        ]

    def perform(self, form: Any) -> tuple[User, str]:
        data = form.cleaned_data
        return open_own_account(
            institution_id=self.object.pk,
            username=data["username"],
            name=data["name"],
            role=Role(data["role"]),
            by=self.user,
            at=timezone.now(),
        )
