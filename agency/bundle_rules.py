"""Until when a service matter of several parts is promised (C-07). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import provisional_reasons, workday_reasons
from agency.workdays import ONE_DAY, Deadline, DeadlineBasis, Unit

RULE = "C-07"
# Social insurance handling regulation, art. 10; in the catalogue as registration_change_wd.
CEILING = 10
CLOSING_HOUR = "office_closes_hour"
MORNING = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleQuestion:
    filed_on: date = asked(_("Filed on"))
    filed_hour: int = asked(_("Hour of filing"), default=MORNING, minimum=0, maximum=23)
    promises: tuple[int, ...] = asked(
        _("Promised working days of each part; 0 is the same day"), minimum=0, maximum=260
    )

    def __post_init__(self) -> None:
        if not self.promises:
            raise QuestionError("promises", [], _("at least one part"))
        if wrong := next((each for each in self.promises if each < 0), None):
            raise QuestionError("promises", wrong, _("a number of working days"))


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleAnswer:
    due_on: date = told(_("Promised by"))
    parts_due_on: tuple[date, ...] = told(_("Each part by"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def part_basis(
    promise: int, *, filed_on: date, filed_hour: int, office: Office
) -> tuple[Deadline, DeadlineBasis]:
    """Return the promised day of a part and its basis. No promise is longer than the law's
    period; one of the same day moves to the next working day where the office rests already.

    Law: rules.md C-07 (Social insurance handling regulation art. 10, Jiujiang measure 7).
    """
    calendar = office.calendar.own
    days = min(promise, CEILING)
    if days:
        return calendar.deadline_with_basis(RULE, filed_on, Unit.WORKDAY, days)
    is_over = filed_hour >= office.number(CLOSING_HOUR)
    start = filed_on + ONE_DAY if is_over else filed_on
    return calendar.deadline_with_basis(RULE, start, Unit.DAY, 0)


@law(
    RULE,
    article=_("Jiujiang measure 7; Social insurance handling regulation, art. 10"),
    decides=_("Until when a service matter made of several parts is promised"),
    question=BundleQuestion,
    answer=BundleAnswer,
    parameters=(CLOSING_HOUR,),
)
def bundle_deadline(question: BundleQuestion, office: Office) -> BundleAnswer:
    """Return the promised day of every part, and of the whole: the latest of them.

    Law: rules.md C-07 (Social insurance handling regulation art. 10, Jiujiang measure 7).
    """
    found = [
        part_basis(each, filed_on=question.filed_on, filed_hour=question.filed_hour, office=office)
        for each in question.promises
    ]
    due_on = max(deadline.on for deadline, _basis in found)
    return BundleAnswer(
        due_on=due_on,
        parts_due_on=tuple(deadline.on for deadline, _basis in found),
        provisional=any(deadline.provisional for deadline, _basis in found),
        because=tuple(_reasons(question, found, office)),
    )


def _reasons(
    question: BundleQuestion, found: list[tuple[Deadline, DeadlineBasis]], office: Office
) -> Iterator[Reason]:
    calendar = office.calendar.own
    for promise in sorted(set(question.promises)):
        deadline, basis = found[question.promises.index(promise)]
        if basis.unit is Unit.DAY:
            yield reason(
                _("Promised the same day: %(on)s, the day of filing or the next one worked."),
                on=deadline.on,
            )
            yield from provisional_reasons(calendar, question.filed_on, deadline.on)
            continue
        if promise > basis.count:
            yield reason(
                _("A promise of %(promise)d working days is longer than the law's %(ceiling)d."),
                promise=promise,
                ceiling=basis.count,
            )
        yield from workday_reasons(calendar, question.filed_on, basis.count, deadline)
    if len(set(question.promises)) > 1:
        yield reason(
            _("The whole is promised by the latest of its parts: %(on)s."),
            on=max(deadline.on for deadline, _basis in found),
        )
