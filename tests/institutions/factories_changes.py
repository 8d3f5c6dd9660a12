"""Filings and what brings them on their way, for tests."""

from datetime import date, datetime, timedelta

from agency.enums import Role
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest
from institutions.services.change_values import FieldChange
from institutions.services.changes import check_change
from institutions.services.commitments import Signature
from institutions.services.filing import file_change
from tests.agency.factories import NOW, user_with

TODAY = NOW.date()
NAME = FieldChange(ChangeField.NAME, "浔阳新仁和医院", TODAY)
ACCOUNT = FieldChange(ChangeField.BANK_ACCOUNT, "6222000000009999", TODAY)
BANK = FieldChange(ChangeField.BANK_NAME, "建设银行九江分行", TODAY)
ADDRESS = FieldChange(ChangeField.REGISTERED_ADDRESS, "九江市濂溪区新址路2号", TODAY)
PASSWORD = "correct-horse-battery"


def id_number(serial: int = 1, born: date = date(1975, 3, 12)) -> str:
    """Return a valid identity number of a person of Jiujiang (GB 11643)."""
    first = f"360403{born:%Y%m%d}{serial:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


def person(field=ChangeField.LEGAL_REPRESENTATIVE, name="李新", serial=1, on=TODAY):
    return FieldChange(field, name, on, id_number=id_number(serial))


def filed(member, *changes, at=NOW, **kwargs):
    return file_change(
        institution_id=member.membership.institution_id,
        changes=changes or [NAME],
        by=member,
        at=at,
        **kwargs,
    )


def checked(change: ChangeRequest, *, by=None, at: datetime | None = None) -> ChangeRequest:
    """Let an intake clerk check the filing."""
    return check_change(
        change_id=change.pk, by=by or user_with(Role.INTAKE_CLERK), at=at or change.filed_at
    )


def signature(member) -> Signature:
    return Signature(str(member), PASSWORD)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)
