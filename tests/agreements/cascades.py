"""An institution with agreements in several regions, for tests of cascades."""

from datetime import date

import pytest

from agency.enums import Role
from agency.services.letters import issuing
from agency.services.letters.paper import Rendered
from agreements.enums.life import AgreementState, SuspensionGround
from agreements.models import Agreement
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
