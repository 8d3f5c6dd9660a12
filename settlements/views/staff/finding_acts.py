"""Acts on batches and their findings: deciding one, deciding all of a check, reviewing again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from agency.views.pages import ActPage
from settlements import permissions
from settlements.enums import Check, FindingStatus
from settlements.forms.batches import Confirmation, DecisionOnFindings
from settlements.models import Charge, Claim, ClaimBatch, Finding
from settlements.rules.stays import StayPart
from settlements.services.findings import decide_check, decide_finding
from settlements.services.review import begin_review
from settlements.services.stays import parts_of_stay
from settlements.tasks import hand_to_worker
from settlements.views.batches import batch_of
from settlements.views.staff.persons import person_shown

NEIGHBOURS = 12


class DecideFinding(ActPage):
    """One finding: its line among its neighbours, the check in words, the rule's row."""

    act = permissions.DECIDE_FINDINGS
    form_class = DecisionOnFindings
    template_name = "settlements/desk/finding_decide.html"
    object: Finding

    def subject(self) -> Finding:
        batch = batch_of(self.request, self.kwargs["number"])
        finding = get_object_or_404(
            Finding.objects.select_related("knowledge_row", "decided_by"),
            batch=batch,
            pk=self.kwargs["pk"],
        )
        finding.batch = batch
        return finding

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.object.visit = self._visit(self.object)  # type: ignore[attr-defined]
        return super().show(form, status)

    def _visit(self, finding: Finding) -> dict[str, Any]:
        """Return the settlement and the lines around the finding's own, in line order."""
        batch = finding.batch
        claim = Claim.objects.of(batch).filter(setl_id=finding.setl_id).first()
        lines: list[Charge] = []
        if claim:
            rows = Charge.objects.of(batch).filter(claim_no=claim.claim_no)
            lines = list(rows.order_by("fee_ocur_time", "bkkp_sn"))
        places = [at for at, line in enumerate(lines) if line.bkkp_sn == finding.bkkp_sn]
        first = max(0, places[0] - NEIGHBOURS // 2) if places else 0
        return {
            "claim": claim,
            "person": person_shown(self.request, batch, claim) if claim else None,
            "stay": self._stay(claim) if claim else (),
            "lines": lines[first : first + NEIGHBOURS + 1],
        }

    def _stay(self, claim: Claim) -> tuple[StayPart, ...]:
        """The days of the stay that are settled and those that are not, where a boundary of the
        agreement lies in it.
        """
        finding = self.object
        if finding.check_name != Check.AGREEMENT_NOT_IN_FORCE:
            return ()
        parts = parts_of_stay(finding.batch.institution_id, claim.begndate, claim.enddate)
        return parts if len(parts) > 1 else ()

    def stamp(self) -> str:
        return self.object.status

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.finding_obstacles(self.object, self.request.user)

    def consequences(self) -> Sequence[str | Promise]:
        amount = f"{self.object.fund_amount:,.2f}"
        return [
            gettext("Confirmed: %s CNY of the fund are deducted from the statement.") % amount,
            _("Cleared: the line is paid as declared."),
            _("Both stay in the history with your name and your reason."),
        ]

    def perform(self, form: Any) -> Finding:
        return decide_finding(
            finding_id=self.object.pk,
            verdict=FindingStatus(form.cleaned_data["verdict"]),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            at=timezone.now(),
        )

    def next_url(self, result: Finding) -> str:
        return result.batch.get_absolute_url()


class BatchAct(ActPage):
    object: ClaimBatch

    def subject(self) -> ClaimBatch:
        return batch_of(self.request, self.kwargs["number"])


class DecideCheck(BatchAct):
    """All undecided findings of one check at once."""

    act = permissions.DECIDE_FINDINGS
    form_class = DecisionOnFindings
    decided = 0

    def subject(self) -> ClaimBatch:
        if self.kwargs["check"] not in Check.values:
            raise Http404
        self.check = Check(self.kwargs["check"])
        return super().subject()

    def title(self) -> str:
        return f"{self.act.label}: {self.check.label}"

    def _undecided(self) -> tuple[int, Any]:
        rows = Finding.objects.filter(batch=self.object, check_name=self.check).undecided()
        return rows.count(), rows.aggregate(total=Sum("fund_amount"))["total"] or 0

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.decision_on_findings_obstacles(self.object, self.request.user)

    def consequences(self) -> Sequence[str | Promise]:
        count, amount = self._undecided()
        text = ngettext(
            "%(count)d undecided finding of this check is decided: %(amount)s CNY of the fund.",
            "%(count)d undecided findings of this check are decided: %(amount)s CNY of the fund.",
            count,
        )
        return [
            text % {"count": count, "amount": f"{amount:,.2f}"},
            _("Findings already decided stay as they are."),
        ]

    def perform(self, form: Any) -> ClaimBatch:
        self.decided = decide_check(
            batch_id=self.object.pk,
            check=self.check,
            verdict=FindingStatus(form.cleaned_data["verdict"]),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            at=timezone.now(),
        )
        return self.object

    def success(self, result: Any) -> str:
        text = ngettext("%d finding decided.", "%d findings decided.", self.decided)
        return text % self.decided


class ReviewAgain(BatchAct):
    """Run the checks again with the knowledge base in use today."""

    act = permissions.REVIEW_BATCH
    form_class = Confirmation

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.review_again_obstacles(self.object, self.request.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("All checks run again, with the knowledge base in use today."),
            _("Undecided findings are made anew; decided ones stay."),
        ]

    def perform(self, form: Any) -> ClaimBatch:
        batch = begin_review(batch_id=self.object.pk, by=self.request.user, at=timezone.now())
        hand_to_worker(batch)
        return batch
