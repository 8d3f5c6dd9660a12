"""The deadline of filing signed agreements, in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import AgreementFiling, AgreementFilingTransition
from agreements.permissions.supplements import VIEW_FILINGS
from agreements.services.filings import FILING_WORKDAYS

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    AgreementFilingTransition.objects.bulk_create(
        [
            AgreementFilingTransition(
                subject=each.row,
                act=each.act,
                source=each.row.state,
                target=each.row.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
        ],
        batch_size=CHUNK,
    )


def _told(rows: Sequence[AgreementFiling]) -> Mapping[int, list[User]]:
    officers = list(holders(Role.AGREEMENT_OFFICER))
    return {each.pk: officers for each in rows}


FILINGS = Matter(
    model=AgreementFiling,
    key="agreement_filing",
    record=_record,
    told=_told,
    desk_act=VIEW_FILINGS,
    related=(
        "agreement__institution",
        "supplement__agreement__institution",
    ),
)

FILING = clock(
    "agreements.filing",
    _("Filing of a signed agreement with the administration"),
    FILINGS,
    due="due_on",
    basis="due_basis",
    open=AgreementFiling.objects.unfiled,
    duty=Duty.OURS,
    parameter=FILING_WORKDAYS,
)
