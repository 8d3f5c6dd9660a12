"""Protected data: masked until somebody says what they need to see it for, and then logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import ReadingKind, ReadingPurpose
from agency.forms.audit import PurposeForm
from agency.models import ReadLog, User
from agency.permissions import Act
from agency.rules import Refusal
from agency.services.reading import key_of, log_reading
from agency.views.pages import ActPage

SESSION_KEY = "readings"
# What one session keeps; more are forgotten, the oldest first.
KEPT_PURPOSES = 50


class Purpose(NamedTuple):
    """What a person has said they need to see a subject for."""

    purpose: str
    note: str


def kept_purpose(request: HttpRequest, subject: models.Model) -> Purpose | None:
    """Return what the person said, earlier in this session, about reading the subject."""
    kept = request.session.get(SESSION_KEY, {}).get(key_of(subject))
    return Purpose(*kept) if kept else None


def keep_purpose(request: HttpRequest, subject: models.Model, purpose: Purpose) -> None:
    kept = request.session.get(SESSION_KEY, {})
    kept.pop(key_of(subject), None)
    kept[key_of(subject)] = list(purpose)
    request.session[SESSION_KEY] = dict(list(kept.items())[-KEPT_PURPOSES:])


def log_view(
    request: HttpRequest,
    *,
    kind: ReadingKind,
    subject: models.Model | str,
    label: str,
    fields: Sequence[str],
    purpose: Purpose,
    act: Act,
    owner: models.Model | None = None,
) -> ReadLog:
    """Record that the page about to be drawn shows protected data."""
    return log_reading(
        user=request.user,  # type: ignore[arg-type]
        kind=kind,
        subject=subject,
        label=label,
        fields=fields,
        purpose=ReadingPurpose(purpose.purpose),
        note=purpose.note,
        owner=owner,
        at=timezone.now(),
        acting_for=delegator_of(request.user, act),  # type: ignore[arg-type]
        address=request.META.get("REMOTE_ADDR"),
    )


def delegator_of(user: User, act: Act) -> User | None:
    """Return for whom the user acts, when nothing but standing in gives them the act."""
    allowed = [each for each in user.held if each.code in act.roles]
    first = allowed[0].delegator_id if allowed else None
    if first is None or any(each.delegator_id is None for each in allowed):
        return None
    return User.objects.get(pk=first)


class RevealPage(ActPage):
    """The page on which a purpose is given and protected data are then shown, once each time.

    Subclasses give `kind`, `fields`, `subject()`, `values()` (label, value unmasked), `label()`
    and `owner()`. The reading is on record before anything is shown.
    """

    form_class = PurposeForm
    template_name = "agency/reveal.html"
    kind = ReadingKind.ACCOUNT
    fields: tuple[str, ...] = ()
    shown: Sequence[tuple[str, str]] = ()

    def values(self) -> Sequence[tuple[str, str]]:
        raise NotImplementedError

    def label(self) -> str:
        return str(self.object)

    def owner(self) -> models.Model | None:
        return None

    def masked(self) -> Sequence[tuple[str, str]]:
        """What everybody sees of the values."""
        return ()

    def initial(self) -> dict[str, Any]:
        kept = kept_purpose(self.request, self.object)
        return kept._asdict() if kept else {}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You see it once; reloading the page asks again."),
            _("Your name, the time, the purpose and what was shown are recorded for good."),
            _("The institution can see who read its account."),
        ]

    def perform(self, form: PurposeForm) -> ReadLog:
        purpose = Purpose(form.cleaned_data["purpose"], form.cleaned_data["note"])
        read = log_view(
            self.request,
            kind=self.kind,
            subject=self.object,
            label=self.label(),
            fields=self.fields,
            purpose=purpose,
            act=self.act,
            owner=self.owner(),
        )
        keep_purpose(self.request, self.object, purpose)
        return read

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, initial=self.initial())
        if request.POST.get("stamp", "") != self.stamp():
            form.is_valid()
            form.add_error(None, _("This page is stale. Nothing was shown; open it again."))
            return self.show(form, status=409)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            self.perform(form)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        return self.reveal(form)

    def reveal(self, form: PurposeForm) -> HttpResponse:
        self.object.shown_values = list(self.values())
        return self.show(form)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.object.masked_values = list(self.masked())
        response = super().show(form, status)
        add_never_cache_headers(response)
        return response
