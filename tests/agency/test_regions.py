"""Division codes, the tree they make, and whose fund a region shares."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils.translation import override

from agency import regions
from agency.enums import Profile, RegionLevel, Role, RuleSet
from agency.models import Region
from agency.regions import level_of, region_obstacles, regions_above
from agency.rules import Refusal
from agency.services.regions import add_region, enter_region, set_coordination
from tests.agency.factories import RegionFactory, user_with

L = RegionLevel


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("code", "level", "above"),
    [
        ("000000", L.NATION, ()),
        ("360000", L.PROVINCE, ("000000",)),
        ("360400", L.PREFECTURE, ("360000",)),
        ("360403", L.COUNTY, ("360400", "360000")),
        ("419001", L.COUNTY, ("419000", "410000")),  # Jiyuan, straight under Henan
        ("110101", L.COUNTY, ("110100", "110000")),
        ("36040", None, ()),
        ("36040x", None, ()),
        ("036040", None, ()),
        ("３６０４００", None, ()),
    ],
)
def test_a_code_says_its_level_and_what_lies_above(code, level, above):
    assert level_of(code) == level
    assert regions_above(code) == above


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"code": "36040"}, ["code_no_division"]),
        ({"code": "360400", "level": "prefecture", "parent": "360000"}, ["code_taken"]),
        ({"name": "  "}, ["name_missing"]),
        ({"level": "prefecture"}, ["code_against_level"]),
        ({"parent": "360000"}, ["parent_wrong"]),
        ({"parent": None}, ["parent_wrong"]),
        ({"code": "419001", "parent": "410000"}, []),
        ({"code": "419001", "parent": "360000"}, ["parent_wrong"]),
        ({"code": "500000", "level": "province", "parent": None}, []),
    ],
)
def test_why_a_region_cannot_be_entered(facts, codes):
    asked = {"code": "360403", "name": "浔阳区", "level": "county", "parent": "360400", **facts}
    known = {"360000", "360400", "410000"}
    found = region_obstacles(**asked, known=known)
    assert [each.code for each in found] == codes
    assert all(str(each.text) for each in found)


def test_a_wrong_parent_is_told_the_right_one():
    (found,) = regions.parent_obstacles(code="360403", parent="360000", known={"360000", "360400"})
    assert str(found.remedy) == "Choose 360400."


def test_every_rule_stands_in_one_set_and_only_there():
    every = [rule for rules in regions.RULES_OF.values() for rule in rules]
    assert len(every) == len(set(every))
    assert set(regions.RULES_OF) == set(RuleSet)
    assert regions.rule_set_of("C-03") is RuleSet.DOUBTS
    assert regions.rule_set_of("T-02") is None
    assert {rule: regions.home_of(rule) for rule in ("C-16", "F-01", "G-02", "B-04")} == {
        "C-16": Profile.JIUJIANG,
        "F-01": Profile.JIAXING,
        "G-02": Profile.QUXIAN,
        "B-04": None,
    }
    assert regions.is_local(RuleSet.FUND) and not regions.is_local(RuleSet.POINTS)
    assert not regions.is_local(RuleSet.OFFICE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"code": "360400", "level": "county"}, "region_code_fits_level"),
        ({"code": "36040a", "level": "county"}, "region_code_(is_six_digits|fits_level)"),
        ({"code": "360403", "level": "county", "parent_id": "330400"}, "region_lies_in_its_parent"),
        (
            {"code": "360403", "level": "county", "coordination_id": "330400"},
            "region_lies_in_its_coordination_region",
        ),
    ],
)
def test_database_keeps_the_tree(facts, constraint):
    RegionFactory(code="330400", name="嘉兴市")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Region.objects.create(name="x", **facts)


@pytest.mark.django_db
def test_a_region_is_added_and_shares_the_fund_of_its_prefecture():
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR)
    RegionFactory()
    county = add_region(
        code="360403", name=" 浔阳区 ", level="county", parent_code="360400", by=administrator
    )
    assert (county.name, county.parent_id, county.coordination_id) == ("浔阳区", "360400", None)
    set_coordination(
        region_code="360403", coordination_code="360400", reason="市级统筹", by=administrator
    )
    entered, changed = Region.objects.get(pk="360403").events.order_by("pgh_id")
    assert entered.pgh_context.metadata["act"] == "agency.add_region"
    assert changed.coordination_id == "360400"
    assert changed.pgh_context.metadata["reason"] == "市级统筹"
    assert changed.pgh_context.metadata["user"] == administrator.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "refusal"),
    [(None, "unchanged"), ("330400", "coordination_wrong"), ("360000", "coordination_unknown")],
)
def test_a_wrong_coordination_region_is_refused_and_leaves_no_trace(code, refusal):
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR)
    RegionFactory(code="330400", name="嘉兴市")
    county = RegionFactory(code="360403", name="浔阳区")
    events = county.events.count()
    with pytest.raises(Refusal) as refused:
        set_coordination(
            region_code=county.pk, coordination_code=code, reason="x", by=administrator
        )
    assert [each.code for each in refused.value.obstacles] == [refusal]
    county.refresh_from_db()
    assert county.coordination_id is None and county.events.count() == events


@pytest.mark.django_db
def test_the_command_enters_and_corrects():
    enter_region(code="360400", name="九江", level="prefecture", parent_code=None)
    call_command("add_region", "360400", "九江市", "--level", "prefecture")
    assert Region.objects.get().name == "九江市"
    with pytest.raises(CommandError, match="Choose 360400"):
        call_command("add_region", "360403", "浔阳区", "--level", "county")
    assert Region.objects.count() == 1
