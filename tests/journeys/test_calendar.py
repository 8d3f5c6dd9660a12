"""The system administrator publishes a calendar year, and a provisional deadline moves."""

import json
from datetime import date

import pytest
from django.utils import timezone

from agency.models import CalendarYear
from agency.services import calendar
from agency.workdays import DeadlineBasis, Unit
from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PHONE = {"width": 390, "height": 844}
NOTICE_NO = "国办发明电〔2026〕9号"


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendar._calendar.cache_clear()
    yield
    calendar._calendar.cache_clear()


def unknown_year() -> int:
    return max(CalendarYear.objects.latest("year").year, timezone.localdate().year - 1) + 1


def provisional(year: int) -> ChangeRequest:
    """A filing whose decision is due in a year without a calendar."""
    change = ChangeRequest.objects.filter(state=ChangeState.FILED).latest("pk")
    due, basis = calendar.office_calendar().deadline_with_basis(
        "B-13a", date(year - 1, 12, 25), Unit.WORKDAY, 10
    )
    assert due.provisional
    ChangeRequest.objects.filter(pk=change.pk).update(
        decision_due_on=due.on, decision_due_basis=basis.to_json()
    )
    return ChangeRequest.objects.get(pk=change.pk)


def notice_of(year: int) -> dict:
    days = [
        {"name": "元旦", "date": f"{year}-01-0{n}", "isOffDay": True} for n in (1, 2, 3, 4, 5, 6)
    ]
    return {
        "name": f"{year}.json",
        "mimeType": "application/json",
        "buffer": json.dumps({"year": year, "papers": [], "days": days}).encode(),
    }


def test_a_year_is_published_and_a_provisional_deadline_moves(office):
    year = unknown_year()
    change = provisional(year)
    clerk = office.as_("intake")
    clerk.goto("/desk/deadlines/?show=provisional")
    assert change.number in clerk.inner_text("main")

    administrator = office.as_("sysadmin")
    administrator.goto(f"/desk/calendar/{year}/")
    assert administrator.locator(".empty").count() == 1
    administrator.click("a[href$='/calendar/upload/'] >> nth=0")
    administrator.fill("input[name=notice_no]", NOTICE_NO)
    administrator.fill("input[name=source]", "中国政府网")
    administrator.set_input_files("input[name=file]", notice_of(year))
    confirm(administrator)
    text = administrator.inner_text("main")
    assert change.number in text and str(change.decision_due_on) in text

    administrator.click(".acts a[href$='/publish/']")
    administrator.check("input[name=confirmed]")
    confirm(administrator)
    assert NOTICE_NO in administrator.inner_text("main")
    assert administrator.locator(".cal-holiday").count() > 6

    moved = ChangeRequest.objects.get(pk=change.pk)
    assert moved.decision_due_on > change.decision_due_on
    assert not DeadlineBasis.from_json(moved.decision_due_basis).provisional

    # Why? opens beside the deadline, and Escape closes it; without scripts it is a page.
    clerk.goto(f"/desk/changes/{change.number}/")
    clerk.locator("a.why[href*='change_decision']").first.focus()
    clerk.keyboard.press("Enter")
    clerk.wait_for_selector("[data-pop]")
    assert "元旦" in clerk.inner_text("[data-pop]")
    clerk.keyboard.press("Escape")
    clerk.wait_for_selector("[data-pop]", state="detached")
    clerk.goto(f"/desk/deadlines/institutions.change_decision/{change.pk}/")
    assert "元旦" in clerk.inner_text("main")

    phone = office.as_("intake", viewport=PHONE)
    phone.goto(f"/desk/calendar/{year}/")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(wide) <= 0
