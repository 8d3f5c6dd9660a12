"""How long a record is kept, and what its archive number is. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law
from agency.reasons import Reason, reason
from archives.enums import Category, Matter, Retention

LAST_ITEM = 9999  # four digits (DA/T 13-2022)

# H-14; where the law is silent, decided here (docs/decisions and the README of this app).
RETENTION_OF: Mapping[Matter, Retention] = {
    Matter.AGREEMENT: Retention.D30,
    Matter.DISSOLUTION: Retention.Y,
    Matter.CHANGE: Retention.D30,
    Matter.STATEMENT: Retention.D30,
    Matter.BATCH_SUMMARY: Retention.D10,
    Matter.CASE: Retention.D30,
    Matter.MAJOR_CASE: Retention.Y,
    Matter.COMPLAINT: Retention.D10,
    Matter.FRAUD_COMPLAINT: Retention.D30,
    Matter.POLICY: Retention.Y,
    Matter.VOUCHER: Retention.D30,
    Matter.YEARLY_STATEMENT: Retention.Y,
}

FONDS = re.compile(r"[A-Z0-9]{4}", re.ASCII)
SUBCATEGORY = re.compile(r"[A-Z0-9]{1,2}", re.ASCII)
DEPARTMENT = re.compile(r"[A-Z0-9]{2,4}", re.ASCII)
NUMBER_PATTERN = (
    r"^[A-Z0-9]{4}-[A-Z]{2}(·[A-Z0-9]{1,2})?·[0-9]{4}-(Y|D30|D10)(-[A-Z0-9]{2,4})?-[0-9]{4}$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionQuestion:
    matter: Matter = asked(_("Kind of matter"))
    formed_on: date = asked(_("Formed on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionAnswer:
    retention: Retention
    retained_until: date | None
    appraise_from: date | None
    because: tuple[Reason, ...]


@law(
    "H-14",
    article=_("National Archives Administration Order 8; Order 13"),
    decides=_("How long a record is kept, and until when"),
    question=RetentionQuestion,
    answer=RetentionAnswer,
)
def retention(question: RetentionQuestion, office: Office) -> RetentionAnswer:
    """Return the retention period of a matter and the last day of it; none for permanent ones.

    Law: H-14 (National Archives Administration Orders 8 and 13).
    """
    period = RETENTION_OF[question.matter]
    until = retained_until(question.formed_on, period)
    because = [
        reason(_("%(matter)s: %(period)s."), matter=question.matter, period=period),
    ]
    if until:
        because.append(
            reason(
                _("Formed in %(year)s, kept until the end of %(last)s."),
                year=str(question.formed_on.year),
                last=str(until.year),
            )
        )
    return RetentionAnswer(
        retention=period,
        retained_until=until,
        appraise_from=date(until.year + 1, 1, 1) if until else None,
        because=tuple(because),
    )


def retained_until(formed_on: date, period: Retention) -> date | None:
    """Return the last day of a fixed period: the end of the year formed plus its years.

    Law: H-14 (National Archives Administration Order 8).
    """
    if period.years is None:
        return None
    return date(formed_on.year + period.years, 12, 31)


def matter_of_agreement(*, dissolved: bool) -> Matter:
    """Return the matter of an ended agreement.

    Law: H-14 (National Archives Administration Order 8).
    """
    return Matter.DISSOLUTION if dissolved else Matter.AGREEMENT


def matter_of_case(*, acted_on_agreement: bool) -> Matter:
    """Return the matter of a closed case: suspending or dissolving an agreement is major.

    Law: H-14, C-05 (National Archives Administration Order 8).
    """
    return Matter.MAJOR_CASE if acted_on_agreement else Matter.CASE


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberQuestion:
    fonds: str = asked(_("Fonds code"))
    category: Category = asked(_("Archive category"))
    year: int = asked(_("Year formed"), minimum=1900, maximum=2199)
    retention: Retention = asked(_("Retention period"))
    item: int = asked(_("Item"), minimum=1, maximum=LAST_ITEM)
    subcategory: str | None = asked(_("Subcategory"), default=None)
    department: str | None = asked(_("Department code"), default=None)

    def __post_init__(self) -> None:
        if not FONDS.fullmatch(self.fonds):
            raise QuestionError("fonds", self.fonds, _("four capital letters or digits"))
        if self.subcategory is not None and not SUBCATEGORY.fullmatch(self.subcategory):
            raise QuestionError(
                "subcategory", self.subcategory, _("one or two capital letters or digits")
            )
        if self.department is not None and not DEPARTMENT.fullmatch(self.department):
            raise QuestionError(
                "department", self.department, _("two to four capital letters or digits")
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberAnswer:
    number: str
    because: tuple[Reason, ...]


@law(
    "H-15",
    article=_("DA/T 22-2015; DA/T 13-2022"),
    decides=_("The archive number of a record"),
    question=NumberQuestion,
    answer=NumberAnswer,
)
def archive_number(question: NumberQuestion, office: Office) -> NumberAnswer:
    """Return the archive number: levels joined by “-”, parts of one level by “·”.

    Law: H-15 (DA/T 22-2015, DA/T 13-2022).
    """
    number = number_of(
        fonds=question.fonds,
        category=question.category,
        year=question.year,
        retention=question.retention,
        item=question.item,
        subcategory=question.subcategory,
        department=question.department,
    )
    return NumberAnswer(
        number=number,
        because=(
            reason(
                _("Fonds %(fonds)s, category %(category)s, year %(year)s, period %(period)s."),
                fonds=question.fonds,
                category=question.category,
                year=str(question.year),
                period=question.retention,
            ),
            reason(
                _("Item %(item)s of its class; never given twice and never changed."),
                item=f"{question.item:04d}",
            ),
        ),
    )


def number_of(
    *,
    fonds: str,
    category: Category,
    year: int,
    retention: Retention,
    item: int,
    subcategory: str | None = None,
    department: str | None = None,
) -> str:
    """Write the archive number of an item.

    Law: H-15 (DA/T 22-2015, DA/T 13-2022).
    """
    kind = f"{category.value}·{subcategory}" if subcategory else category.value
    levels = [fonds, f"{kind}·{year:04d}", retention.value]
    if department:
        levels.append(department)
    return "-".join([*levels, f"{item:04d}"])
