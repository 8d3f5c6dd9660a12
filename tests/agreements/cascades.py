"""An institution with agreements in several regions, for tests of cascades."""

from datetime import date, timedelta

import pytest

from agency.enums import Role
from agency.services.letters import issuing
from agency.services.letters.paper import Rendered
from agreements.enums.life import AgreementState, SuspensionGround
from agreements.models import (
    Agreement,
    CascadeReceipt,
    DissolvedEntry,
    InpatientWarning,
    Suspension,
)
from agreements.services import ending, suspension
from tests.agency.factories import RegionFactory, user_with
from tests.agreements.factories import AgreementFactory, World, at, fresh

OTHERS = ("360100", "330400", "420100")


class Regions(World):
    """A world whose institution, in Jiujiang, has agreements in other regions too."""

    def __init__(self, others=OTHERS, **institution) -> None:
        super().__init__(**institution)
        self.home = self.agreement(self.region)
        self.followers = [self.agreement(code) for code in others]

    def agreement(self, region, **facts) -> Agreement:
        if isinstance(region, str):
            region = RegionFactory(code=region, name=f"地区{region}")
        return AgreementFactory(institution=self.institution, region=region, **facts)

    def officer_of(self, code: str):
        return user_with(Role.AGREEMENT_OFFICER, region=RegionFactory(code=code))

    def suspend(self, agreement: Agreement, on: str, **facts) -> Agreement:
        return suspension.suspend_agreement(
            agreement_id=agreement.pk,
            by=self.head,
            at=at(facts.pop("at", on)),
            on=date.fromisoformat(on),
            ground=SuspensionGround.RISK,
            reason="风险",
            **facts,
        )

    def dissolve(self, agreement: Agreement, on: str, ground: int = 3, **facts) -> Agreement:
        return ending.dissolve_agreement(
            agreement_id=agreement.pk,
            by=self.head,
            at=at(facts.pop("at", on)),
            on=date.fromisoformat(on),
            ground=ground,
            reason="骗保",
            **facts,
        )

    def resume(self, agreement: Agreement, on: str, **facts) -> Agreement:
        check = {"rectified": True, "findings": "已整改", **facts}
        return suspension.resume_agreement(
            agreement_id=agreement.pk, by=self.head, at=at(on), on=date.fromisoformat(on), **check
        )

    @property
    def states(self) -> list[str]:
        """Of the home agreement and its followers, as stored."""
        return [fresh(each).state for each in [self.home, *self.followers]]


EFFECTIVE, SUSPENDED = AgreementState.EFFECTIVE, AgreementState.SUSPENDED
DISSOLVED = AgreementState.DISSOLVED


@pytest.fixture
def plain_letters(monkeypatch):
    """Letters are issued, numbered and kept, but not drawn: twenty regions cost little."""

    def render(kind, template, context, facts):
        return Rendered(title=str(kind.label), body=facts.matter, pdf=b"%PDF-", pages=1, docx=None)

    monkeypatch.setattr(issuing, "render_letter", render)


class Told:
    """What a suspension of the home region leaves: a receipt of another region, a warning of
    inpatients, and an entry of the dissolved list. As the services leave them,
    without their letters.
    """

    def __init__(self, home: Agreement, *, on: date) -> None:
        other = AgreementFactory(
            institution=home.institution,
            region=RegionFactory(code="360100", name="南昌市"),
            valid_from=home.valid_from,
        )
        cause = Suspension.objects.create(
            agreement=home,
            kind="mandatory",
            ground="risk",
            starts_on=on,
            planned_to=on + timedelta(60),
            resumed_on=on + timedelta(40),
            limit_on=on + timedelta(180),
            warn_150_on=on + timedelta(150),
            warn_170_on=on + timedelta(170),
        )
        self.receipt = CascadeReceipt.objects.create(
            number=f"CSC-360400-{on.year}-{home.pk:04}",
            kind="proposal",
            outcome="proposed",
            home=home,
            cause=cause,
            agreement=other,
            region=other.region,
            effective_on=on + timedelta(40),
            delivered_at=at(on + timedelta(40)),
            due_on=on + timedelta(54),
        )
        self.warning = InpatientWarning.objects.create(
            agreement=home,
            kind="suspend",
            boundary_on=on,
            due_on=on + timedelta(5),
            created_at=at(on),
        )
        self.entry = DissolvedEntry.objects.create(
            agreement=other,
            region=other.region,
            name="已停业医院",
            code="H36040399999",
            ground=7,
            dissolved_on=on,
            state="published",
            published_on=on,
            published_at=at(on),
            published_by=user_with(Role.AGREEMENT_OFFICER),
        )
