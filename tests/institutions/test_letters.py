"""Letters to institutions: laid into the portal, read, confirmed, and what their service starts."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from agency.enums import LetterState, Role, ServiceMethod, ServiceState
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agency.services.calendar import office
from agency.services.letters import correct_letter, withdraw_letter
from institutions.enums.changes import ChangeField
from institutions.models import ElectronicServiceConsent, InstitutionLetter
from institutions.rules import LETTER_PERIODS, period_from_service
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change, reject_change
from institutions.services.filing import file_change
from institutions.services.letters import (
    confirm_receipt,
    end_portal_service,
    give_consent,
    remind_unconfirmed,
    revoke_consent,
)
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
FILED, DECIDED, SERVED = date(2025, 7, 28), date(2025, 8, 1), date(2025, 8, 5)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


class Story:
    """An institution, its people, and a filing."""

    def __init__(self) -> None:
        self.institution = InstitutionFactory()
        self.member = member_of(self.institution)
        self.clerk = member_of(self.institution, Role.INSTITUTION_CLERK)
        self.intake = user_with(Role.INTAKE_CLERK)

    def consent(self) -> ElectronicServiceConsent:
        return give_consent(
            institution_id=self.institution.pk,
            signed_name=self.member.name,
            password=PASSWORD,
            by=self.member,
            at=at(FILED),
        )

    def filing(self, name: str = "浔阳新医院"):
        return file_change(
            institution_id=self.institution.pk,
            changes=[FieldChange(ChangeField.NAME, name, FILED)],
            by=self.member,
            at=at(FILED),
        )

    def rejection(self) -> InstitutionLetter:
        """A decision whose service starts a period (B-19)."""
        change = self.filing()
        reject_change(change_id=change.pk, by=self.intake, at=at(DECIDED), reason="缺少批准文件")
        return InstitutionLetter.objects.get(letter__kind="change_rejected")

    def confirm(self, own: InstitutionLetter, *, by=None, day: date = SERVED, **given):
        by = by or self.member
        facts = {"signed_name": by.name, "password": PASSWORD, **given}
        return confirm_receipt(letter_id=own.letter_id, by=by, at=at(day), **facts)


@pytest.fixture
def story() -> Story:
    return Story()


def codes(refused) -> list[str]:
    return [each.code for each in refused.value.obstacles]


# --- issued with the step -------------------------------------------------------------------------


def test_a_filing_and_its_decision_issue_their_letters(story):
    change = checked(story.filing(), by=story.intake)
    approve_change(change_id=change.pk, by=story.intake, at=at(DECIDED))
    letters = [each.letter for each in InstitutionLetter.objects.order_by("pk")]
    assert [each.kind for each in letters] == ["change_accepted", "change_approved"]
    assert all(each.number.endswith("〔2025〕1号") for each in letters)
    assert [each.issued_by for each in letters] == [None, story.intake]
    steps = list(change.transitions.values_list("act", "letter__kind"))
    assert steps == [
        ("file", "change_accepted"),
        ("check", None),
        ("approve", "change_approved"),
        ("take_effect", None),
    ]


def test_an_account_is_masked_in_the_letter(story):
    file_change(
        institution_id=story.institution.pk,
        changes=[FieldChange(ChangeField.BANK_ACCOUNT, "6222000000009999", FILED)],
        by=story.member,
        at=at(FILED),
    )
    body = OfficialLetter.objects.get().body
    assert "6222000000009999" not in body
    assert "9999" in body


def test_a_refused_step_issues_nothing_and_takes_no_number(story):
    change = checked(story.filing(), by=story.intake)
    with pytest.raises(Refusal):
        reject_change(change_id=change.pk, by=story.intake, at=at(DECIDED), reason=" ")
    with pytest.raises(Refusal):
        approve_change(change_id=change.pk, by=story.member, at=at(DECIDED))
    assert OfficialLetter.objects.exclude(kind="change_accepted").count() == 0
    approve_change(change_id=change.pk, by=story.intake, at=at(DECIDED))
    letter = OfficialLetter.objects.get(kind="change_approved")
    assert letter.number.endswith("〔2025〕1号")


# --- consent --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"password": "wrong"}, "password_wrong"),
        ({"signed_name": "别人"}, "signature_differs"),
    ],
)
def test_a_consent_is_signed_with_name_and_password(story, given, code):
    facts = {"signed_name": story.member.name, "password": PASSWORD, **given}
    with pytest.raises(Refusal) as refused:
        give_consent(institution_id=story.institution.pk, by=story.member, at=at(FILED), **facts)
    assert codes(refused) == [code]
    assert not ElectronicServiceConsent.objects.exists()


def test_only_an_administrator_of_the_institution_consents_and_only_once(story):
    stranger = member_of(InstitutionFactory())
    for person in (story.clerk, stranger, story.intake):
        with pytest.raises(Refusal) as refused:
            give_consent(
                institution_id=story.institution.pk,
                signed_name=person.name,
                password=PASSWORD,
                by=person,
                at=at(FILED),
            )
        assert codes(refused) == ["not_entitled"]
    story.consent()
    with pytest.raises(Refusal) as refused:
        story.consent()
    assert codes(refused) == ["consent_exists"]


def test_a_revoked_consent_may_be_given_anew_and_stays_on_record(story):
    first = story.consent()
    revoke_consent(institution_id=story.institution.pk, by=story.member, at=at(DECIDED))
    with pytest.raises(Refusal) as refused:
        revoke_consent(institution_id=story.institution.pk, by=story.member, at=at(DECIDED))
    assert codes(refused) == ["consent_missing"]
    second = story.consent()
    first.refresh_from_db()
    assert (first.revoked_by, second.revoked_at) == (story.member, None)


# --- confirming -----------------------------------------------------------------------------------


def test_the_period_starts_on_the_day_of_service_not_of_the_letter(story):
    story.consent()
    own = story.rejection()
    assert own.letter.issued_on == DECIDED
    assert own.confirm_due_on == date(2025, 8, 8)  # five working days
    assert own.period_due_on is None
    own = story.confirm(own)
    assert own.letter.state == LetterState.SERVED
    assert own.letter.served_on == SERVED
    assert own.period_due_on == date(2025, 10, 9)  # T-03: 60 days, then the holiday
    assert own.period_due_basis["start"] == "2025-08-05"
    service = own.letter.services.get()
    assert (service.method, service.state, service.signature, service.checked_by) == (
        ServiceMethod.PORTAL,
        ServiceState.SERVED,
        story.member.name,
        "password",
    )
    assert (own.confirmed_by, own.consent.institution) == (story.member, story.institution)


@pytest.mark.parametrize(
    ("rule", "served_on", "until"),
    [
        ("B-11", date(2025, 4, 29), date(2025, 5, 9)),
        ("B-19", date(2025, 8, 5), date(2025, 10, 9)),
        ("C-03", date(2025, 4, 29), date(2025, 5, 13)),
        ("D-07", date(2025, 4, 29), date(2025, 5, 16)),
        ("E-06", date(2025, 4, 29), date(2025, 5, 9)),
        ("E-07", date(2025, 9, 20), date(2025, 10, 9)),
        ("E-08", date(2025, 8, 3), date(2025, 10, 9)),
        ("J-07", date(2026, 2, 12), date(2026, 3, 4)),
    ],
)
def test_golden_periods_from_receipt(story, rule, served_on, until):
    region = story.institution.region
    due, basis = period_from_service(rule, served_on, office(on=served_on, region=region))
    assert (due.on, due.provisional, basis.start) == (until, False, served_on)


def test_the_table_of_periods_is_complete():
    assert sorted(LETTER_PERIODS) == [
        *("B-11", "B-19", "C-03", "D-07", "E-06", "E-07", "E-08", "J-07")
    ]


def test_without_a_consent_nothing_is_served_in_the_portal(story):
    own = story.rejection()
    assert (own.confirm_due_on, own.letter.services.count()) == (None, 0)
    with pytest.raises(Refusal) as refused:
        story.confirm(own)
    assert codes(refused) == ["consent_missing"]
    own.letter.refresh_from_db()
    assert (own.letter.state, own.letter.served_on) == (LetterState.ISSUED, None)


def test_after_the_consent_is_revoked_what_lies_there_cannot_be_confirmed(story):
    story.consent()
    own = story.rejection()
    revoke_consent(institution_id=story.institution.pk, by=story.member, at=at(DECIDED))
    with pytest.raises(Refusal) as refused:
        story.confirm(own)
    assert codes(refused) == ["consent_missing"]


@pytest.mark.parametrize(
    ("given", "code"),
    [({"password": "x"}, "password_wrong"), ({"signed_name": "张冠李戴"}, "signature_differs")],
)
def test_a_confirmation_is_signed(story, given, code):
    story.consent()
    own = story.rejection()
    with pytest.raises(Refusal) as refused:
        story.confirm(own, **given)
    assert codes(refused) == [code]
    assert OfficialLetter.objects.get(pk=own.letter_id).state == LetterState.ISSUED


def test_a_clerk_reads_but_does_not_sign(story, client):
    story.consent()
    own = story.rejection()
    with pytest.raises(Refusal) as refused:
        story.confirm(own, by=story.clerk)
    assert codes(refused) == ["not_entitled"]
    client.force_login(story.clerk)
    assert client.get(own.get_portal_url()).status_code == 200
    assert (
        client.get(reverse("institutions_portal:letter_confirm", args=[own.letter_id])).status_code
        == 403
    )
    own.refresh_from_db()
    assert own.read_by == story.clerk


def test_twice_is_refused(story):
    story.consent()
    own = story.confirm(story.rejection())
    with pytest.raises(Refusal) as refused:
        story.confirm(own, day=SERVED + timedelta(days=1))
    assert codes(refused) == ["already_served"]
    own.letter.refresh_from_db()
    assert own.letter.served_on == SERVED


def test_a_withdrawn_letter_is_told_of_and_not_confirmed(story):
    story.consent()
    own = story.rejection()
    withdraw_letter(
        letter_id=own.letter_id, reason="重复", by=story.intake, at=at(SERVED), on=SERVED
    )
    with pytest.raises(Refusal) as refused:
        story.confirm(own)
    assert "letter_withdrawn" in codes(refused)
    assert Notice.objects.filter(key=f"letter.withdrawn:{own.letter_id}").count() == 2


def test_a_correction_is_laid_before_the_same_institution(story):
    story.consent()
    own = story.rejection()
    right = correct_letter(
        letter_id=own.letter_id,
        context={"reason": "缺少登记机关的批准文件"},
        reason="文字有误",
        by=story.intake,
        at=at(SERVED),
        on=SERVED,
    )
    new = InstitutionLetter.objects.get(letter=right)
    assert (new.institution, new.portal_url) == (story.institution, own.portal_url)
    with pytest.raises(Refusal) as refused:
        story.confirm(own)
    assert "letter_corrected" in codes(refused)
    assert story.confirm(new).letter.served_on == SERVED


# --- what nobody confirms -------------------------------------------------------------------------


def test_unconfirmed_in_time_the_desk_is_reminded_once(story):
    story.consent()
    own = story.rejection()
    assert remind_unconfirmed(on=date(2025, 8, 8), at=at(date(2025, 8, 8))) == 1  # the acceptance
    for day in (date(2025, 8, 9), date(2025, 8, 10)):
        remind_unconfirmed(on=day, at=at(day))
    key = f"letter.serve_otherwise:{own.letter_id}"
    assert Notice.objects.filter(key=key, recipient=story.intake).count() == 1


def test_the_desk_sees_what_is_to_be_served(story, client):
    story.rejection()
    numbers = [each.letter.number for each in InstitutionLetter.objects.with_letter()]
    assert len(numbers) == 2  # one by the program, one by the clerk
    for person, seen in ((story.intake, True), (user_with(Role.PAYMENT_OFFICER), False)):
        client.force_login(person)
        page = client.get(reverse("agency_desk:home")).content.decode()
        assert [number in page for number in numbers] == [seen, seen]


def test_served_otherwise_the_portal_service_ends(story):
    story.consent()
    own = story.rejection()
    end_portal_service(own.letter, by=story.intake, at=at(SERVED))
    assert own.letter.services.get().state == ServiceState.FAILED


# --- pages ----------------------------------------------------------------------------------------


def test_a_foreign_institution_finds_nothing(story, client):
    story.consent()
    own = story.rejection()
    client.force_login(member_of(InstitutionFactory()))
    for name in ("letter", "letter_pdf", "letter_confirm"):
        assert (
            client.get(reverse(f"institutions_portal:{name}", args=[own.letter_id])).status_code
            == 404
        )
    page = client.get(reverse("institutions_portal:letters"))
    assert page.context["object_list"] == []
    own.refresh_from_db()
    assert own.read_at is None


def test_the_page_shows_the_period_before_and_after(story, client):
    story.consent()
    own = story.rejection()
    client.force_login(story.member)
    with time_machine.travel(at(SERVED), tick=False):
        before = client.get(own.get_portal_url())
        assert before.context["period"].ends_on == date(2025, 10, 9)
        assert "2025-10-09" in before.content.decode()
        address = reverse("institutions_portal:letter_confirm", args=[own.letter_id])
        form = client.get(address)
        assert any("2025-10-09" in str(each) for each in form.context["consequences"])
        given = {"stamp": "issued", "signed_name": story.member.name, "password": PASSWORD}
        wrong = client.post(address, {**given, "password": "x"})
        assert wrong.status_code == 409
        assert client.post(address, given).status_code == 302
        after = client.get(own.get_portal_url())
    assert after.context["letter"].served_on == SERVED
    assert "2025-10-09" in after.content.decode()


def test_the_pdf_is_the_letter_itself(story, client):
    own = story.rejection()
    client.force_login(story.member)
    answer = client.get(reverse("institutions_portal:letter_pdf", args=[own.letter_id]))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_consent_is_given_and_revoked_on_its_page(story, client):
    client.force_login(story.member)
    given = {"stamp": "0", "signed_name": story.member.name, "password": PASSWORD}
    assert client.post(reverse("institutions_portal:consent_give"), given).status_code == 302
    page = client.get(reverse("institutions_portal:consent"))
    assert page.context["consent"].signed_by == story.member
    answer = client.post(reverse("institutions_portal:consent_revoke"), {"stamp": "1"})
    assert answer.status_code == 302
    assert client.get(reverse("institutions_portal:consent")).context["consent"] is None


def test_home_asks_for_the_confirmation(story, client):
    story.consent()
    own = story.rejection()
    client.force_login(story.member)
    with time_machine.travel(at(SERVED), tick=False):
        page = client.get(reverse("institutions_portal:home"))
    assert own.letter.number in page.content.decode()
    assert own.get_portal_url() in [each.url for each in page.context["asked"]]
    assert mail.outbox == []


def test_a_list_costs_no_more_for_more_letters(story, client, django_assert_max_num_queries):
    story.consent()
    own = story.rejection()
    client.force_login(story.member)
    address = reverse("institutions_portal:letters")
    client.get(address)
    with django_assert_max_num_queries(16):
        assert own.letter.number in client.get(address).content.decode()
