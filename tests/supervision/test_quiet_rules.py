"""C-01: the quiet days of a month, at the edges."""

import pytest

from agency.lawbook import ask
from tests.agency.calendars import office_for

VISIT = ["2025-09-28", "2025-09-29", "2025-09-30", "2025-10-01", "2025-10-02"]


@pytest.mark.parametrize(
    ("days", "exception", "blocked"),
    [
        (["2025-09-20", "2025-09-21"], None, ["2025-09-20"]),
        (["2025-08-31", "2025-09-01"], None, ["2025-09-01"]),
        (VISIT, None, ["2025-10-01", "2025-10-02"]),
        (["2025-09-05"], "PUBLIC_OPINION_OR_COMPLAINT", []),
        (["2025-09-05"], "CASE", []),
        ([], None, []),
    ],
)
def test_no_inspection_from_the_first_to_the_twentieth(days, exception, blocked):
    answer = ask("C-01", {"days": days, "exception": exception}, office_for)
    assert answer["blocked"] == blocked
    assert answer["needs_director"] is False
    assert answer["because"]


def test_another_special_reason_needs_the_director():
    answer = ask("C-01", {"days": ["2025-09-05"], "exception": "OTHER_SPECIAL"}, office_for)
    assert (answer["blocked"], answer["needs_director"]) == ([], True)
    outside = ask("C-01", {"days": ["2025-09-25"], "exception": "OTHER_SPECIAL"}, office_for)
    assert outside["needs_director"] is False
