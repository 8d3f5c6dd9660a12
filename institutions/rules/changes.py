"""When a change of an institution's information must be filed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_true
from agency.reasons import Reason, Text, reason
from agency.time_rules.counting import workday_reasons
from agency.workdays import Deadline, DeadlineBasis, Unit

MAJOR_CHANGE_WORKDAYS = 30  # Order 2 art. 40
GENERAL_CHANGE_WORKDAYS = "general_change_wd"  # parameter: the law says only "promptly"

# Order 2 art. 40; every other field is general.
MAJOR_FIELDS: Mapping[str, Text] = {
    "name": _("institution name"),
    "legal_representative": _("legal representative"),
    "principal": _("principal"),
    "actual_controller": _("actual controller"),
    "registered_address": _("registered address"),
    "bank_account": _("bank account"),
    "subjects": _("diagnosis and treatment subjects"),
    "scale": _("scale"),
    "nature": _("nature"),
    "level": _("level and grade"),
    "category": _("institution category"),
}

# Named for the reader; the law counts them, and whatever else there is, as general.
GENERAL_FIELDS: Mapping[str, Text] = {
    "phone": _("telephone"),
    "email": _("e-mail address"),
    "website": _("website"),
    "contact_name": _("contact person"),
    "opening_hours": _("opening hours"),
    "licence_valid_to": _("end of the licence"),
    "floor_area": _("floor area"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeQuestion:
    fields: Mapping[str, date] = asked(_("Changed fields, each with its day of approval"))
    filed_on: date = asked(_("Filed on"))

    def __post_init__(self) -> None:
        if not self.fields:
            raise QuestionError("fields", {}, _("at least one changed field"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeAnswer:
    due_on: date = told(_("Due on"))
    late: bool = told(_("Filed late"))
    major: tuple[str, ...] = told(_("Major information"))
    major_late: bool = told(_("Major information filed late"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "B-13a",
    article=_("Order 2, art. 40"),
    decides=_("By when a change of information must be filed, and which fields are major"),
    question=ChangeQuestion,
    answer=ChangeAnswer,
    parameters=(GENERAL_CHANGE_WORKDAYS,),
)
def change_due(question: ChangeQuestion, office: Office) -> ChangeAnswer:
    """Return the filing deadline of a change: the earliest among its fields.

    `major_late` is the lateness that is a ground of dissolution (B-14, ground 6); a late filing
    is accepted all the same.

    Law: B-13a (Order 2 art. 40).
    """
    due_name = min(question.fields, key=lambda name: field_due(name, question, office).on)
    due = field_due(due_name, question, office)
    major = tuple(name for name in question.fields if name in MAJOR_FIELDS)
    major_due = min((field_due(name, question, office).on for name in major), default=None)
    return ChangeAnswer(
        due_on=due.on,
        late=question.filed_on > due.on,
        major=major,
        major_late=major_due is not None and question.filed_on > major_due,
        provisional=due.provisional,
        because=tuple(change_reasons(question, office, due_name, due, major)),
    )


def filing_period(name: str, office: Office) -> int:
    """Return the working days within which a change of a field must be filed.

    Law: B-13a (Order 2 art. 40).
    """
    if name in MAJOR_FIELDS:
        return MAJOR_CHANGE_WORKDAYS
    return office.number(GENERAL_CHANGE_WORKDAYS)


def field_due(name: str, question: ChangeQuestion, office: Office) -> Deadline:
    return office.calendar.workdays_after(question.fields[name], filing_period(name, office))


def change_basis(fields: Mapping[str, date], office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which a change must be filed, and what it was computed from.

    Law: B-13a (Order 2 art. 40).
    """
    return min(
        (
            office.calendar.deadline_with_basis(
                "B-13a", approved_on, Unit.WORKDAY, filing_period(name, office)
            )
            for name, approved_on in fields.items()
        ),
        key=lambda each: each[0].on,
    )


def change_reasons(
    question: ChangeQuestion, office: Office, due_name: str, due: Deadline, major: tuple[str, ...]
) -> Iterator[Reason]:
    general = [name for name in question.fields if name not in major]
    if major:
        yield reason(
            _("Major information: %(names)s, to be filed within %(count)d working days."),
            names=field_labels(major),
            count=MAJOR_CHANGE_WORKDAYS,
        )
    if general:
        yield reason(
            _("General information: %(names)s, to be notified within %(count)d working days."),
            names=field_labels(general),
            count=office.number(GENERAL_CHANGE_WORKDAYS),
        )
    if len(question.fields) > 1:
        yield reason(
            _("One filing, the earliest deadline: that of %(name)s."),
            name=field_labels([due_name]),
        )
    yield from workday_reasons(
        office.calendar, question.fields[due_name], filing_period(due_name, office), due
    )
    filed = (
        _("Filed on %(filed)s, after the deadline: a warning, and accepted all the same.")
        if question.filed_on > due.on
        else _("Filed on %(filed)s, in time.")
    )
    yield reason(filed, filed=question.filed_on)


def field_labels(names: Iterable[str]) -> list[Text]:
    return [MAJOR_FIELDS.get(name) or GENERAL_FIELDS.get(name, name) for name in names]
