"""The letters that steps of an agreement's life issue, in the office's language."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agreements.enums.life import AgreementState, DissolutionGround, SuspensionGround
from agreements.models import Agreement, AgreementRequest
from agreements.permissions.agreements import end_notice_obstacles, renewal_notice_obstacles
from agreements.services.history import record_step
from institutions.services.letters import issue_to_institution

RENEWAL_NOTICE = "renewal_notice"
END_NOTICE = "termination_notice"
# As article 43 numbers its items.
_ITEMS = (
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
)


def issue_about(
    agreement: Agreement,
    kind: str,
    context: Mapping[str, Value],
    *,
    by: User | None,
    at: datetime,
) -> OfficialLetter:
    """Issue a letter about an agreement; the caller holds its lock and records the step."""
    return issue_to_institution(
        kind=kind,
        institution=agreement.institution,
        context={"agreement": agreement.number or "", **context},
        matter=str(agreement),
        url=agreement.get_absolute_url(),
        portal_url=agreement.get_portal_url(),
        by=by,
        at=at,
        region=agreement.region,
    )


def suspension_letter(
    agreement: Agreement,
    *,
    ground: SuspensionGround,
    on: date,
    until: date,
    reason: str,
    by: User | None,
    at: datetime,
) -> OfficialLetter:
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "from_on": on,
            "to_on": until,
            "reason": _("%(ground)s: %(reason)s") % {"ground": ground.label, "reason": reason},
            "articles": _("article 42 of the Interim Measures on Designated Medical Institutions"),
        }
        return issue_about(agreement, "suspension_decision", context, by=by, at=at)


def resumption_letter(
    agreement: Agreement, *, on: date, reason: str, by: User | None, at: datetime
) -> OfficialLetter:
    with translation.override(CHINESE):
        context: dict[str, Value] = {"from_on": on, "reason": reason or _("none")}
        return issue_about(agreement, "resumption_decision", context, by=by, at=at)


def dissolution_letter(
    agreement: Agreement, *, on: date, ground: int, reason: str, by: User | None, at: datetime
) -> OfficialLetter:
    with translation.override(CHINESE):
        label = DissolutionGround(ground).label
        context: dict[str, Value] = {
            "from_on": on,
            "reason": _("%(ground)s: %(reason)s") % {"ground": label, "reason": reason},
            "articles": _(
                "article 43 item (%(item)s) of the Interim Measures on Designated Medical "
                "Institutions"
            )
            % {"item": _ITEMS[ground - 1]},
        }
        return issue_about(agreement, "dissolution_decision", context, by=by, at=at)


def answer_letter(
    request: AgreementRequest, kind: str, *, reason: str, by: User, at: datetime
) -> OfficialLetter:
    """Issue the answer to a request, `request_accepted` or `request_refused`."""
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "filed_on": timezone.localdate(request.filed_at),
            "kind": request.get_kind_display(),
            "request": request.number,
            "reason": reason or _("none"),
        }
        if kind == "request_accepted":
            context["wanted_on"] = request.wanted_on
        return issue_about(request.agreement, kind, context, by=by, at=at)


@transaction.atomic
def issue_renewal_notice(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Tell the institution by letter until when it may apply for renewal (B-15)."""
    agreement = Agreement.objects.locked(agreement_id)
    on = timezone.localdate(at)
    refuse_if(renewal_notice_obstacles(agreement, by, on=on) + _said(agreement, RENEWAL_NOTICE))
    context = {
        "valid_to": agreement.valid_to,
        "apply_by": agreement.renewal_apply_by or agreement.valid_to,
    }
    return _send(agreement, RENEWAL_NOTICE, context, rule="B-15", by=by, at=at)


@transaction.atomic
def issue_end_notice(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Tell the institution by letter that its agreement has ended by itself (B-13, B-15)."""
    agreement = Agreement.objects.locked(agreement_id)
    refuse_if(end_notice_obstacles(agreement, by) + _said(agreement, END_NOTICE))
    with translation.override(CHINESE):
        state = AgreementState(agreement.state)
        ground = (
            _("the voluntary suspension lasted longer than the limit without a request to resume")
            if state == AgreementState.AUTO_TERMINATED
            else _("its term is over and it was not renewed")
        )
    context: dict[str, Value] = {"ended_on": agreement.ended_on or "", "ground": ground}
    return _send(agreement, END_NOTICE, context, rule="B-13", by=by, at=at)


def _send(
    agreement: Agreement,
    kind: str,
    context: Mapping[str, Value],
    *,
    rule: str,
    by: User,
    at: datetime,
) -> Agreement:
    letter = issue_about(agreement, kind, context, by=by, at=at)
    record_step(
        agreement,
        act=kind,
        source=agreement.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule=rule,
        letter=letter,
    )
    return agreement


def _said(agreement: Agreement, kind: str) -> list[Obstacle]:
    """Return why the letter is not issued: it has been. One query."""
    steps = agreement.transitions.filter(act=kind).exclude(letter__state="withdrawn")
    step = steps.select_related("letter").first()
    if step is None:
        return []
    text = _("The letter has been issued already: %(number)s.") % {"number": step.letter}
    return [Obstacle("letter_exists", text, remedy=_("Withdraw or correct that letter."))]
