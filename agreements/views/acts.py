"""The page of each act on an agreement at the desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.forms import NoForm, ReasonForm
from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.forms.life import RenewForm, ResumeForm, TermForm
from agreements.forms.texts import ScanForm
from agreements.models import Agreement, Suspension
from agreements.permissions import agreements as permissions
from agreements.services import letters, renewal, signing, suspension
from agreements.services.conclusion import signing_barred
from agreements.services.texts.documents import seal_if_possible
from agreements.services.texts.signatures import head_obstacles
from institutions.models import Institution


class Draft(ActPage):
    """Drawing up an agreement for an institution of the register."""

    act = permissions.DRAFT_AGREEMENT
    form_class: type[forms.Form] = TermForm

    def subject(self) -> Institution:
        return get_object_or_404(
            Institution.objects.visible_to(self.user), pk=self.kwargs["institution_pk"]
        )

    def initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def stamp(self) -> str:
        return str(self.object.agreements.count())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _(
                "A draft is drawn up for the region of your office, with its text; "
                "it binds nobody yet."
            ),
            _("The text is sent to the institution and negotiated; then both sides sign."),
        ]

    def obstacles(self) -> Sequence[Obstacle]:
        if self.user.region_id is not None:
            return []
        text = _("Your account belongs to no region.")
        return [Obstacle("no_region", text, remedy=_("Ask the system administrator."))]

    def perform(self, form: TermForm) -> Agreement:
        return signing.draft_agreement(
            institution_id=self.object.pk,
            region_code=self.user.region_id or "",
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class OfAgreement(ActPage):
    """An act on an agreement."""

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def _common(self) -> dict[str, Any]:
        return {"agreement_id": self.object.pk, "by": self.user, "at": timezone.now()}


class Sign(OfAgreement):
    act = permissions.SIGN_AGREEMENT
    form_class: Any = ScanForm

    def obstacles(self) -> Sequence[Obstacle]:
        obstacles = permissions.signing_obstacles(self.object, self.user)
        if not obstacles:
            obstacles = head_obstacles(self.object, self.user)
        if self.object.application:
            obstacles += signing_barred(self.object.application, on=timezone.localdate())
        return obstacles

    def consequences(self) -> Sequence[str | Promise]:
        facts = {"name": self.object.institution, "first": self.object.valid_from}
        lines = [
            _("You sign for the agency the text that the institution has signed."),
            _("The agreement gets the next number of its region and year."),
            _("It is in force from %(first)s; %(name)s is on the list of designated institutions.")
            % facts,
            _("The institution is told; the agreement is to be filed with the administration."),
        ]
        if self.object.application:
            shown = {"number": self.object.application}
            lines.append(_("Application %(number)s ends as signed.") % shown)
        return lines

    def perform(self, form: forms.Form) -> Agreement:
        agreement = signing.sign_agreement(**self._common, **form.cleaned_data)
        seal_if_possible(agreement, at=timezone.now())
        return agreement


class Cancel(OfAgreement):
    act = permissions.CANCEL_AGREEMENT
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.cancelling_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The agreement never takes effect; its record stays.")]

    def perform(self, form: forms.Form) -> Agreement:
        return signing.cancel_agreement(**self._common, reason=form.cleaned_data["reason"])


class Resume(OfAgreement):
    act = permissions.RESUME_AGREEMENT
    form_class: type[forms.Form] = ResumeForm

    def initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return [
            *permissions.resuming_obstacles(self.object, self.user, on=timezone.localdate()),
            *suspension.held_by_home(self.object),
            *suspension.unrectified(self.object),
        ]

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("What is provided from that day on is settled again."),
            _("The regions that followed receive a proposal; nothing resumes there by itself."),
            _("The institution and the administration are told."),
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return suspension.resume_agreement(**self._common, **form.cleaned_data)


class Hold(OfAgreement):
    act = permissions.HOLD_TERMINATION
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        current = Suspension.objects.current(self.object)
        on = timezone.localdate()
        return permissions.holding_obstacles(self.object, current, self.user, on=on)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agreement stays suspended and does not end by itself before its validity ends."),
            _("Your reason is on record and told to the institution."),
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return suspension.hold_termination(**self._common, reason=form.cleaned_data["reason"])


class Renew(OfAgreement):
    act = permissions.RENEW_AGREEMENT
    form_class: type[forms.Form] = RenewForm

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.renewing_obstacles(
            self.object,
            Suspension.objects.current(self.object),
            self.user,
            is_renewed=renewal.open_renewal(self.object) is not None,
        )

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A draft is drawn up that begins on %(day)s.")
            % {"day": renewal.first_day_after(self.object)},
            _("Signed, it makes this agreement end as renewed."),
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return renewal.renew_agreement(**self._common, **form.cleaned_data)


class RenewalNotice(OfAgreement):
    """Telling the institution by letter until when it may apply for renewal."""

    act = permissions.ISSUE_RENEWAL_NOTICE
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        today = timezone.localdate()
        return permissions.renewal_notice_obstacles(self.object, self.user, on=today)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A numbered letter goes to %s.") % self.object.institution,
            _("It says that renewal is to be applied for by %s.") % self.object.renewal_apply_by,
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return letters.issue_renewal_notice(**self._common)


class EndNotice(OfAgreement):
    """Telling the institution by letter that its agreement has ended by itself."""

    act = permissions.ISSUE_END_NOTICE
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.end_notice_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A numbered letter goes to %s.") % self.object.institution,
            _("It says that the agreement ended on %s.") % self.object.ended_on,
        ]

    def perform(self, form: forms.Form) -> Agreement:
        return letters.issue_end_notice(**self._common)
