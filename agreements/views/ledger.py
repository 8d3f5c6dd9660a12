"""The ledger of suspensions, the cascade and the inpatients, on the pages of an agreement and of
its institution (B-13, B-14, B-17).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.enums.cascade import CascadeKind
from agreements.enums.life import AgreementState, SuspensionKind
from agreements.forms.cascade import CheckForm
from agreements.models import Agreement, CascadeReceipt, InpatientWarning, Suspension
from agreements.panels import agreement_buttons, agreement_panel
from agreements.permissions.cascade import (
    ANSWER_INPATIENTS,
    CHECK_RECTIFICATION,
    check_obstacles,
)
from agreements.rules.ledger import Suspended, ledger
from agreements.services.suspension import record_check
from institutions.models import Institution
from institutions.panels import public_panel

SHOWN = 30
EARLIER = 10


def ledger_of(agreement: Agreement, on: date) -> dict[str, Any]:
    """Return the ledger of the term, with the suspensions of the terms before it. Three queries."""
    rows = list(
        agreement.suspensions.select_related(
            "held_by", "checked_by", "annulled_by", "cascade__home__region"
        )
        .prefetch_related("rectification_files")
        .order_by("starts_on", "pk")
    )
    counted = ledger([_fact(each) for each in rows], last_day=agreement.last_day, on=on)
    earlier = (
        Suspension.objects.standing()
        .filter(
            agreement__institution=agreement.institution_id,
            agreement__region=agreement.region_id,
            agreement__valid_from__lt=agreement.valid_from,
        )
        .select_related("agreement")
        .order_by("-starts_on")
    )
    return {
        "ledger": counted,
        "rows": list(zip(rows, counted.lines, strict=True)),
        "earlier": list(earlier[:EARLIER]),
    }


def _fact(suspension: Suspension) -> Suspended:
    return Suspended(
        kind=SuspensionKind(suspension.kind),
        start=suspension.starts_on,
        resumed_on=suspension.resumed_on,
        limit_on=suspension.limit_on,
        annulled=suspension.annulled_on is not None,
    )


@agreement_panel("agreements/ledger.html", area="desk", order=20)
def desk_ledger(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    return _panel(agreement, on)


@agreement_panel("agreements/ledger.html", area="portal", order=20)
def portal_ledger(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    panel = _panel(agreement, on)
    if panel:
        may_answer = ANSWER_INPATIENTS.allows(user)
        panel |= {"portal": True, "answer_act": ANSWER_INPATIENTS if may_answer else None}
    return panel


def _panel(agreement: Agreement, on: date) -> dict[str, Any] | None:
    found = ledger_of(agreement, on)
    receipts = list(
        CascadeReceipt.objects.filter(Q(home=agreement) | Q(agreement=agreement))
        .select_related("region", "home__region", "agreement__region")
        .order_by("-delivered_at", "agreement_id")[:SHOWN]
    )
    warnings = list(
        agreement.inpatient_warnings.select_related("file").order_by("-boundary_on", "-pk")
    )
    entries = list(agreement.dissolved_entries.order_by("-pk"))
    if not (found["rows"] or found["earlier"] or receipts or warnings or entries):
        return None
    return {**found, "receipts": receipts, "warnings": warnings, "entries": entries}


@agreement_buttons(area="desk")
def check_button(agreement: Agreement, user: User, on: date) -> Iterator[dict[str, Any]]:
    if agreement.state != AgreementState.SUSPENDED or not CHECK_RECTIFICATION.allows(user):
        return
    current = Suspension.objects.current(agreement)
    if current is not None and current.kind == SuspensionKind.MANDATORY:
        yield {
            "act": CHECK_RECTIFICATION,
            "url": reverse("agreements_desk:check", args=[agreement.pk]),
            "obstacles": check_obstacles(agreement, current, user),
        }


@agreement_buttons(area="portal")
def inpatients_button(agreement: Agreement, user: User, on: date) -> Iterator[dict[str, Any]]:
    if not ANSWER_INPATIENTS.allows(user):
        return
    for warning in InpatientWarning.objects.waiting().filter(agreement=agreement)[:1]:
        url = reverse("agreements_portal:inpatients", args=[warning.pk])
        yield {"act": ANSWER_INPATIENTS, "url": url, "obstacles": []}


@public_panel("agreements/public/boundary.html")
def boundary_note(institution: Institution, on: date) -> dict[str, Any] | None:
    """What insured inpatients must know at a suspension or an end. One query."""
    rows = InpatientWarning.objects.filter(
        agreement__institution=institution, void_on__isnull=True, boundary_on__lte=on
    ).filter(
        Q(kind=CascadeKind.DISSOLVE, agreement__state=AgreementState.DISSOLVED)
        | Q(
            kind=CascadeKind.SUSPEND,
            agreement__state=AgreementState.SUSPENDED,
        )
    )
    found = list(
        rows.select_related("agreement__region").order_by("agreement_id", "-boundary_on", "-pk")
    )
    newest = {each.agreement_id: each for each in reversed(found)}
    return {"warnings": list(newest.values())} if newest else None


class RecordCheck(ActPage):
    """What the check of a mandatory suspension found, before anything is resumed."""

    act = CHECK_RECTIFICATION
    form_class = CheckForm

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        current = Suspension.objects.current(self.object)
        return check_obstacles(self.object, current, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The finding is kept with the suspension; a later check takes its place."),
            _("Rectified, the agreement can be resumed."),
            _("Not rectified, it stays suspended, and ground 1 of dissolution is met (art. 43)."),
        ]

    def perform(self, form: CheckForm) -> Agreement:
        data = form.cleaned_data
        record_check(
            agreement_id=self.object.pk,
            rectified=data["rectified"],
            findings=data["findings"],
            files=data["documents"],
            by=self.user,
            at=timezone.now(),
        )
        return self.object
