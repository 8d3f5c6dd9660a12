"""Agreements as services make them: fixed defaults, variation by argument."""

from datetime import date, datetime, time, timedelta

import factory

from agency.enums import Role
from agency.periods import add_months, latest_before
from agreements.enums.life import ENDED, AgreementState, SuspensionGround, SuspensionKind
from agreements.models import Agreement
from agreements.services import requests, signing, suspension
from tests.agency.factories import SHANGHAI, RegionFactory, user_with
from tests.agreements.texts import agree_text, published_text
from tests.institutions.factories import InstitutionFactory, member_of

ONE_DAY = timedelta(days=1)
FIRST = date(2025, 1, 1)


def at(day: date | str, hour: int = 10) -> datetime:
    """Return an instant of the day, in office hours."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


class AgreementFactory(factory.django.DjangoModelFactory):
    """A row as it stands in the table, in any state: in force through 2025 by default."""

    class Meta:
        model = Agreement

    institution = factory.SubFactory(InstitutionFactory)
    region = factory.SubFactory(RegionFactory)
    state = AgreementState.EFFECTIVE
    valid_from = FIRST
    valid_to = factory.LazyAttribute(lambda each: add_months(each.valid_from, 12) - ONE_DAY)
    last_day = factory.LazyAttribute(
        lambda each: (
            each.ended_on - ONE_DAY
            if each.state in (AgreementState.DISSOLVED, AgreementState.AUTO_TERMINATED)
            else each.valid_to
        )
    )
    number = factory.Maybe(
        factory.LazyAttribute(lambda each: each.state == AgreementState.DRAFT),
        None,
        factory.Sequence(lambda n: f"360400-2020-{n + 1:04}"),
    )
    signed_on = factory.LazyAttribute(
        lambda each: None if each.state == AgreementState.DRAFT else each.valid_from - 10 * ONE_DAY
    )
    ended_on = factory.LazyAttribute(lambda each: each.valid_to if each.state in ENDED else None)
    dissolution_ground = factory.LazyAttribute(
        lambda each: 3 if each.state == AgreementState.DISSOLVED else None
    )
    renewal_apply_by = factory.LazyAttribute(lambda each: latest_before(each.valid_to, 3))
    renewal_remind_on = factory.LazyAttribute(lambda each: latest_before(each.valid_to, 4))


class World:
    """An office with its people, and an institution; acts on the days they are given."""

    def __init__(self, **institution) -> None:
        self.region = RegionFactory()
        self.officer = user_with(Role.AGREEMENT_OFFICER)
        self.head = user_with(Role.AGENCY_HEAD)
        self.institution = InstitutionFactory(**institution)
        self.member = member_of(self.institution)
        published_text()

    def signed(self, valid_from: date | str = FIRST, *, on=None, **kwargs) -> Agreement:
        first = date.fromisoformat(valid_from) if isinstance(valid_from, str) else valid_from
        instant = at(on or first)
        draft = signing.draft_agreement(
            institution_id=self.institution.pk,
            region_code=self.region.pk,
            valid_from=first,
            by=self.officer,
            at=instant,
            **kwargs,
        )
        return self.sign(draft, instant)

    def sign(self, draft: Agreement, instant: datetime) -> Agreement:
        """Have both sides agree and sign."""
        agree_text(draft, at=instant, by=self.member)
        return signing.sign_agreement(agreement_id=draft.pk, by=self.head, at=instant)

    def suspended(self, agreement: Agreement, on: date | str, planned_to=None) -> Agreement:
        """Suspend on a mandatory ground."""
        day = date.fromisoformat(on) if isinstance(on, str) else on
        return suspension.suspend_agreement(
            agreement_id=agreement.pk,
            by=self.officer,
            at=at(day),
            on=day,
            ground=SuspensionGround.RISK,
            reason="风险",
            planned_to=date.fromisoformat(planned_to) if planned_to else None,
        )

    def on_leave(self, agreement: Agreement, on: date | str) -> Agreement:
        """Suspend at the institution's wish, without the notice that `file_request` asks for."""
        day = date.fromisoformat(on) if isinstance(on, str) else on
        agreement = Agreement.objects.get(pk=agreement.pk)
        suspension.suspend_on_request(
            agreement, by=self.officer, at=at(day), on=day, planned_to=None, reason="申请中止"
        )
        return agreement

    def filed(self, agreement: Agreement, kind, on: date | str, **wish):
        wish = {
            name: date.fromisoformat(value) if isinstance(value, str) else value
            for name, value in wish.items()
        }
        return requests.file_request(
            agreement_id=agreement.pk, kind=kind, by=self.member, at=at(on), reason="事由", **wish
        )


def fresh(agreement):
    return type(agreement).objects.get(pk=agreement.pk)


VOLUNTARY = SuspensionKind.VOLUNTARY
