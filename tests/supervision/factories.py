"""Cases in every state, made the way the office makes them."""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.enums import Role
from agency.models import User
from agreements.models import Agreement
from agreements.services.signing import draft_agreement, sign_agreement
from institutions.models import Institution, Practitioner
from supervision.enums.cases import Rung
from supervision.enums.proceedings import FilingOutcome, LegalOutcome, Vote
from supervision.models import (
    Case,
    CaseMeasure,
    CollectiveDiscussion,
    FilingReview,
    FormalDemand,
    LegalReview,
)
from supervision.services import (
    administration,
    decision,
    filing,
    formal_demands,
    hearing,
    legal,
    opening,
)
from supervision.services.clauses import breach_clauses
from tests.agency.factories import SHANGHAI, RegionFactory, user_with
from tests.agreements.factories_measures import practitioner
from tests.agreements.texts import agree_text, published_text
from tests.institutions.factories import InstitutionFactory, member_of

# rules.md B-11: a notice served on this day leaves until 9 May (Labour Day in between).
SERVED_ON = date(2025, 4, 29)
DEFENCE_UNTIL = date(2025, 5, 9)
DECIDED_ON = date(2025, 5, 12)
PDF = b"%PDF-1.4\n%evidence\n"


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def pdf(name: str = "evidence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


class Office:
    """The people of one story: agency, administration, and the institution."""

    @cached_property
    def institution(self) -> Any:
        return InstitutionFactory()

    @cached_property
    def member(self) -> User:
        return member_of(self.institution)

    @cached_property
    def officer(self) -> User:
        return user_with(Role.AUDIT_OFFICER)

    @cached_property
    def colleague(self) -> User:
        return user_with(Role.AUDIT_OFFICER)

    @cached_property
    def head(self) -> User:
        return user_with(Role.AGENCY_HEAD)

    @cached_property
    def reviewer(self) -> User:
        return user_with(Role.LEGAL_REVIEWER)

    @cached_property
    def law(self) -> User:
        return user_with(Role.LAW_OFFICER)

    @cached_property
    def practitioner(self) -> Practitioner:
        return practitioner(self.institution)

    @cached_property
    def supervisor(self) -> User:
        return user_with(Role.SUPERVISOR)

    @cached_property
    def agreement(self) -> Agreement:
        return agreement_in_force(self.institution)


def agreement_in_force(
    institution: Institution, valid_from: date = date(2025, 1, 1), months: int = 12
) -> Agreement:
    region: Any = RegionFactory()
    day = valid_from - timedelta(days=1)
    published_text()
    agreement = draft_agreement(
        institution_id=institution.pk,
        region_code=region.pk,
        valid_from=valid_from,
        months=months,
        by=user_with(Role.AGREEMENT_OFFICER),
        at=at(day),
    )
    agree_text(agreement, at=at(day))
    return sign_agreement(
        agreement_id=agreement.pk, by=user_with(Role.AGENCY_HEAD), at=at(valid_from)
    )


MEASURES: dict[str, dict[str, Any]] = {
    "interview": {"rung": 1},
    "withhold": {"rung": 2, "amount": "1200.00"},
    "refuse": {"rung": 3, "amount": "8400.00"},
    "damages": {"rung": 4, "amount": "2000.00"},
    "person": {
        "rung": 5,
        "target": "person",
        "target_name": "张某",
        "starts_on": date(2025, 5, 12),
        "ends_on": date(2025, 8, 11),
    },
    "suspend": {
        "rung": 6,
        "agreement_act": "suspend",
        "suspension_ground": "risk",
        "starts_on": date(2025, 5, 12),
        "ends_on": date(2025, 8, 11),
    },
    "dissolve": {
        "rung": 6,
        "agreement_act": "dissolve",
        "dissolution_ground": 5,
        "starts_on": date(2025, 5, 12),
    },
}


def measure(kind: str, **facts: Any) -> dict[str, Any]:
    return {"clause": "第二十三条", "evidence": "现场检查笔录", **MEASURES[kind], **facts}


def intend(case: Case, kind: str, office: Office, **facts: Any) -> CaseMeasure:
    """Lay out a measure, on the clause of the signed text and on the roster where it needs them."""
    given = measure(kind, **facts)
    clauses = breach_clauses(case.agreement_id, given["rung"])
    if clauses:
        given["text_clause_id"] = clauses[0].clause.pk
    if given["rung"] == Rung.PERSON:
        given["practitioner"] = office.practitioner
    day = date(2025, 4, 22)
    return opening.add_measure(case_id=case.pk, facts=given, by=office.officer, at=at(day))


def clue(office: Office, on: date = date(2025, 4, 21), **kwargs: Any) -> Case:
    facts = {"title": "超限价收费", "clue": "群众来信反映", **kwargs}
    return opening.register_clue(
        institution=office.institution, by=office.officer, on=on, at=at(on), **facts
    )


def opened(office: Office, *kinds: str, **kwargs: Any) -> Case:
    case = clue(office, **kwargs)
    on = date(2025, 4, 22)
    opening.open_case(
        case_id=case.pk, facts="查实多收费用8400元", by=office.officer, on=on, at=at(on)
    )
    for kind in kinds:
        intend(case, kind, office)
    if "damages" in kinds:
        demanded(case, office)
    return Case.objects.get(pk=case.pk)


def noticed(office: Office, *kinds: str, **kwargs: Any) -> Case:
    case = opened(office, *(kinds or ["refuse"]), **kwargs)
    on = date(2025, 4, 28)
    return hearing.give_notice(
        case_id=case.pk, facts=case.facts, by=office.officer, on=on, at=at(on)
    )


def in_defence(office: Office, *kinds: str, **kwargs: Any) -> Case:
    case = noticed(office, *kinds, **kwargs)
    return hearing.serve_notice(
        case_id=case.pk,
        served_on=SERVED_ON,
        recipient="院办张某",
        proof=pdf("回执.pdf"),
        by=office.officer,
        on=SERVED_ON,
        at=at(SERVED_ON),
    )


def heard(office: Office, *kinds: str, **kwargs: Any) -> Case:
    """The institution has given its statement in time."""
    case = in_defence(office, *kinds, **kwargs)
    on = date(2025, 5, 6)
    hearing.give_statement(
        case_id=case.pk, text="对认定金额有异议", by=office.member, on=on, at=at(on)
    )
    return Case.objects.get(pk=case.pk)


def imposed(case: Case) -> list[int]:
    return list(CaseMeasure.objects.filter(case=case).values_list("pk", flat=True))


def decide(case: Case, *, by: User, on: date = DECIDED_ON, **kwargs: Any) -> Case:
    given = {"imposed": imposed(case), "consideration": "异议不成立，理由如下", **kwargs}
    return decision.decide_case(case_id=case.pk, by=by, on=on, at=at(on), **given)


def demanded(case: Case, office: Office, on: date = date(2025, 4, 22)) -> FormalDemand:
    """Performance has been demanded, and the period has passed on the day of the decision."""
    demand = formal_demands.issue_demand(
        case_id=case.pk, text="请退回费用", by=office.officer, on=on, at=at(on)
    )
    return formal_demands.serve_demand(
        demand_id=demand.pk,
        served_on=on,
        recipient="院办张某",
        proof=pdf("回执.pdf"),
        by=office.officer,
        on=on,
        at=at(on),
    )


def submitted(case: Case, office: Office, on: date = date(2025, 5, 7)) -> Case:
    return legal.submit_for_review(
        case_id=case.pk, consideration="异议不成立", by=office.officer, on=on, at=at(on)
    )


def in_review(office: Office, *kinds: str, **kwargs: Any) -> Case:
    return submitted(heard(office, *(kinds or ["person"]), **kwargs), office)


def reviewed(
    case: Case,
    office: Office,
    outcome: LegalOutcome = LegalOutcome.APPROVED,
    on: date = date(2025, 5, 8),
) -> LegalReview:
    return legal.review_legality(
        case_id=case.pk,
        outcome=outcome,
        opinion="法制审核意见",
        by=office.reviewer,
        on=on,
        at=at(on),
    )


def discussed(
    case: Case, office: Office, in_favour: int = 3, on: date = date(2025, 5, 9)
) -> CollectiveDiscussion:
    members = [office.head, office.colleague, office.reviewer]
    votes = [Vote.IN_FAVOUR] * in_favour + [Vote.AGAINST] * (3 - in_favour)
    return legal.record_discussion(
        case_id=case.pk,
        held_on=on,
        minutes="集体讨论记录",
        votes=dict(zip(members, votes, strict=True)),
        by=office.officer,
        on=on,
        at=at(on),
    )


def ready(office: Office, *kinds: str, **kwargs: Any) -> Case:
    """Heard; a grave case reviewed and discussed as well."""
    case = heard(office, *kinds, **kwargs)
    if case.is_grave:
        submitted(case, office)
        reviewed(case, office)
        discussed(case, office)
    return Case.objects.get(pk=case.pk)


def decided(office: Office, *kinds: str, **kwargs: Any) -> Case:
    return decide(ready(office, *kinds, **kwargs), by=office.head)


def filed(case: Case, office: Office, on: date = date(2025, 5, 20)) -> FilingReview:
    return filing.file_decision(
        case_id=case.pk, text="报请备案审查", by=office.officer, on=on, at=at(on)
    )


def answered(
    case: Case,
    office: Office,
    outcome: FilingOutcome = FilingOutcome.REVIEW_OK,
    on: date = date(2025, 5, 22),
) -> FilingReview:
    return filing.answer_filing(
        case_id=case.pk, outcome=outcome, reasons="备案审查意见", by=office.law, on=on, at=at(on)
    )


def served(office: Office, *kinds: str, on: date = date(2025, 5, 14), **kwargs: Any) -> Case:
    case = decided(office, *kinds, **kwargs)
    return decision.serve_decision(
        case_id=case.pk,
        served_on=on,
        recipient="院办张某",
        proof=pdf("回执.pdf"),
        by=office.officer,
        on=on,
        at=at(on),
    )


def performed(office: Office, *kinds: str, **kwargs: Any) -> Case:
    case = served(office, *kinds, **kwargs)
    on = date(2025, 5, 20)
    return decision.record_performance(
        case_id=case.pk,
        performed_on=on,
        performance="已退回费用",
        by=office.officer,
        on=on,
        at=at(on),
    )


def closed(office: Office, *kinds: str, on: date = date(2025, 6, 3), **kwargs: Any) -> Case:
    case = performed(office, *kinds, **kwargs)
    if case.is_grave:
        administration.send_report(
            case_id=case.pk, text="处理情况报告", by=office.officer, on=on, at=at(on)
        )
        filed(case, office)
        answered(case, office)
    return decision.close_case(case_id=case.pk, by=office.officer, on=on, at=at(on))


def dismissed(office: Office) -> Case:
    case = clue(office)
    on = date(2025, 4, 23)
    return decision.dismiss_case(
        case_id=case.pk, reason="查无实据", by=office.officer, on=on, at=at(on)
    )


def returned(office: Office, *kinds: str) -> Case:
    case = opened(office, *kinds)
    on = date(2025, 4, 23)
    return administration.return_case(
        case_id=case.pk, text="事实不清，请补充", by=office.supervisor, on=on, at=at(on)
    )
