"""People at the desk: accounts, their roles, what was done to them, and each act on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.enums import Actor, Role
from agency.forms.account import OpenAccountForm, RolesForm
from agency.forms.people import PeopleFilter
from agency.home import DESK_QUEUES, gather, navigation
from agency.models import RoleHolding, User
from agency.permissions import (
    CHANGE_ROLES,
    CLOSE_ACCOUNT,
    END_SESSIONS,
    OPEN_ACCOUNT,
    REOPEN_ACCOUNT,
    RESET_FACTOR,
    SECOND_FACTOR_ROLES,
    SEE_PEOPLE,
    SET_PASSWORD,
)
from agency.rules import Obstacle
from agency.services import people, second_factor, sessions, stand_ins
from agency.views.pages import ActPage, ActRequired, KeysetList

navigation("desk", _("People"), "agency_desk:people", SEE_PEOPLE, order=94)

SHOWN_MATTERS = 10
SHOWN_ROLES = 40


class People(ActRequired, KeysetList):
    act = SEE_PEOPLE
    template_name = "agency/people/list.html"
    order_field = "username"
    filterset_class = PeopleFilter

    def get_queryset(self) -> Any:
        return User.objects.select_related("region").prefetch_related("groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=OPEN_ACCOUNT.allows(self.user), **kwargs)


class PersonPage(ActRequired, DetailView):
    """One account: roles, stand-ins, log-ins, what was done to it, what waits for its holder."""

    act = SEE_PEOPLE
    template_name = "agency/people/person.html"
    context_object_name = "person"
    object: User

    def get_queryset(self) -> Any:
        return User.objects.select_related("region").prefetch_related("groups")

    def _buttons(self, person: User) -> list[dict[str, Any]]:
        rows = [
            (CHANGE_ROLES, "person_roles", people.roles_obstacles),
            (RESET_FACTOR, "person_factor", second_factor.reset_obstacles),
            (END_SESSIONS, "person_sessions", sessions.ending_obstacles),
            (SET_PASSWORD, "person_password", people.password_obstacles),
            (CLOSE_ACCOUNT, "person_close", people.closing_obstacles),
            (REOPEN_ACCOUNT, "person_reopen", people.reopening_obstacles),
        ]
        hidden = REOPEN_ACCOUNT if person.is_active else CLOSE_ACCOUNT
        return [
            {
                "act": act,
                "url": reverse(f"agency_desk:{page}", args=[person.pk]),
                "obstacles": obstacles(person, self.user),
            }
            for act, page, obstacles in rows
            if act.allows(self.user) and act is not hidden
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.object, timezone.localdate()
        records = list(person.account_records.select_related("by").order_by("-at", "-pk"))
        stand_ins.name_doers(records)
        events = RoleHolding.pgh_event_model.objects.filter(user=person.pk)  # type: ignore[attr-defined]
        return super().get_context_data(
            buttons=self._buttons(person),
            today=today,
            has_factor=second_factor.has_factor(person),
            must_have_factor=not SECOND_FACTOR_ROLES.isdisjoint(person.own_roles),
            stand_ins=stand_ins.of_person(person),
            log_ins=sessions.recent(person),
            records=records,
            role_events=events.select_related("group", "pgh_context").order_by("-pgh_id")[
                :SHOWN_ROLES
            ],
            **kwargs,
        )


class OnPerson(ActPage):
    """An act on an account; aged when anything was done to it since."""

    object: User

    def subject(self) -> User:
        return get_object_or_404(User.objects.prefetch_related("groups"), pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.is_active}.{self.object.account_records.count()}"

    def facts(self, form: Any) -> dict[str, Any]:
        return {
            "subject_id": self.object.pk,
            "by": self.user,
            "at": timezone.now(),
            "reason": form.cleaned_data["reason"],
        }


class ChangeRoles(OnPerson):
    act = CHANGE_ROLES

    def form_class(self, *args: Any, **kwargs: Any) -> RolesForm:  # type: ignore[override]
        form = RolesForm(*args, **kwargs)
        form.for_actor(self.object.actor)
        return form

    def initial(self) -> dict[str, Any]:
        return {"roles": [role.value for role in Role if role in self.object.own_roles]}

    def obstacles(self) -> Sequence[Obstacle]:
        return people.roles_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From the next click on, exactly the roles ticked below count."),
            _("Who has what role is kept with the day, your name and the reason."),
            _("The person is told."),
        ]

    def perform(self, form: Any) -> User:
        roles = [Role(code) for code in form.cleaned_data["roles"]]
        return people.change_roles(**self.facts(form), roles=roles)


class ResetFactor(OnPerson):
    act = RESET_FACTOR
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return second_factor.reset_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Make sure that it is the person who asks: look at them, or call them back."),
            _("App and recovery codes no longer count; every session of the person ends."),
            _("At the next log-in the person sets up a new second factor."),
            _("The person is told."),
        ]

    def perform(self, form: Any) -> User:
        return second_factor.reset(**self.facts(form))


class EndTheirSessions(OnPerson):
    act = END_SESSIONS

    def obstacles(self) -> Sequence[Obstacle]:
        return sessions.ending_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every browser of the person is logged out at once; unsent forms are lost."),
            _("The person can log in again. To keep them out, the account is closed."),
        ]

    def perform(self, form: Any) -> User:
        return sessions.end_sessions(**self.facts(form))


class CloseAccount(OnPerson):
    act = CLOSE_ACCOUNT
    danger = True
    template_name = "agency/people/close.html"

    def obstacles(self) -> Sequence[Obstacle]:
        return people.closing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = [
            _("The person is logged out and cannot log in; what they did stays on record."),
        ]
        alone = people.only_holders(self.object)
        if alone:
            text = gettext("Nobody else is %(roles)s: such matters then wait for nobody.")
            lines.append(text % {"roles": "、".join(str(role.label) for role in alone)})
        running = people.running_stand_ins(self.object, timezone.now())
        if running:
            text = gettext("%d stand-ins of the person no longer count.")
            lines.append(text % running)
        return lines

    def extra(self) -> dict[str, Any]:
        waiting = gather(DESK_QUEUES, self.object, timezone.localdate())
        return {"matters": waiting[:SHOWN_MATTERS], "waiting": len(waiting)}

    def perform(self, form: Any) -> User:
        return people.close_account(**self.facts(form))


class ReopenAccount(OnPerson):
    act = REOPEN_ACCOUNT

    def obstacles(self) -> Sequence[Obstacle]:
        return people.reopening_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        roles = self.object.role_labels or "—"
        text = gettext("The person can log in again, with the roles: %(roles)s.")
        return [text % {"roles": roles}]

    def perform(self, form: Any) -> User:
        return people.reopen_account(**self.facts(form))


class ShowsPassword(ActPage):
    """An act that ends with a first password on the screen, this once."""

    def done(self, result: tuple[User, str]) -> HttpResponse:
        person, password = result
        context = {"person": person, "password": password, "layout": "agency/desk.html"}
        response = render(self.request, "agency/people/first_password.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


class SetPassword(ShowsPassword, OnPerson):
    act = SET_PASSWORD

    def obstacles(self) -> Sequence[Obstacle]:
        return people.password_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The old password no longer counts; every session of the person ends."),
            _("You see the new password once. It opens only the page where it is changed."),
            _("A second factor stays as it is."),
        ]

    def perform(self, form: Any) -> tuple[User, str]:
        return people.set_password(**self.facts(form))


class OpenAccount(ShowsPassword):
    act = OPEN_ACCOUNT
    form_class = OpenAccountForm

    def subject(self) -> str | Promise:
        return _("People")

    def stamp(self) -> str:
        return ""

    def initial(self) -> dict[str, Any]:
        return {"actor": Actor.AGENCY, "region": self.user.region}

    def back_url(self) -> str:
        return reverse("agency_desk:people")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You see the first password once; the person changes it at the first log-in."),
            _("The account may do nothing until a security administrator gives it a role."),
        ]

    def perform(self, form: Any) -> tuple[User, str]:
        return people.open_account(**form.cleaned_data, by=self.user, at=timezone.now())
