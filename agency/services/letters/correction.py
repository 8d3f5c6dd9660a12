"""Withdrawing a letter, and putting one right by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agency.enums import ServiceState
from agency.letter_kinds import Value
from agency.letters.values import thawed
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.letters.history import record
from agency.services.letters.hooks import tell_corrected, tell_withdrawn
from agency.services.letters.issuing import issue_letter
from agency.services.letters.obstacles import correcting_obstacles, withdrawing_obstacles


@transaction.atomic
def withdraw_letter(
    *, letter_id: int, reason: str, by: User, at: datetime, on: date
) -> OfficialLetter:
    """Withdraw a letter for good; a service under way ends. Its number stays given.

    Refuses one that has been corrected or withdrawn.
    """
    letter = OfficialLetter.objects.locked(letter_id)
    refuse_if(withdrawing_obstacles(letter, by) + _reason_obstacles(reason))
    source = letter.state
    _end_service(letter, _("The letter was withdrawn."), on=on)
    letter.withdraw(by=by, on=on, at=at, reason=reason.strip())
    letter.save(
        update_fields=[
            "state",
            "withdrawn_on",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawal_reason",
        ]
    )
    record(letter, act="withdraw", source=source, on=on, at=at, by=by, reason=reason.strip())
    tell_withdrawn(letter, on=on, at=at)
    return letter


@transaction.atomic
def correct_letter(
    *,
    letter_id: int,
    context: Mapping[str, Value],
    reason: str,
    by: User,
    at: datetime,
    on: date,
    addressee: str = "",
) -> OfficialLetter:
    """Issue another letter of the same kind, with its own number, that names this one and takes
    its place; `context` gives the variables that change. A service of the wrong one under way
    ends; the new letter is served anew.
    """
    wrong = OfficialLetter.objects.locked(letter_id)
    obstacles = correcting_obstacles(wrong, by) + _reason_obstacles(reason)
    before = {name: thawed(value) for name, value in wrong.context.items()}
    if unknown := sorted(context.keys() - before.keys()):
        raise ValueError(f"letter {wrong.kind}: unknown {unknown}")
    after = {**before, **context}
    addressee = addressee.strip() or wrong.addressee
    if after == before and addressee == wrong.addressee:
        text = _("Nothing in the letter is changed.")
        obstacles.append(Obstacle("nothing_changed", text, remedy=_("Change what was wrong.")))
    refuse_if(obstacles)
    _end_service(wrong, _("The letter was corrected."), on=on)
    letter = issue_letter(
        kind=wrong.kind,
        context=after,
        addressee=addressee,
        address=wrong.address,
        matter=wrong.matter,
        url=wrong.url,
        by=by,
        at=at,
        on=on,
        region=wrong.region,
        language=wrong.language,
        corrects=wrong,
        reason=reason.strip(),
    )
    record(
        wrong,
        act="corrected",
        source=wrong.state,
        on=on,
        at=at,
        by=by,
        reason=f"{letter.number}：{reason.strip()}",
    )
    tell_corrected(letter, corrects=wrong, at=at)
    return letter


def _reason_obstacles(reason: str) -> list[Obstacle]:
    if reason.strip():
        return []
    return [Obstacle("reason_missing", _("Reason: say why."))]


def _end_service(letter: OfficialLetter, reason: str, *, on: date) -> None:
    for service in letter.services.filter(state=ServiceState.PENDING):
        service.fail(on=on, reason=reason)
        service.save(update_fields=["state", "failed_on", "failure_reason"])
