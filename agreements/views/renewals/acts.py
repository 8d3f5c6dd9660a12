"""Acts on the renewal of one agreement, and on many at once from the board."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.forms import NoForm, ReasonForm
from agency.permissions import Act
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage
from agreements.enums.renewals import NotAgreedGround, ReviewOutcome, SigningForm
from agreements.forms.renewals import ChooseRoundForm, ExitReviewForm, NotRenewForm
from agreements.models import Agreement, AgreementRequest, RenewalRound
from agreements.permissions import renewals as permissions
from agreements.permissions.agreements import ISSUE_RENEWAL_NOTICE, RENEW_AGREEMENT
from agreements.services import not_renewing, renewal
from agreements.services.letters import issue_renewal_notice
from agreements.services.renewal_rounds import include
from agreements.views.acts import OfAgreement

MOST_AT_ONCE = 200


class NotRenew(OfAgreement):
    """The decision that the parties did not agree on a renewal."""

    act = permissions.NOT_RENEW
    form_class: type[forms.Form] = NotRenewForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.not_renewing_obstacles(
            self.object,
            self.user,
            renewal=renewal.open_renewal(self.object),
            decision=renewal.standing_decision(self.object),
        )

    def consequences(self) -> Sequence[str | Promise]:
        facts = {"name": self.object.institution, "day": self.object.valid_to}
        return [
            _("The agreement expires on %(day)s; nothing provided afterwards is settled.") % facts,
            _("A draft of the renewal is cancelled; an application for it falls away."),
            _("A numbered letter with your reasons goes to %(name)s.") % facts,
        ]

    def perform(self, form: Any) -> Agreement:
        data = form.cleaned_data
        return not_renewing.decide_not_to_renew(
            ground=NotAgreedGround(data["ground"]), reason=data["reason"], **self._common
        ).agreement


class RevokeNotRenew(OfAgreement):
    act = permissions.REVOKE_NOT_RENEW
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        if renewal.standing_decision(self.object) is not None:
            return []
        return [Obstacle("nothing_decided", _("Nothing of the kind was decided."), "B-15")]

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The agreement can be renewed again."), _("The institution is told.")]

    def perform(self, form: Any) -> Agreement:
        return not_renewing.revoke_decision(reason=form.cleaned_data["reason"], **self._common)


class ReviewExit(ActPage):
    """The administration's answer to a public institution's notice not to renew (B-16)."""

    act = permissions.REVIEW_EXIT
    form_class: type[forms.Form] = ExitReviewForm

    def subject(self) -> AgreementRequest:
        rows = AgreementRequest.objects.visible_to(self.user).select_related(
            "agreement__institution"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.reviewing_obstacles(self.object, not_renewing.review_of(self.object))

    def consequences(self) -> Sequence[str | Promise]:
        return [
            self.object.reason,
            _("Without your objection the agency may accept the notice; against it, it may not."),
            _("The agency and the institution are told."),
        ]

    def perform(self, form: Any) -> AgreementRequest:
        data = form.cleaned_data
        return not_renewing.review_exit(
            request_id=self.object.pk,
            outcome=ReviewOutcome(data["outcome"]),
            text=data["reason"],
            by=self.user,
            at=timezone.now(),
        )


# --- many at once ---------------------------------------------------------------------------------


class OnChosen(ActPage):
    """An act on the agreements chosen on the board (?agreement=…)."""

    def subject(self) -> Any:
        keys = self.request.GET.getlist("agreement")[:MOST_AT_ONCE]
        pks = [int(each) for each in keys if each.isdecimal()]
        rows = Agreement.objects.visible_to(self.user).filter(pk__in=pks)
        self.chosen = list(rows.select_related("institution").order_by("valid_to", "pk"))
        return _("Renewals")

    def stamp(self) -> str:
        return ".".join(f"{each.pk}{each.state}" for each in self.chosen)[:2000]

    def obstacles(self) -> Sequence[Obstacle]:
        if self.chosen:
            return []
        remedy = _("Tick rows on the board first.")
        return [Obstacle("none_chosen", _("No agreement is chosen."), remedy=remedy)]

    def consequences(self) -> Sequence[str | Promise]:
        names = "、".join(each.institution.name for each in self.chosen[:20])
        more = "…" if len(self.chosen) > 20 else ""
        return [
            _("%(count)d agreements: %(names)s")
            % {"count": len(self.chosen), "names": f"{names}{more}"},
            *self.more_consequences(),
        ]

    def more_consequences(self) -> Sequence[str | Promise]:
        return []

    @property
    def pks(self) -> list[int]:
        return [each.pk for each in self.chosen]

    def back_url(self) -> str:
        return reverse("agreements_desk:renewals")

    def next_url(self, result: Any) -> str:
        return self.back_url()

    def report(self, done: int, refused: Sequence[tuple[Agreement, Refusal]]) -> HttpResponse:
        """Say how many were done, and of each of the others why not."""
        if done:
            text = _("%(act)s: %(count)d done.") % {"act": self.act.label, "count": done}
            messages.success(self.request, text)
        for agreement, refusal in refused[:20]:
            why = "；".join(str(each.text) for each in refusal.obstacles)
            messages.warning(self.request, f"{agreement.institution.name} {agreement}: {why}")
        return redirect(self.back_url())


class IncludeInRound(OnChosen):
    act: Act = permissions.EXTEND_ROUND
    form_class: type[forms.Form] = ChooseRoundForm

    def obstacles(self) -> Sequence[Obstacle]:
        if not RenewalRound.objects.open().exists():
            remedy = _("Open a round first.")
            return [Obstacle("no_round", _("No round is open."), "B-15", remedy)]
        return super().obstacles()

    def more_consequences(self) -> Sequence[str | Promise]:
        return [
            _("Their institutions are told that they need not apply."),
            _("What the round cannot renew stays out: other region or window, decided, renewed."),
        ]

    def perform(self, form: Any) -> Any:
        chosen = form.cleaned_data["round"]
        return include(round_id=chosen.pk, agreement_ids=self.pks, by=self.user, at=timezone.now())

    def done(self, result: Any) -> HttpResponse:
        made, count = result
        left = len(self.chosen) - count
        messages.success(
            self.request,
            _("%(count)d taken into %(round)s, %(left)d left out.")
            % {"count": count, "round": made, "left": left},
        )
        return redirect(made.get_absolute_url())


class SendNotices(OnChosen):
    """The notice of renewal to many: each a letter of its own."""

    act = ISSUE_RENEWAL_NOTICE
    form_class = NoForm

    def more_consequences(self) -> Sequence[str | Promise]:
        return [_("A numbered letter goes to each of them.")]

    def perform(self, form: Any) -> Any:
        done, refused, now = 0, [], timezone.now()
        for each in self.chosen:
            try:
                issue_renewal_notice(agreement_id=each.pk, by=self.user, at=now)
                done += 1
            except Refusal as refusal:
                refused.append((each, refusal))
        return done, refused

    def done(self, result: Any) -> HttpResponse:
        return self.report(*result)


class DrawUpDrafts(OnChosen):
    act = RENEW_AGREEMENT
    form_class = NoForm

    def more_consequences(self) -> Sequence[str | Promise]:
        return [
            _("Each draft begins on the day after the validity, for the usual term."),
            _("Where the performance is good enough: %(form)s.")
            % {"form": SigningForm.SIMPLIFIED.label},
        ]

    def perform(self, form: Any) -> Any:
        return renewal.renew_each(agreement_ids=self.pks, by=self.user, at=timezone.now())

    def done(self, result: renewal.Drawn) -> HttpResponse:
        return self.report(len(result.drafts), result.refused)
