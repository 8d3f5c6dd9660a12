"""Service matters on the public site: filed, supplemented and withdrawn without an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.bundle_matters import RECEIPTS
from agency.bundles import BundleKind, BundlePartState
from agency.forms import NoForm
from agency.forms.bundles import BundleForm, SupplementForm
from agency.models import BundlePartType, ServiceBundle
from agency.receipts import check_code, status_url
from agency.services.bundles import deliver_supplement, file_bundle, withdraw_bundle
from agency.services.status import matter_of
from agency.views.strangers import QUERIES, StrangerPage, count_stranger


class ServiceMatters(View):
    """What can be filed here, what it takes, and until when it is done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        parts: dict[str, list[BundlePartType]] = defaultdict(list)
        for part in BundlePartType.objects.filter(is_offered=True):
            parts[part.bundle].append(part)
        kinds = [{"kind": each, "parts": parts[each]} for each in BundleKind if parts[each]]
        return render(request, "agency/bundles/matters.html", {"kinds": kinds})


class FileMatter(StrangerPage):
    """One form for all parts of a matter; the receipt comes at once."""

    form_class = BundleForm
    template_name = "agency/bundles/file.html"
    submit_label = _("File the matter")
    intro = _("One form for all of it. You get a receipt number and a check code at once.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in BundleKind.values:
            raise Http404
        self.kind = BundleKind(kwargs["kind"])
        self.title = self.kind.label

    def form(self, *data: Any) -> BundleForm:
        return BundleForm(*data, initial=self.initial(), kind=self.kind)

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = []
        for part in BundlePartType.objects.filter(bundle=self.kind, is_offered=True):
            facts = {"part": part, "days": part.promise_wd}
            if part.promise_wd:
                lines.append(gettext("%(part)s: done within %(days)d working days.") % facts)
            else:
                lines.append(gettext("%(part)s: done the same day.") % facts)
        lines.append(_("What you enter is encrypted; every look at it is recorded."))
        return lines

    def extra(self) -> dict[str, Any]:
        return {"parts": BundlePartType.objects.filter(bundle=self.kind, is_offered=True)}

    def perform(self, form: BundleForm) -> ServiceBundle:
        return file_bundle(
            kind=self.kind,
            region=form.cleaned_data["region"],
            applicant=form.applicant(),
            parts=form.cleaned_data["parts"],
            files=form.cleaned_data["files"],
            key=form.cleaned_data["form_key"],
            at=timezone.now(),
        )

    def next_url(self, result: ServiceBundle) -> str:
        number = result.number
        asked = urlencode({"number": number, "code": check_code(number)})
        return f"{reverse('agency:receipt')}?{asked}"


class OfReceipt(StrangerPage):
    """An act of whoever holds the receipt of a matter: number and code stand in the address."""

    template_name = "agency/bundles/act.html"
    parameter = QUERIES
    bundle: ServiceBundle

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        over = request.method == "GET" and count_stranger(request, QUERIES).is_over
        number, code = request.GET.get("number", ""), request.GET.get("code", "")
        try:
            found = None if over else matter_of(number, code)
        except (ValidationError, ValueError) as error:
            raise Http404 from error
        if found is None or found[0] is not RECEIPTS:
            raise Http404
        self.bundle = found[1]
        return super().dispatch(request, *args, **kwargs)

    def extra(self) -> dict[str, Any]:
        return {
            "bundle": self.bundle,
            "back_url": status_url(self.bundle.number),
            "waiting": self.bundle.parts.filter(state=BundlePartState.SUPPLEMENT).select_related(
                "type"
            ),
        }

    def next_url(self, result: ServiceBundle) -> str:
        return status_url(result.number)


class SupplyMissing(OfReceipt):
    form_class = SupplementForm
    title = _("Supply what is missing")
    submit_label = _("Send")

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The promised time runs again from today.")]

    def perform(self, form: Form) -> ServiceBundle:
        return deliver_supplement(
            bundle_id=self.bundle.pk,
            files=form.cleaned_data["files"],
            note=form.cleaned_data["note"],
            at=timezone.now(),
        )


class WithdrawMatter(OfReceipt):
    form_class = NoForm
    title = _("Withdraw the matter")
    submit_label = _("Withdraw")

    def form(self, *data: Any) -> Form:
        return NoForm(*data)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Parts that are not settled yet are not done. What is done stays done."),
            _("This cannot be undone; you can file the matter again."),
        ]

    def perform(self, form: Form) -> ServiceBundle:
        return withdraw_bundle(bundle_id=self.bundle.pk, at=timezone.now())
