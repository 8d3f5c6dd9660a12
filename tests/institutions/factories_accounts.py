"""Requests for accounts, made the way a stranger makes them."""

from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.models import Attachment
from institutions.enums.register import Kind
from institutions.models import AccountRequest
from institutions.services.account_requests import Asked, ask_for_account, keep_licence
from tests.agency.factories import NOW, RegionFactory
from tests.institutions.factories import credit_code

PASSWORD = "梧桐-四棵-下雨-1987"
LICENCE = b"%PDF-1.7\n%licence"


def asked(**changes) -> Asked:
    """Return what a stranger says, by default of an institution nobody knows."""
    plain = Asked(
        institution_name="浔阳新诊所",
        credit_code=credit_code(900),
        licence_no="PDY36040317D2001",
        kind=Kind.CLINIC,
        region=RegionFactory(code="360403", name="浔阳区"),
        address="九江市浔阳区甘棠路9号",
        contact_name="林静",
        phone="0792-8112233",
        username="linjing",
    )
    return replace(plain, **changes)


def licence(content: bytes = LICENCE, name: str = "licence.pdf") -> Attachment:
    return keep_licence(SimpleUploadedFile(name, content), at=NOW)


def account_request(*, password: str = PASSWORD, at=NOW, **changes) -> AccountRequest:
    return ask_for_account(asked=asked(**changes), password=password, licence=licence(), at=at)
