"""The page of each act on a text, at the desk and in the portal."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm, ReasonForm
from agency.rules import Obstacle
from agency.services.second_factor import has_factor
from agency.views.pages import ActPage
from agreements.enums.texts import Side
from agreements.forms import texts as forms_of_texts
from agreements.forms.life import OptionalReasonForm
from agreements.models import Agreement, AgreementText, ClauseProposal
from agreements.permissions import texts as permissions
from agreements.services.texts import drafting, negotiation, signatures
from agreements.services.texts.in_force import current_text, is_signed_by_anybody, signature_of
from agreements.services.texts.values import values_missing
from institutions.services.persons import legal_representative_of


class OfText(ActPage):
    """An act on a text."""

    def subject(self) -> AgreementText:
        rows = AgreementText.objects.visible_to(self.user).with_parts()
        return get_object_or_404(rows.select_related("version"), pk=self.kwargs["pk"])

    @property
    def _common(self) -> dict[str, Any]:
        return {"text_id": self.object.pk, "by": self.user, "at": timezone.now()}


class DrawUp(ActPage):
    act = permissions.DRAW_UP_TEXT
    form_class = forms_of_texts.DrawUpForm

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        text = current_text(self.object)
        signed = is_signed_by_anybody(text)
        return permissions.drawing_up_obstacles(self.object, text, self.user, signed=signed)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The text is made from the template in force today; an earlier one becomes void."),
            _("What was negotiated about the earlier text stays on record only."),
        ]

    def perform(self, form: forms.Form) -> AgreementText:
        return drafting.draw_up(
            self.object.pk, kind=form.cleaned_data["kind"], by=self.user, at=timezone.now()
        )


class FillIn(OfText):
    act = permissions.FILL_IN_TEXT
    form_class: Any = forms_of_texts.FillInForm

    def initial(self) -> dict[str, Any]:
        return {"text": self.object}

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.filling_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The clauses are written anew with these values.")]

    def perform(self, form: forms.Form) -> AgreementText:
        return drafting.fill_in(variables=form.cleaned_data, **self._common)


class Send(OfText):
    act = permissions.SEND_TEXT
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        missing = values_missing(self.object)
        return permissions.sending_obstacles(self.object, self.user, missing=missing)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution reads the text in the portal and is told."),
            _("Both sides may propose other wordings; the agency agrees to what it sends."),
        ]

    def perform(self, form: forms.Form) -> AgreementText:
        return negotiation.send(**self._common)


class TakeBack(OfText):
    act = permissions.TAKE_BACK_TEXT
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        proposals = ClauseProposal.objects.of_text(self.object).count()
        return permissions.taking_back_obstacles(self.object, self.user, proposals=proposals)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The institution no longer sees the text until it is sent again.")]

    def perform(self, form: forms.Form) -> AgreementText:
        return negotiation.take_back(reason=form.cleaned_data["reason"], **self._common)


class Agree(OfText):
    act = permissions.AGREE_TEXT
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        rows = ClauseProposal.objects.open().of_text(self.object)
        headings = list(rows.values_list("clause__heading", flat=True))
        return permissions.agreeing_obstacles(self.object, self.user, open_proposals=headings)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Your side agrees to the text as it stands; a changed clause takes that back."),
            _("Once both sides agree, the text is fixed and can be signed."),
        ]

    def perform(self, form: forms.Form) -> AgreementText:
        return negotiation.agree(**self._common)


class OwnAgree(Agree):
    area = "portal"


class Reopen(OfText):
    act = permissions.REOPEN_TEXT
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        signed = is_signed_by_anybody(self.object)
        return permissions.reopening_obstacles(self.object, self.user, signed=signed)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Both sides must agree again before anybody can sign.")]

    def perform(self, form: forms.Form) -> AgreementText:
        return negotiation.reopen(reason=form.cleaned_data["reason"], **self._common)


class OwnReopen(Reopen):
    area = "portal"


class Sign(OfText):
    """The institution's signature in the portal."""

    act = permissions.SIGN_TEXT
    area = "portal"
    form_class: Any = forms_of_texts.SignForm
    template_name = "agreements/portal/sign_text.html"

    def asks_for_code(self) -> bool:
        """Whoever has a second factor gives it; anybody else signs by the confirmation alone."""
        return has_factor(self.user)

    def initial(self) -> dict[str, Any]:
        return {
            "name": legal_representative_of(self.object.institution, on=timezone.localdate()),
            "position": _("Legal representative"),
        }

    def obstacles(self) -> Sequence[Obstacle]:
        signed = signature_of(self.object, Side.INSTITUTION) is not None
        return permissions.institution_signing_obstacles(self.object, self.user, signed=signed)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You sign the text with the digest shown; it can no longer be changed."),
            _("The agency head signs next; until then you may withdraw your signature."),
        ]

    def perform(self, form: forms.Form) -> AgreementText:
        data = {**form.cleaned_data}
        data.pop("confirmed", None)
        signatures.sign_for_institution(second_factor=self.asks_for_code(), **self._common, **data)
        return self.object


class OnPaper(OfText):
    act = permissions.RECORD_ON_PAPER
    form_class: Any = forms_of_texts.SignatoryForm

    def initial(self) -> dict[str, Any]:
        return {
            "name": legal_representative_of(self.object.institution, on=timezone.localdate()),
            "position": _("Legal representative"),
        }

    def obstacles(self) -> Sequence[Obstacle]:
        signed = signature_of(self.object, Side.INSTITUTION) is not None
        return permissions.institution_signing_obstacles(
            self.object, self.user, signed=signed, on_paper=True
        )

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The printed text, with its digest on every page, was signed by hand."),
            _("The agency head signs next and attaches the scan with both signatures."),
        ]

    def perform(self, form: forms.Form) -> AgreementText:
        signatures.record_on_paper(**self._common, **form.cleaned_data)
        return self.object


class WithdrawSignature(OfText):
    act = permissions.WITHDRAW_SIGNATURE
    area = "portal"
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        signature = signature_of(self.object, Side.INSTITUTION)
        return permissions.withdrawing_signature_obstacles(self.object, signature, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The text is negotiated again; both sides must agree and sign anew.")]

    def perform(self, form: forms.Form) -> AgreementText:
        reason = form.cleaned_data["reason"]
        return signatures.withdraw_signature(reason=reason, **self._common)


class Strike(WithdrawSignature):
    act = permissions.STRIKE_ON_PAPER
    area = "desk"
