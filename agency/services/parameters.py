"""Policy parameters by key, region profile and day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Case, IntegerField, Value, When

from agency.enums import Profile
from agency.models import PolicyParameter, Region


def parameters_on(on: date, region: str | Region | None = None) -> Mapping[str, Decimal]:
    """Return every parameter as in force on the day: the region's profile goes before the
    national one, the newest effective date before older ones. One query (two for a region code).
    """
    if isinstance(region, str):
        region = Region.objects.get(code=region)
    profile = region.profile if region else Profile.NATIONAL
    local_last = Case(
        When(profile=Profile.NATIONAL, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = (
        PolicyParameter.objects.filter(
            profile__in={profile, Profile.NATIONAL}, effective_from__lte=on
        )
        .order_by(local_last, "effective_from")
        .values_list("key", "value")
    )
    return dict(rows)
