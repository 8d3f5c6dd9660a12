"""An objection and the opening of the negotiation at the same moment: never both (A-08)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from agency.rules import Refusal
from institutions.enums.designation import ApplicationState
from institutions.models import Objection
from institutions.services.notices.negotiation import end_notices, open_negotiation
from tests.institutions.factories_notices import NoticeTeam, applicant, at


@pytest.mark.django_db(transaction=True)
def test_an_objection_and_the_negotiation_never_both_happen():
    team = NoticeTeam()
    for day in ("2025-09-26", "2025-09-28", "2025-09-29"):
        notice = team.posted(on=date.fromisoformat(day))
        entry_id = notice.entries.get().pk
        application_id = applicant(notice).pk
        start = Barrier(4, timeout=20)

        def object_late(notice=notice, start=start):
            # Sent in the last minute, and taken in while the next day begins.
            return _run(start, lambda: team.objected(notice, when=at(notice.ends_on, 23, 59)))

        def open_it(application_id=application_id, notice=notice, start=start):
            day_after = date.fromordinal(notice.ends_on.toordinal() + 1)
            return _run(
                start,
                lambda: open_negotiation(
                    application_id=application_id, by=team.officer, at=at(day_after, 0, 1)
                ),
            )

        def nightly(notice=notice, start=start):
            day_after = date.fromordinal(notice.ends_on.toordinal() + 1)
            return _run(start, lambda: end_notices(on=day_after, at=at(day_after, 0, 15)))

        with ThreadPoolExecutor(4) as pool:
            runs = [pool.submit(each) for each in (object_late, object_late, open_it, nightly)]
            for each in runs:
                each.result(timeout=30)
        undecided = Objection.objects.filter(entry=entry_id).undecided().count()
        state = applicant(notice).state
        assert (state == ApplicationState.NEGOTIATING) == (undecided == 0)
        assert state in (ApplicationState.NEGOTIATING, ApplicationState.OBJECTION)


def _run(start, act):
    start.wait()
    try:
        return act()
    except Refusal:
        return None
    finally:
        connection.close()
