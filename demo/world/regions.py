"""The real divisions of the agency's prefecture (GB/T 2260)."""

from agency.enums import RegionLevel
from agency.models import Region
from agency.services.regions import enter_region

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
    """Enter the province, the prefecture and its counties, which share the prefecture's fund."""
    province = _region(*PROVINCE, RegionLevel.PROVINCE, None)
    prefecture = _region(*PREFECTURE, RegionLevel.PREFECTURE, province)
    for code, name in COUNTIES:
        _region(code, name, RegionLevel.COUNTY, prefecture, coordination=prefecture)


def _region(
    code: str,
    name: str,
    level: RegionLevel,
    parent: Region | None,
    coordination: Region | None = None,
) -> Region:
    return enter_region(
        code=code,
        name=name,
        level=level,
        parent_code=parent.pk if parent else None,
        coordination_code=coordination.pk if coordination else None,
    )
