"""Applications after their assessment: to be filed, filed, posted, objected to."""

from datetime import date, datetime

from agency.enums import Role
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import AssessedResult
from institutions.models import DesignationApplication, Objection, PublicNotice
from institutions.services.notices.filing import file_results, result_decided
from institutions.services.notices.objections import file_objection
from institutions.services.notices.posting import post_notice
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories_assessment import application

POSTED_ON = date(2025, 9, 26)
LAST_DAY = date(2025, 10, 13)


def at(day: date | str, hour: int = 10, minute: int = 0) -> datetime:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


class NoticeTeam:
    """Who files, posts, decides and supervises."""

    def __init__(self) -> None:
        self.officer = user_with(Role.AGREEMENT_OFFICER)
        self.head = user_with(Role.AGENCY_HEAD)
        self.supervisor = user_with(Role.SUPERVISOR)

    def assessed(
        self, result=AssessedResult.PASSED, *, on: date = POSTED_ON, **kwargs
    ) -> DesignationApplication:
        state = {
            AssessedResult.PASSED: ApplicationState.PASSED,
            AssessedResult.FAILED: ApplicationState.FAILED,
        }[result]
        found = application(state=state, accepted_on=date(2025, 8, 1), **kwargs)
        result_decided(found, result=result, on=on)
        return found

    def filed(self, *, on: date = POSTED_ON, **kwargs) -> DesignationApplication:
        found = self.assessed(on=on, **kwargs)
        results = found.results_to_file.values_list("pk", flat=True)
        file_results(result_ids=list(results), by=self.officer, at=at(on))
        return DesignationApplication.objects.get(pk=found.pk)

    def posted(self, *applications, on: date = POSTED_ON, **kwargs) -> PublicNotice:
        found = applications or (self.filed(on=on, **kwargs),)
        return post_notice(application_ids=[each.pk for each in found], by=self.officer, at=at(on))

    def objected(self, notice: PublicNotice, *, when: datetime, **kwargs) -> Objection:
        entry = notice.entries.order_by("pk").first()
        values = {"text": "该院负责人曾因骗保被处理。"} | kwargs
        return file_objection(entry_id=entry.pk, at=when, **values)


def applicant(notice: PublicNotice) -> DesignationApplication:
    """Return the first applicant as it stands in the table."""
    entry = notice.entries.order_by("pk").first()
    return DesignationApplication.objects.get(pk=entry.application_id)
