"""The first visit, without paper and without a counter (C-08): what designation takes, and an
account to begin with.
"""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from agency.models import Attachment
from agency.receipts import check_code, code_fits
from agency.rules import Obstacle, Refusal
from agency.services.calendar import office
from agency.views.strangers import StrangerPage
from institutions.enums.register import Kind
from institutions.forms.accounts import AccountRequestForm, kept_token
from institutions.models import AccountRequest, MaterialItem
from institutions.services.account_requests import (
    DECISION_WORKDAYS,
    ask_for_account,
    keep_licence,
)

# What the page of the way in says of periods; each number is read on the day.
PERIODS = (
    "supplement_notice_wd",
    "assessment_months",
    "public_notice_days",
    "term_months",
    "reassess_after_months",
    DECISION_WORKDAYS,
)


class WayIn(View):
    """How an institution becomes designated: steps, periods, and the materials of its type."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        here = office(on=today)
        wanted = request.GET.get("kind", "")
        kind = wanted if wanted in Kind.values else ""
        items = MaterialItem.objects.in_force_on(today).select_related("region")
        materials = [
            each
            for each in items.order_by("position", "pk")
            if not kind or each.applies_to(kind, internet=False)
        ]
        context = {
            "periods": {key: here.number(key) for key in PERIODS},
            "kinds": Kind.choices,
            "kind": kind,
            "kind_label": Kind(kind).label if kind else "",
            "materials": materials,
        }
        return render(request, "institutions/public/way_in.html", context)


class OpenAccount(StrangerPage):
    form_class = AccountRequestForm
    template_name = "institutions/public/account_request.html"
    title = gettext_lazy("Open an account")
    intro = gettext_lazy(
        "For institutions that want to be designated, or work with the agency already."
    )
    submit_label = gettext_lazy("Open the account")

    def consequences(self) -> Sequence[str | Promise]:
        days = office(on=timezone.localdate()).number(DECISION_WORKDAYS)
        return [
            _("An institution that is new here has its account at once and can begin to apply."),
            _(
                "If the institution is on the register already, the account opens once somebody "
                "has looked at the licence: within %(days)d working days."
            )
            % {"days": days},
            _("You get a number and a check code, with which you see how your request stands."),
        ]

    def perform(self, form: AccountRequestForm) -> AccountRequest:
        return ask_for_account(
            asked=form.asked(),
            password=form.cleaned_data["password"],
            licence=self._licence(form),
            at=timezone.now(),
        )

    def _licence(self, form: AccountRequestForm) -> Attachment:
        upload = form.cleaned_data["licence"]
        if upload is not None:
            return keep_licence(upload, at=timezone.now())
        kept = Attachment.objects.filter(pk=form.kept_pk or 0, uploaded_by__isnull=True).first()
        if kept is None:
            text = _("The scan of the licence is not there any more.")
            raise Refusal([Obstacle("upload_gone", text, remedy=_("Choose it again."))])
        return kept

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        """Whatever else was wrong, the scan need not be chosen again."""
        upload = form.cleaned_data.get("licence") if hasattr(form, "cleaned_data") else None
        if upload is not None and status != 429:
            upload.seek(0)
            self._keep(form, upload)
        return super().show(form, status)

    def _keep(self, form: AccountRequestForm, upload: Any) -> None:
        try:
            kept = keep_licence(upload, at=timezone.now())
        except Refusal as refusal:
            if not form.non_field_errors():
                form.add_error("licence", [str(each) for each in refusal.obstacles])
            return
        form.fields["licence"].required = False
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data["kept"] = kept_token(kept.pk, kept.name)
        form.data = data

    def next_url(self, result: AccountRequest) -> str:
        asked = {"code": check_code(result.number)}
        url = reverse("institutions_public:account_asked", args=[result.number])
        return f"{url}?{urlencode(asked)}"


class AccountAsked(View):
    """What became of a request, for whoever holds its check code, and the next step."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        if not code_fits(number, request.GET.get("code", "")):
            raise Http404
        found = get_object_or_404(AccountRequest.objects.select_related("account"), number=number)
        context = {
            "request_made": found,
            "may_log_in": found.account.is_active,
        }
        response = render(request, "institutions/public/account_asked.html", context)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response
