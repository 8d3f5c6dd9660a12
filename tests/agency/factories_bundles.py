"""Service matters for tests: filed by the service, at a fixed time."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agency.bundles import BundleKind
from agency.codes import check_character, id_check_character
from agency.models import ServiceBundle
from agency.services.bundles import Applicant, file_bundle
from tests.agency.factories import RegionFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILED_AT = datetime(2025, 4, 29, 16, 40, tzinfo=SHANGHAI)
ID_NUMBER = "36040019900101001"
ID_NUMBER += id_check_character(ID_NUMBER)
CREDIT_CODE = "91360400MA35K1WX0"
CREDIT_CODE += check_character(CREDIT_CODE)


def applicant(**fields: Any) -> Applicant:
    given = {
        "person_name": "张三丰",
        "id_number": ID_NUMBER,
        "contact_name": "李四",
        "phone": "13812345678",
        "details": "姓名由张三改为张三丰",
        **fields,
    }
    return Applicant(**given)


def bundle(kind: BundleKind = BundleKind.AFTER_DEATH, **fields: Any) -> ServiceBundle:
    who = fields.pop("applicant", None) or applicant()
    given: dict[str, Any] = {"region": RegionFactory(), "at": FILED_AT, **fields}
    return file_bundle(kind=kind, applicant=who, **given)
