"""Bases of all pages: who may see them, keyset lists, and the page of one act."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import ListView, View
from django_fsm import ConcurrentTransition

from agency.enums import LogInOutcome
from agency.forms import ReasonForm
from agency.forms.account import CodeField
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle, Refusal
from agency.services.second_factor import FACTOR_MISSING, has_factor, spend_code
from agency.services.sessions import note, visit_of

LONGEST_CURSOR = 1000
CODE = "one_time_code"


class WrongCode(Exception):
    """The one-time code was not good; nothing was done, but the attempt counts."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = obstacles
        super().__init__(str(obstacles))


class ActRequired:
    """A page for those whom its act allows; others get the log-in page or a 403."""

    act: Act
    request: Any  # its user is somebody, which HttpRequest cannot promise

    @property
    def user(self) -> User:
        """The user who looks: somebody, once `dispatch` has let the request through."""
        return self.request.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not self.act.allows(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class KeysetList(ListView):
    """A list that costs the same on its first and its thousandth page: no count, no offset.

    Subclasses set `order_field` (a field that is never NULL; "-" for descending), `filterset_class`
    and `get_queryset()` (which must call `visible_to` where rows belong to somebody). The template
    gets `object_list`, `filter`, and `pager` with `next` and `first` query strings.
    """

    order_field = "-pk"
    page_size = 50
    filterset_class: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.get_queryset()
        filterset = None
        if self.filterset_class:
            filterset = self.filterset_class(self.request.GET, rows, request=self.request)
            self.filterset = filterset
            rows = filterset.qs
        page = self._page(rows)
        more = len(page) > self.page_size
        page = page[: self.page_size]
        query = self.request.GET.copy()
        had_cursor = bool(query.pop("after", None))
        pager = {"first": f"?{query.urlencode()}" if had_cursor else "", "next": ""}
        if more:
            query["after"] = self._cursor(page[-1])
            pager["next"] = f"?{query.urlencode()}"
        return super().get_context_data(
            object_list=page, filter=filterset, pager=pager, **kwargs
        ) | {"is_filtered": any(self.request.GET.values())}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object_list: Any = []
        return self.render_to_response(self.get_context_data())

    @property
    def _field(self) -> str:
        return self.order_field.lstrip("-")

    def _page(self, rows: models.QuerySet) -> list[models.Model]:
        sign = "-" if self.order_field.startswith("-") else ""
        rows = rows.order_by(self.order_field, f"{sign}pk")
        after = self.request.GET.get("after")
        if not after:
            return list(rows[: self.page_size + 1])
        compare = "lt" if sign else "gt"
        try:
            value, pk = _read_cursor(after, _field_at(rows.model, self._field))
            rows = rows.filter(
                Q(**{f"{self._field}__{compare}": value})
                | Q(**{self._field: value, f"pk__{compare}": pk})
            )
            return list(rows[: self.page_size + 1])
        except (TypeError, ValueError, OverflowError, ValidationError, DataError) as error:
            raise Http404 from error  # a cursor is never typed by hand

    def _cursor(self, row: models.Model) -> str:
        value: Any = row
        for part in self._field.split("__"):
            value = getattr(value, part)
        text = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value, row.pk])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _field_at(model: Any, path: str) -> models.Field:
    field = model._meta.pk
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = field.related_model
    return field


def _read_cursor(text: str, field: models.Field) -> tuple[Any, int]:
    """Return the values in a cursor; raises ValueError or ValidationError for a made-up one."""
    if len(text) > LONGEST_CURSOR:
        raise ValueError("too long")
    padded = text + "=" * (-len(text) % 4)
    value, pk = json.loads(base64.urlsafe_b64decode(padded))
    value = field.to_python(value)
    if value is None or (isinstance(value, datetime) and timezone.is_naive(value)):
        raise ValueError("no place in the list")
    return value, int(pk)


class ActPage(ActRequired, View):
    """The page of one act on one object: what will happen, the form, the confirmation.

    Subclasses give `act`, `form_class`, `subject()` (fetched through `visible_to`, so that a
    foreign object is not found), `obstacles()` (reasons why it cannot be done now),
    `consequences()` (sentences), `initial()` and `perform(form)`, which calls one service and
    returns the object whose page comes next. A refusal goes into the form; nothing was changed.
    """

    form_class: type[Any] = ReasonForm
    template_name = "agency/act.html"
    area = "desk"
    danger = False

    def subject(self) -> Any:
        raise NotImplementedError

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def obstacles(self) -> Sequence[Obstacle]:
        return ()

    def consequences(self) -> Sequence[str | Promise]:
        return ()

    def initial(self) -> dict[str, Any]:
        return {}

    def extra(self) -> dict[str, Any]:
        """What a template of one's own needs besides."""
        return {}

    def title(self) -> str | Promise:
        return self.act.label

    def success(self, result: Any) -> str:
        return _("Done: %(act)s, %(object)s.") % {"act": self.act.label, "object": result}

    def stamp(self) -> str:
        """What the page was drawn from: an act on a page that has aged is refused."""
        transitions = getattr(self.object, "transitions", None)
        steps = transitions.count() if transitions is not None else 0
        return f"{getattr(self.object, 'state', '')}.{steps}"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated and self.act.allows(request.user):
            self.object = self.subject()

    def asks_for_code(self) -> bool:
        """Whether the act is confirmed by a one-time code, given at its own moment."""
        return self.act.moves_money

    def _form(self, *data: Any) -> Any:
        form = self.form_class(*data, initial=self.initial())
        if self.asks_for_code():
            form.fields[CODE] = CodeField(required=False)
        return form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if request.POST.get("stamp", "") != self.stamp():
            form.is_valid()
            form.add_error(
                None,
                _(
                    "This page is stale: the matter has changed since it was opened. "
                    "Nothing was done. Look at what has changed, then confirm again."
                ),
            )
            return self.show(form, status=409)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            result = self._confirmed(form) if self.asks_for_code() else self.perform(form)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        except WrongCode as wrong:
            form.add_error(CODE, [str(each) for each in wrong.obstacles])
            return self.show(form, status=409)
        except ConcurrentTransition:
            form.add_error(None, _("Somebody else was faster. Nothing was done; look again."))
            return self.show(form, status=409)
        return self.done(result)

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.success(result))
        return redirect(self.next_url(result))

    def _confirmed(self, form: Any) -> Any:
        """Spend the code and do the act, both or neither; what a wrong code counts is kept."""
        code = form.cleaned_data.pop(CODE, "")
        with transaction.atomic():
            obstacles = spend_code(user=self.user, code=code)
            if not obstacles:
                return self.perform(form)
        if code and FACTOR_MISSING not in obstacles:
            note(
                outcome=LogInOutcome.WRONG_CODE,
                visit=visit_of(self.request),
                at=timezone.now(),
                user=self.user,
            )
        raise WrongCode(obstacles)

    def next_url(self, result: Any) -> str:
        return result.get_absolute_url() if self.area == "desk" else result.get_portal_url()

    def back_url(self) -> str:
        return self.next_url(self.object)

    def _factor_obstacles(self) -> list[Obstacle]:
        return [FACTOR_MISSING] if self.asks_for_code() and not has_factor(self.user) else []

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "object": self.object,
            "title": self.title(),
            "act": self.act,
            "danger": self.danger or self.act.irreversible,
            "obstacles": [*self.obstacles(), *self._factor_obstacles()],
            "consequences": list(self.consequences()),
            "stamp": self.stamp(),
            "back_url": self.back_url(),
            "layout": f"agency/{self.area}.html",
            **self.extra(),
        }
        return render(self.request, self.template_name, context, status=status)
