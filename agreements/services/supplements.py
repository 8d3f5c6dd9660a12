"""Signing, giving up and ending what hangs on an agreement (A-02, B-15)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import refuse_if
from agreements.enums.life import ENDED, AgreementState
from agreements.enums.texts import SupplementState
from agreements.models import Agreement, Supplement, SupplementTransition
from agreements.notifications import texts as notifications
from agreements.permissions.supplements import parent_obstacles, supplement_obstacles
from agreements.services.filings import open_filing
from agreements.services.signing import reason_obstacles
from agreements.services.texts.history import record_supplement_step
from agreements.services.texts.signatures import (
    Files,
    head_obstacles_locked,
    lock_text,
    sign_for_agency,
)
from agreements.services.texts.voiding import void_texts_of

RULE = "B-15"
_OVER = (*ENDED, AgreementState.CANCELLED)


@transaction.atomic
def sign_supplement(*, supplement_id: int, by: User, at: datetime, scan: Files = ()) -> Supplement:
    """Sign a supplement as the last of both sides."""
    parent_id = Supplement.objects.values_list("agreement", flat=True).get(pk=supplement_id)
    parent = Agreement.objects.locked(parent_id)
    supplement = Supplement.objects.locked(supplement_id)
    text = lock_text(supplement)
    refuse_if(
        supplement_obstacles(supplement, by)
        + parent_obstacles(parent)
        + head_obstacles_locked(text, by, scan=scan)
    )
    if text is None:
        raise AssertionError("refused above")
    sign_for_agency(text, by=by, at=at, scan=scan)
    on, source = timezone.localdate(at), supplement.state
    supplement.sign(on=on)
    supplement.save(update_fields=["state", "signed_on"])
    record_supplement_step(supplement, act="sign", source=source, on=on, at=at, by=by)
    open_filing(parent, supplement=supplement, at=at)
    notifications.supplement_signed(supplement, at=at)
    return supplement


@transaction.atomic
def cancel_supplement(*, supplement_id: int, by: User, at: datetime, reason: str) -> Supplement:
    """Give up a supplement that is not signed, and its text."""
    parent_id = Supplement.objects.values_list("agreement", flat=True).get(pk=supplement_id)
    Agreement.objects.locked(parent_id)
    supplement = Supplement.objects.locked(supplement_id)
    refuse_if(supplement_obstacles(supplement, by) + reason_obstacles(reason))
    return _cancel(supplement, by=by, at=at, reason=reason.strip())


def end_supplements(agreement: Agreement, on: date, at: datetime) -> int:
    """End what hangs on an agreement that has ended, drafts included; the caller is in a
    transaction and holds the agreement. Returns how many.
    """
    reason = _("The agreement it belongs to has ended.")
    signed = agreement.supplements.filter(state=SupplementState.SIGNED).select_for_update()
    count = _end(signed, agreement.last_day, on=on, at=at, reason=reason)
    drafts = Supplement.objects.filter(agreement=agreement, state=SupplementState.DRAFT)
    for pk in drafts.values_list("pk", flat=True):
        _cancel(Supplement.objects.locked(pk), by=None, at=at, reason=reason)
        count += 1
    return count


@transaction.atomic
def end_due(*, on: date, at: datetime) -> int:
    """End every supplement whose own term is over, and all that hangs on an ended agreement."""
    living = [SupplementState.SIGNED, SupplementState.DRAFT]
    parents = Agreement.objects.filter(state__in=_OVER, supplements__state__in=living).distinct()
    count = 0
    for pk in parents.values_list("pk", flat=True):
        count += end_supplements(Agreement.objects.locked(pk), on, at)
    over = Supplement.objects.over_by(on).select_for_update(skip_locked=True, of=("self",))
    return count + _end(over, None, on=on, at=at, reason=_("Its term is over."))


def _end(
    rows: Iterable[Supplement], last_day: date | None, *, on: date, at: datetime, reason: str
) -> int:
    """End the rows, locked; history first, in one statement each."""
    rows = list(rows)
    for each in rows:
        each.end(on=min(last_day or each.valid_to, each.valid_to))
    SupplementTransition.objects.bulk_create(
        [
            SupplementTransition(
                subject=each,
                act="end",
                source=SupplementState.SIGNED,
                target=each.state,
                on=each.ended_on or on,
                at=at,
                by=None,
                reason=reason,
                rule=RULE,
            )
            for each in rows
        ]
    )
    Supplement.objects.bulk_update(rows, ["state", "ended_on"], batch_size=500)
    return len(rows)


def _cancel(supplement: Supplement, *, by: User | None, at: datetime, reason: str) -> Supplement:
    void_texts_of(supplement, by=by, at=at, reason=reason)
    source = supplement.state
    supplement.cancel()
    supplement.save(update_fields=["state"])
    on = timezone.localdate(at)
    record_supplement_step(
        supplement, act="cancel", source=source, on=on, at=at, by=by, reason=reason
    )
    return supplement
