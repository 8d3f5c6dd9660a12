"""The little that benches of claims need around them: an institution under agreement."""

from datetime import date

from agency.enums import RegionLevel
from agency.models import Region
from agreements.enums.life import AgreementState
from agreements.models import Agreement
from institutions.enums.register import Kind, Level, Nature
from institutions.models import Institution

MONTH = date(2026, 10, 1)


def institution_in_force() -> Institution:
    """Return the benches' institution, made when first needed."""
    region, _ = Region.objects.get_or_create(
        code="360400", defaults={"name": "九江市", "level": RegionLevel.PREFECTURE}
    )
    institution, is_new = Institution.objects.get_or_create(
        code="H36040399999",
        defaults={
            "credit_code": "52360403000000001A",
            "name": "称重医院",
            "kind": Kind.GENERAL_HOSPITAL,
            "nature": Nature.PUBLIC,
            "level": Level.L2_B,
            "registered_address": "—",
            "region": region,
        },
    )
    if is_new:
        Agreement.objects.create(
            number="360400-2026-9999",
            institution=institution,
            region=region,
            state=AgreementState.EFFECTIVE,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            last_day=date(2026, 12, 31),
            signed_on=date(2026, 1, 1),
        )
    return institution
