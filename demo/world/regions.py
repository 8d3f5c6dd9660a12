"""The real divisions of the agency's prefecture (GB/T 2260)."""

from agency.enums import Profile, RegionLevel
from agency.models import Region

AGENCY_REGION = "360400"
PROVINCE = ("360000", "江西省")
PREFECTURE = (AGENCY_REGION, "九江市")
COUNTIES = (
    ("360402", "濂溪区"),
    ("360403", "浔阳区"),
    ("360404", "柴桑区"),
    ("360423", "武宁县"),
    ("360424", "修水县"),
    ("360425", "永修县"),
    ("360426", "德安县"),
    ("360428", "都昌县"),
    ("360429", "湖口县"),
    ("360430", "彭泽县"),
    ("360481", "瑞昌市"),
    ("360482", "共青城市"),
    ("360483", "庐山市"),
)


def load_regions() -> None:
    """Enter the province, the prefecture and its counties; regions are reference data that no
    service writes.
    """
    province = _region(*PROVINCE, RegionLevel.PROVINCE, None, Profile.NATIONAL)
    prefecture = _region(*PREFECTURE, RegionLevel.PREFECTURE, province, Profile.JIUJIANG)
    for code, name in COUNTIES:
        _region(code, name, RegionLevel.COUNTY, prefecture, Profile.JIUJIANG)


def _region(
    code: str, name: str, level: RegionLevel, parent: Region | None, profile: Profile
) -> Region:
    facts = {"name": name, "level": level, "parent": parent, "profile": profile}
    return Region.objects.update_or_create(code=code, defaults=facts)[0]
