"""Applications to be assessed, experts and assessments, for tests."""

from datetime import date, datetime, timedelta
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.enums import Role
from institutions.enums.assessment import ExpertField, FindingResult, Verdict
from institutions.enums.designation import ApplicationState
from institutions.enums.register import Kind, Level, Nature
from institutions.models import Assessment, DesignationApplication, Expert
from institutions.services.assessment.drawing import begin_work, draw_group
from institutions.services.assessment.opening import open_assessment
from institutions.services.assessment.opinions import (
    FindingDraft,
    items_for,
    save_opinion,
    sign_opinion,
)
from institutions.services.persons import person_of
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, credit_code
from tests.institutions.factories_changes import id_number

PASSWORD = "correct-horse-battery"
ACCEPTED_ON = date(2026, 10, 12)
# Three of each field: even when two were drawn one is left to take a place.
FIELDS = (*ExpertField, *ExpertField, *ExpertField)
_SERIAL = count(1)


def expert_of(field=ExpertField.MEDICINE, *, account=True, **kwargs) -> Expert:
    """Return a member of the pool, by default with an account to sign with."""
    serial = next(_SERIAL)
    name = kwargs.pop("name", f"专家{serial}")
    number = kwargs.pop("id_number", id_number(serial % 999 + 1, born=date(1968, 1, 1)))
    values = {
        "person": person_of(name=name, id_number=number),
        "field": field,
        "unit": "九江学院",
        "region": RegionFactory(),
        "active_from": date(2020, 1, 1),
        "added_at": NOW,
        "account": user_with(Role.EXPERT, name=name) if account else None,
    }
    return Expert.objects.create(**(values | kwargs))


def pool_of_experts(fields=FIELDS) -> list[Expert]:
    return [expert_of(each) for each in fields]


def application(state=ApplicationState.ACCEPTED, **kwargs) -> DesignationApplication:
    """Return an application as it stands in the table, accepted by default."""
    serial = next(_SERIAL)
    institution = kwargs.pop("institution", None) or InstitutionFactory()
    filer = user_with(Role.INSTITUTION_ADMINISTRATOR)
    values = {
        "number": f"APP-360400-2026-{serial:04}",
        "institution": institution,
        "region": institution.region,
        "state": state,
        "created_at": NOW,
        "created_by": filer,
        "saved_at": NOW,
        "licence_no": f"PDY{serial:06}",
        "licence_valid_to": date(2030, 1, 1),
        "kind": Kind.GENERAL_HOSPITAL,
        "nature": Nature.PRIVATE_PROFIT,
        "level": Level.L2_B,
        "beds": 120,
        "credit_code": credit_code(500_000 + serial),
        "opened_on": date(2020, 1, 1),
        "insurance_staff": "full",
        "own_physicians": 3,
        "contact_name": "林静",
        "contact_phone": "0792-8112233",
        "expected_fund_use": 1000,
        "submitted_at": NOW - timedelta(days=40),
        "submitted_by": filer,
        "notice_due_on": ACCEPTED_ON + timedelta(days=7),
        "accepted_on": ACCEPTED_ON,
        "assessment_due_on": date(2027, 1, 12),
        "assessment_due_basis": {
            "rule": "A-06",
            "start": ACCEPTED_ON.isoformat(),
            "unit": "month",
            "n": 3,
            "calendar_version": 0,
            "pauses": [],
            "provisional": False,
        },
        "decided_at": NOW - timedelta(days=39),
    }
    return DesignationApplication.objects.create(**(values | kwargs))


class Team:
    """Who works on an assessment: two organisers, a head, and a pool."""

    def __init__(self, fields=FIELDS) -> None:
        self.organiser = user_with(Role.AGREEMENT_OFFICER)
        self.second = user_with(Role.AGREEMENT_OFFICER)
        self.head = user_with(Role.AGENCY_HEAD)
        self.experts = pool_of_experts(fields)

    def opened(self, app=None, *, at: datetime = NOW, **kwargs) -> Assessment:
        app = app or application()
        return open_assessment(application_id=app.pk, by=self.organiser, at=at, **kwargs)

    def drawn(self, app=None, *, at: datetime = NOW, **kwargs) -> Assessment:
        assessment = self.opened(app, at=at, **kwargs)
        draw_group(assessment_id=assessment.pk, by=self.organiser, at=at)
        return Assessment.objects.get(pk=assessment.pk)

    def begun(self, app=None, *, at: datetime = NOW, **kwargs) -> Assessment:
        assessment = self.drawn(app, at=at, **kwargs)
        begin_work(assessment_id=assessment.pk, by=self.organiser, at=at)
        return Assessment.objects.get(pk=assessment.pk)

    def complete(
        self, app=None, *, at: datetime = NOW, verdicts=(), failing="", **kwargs
    ) -> Assessment:
        """An assessment all of whose experts have signed, by default all for “qualified”."""
        assessment = self.begun(app, at=at, **kwargs)
        members = list(assessment.members.active().order_by("place"))
        given = [*verdicts, *[Verdict.QUALIFIED] * (len(members) - len(verdicts))]
        for member, verdict in zip(members, given, strict=True):
            write(member, verdict=verdict, failing=failing, at=at)
            sign(member, at=at)
        return Assessment.objects.get(pk=assessment.pk)


def write(member, *, verdict=Verdict.QUALIFIED, failing="", at: datetime = NOW, files=None):
    """Write a complete draft; the items of the condition `failing` are found not met."""
    failed = verdict == Verdict.NOT_QUALIFIED
    findings = [
        FindingDraft(
            item_id=item.pk,
            result=FindingResult.NOT_MET
            if failed and failing and item.condition == failing
            else FindingResult.MET,
            note="不符合" if failed else "",
            files=(files or {}).get(item.place, ()),
        )
        for item in items_for(member.assessment)
        if item.field == member.field or (failed and failing and item.condition == failing)
    ]
    return save_opinion(
        member_id=member.pk,
        verdict=verdict,
        reasons="材料与现场一致",
        advice="补齐医师注册" if failed else "",
        findings=findings,
        by=member.expert.account,
        at=at,
    )


def sign(member, *, at: datetime = NOW, password=PASSWORD, name=None):
    account = member.expert.account
    return sign_opinion(
        member_id=member.pk,
        signed_name=str(account) if name is None else name,
        password=password,
        by=account,
        at=at,
    )


def pdf(name: str = "照片.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n%evidence")
