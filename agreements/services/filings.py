"""Filing signed agreements with the administration of the same level (A-09, Order 7 art. 4)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Unit
from agreements.enums.texts import FilingState
from agreements.models import (
    Agreement,
    AgreementFiling,
    AgreementFilingTransition,
    Supplement,
)
from agreements.notifications import texts as notifications
from agreements.permissions.supplements import answering_filing_obstacles, filing_obstacles
from agreements.permissions.texts import REASON_MISSING

RULE = "A-09"
FILING_WORKDAYS = "agreement_filing_wd"
_NOTHING_CHOSEN = Obstacle(
    "nothing_chosen", _("No agreement was chosen."), RULE, _("Choose at least one.")
)
_ANSWER = ["state", "answered_by", "answered_at", "answer"]


def open_filing(
    agreement: Agreement, *, supplement: Supplement | None = None, at: datetime
) -> AgreementFiling:
    """Begin the filing of what was just signed, the agreement or a supplement of it; the caller
    is in its transaction.
    """
    on = timezone.localdate(at)
    region_office = office(on=on, region=agreement.region)
    due, basis = region_office.calendar.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(FILING_WORKDAYS)
    )
    key = f"{agreement.region_id}-{on.year}"
    filing = AgreementFiling.objects.create(
        number=f"AGF-{key}-{next_number(f'agreement_filing:{key}'):04}",
        agreement=None if supplement else agreement,
        supplement=supplement,
        created_at=at,
        due_on=due.on,
        due_basis=basis.to_json(),
    )
    _record(filing, "open", "", on=on, at=at, by=None)
    return filing


@transaction.atomic
def file_agreements(
    *, filing_ids: Iterable[int], by: User, at: datetime, note: str = ""
) -> list[AgreementFiling]:
    """File one or several signed agreements, all or none. Locked in the order of their keys."""
    filings = [AgreementFiling.objects.locked(pk) for pk in sorted(set(filing_ids))]
    obstacles = [each for filing in filings for each in filing_obstacles(filing, by)]
    refuse_if(obstacles if filings else [_NOTHING_CHOSEN])
    for filing in filings:
        source = filing.state
        filing.file(by=by, at=at, note=note.strip())
        filing.save(update_fields=[*_ANSWER, "filed_by", "filed_at", "note"])
        on = timezone.localdate(at)
        _record(filing, "file", source, on=on, at=at, by=by, reason=note.strip())
        notifications.filed(filing, at=at)
    return filings


@transaction.atomic
def acknowledge_filing(
    *, filing_id: int, by: User, at: datetime, answer: str = ""
) -> AgreementFiling:
    """Acknowledge the filing, for the administration."""
    return _answer(filing_id, FilingState.ACKNOWLEDGED, by=by, at=at, answer=answer)


@transaction.atomic
def return_filing(*, filing_id: int, by: User, at: datetime, answer: str) -> AgreementFiling:
    """Send the filing back to the agency with the reason; it is filed again."""
    if not answer.strip():
        refuse_if([REASON_MISSING])
    return _answer(filing_id, FilingState.RETURNED, by=by, at=at, answer=answer)


def _answer(
    filing_id: int, state: FilingState, *, by: User, at: datetime, answer: str
) -> AgreementFiling:
    filing = AgreementFiling.objects.locked(filing_id)
    refuse_if(answering_filing_obstacles(filing, by))
    source, text = filing.state, answer.strip()
    move = filing.acknowledge if state == FilingState.ACKNOWLEDGED else filing.send_back
    move(by=by, at=at, answer=text)
    filing.save(update_fields=_ANSWER)
    on = timezone.localdate(at)
    _record(filing, move.__name__, source, on=on, at=at, by=by, reason=text)
    notifications.filing_answered(filing, at=at)
    return filing


def _record(
    filing: AgreementFiling,
    act: str,
    source: str,
    *,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    AgreementFilingTransition.objects.create(
        subject=filing,
        act=act,
        source=source,
        target=filing.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
