"""Filing assessment results with the administration of the same level (A-06, Order 2 art. 9)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import issue_letter
from agency.services.letters.heads import head_in_force
from agency.workdays import Unit
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import AssessedResult
from institutions.models import Assessment, DesignationApplication, ResultFiling, ResultToFile
from institutions.notifications import notices as notifications
from institutions.permissions.notices import acknowledging_obstacles, filing_obstacles
from institutions.services.assessment.results import APPLICATION, on_result
from institutions.services.designation.history import record_step
from institutions.services.notices.history import record

RULE = "A-06"
FILING_WORKDAYS = "result_filing_wd"


def result_decided(
    application: DesignationApplication, *, result: AssessedResult, on: date
) -> ResultToFile:
    """Note that a result is to be filed; in the transaction of the step that decided it."""
    region_office = office(on=on, region=application.region)
    due, basis = region_office.calendar.own.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(FILING_WORKDAYS)
    )
    return ResultToFile.objects.create(
        application=application,
        result=result,
        decided_on=on,
        due_on=due.on,
        due_basis=basis.to_json(),
    )


@on_result(APPLICATION)
def note_result(assessment: Assessment, *, by: User, at: datetime) -> None:
    """Let every concluded assessment of an application be filed, whatever its result."""
    application = assessment.application
    if application is not None:
        result = AssessedResult.FAILED if assessment.has_failed else AssessedResult.PASSED
        result_decided(application, result=result, on=timezone.localdate(at))


@transaction.atomic
def file_results(*, result_ids: Collection[int], by: User, at: datetime) -> ResultFiling:
    """File results with the administration in one letter; those that passed may be posted then,
    the others are filed for record only.

    Refuses results that have been filed already, and those of several regions.
    """
    on = timezone.localdate(at)
    results = list(
        ResultToFile.objects.waiting()
        .filter(pk__in=result_ids)
        .select_for_update(of=("self",))
        .select_related("application__institution", "application__region")
    )
    refuse_if(filing_obstacles(by, chosen=bool(results)) + _region_obstacles(results))
    region = results[0].application.region
    letter = _letter(results, region, by=by, at=at)
    filing = ResultFiling.objects.create(
        number=letter.number, region=region, letter=letter, filed_at=at, filed_by=by
    )
    record(filing, act="file", source="", on=on, at=at, by=by, rule=RULE, letter=letter)
    ResultToFile.objects.filter(pk__in=[each.pk for each in results]).update(filing=filing)
    for result in results:
        _file(result, filing, on=on, at=at, by=by)
    notifications.results_filed(filing, count=len(results), at=at)
    return filing


@transaction.atomic
def acknowledge_filing(*, filing_id: int, by: User, at: datetime, remark: str = "") -> ResultFiling:
    """Acknowledge a filing, for the administration. It approves nothing."""
    filing = ResultFiling.objects.locked(filing_id)
    refuse_if(acknowledging_obstacles(filing, by))
    source = filing.state
    filing.acknowledge(by=by, at=at, remark=remark.strip())
    filing.save(update_fields=["state", "acknowledged_by", "acknowledged_at", "remark"])
    record(
        filing,
        act="acknowledge",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule=RULE,
        reason=filing.remark,
    )
    notifications.filing_acknowledged(filing, at=at)
    return filing


def _file(result: ResultToFile, filing: ResultFiling, *, on: date, at: datetime, by: User) -> None:
    application = DesignationApplication.objects.locked(result.application_id)
    source = application.state
    if result.result == AssessedResult.PASSED and source == ApplicationState.PASSED:
        application.file_result()
        application.save(update_fields=["state"])
    record_step(
        application,
        act="file_result",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=_("Filed with the administration: %(number)s") % {"number": filing.number},
        rule=RULE,
    )


def _letter(
    results: Sequence[ResultToFile], region: Region, *, by: User, at: datetime
) -> OfficialLetter:
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        context: dict[str, Value] = {
            "passed": _listed(results, AssessedResult.PASSED),
            "failed": _listed(results, AssessedResult.FAILED),
            "count": len(results),
        }
        return issue_letter(
            kind="result_filing",
            context=context,
            addressee=head_in_force(region, Actor.ADMINISTRATION, on).office_name,
            matter=str(results[0].application),
            url=results[0].application.get_absolute_url(),
            by=by,
            at=at,
            on=on,
            region=region,
        )


def _listed(results: Sequence[ResultToFile], wanted: AssessedResult) -> str:
    rows = [each for each in results if each.result == wanted]
    lines = (
        _("%(place)d. %(name)s　%(number)s　assessed on %(day)s")
        % {
            "place": place,
            "name": each.application.institution.name,
            "number": each.application.number,
            "day": each.decided_on,
        }
        for place, each in enumerate(rows, 1)
    )
    return "\n".join(lines) or _("none")


def _region_obstacles(results: Sequence[ResultToFile]) -> list[Obstacle]:
    if len({each.application.region_id for each in results}) <= 1:
        return []
    text = _("The results belong to several regions.")
    return [Obstacle("several_regions", text, RULE, _("File those of each region apart."))]
