"""The tokens of institutions' own systems: made in the portal, revoked there or at the desk."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.home import navigation
from agency.permissions import Act
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.forms import TokenForm, search_input
from institutions.models import ApiToken, Institution
from institutions.permissions.tokens import (
    MAKE_TOKEN,
    REVOKE_OWN_TOKEN,
    REVOKE_TOKEN,
    VIEW_OWN_TOKENS,
    VIEW_TOKENS,
    revocation_obstacles,
)
from institutions.services.search import about
from institutions.services.tokens import longest_life, make_token, revoke_token, warning_days

navigation("portal", _("System tokens"), "institutions_portal:tokens", VIEW_OWN_TOKENS, order=90)
navigation("desk", _("System tokens"), "institutions_desk:tokens", VIEW_TOKENS, order=85)


class TokenFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Institution"),
        method="of_institution",
        max_length=100,
        widget=search_input(_("Name, pinyin or code")),
    )
    usable = django_filters.BooleanFilter(
        label=_("State"),
        method="usable_today",
        widget=forms.Select(
            choices=[("", _("all")), ("true", _("usable")), ("false", _("no longer usable"))]
        ),
    )

    class Meta:
        model = ApiToken
        fields: list[str] = []

    def of_institution(self, rows: Any, name: str, text: str) -> Any:
        return rows.filter(about(text))

    def usable_today(self, rows: Any, name: str, usable: bool) -> Any:
        usable_rows = rows.usable(timezone.localdate())
        return usable_rows if usable else rows.exclude(pk__in=usable_rows.values("pk"))


class TokenList(ActRequired, KeysetList):
    """What the lists at the desk and in the portal share."""

    revoke: Act
    with_institution = False

    def get_queryset(self) -> QuerySet[ApiToken]:
        rows = ApiToken.objects.visible_to(self.user)
        return rows.select_related("institution", "created_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            today=today,
            soon=today + timedelta(days=warning_days(on=today)),
            may_make=MAKE_TOKEN.allows(self.user),
            make_act=MAKE_TOKEN,
            may_revoke=self.revoke.allows(self.user),
            revoke_act=self.revoke,
            with_institution=self.with_institution,
            **kwargs,
        )


class OwnTokens(TokenList):
    act = VIEW_OWN_TOKENS
    revoke = REVOKE_OWN_TOKEN
    template_name = "institutions/portal/tokens.html"


class AllTokens(TokenList):
    act = VIEW_TOKENS
    revoke = REVOKE_TOKEN
    template_name = "institutions/desk/tokens.html"
    filterset_class = TokenFilter
    with_institution = True


class NewToken(ActPage):
    """Makes a token and shows its secret, in this answer and never again."""

    act = MAKE_TOKEN
    area = "portal"
    form_class = TokenForm

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user).select_related("region"))

    def stamp(self) -> str:
        # One more token since the page was opened may have been this one, sent twice.
        return str(self.object.api_tokens.count())

    def consequences(self) -> Sequence[str | Promise]:
        days = longest_life(self.object, on=timezone.localdate())
        return [
            _("The system acts in your name, within the scopes you choose."),
            gettext("A token lasts at most %(days)d days; you are told before it ends.")
            % {"days": days},
            _("The secret is shown once: copy it at once into your system."),
        ]

    def back_url(self) -> str:
        return reverse("institutions_portal:tokens")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TokenForm(request.POST)
        if request.POST.get("stamp", "") != self.stamp():
            form.is_valid()
            form.add_error(
                None, _("Another token has been made since this page was opened. Look first.")
            )
            return self.show(form, status=409)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            token, secret = make_token(
                institution_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        context = {"token": token, "secret": secret, "back_url": self.back_url()}
        response = render(request, "institutions/portal/token_made.html", context)
        response["Cache-Control"] = "no-store"
        return response


class RevokeToken(ActPage):
    """What revoking at the desk and in the portal share."""

    danger = True
    form_class = forms.Form

    def subject(self) -> ApiToken:
        rows = ApiToken.objects.visible_to(self.user).select_related("institution")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.is_revoked)

    def obstacles(self) -> Sequence[Obstacle]:
        return revocation_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("The system of %(institution)s that uses it is turned away from now on.")
            % {"institution": self.object.institution},
            _("The institution is told."),
        ]

    def perform(self, form: forms.Form) -> ApiToken:
        return revoke_token(token_id=self.object.pk, by=self.user, at=timezone.now())


class RevokeOwnToken(RevokeToken):
    act = REVOKE_OWN_TOKEN
    area = "portal"


class RevokeAnyToken(RevokeToken):
    act = REVOKE_TOKEN
