"""B-17: what a decision at home leads to elsewhere."""

import pytest

from agency.lawbook import ask
from tests.agency.calendars import office_for

AT_HOME = {
    "home_region": "360403",
    "deciding_region": "360400",
    "deciding_level": "prefecture",
    "others": ["360100", "360400", "330400", "360100"],
    "act": "dissolve",
}
BOTH = ["360100", "330400"]


@pytest.mark.parametrize(
    ("changed", "follow", "proposed"),
    [
        pytest.param({}, BOTH, [], id="dissolved"),
        pytest.param({"act": "suspend"}, BOTH, [], id="suspended"),
        pytest.param({"act": "resume"}, [], BOTH, id="resumed"),
        pytest.param({"deciding_level": "county"}, [], [], id="by-the-county"),
        pytest.param(
            {"deciding_region": "360000", "deciding_level": "province"},
            ["360100", "360400", "330400"],
            [],
            id="by-the-province",
        ),
        pytest.param({"deciding_region": "360100"}, [], [], id="by-another-prefecture"),
        pytest.param({"home_region": "360400"}, BOTH, [], id="prefecture-is-home"),
        pytest.param({"others": []}, [], [], id="nowhere-else"),
        pytest.param(
            {"home_region": "九江市", "deciding_region": "九江市", "others": ["南昌市"]},
            ["南昌市"],
            [],
            id="by-name",
        ),
    ],
)
def test_only_the_home_prefecture_or_province_is_followed(changed, follow, proposed):
    answer = ask("B-17", {**AT_HOME, **changed}, office_for)
    assert answer["cascades_to"] == follow
    assert answer["proposed_to"] == proposed
    assert answer["because"]
