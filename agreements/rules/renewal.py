"""Renewal: by when to apply, where it stands, and in which form it is signed (B-15)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_given
from agency.reasons import Reason, reason
from agency.rules import Obstacle
from agency.workdays import (
    latest_before,
)
from agreements.enums.life import RUNNING, AgreementState
from agreements.enums.renewals import RenewalState, SigningForm

RENEWAL_LEAD_MONTHS = 3  # Order 2 art. 41


RENEWAL_REMINDER = "renewal_reminder_months"
SIMPLIFIED_SCORE = "renewal_simplified_score"


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalQuestion:
    valid_to: date = asked(_("Agreement valid to"))
    applied_on: date | None = asked(_("Applied for on"), default=None)
    score: Decimal | None = asked(_("Score of the performance assessment"), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalAnswer:
    apply_by: date = told(_("Apply by"))
    remind_on: date = told(_("Reminder on"))
    expires_on: date = told(_("Expires on"))
    because: tuple[Reason, ...]
    late: bool | None = when_given(_("Applied for late"))
    form: SigningForm | None = when_given(_("Form of signing"))


@law(
    "B-15",
    article=_("Order 2, art. 41"),
    decides=_("By when to apply for renewal, and when the agreement expires without it"),
    question=RenewalQuestion,
    answer=RenewalAnswer,
    parameters=(RENEWAL_REMINDER, SIMPLIFIED_SCORE),
)
def renewal(question: RenewalQuestion, office: Office) -> RenewalAnswer:
    """Return the last day to apply for renewal, the reminder before it, the expiry, whether an
    application came late, and what is negotiated with a performance like that.

    Law: B-15 (Order 2 art. 41).
    """
    valid_to = question.valid_to
    apply_by = latest_before(valid_to, RENEWAL_LEAD_MONTHS)
    remind_on = latest_before(valid_to, office.number(RENEWAL_REMINDER))
    threshold = office.number(SIMPLIFIED_SCORE)
    late = is_late(question.applied_on, apply_by)
    form = signing_form(question.score, threshold=threshold)
    more = [_LATE] if late else []
    if question.score is not None:
        said = _ENOUGH if form == SigningForm.SIMPLIFIED else _NOT_ENOUGH
        more.append(reason(said, score=question.score, threshold=threshold))
    return RenewalAnswer(
        apply_by=apply_by,
        remind_on=remind_on,
        expires_on=valid_to,
        late=late or None,
        form=form if question.score is not None else None,
        because=(
            reason(
                _("To be applied for %(months)d months before %(valid_to)s, by %(apply_by)s."),
                months=RENEWAL_LEAD_MONTHS,
                valid_to=valid_to,
                apply_by=apply_by,
            ),
            reason(
                _("The institution is reminded %(months)d months before, on %(remind_on)s."),
                months=office.number(RENEWAL_REMINDER),
                remind_on=remind_on,
            ),
            reason(
                _("Not renewed, the agreement expires at the end of its validity, %(valid_to)s."),
                valid_to=valid_to,
            ),
            *more,
        ),
    )


_LATE = reason(_("Applied for later: it is accepted as late; the agency need not negotiate."))
_ENOUGH = _("A score of %(score)s reaches %(threshold)d: only the yearly agreement is negotiated.")
_NOT_ENOUGH = _("A score of %(score)s is below %(threshold)d: the whole text is negotiated.")


def is_late(applied_on: date | None, apply_by: date | None) -> bool:
    """Tell whether an application for renewal came after its last day.

    Law: B-15 (Order 2 art. 41).
    """
    return applied_on is not None and apply_by is not None and applied_on > apply_by


def signing_form(
    score: Decimal | None, *, threshold: int, has_fixed_text: bool = True
) -> SigningForm:
    """Return what a renewal negotiates: with a good result of the performance assessment, and a
    fixed agreement that can go on, the yearly agreement only.

    Law: B-15 (Order 2 art. 41 paragraph 2).
    """
    if score is not None and score >= threshold and has_fixed_text:
        return SigningForm.SIMPLIFIED
    return SigningForm.FULL


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalFacts:
    """What is known of an agreement and its renewal; `draft_state` is that of the open renewal."""

    state: str
    remind_on: date | None
    draft_state: str = ""
    applied: bool = False
    not_wished: bool = False
    in_open_round: bool = False
    not_agreed: bool = False


_OVER = {
    AgreementState.RENEWED: RenewalState.RENEWED,
    AgreementState.EXPIRED: RenewalState.EXPIRED,
    AgreementState.DISSOLVED: RenewalState.ENDED,
    AgreementState.AUTO_TERMINATED: RenewalState.ENDED,
    AgreementState.CANCELLED: RenewalState.ENDED,
}


def renewal_state(facts: RenewalFacts, *, on: date) -> RenewalState:
    """Return where an agreement stands with its renewal on the day.

    Law: B-15 (Order 2 art. 41).
    """
    if facts.state not in RUNNING:
        return _OVER.get(AgreementState(facts.state), RenewalState.NOT_DUE)
    checks = [
        (facts.not_agreed or facts.not_wished, RenewalState.NOT_AGREED),
        (facts.draft_state == AgreementState.SIGNED, RenewalState.SIGNED),
        (facts.draft_state == AgreementState.DRAFT, RenewalState.NEGOTIATING),
        (facts.applied, RenewalState.APPLIED),
        (facts.in_open_round, RenewalState.CENTRAL),
        (facts.remind_on is not None and on >= facts.remind_on, RenewalState.RENEWAL_DUE),
    ]
    return next((state for applies, state in checks if applies), RenewalState.NOT_DUE)


def round_obstacles(*, ends_from: date, ends_to: date, on: date, members: int) -> list[Obstacle]:
    """Return why a central renewal of the agreements ending in a window cannot be opened.

    Law: B-15 (Order 2 art. 41).
    """
    checks = [
        (
            ends_to < ends_from,
            Obstacle("window_backward", _("The window ends before it begins."), "B-15"),
        ),
        (
            ends_to < on,
            Obstacle(
                "window_over",
                _("The window has passed: what ended cannot be renewed any more."),
                "B-15",
                _("Choose a window that lies ahead."),
            ),
        ),
        (
            not members,
            Obstacle(
                "round_empty",
                _("No agreement of the region that could be renewed ends in the window."),
                "B-15",
                _("Choose another window or other types of institution."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]
