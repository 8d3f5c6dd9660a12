"""Factories with fixed defaults; codes count up and carry right check characters."""

from datetime import date, datetime, timedelta

import factory
from django.utils import timezone

from agency.codes import check_character
from agency.enums import Role, Scope
from institutions.enums.register import Kind, Level, Nature
from institutions.models import ChangeRequest, Institution, Membership
from institutions.services.tokens import make_token
from tests.agency.factories import NOW, RegionFactory, user_with


def credit_code(number: int) -> str:
    """Return the `number`-th valid unified social credit code of a medical institution."""
    first_17 = f"52360403{number:09}"
    return first_17 + check_character(first_17)


class InstitutionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Institution

    code = factory.Sequence(lambda n: f"H360403{n + 1:05}")
    credit_code = factory.Sequence(lambda n: credit_code(n + 1))
    licence_no = "PDY00000136040317A1001"
    name = factory.Sequence(lambda n: f"浔阳第{n + 1}医院")
    kind = Kind.GENERAL_HOSPITAL
    nature = Nature.PRIVATE_NONPROFIT
    level = Level.L2_B
    beds = 120
    legal_representative = "陈立"
    principal = "周宁"
    actual_controller = "陈立"
    registered_address = "九江市浔阳区庐峰路1号"
    subjects = "内科;外科"
    phone = "0792-1234567"
    region = factory.SubFactory(RegionFactory)
    bank_name = "工商银行九江分行"
    bank_account = "6222000000000001"
    opened_on = date(2015, 3, 1)


class EntryFactory(InstitutionFactory):
    """An unverified entry, as a list of names gives it."""

    code = credit_code = None
    licence_no = kind = nature = level = legal_representative = principal = ""
    actual_controller = subjects = bank_name = bank_account = ""
    beds = 0
    opened_on = None


class ChangeFactory(factory.django.DjangoModelFactory):
    """A filing as it stands in the table, without items: for tests of the table itself."""

    class Meta:
        model = ChangeRequest

    number = factory.Sequence(lambda n: f"CHG-360400-2020-{n + 1:04}")
    institution = factory.SubFactory(InstitutionFactory)
    filed_at = NOW
    filed_by = factory.LazyFunction(user_with)
    filing_due_on = date(2026, 12, 1)
    decision_due_on = date(2026, 12, 4)


def member_of(institution: Institution, *roles: Role, **kwargs):
    """Return a stored account of the institution, by default its administrator."""
    user = user_with(*(roles or [Role.INSTITUTION_ADMINISTRATOR]), **kwargs)
    Membership.objects.create(user=user, institution=institution)
    return user


def token_of(user, *scopes: Scope, days: int = 30, at: datetime | None = None) -> str:
    """Return the text of a token the account makes for its institution's system."""
    now = at or timezone.now()
    _token, text = make_token(
        institution_id=user.membership.institution_id,
        name="HIS",
        scopes=scopes or tuple(Scope),
        expires_on=timezone.localdate(now) + timedelta(days=days),
        by=user,
        at=now,
    )
    return text
