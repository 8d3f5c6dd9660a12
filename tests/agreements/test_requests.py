"""B-15 and B-16: what an institution asks for, and what becomes of it."""

from datetime import date

import pytest

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState, RequestKind, RequestState, SuspensionKind
from agreements.models import Agreement, AgreementRequest, Suspension
from agreements.services import deadlines, requests
from institutions.enums.register import Nature
from institutions.models import Institution
from tests.agency.factories import user_with
from tests.agreements.factories import World, at, fresh
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def accept(world, request, day):
    return requests.accept_request(request_id=request.pk, by=world.officer, at=at(day))


# --- leaving: three months' notice, never by a public institution -------------------------------


@pytest.mark.parametrize(
    ("filed", "allowed"), [("2025-09-30", True), ("2025-10-01", True), ("2025-10-02", False)]
)
def test_three_months_before_the_wanted_day(filed, allowed):
    """Wants to stop on 2026-01-01: to be filed by 2025-10-01."""
    world = World()
    agreement = world.signed("2025-07-01")
    if allowed:
        request = world.filed(agreement, "dissolve", filed, wanted_on="2026-01-01")
        assert request.state == RequestState.FILED and request.wanted_on == date(2026, 1, 1)
    else:
        with pytest.raises(Refusal) as refusal:
            world.filed(agreement, "dissolve", filed, wanted_on="2026-01-01")
        assert codes(refusal) == ["notice_too_short"]
        assert "2026-01-02" in str(refusal.value.obstacles[0].text)
        assert not AgreementRequest.objects.exists() and not Notice.objects.filter(
            key__startswith="agreement_request"
        )


@pytest.mark.parametrize("kind", ["suspend", "dissolve"])
def test_a_public_institution_may_not_leave_of_itself(kind):
    world = World(nature=Nature.PUBLIC)
    agreement = world.signed()
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, kind, "2025-03-01", wanted_on="2025-09-01")
    assert codes(refusal) == ["public_institution"]
    assert not AgreementRequest.objects.exists()


def test_a_public_institution_may_say_that_it_will_not_renew():
    world = World(nature=Nature.PUBLIC)
    request = world.filed(world.signed(), "not_renew", "2025-10-01")
    assert request.needs_review and request.wanted_on == date(2026, 1, 1)
    supervisor = user_with(Role.SUPERVISOR)
    other = World(nature=Nature.PUBLIC)
    other.filed(other.signed(), "not_renew", "2025-09-01")
    assert Notice.objects.filter(recipient=supervisor, key__contains=".review").count() == 1


def test_a_private_one_says_it_three_months_ahead():
    world = World()
    agreement = world.signed()
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, "not_renew", "2025-10-02")
    assert codes(refusal) == ["notice_too_short"]


def test_a_suspension_asked_for_lasts_at_most_the_limit():
    world = World()
    agreement = world.signed()
    wish = {"wanted_on": "2025-06-01", "wanted_to": "2025-12-01"}
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, "suspend", "2025-03-01", **wish)
    assert codes(refusal) == ["suspension_too_long"]
    request = world.filed(
        agreement, "suspend", "2025-03-01", wanted_on="2025-06-01", wanted_to="2025-11-28"
    )
    assert request.wanted_to == date(2025, 11, 28)


# --- carried out on the day ----------------------------------------------------------------------


def test_an_accepted_suspension_begins_on_the_day_wanted():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "suspend", "2025-03-01", wanted_on="2025-06-03")
    accept(world, request, "2025-03-10")
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    assert deadlines.perform_requests(on=date(2025, 6, 2), at=at("2025-06-02")) == 0
    assert deadlines.perform_requests(on=date(2025, 6, 3), at=at("2025-06-03")) == 1
    assert deadlines.perform_requests(on=date(2025, 6, 3), at=at("2025-06-03")) == 0
    assert fresh(agreement).state == AgreementState.SUSPENDED
    row = Suspension.objects.get()
    assert (row.kind, row.starts_on) == (SuspensionKind.VOLUNTARY, date(2025, 6, 3))
    assert fresh(request).state == RequestState.PERFORMED
    acts = list(request.transitions.values_list("act", "on", "by"))
    assert acts == [
        ("file", date(2025, 3, 1), world.member.pk),
        ("accept", date(2025, 3, 10), world.officer.pk),
        ("perform", date(2025, 6, 3), None),
    ]


def test_missed_nights_carry_it_out_with_the_day_wanted():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "dissolve", "2025-03-01", wanted_on="2025-06-03")
    accept(world, request, "2025-03-10")
    deadlines.perform_requests(on=date(2025, 7, 15), at=at("2025-07-15"))
    ended = fresh(agreement)
    assert (ended.state, ended.ended_on) == (AgreementState.DISSOLVED, date(2025, 6, 3))
    assert ended.dissolution_ground == 12
    assert ended.transitions.get(act="dissolve").rule == "B-14.12"


def test_a_resumption_accepted_takes_effect_on_the_day_of_the_decision():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    request = world.filed(agreement, "resume", "2025-08-28")
    accept(world, request, "2025-09-04")
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    assert Suspension.objects.get().resumed_on == date(2025, 9, 4)
    assert fresh(request).state == RequestState.PERFORMED


def test_after_the_limit_no_resumption_can_be_asked_for():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, "resume", "2025-08-29")
    assert codes(refusal) == ["limit_passed"]


def test_what_cannot_happen_any_more_lapses():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "suspend", "2025-03-01", wanted_on="2025-06-03")
    accept(world, request, "2025-03-10")
    world.suspended(agreement, "2025-05-20")
    deadlines.perform_requests(on=date(2025, 6, 3), at=at("2025-06-03"))
    assert fresh(request).state == RequestState.LAPSED
    assert Suspension.objects.count() == 1


# --- renewal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filed", "late"), [("2025-09-30", False), ("2025-10-01", True), ("2025-10-09", True)]
)
def test_a_renewal_applied_for_late_is_accepted_as_late(filed, late):
    world = World()
    request = world.filed(world.signed(), "renew", filed)
    assert request.is_late is late and request.state == RequestState.FILED


def test_from_the_application_to_the_renewed_agreement():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "renew", "2025-09-30")
    accept(world, request, "2025-10-15")
    draft = Agreement.objects.get(renewal_of=agreement)
    assert draft.state == AgreementState.DRAFT
    new = world.sign(draft, at("2025-12-01"))
    assert fresh(request).state == RequestState.PERFORMED
    assert new.state == AgreementState.SIGNED and new.number == "360400-2026-0001"
    deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01"))
    assert fresh(agreement).state == AgreementState.RENEWED
    assert fresh(agreement).ended_on == date(2025, 12, 31)
    assert fresh(new).state == AgreementState.EFFECTIVE


def test_refused_and_not_renewed_it_expires():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "renew", "2025-10-09")
    with pytest.raises(Refusal) as refusal:
        requests.refuse_request(
            request_id=request.pk, by=world.officer, at=at("2025-10-20"), reason=" "
        )
    assert codes(refusal) == ["reason_missing"]
    requests.refuse_request(
        request_id=request.pk, by=world.officer, at=at("2025-10-20"), reason="逾期"
    )
    assert fresh(request).decision_reason == "逾期"
    deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01"))
    assert fresh(agreement).state == AgreementState.EXPIRED


# --- who, and once --------------------------------------------------------------------------------


def test_another_institution_files_nothing():
    world = World()
    agreement = world.signed()
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Refusal) as refusal:
        requests.file_request(
            agreement_id=agreement.pk,
            kind=RequestKind.RENEW,
            by=stranger,
            at=at("2025-08-01"),
            reason="续签",
        )
    assert codes(refusal) == ["not_entitled"]


def test_a_stranger_cannot_withdraw():
    world = World()
    request = world.filed(world.signed(), "renew", "2025-08-01")
    stranger = member_of(InstitutionFactory())
    with pytest.raises(AgreementRequest.DoesNotExist):
        requests.withdraw_request(request_id=request.pk, by=stranger, at=at("2025-08-02"))
    assert fresh(request).state == RequestState.FILED


def test_a_second_request_of_the_kind_waits_for_the_first():
    world = World()
    agreement = world.signed()
    first = world.filed(agreement, "renew", "2025-08-01")
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, "renew", "2025-08-02")
    assert codes(refusal) == ["waits_already"]
    requests.withdraw_request(request_id=first.pk, by=world.member, at=at("2025-08-03"))
    assert world.filed(agreement, "renew", "2025-08-04").number == "REQ-360400-2025-0002"


def test_what_is_decided_is_not_decided_again():
    world = World()
    request = world.filed(world.signed(), "renew", "2025-08-01")
    accept(world, request, "2025-08-02")
    with pytest.raises(Refusal) as refusal:
        requests.refuse_request(
            request_id=request.pk, by=world.officer, at=at("2025-08-03"), reason="反悔"
        )
    assert codes(refusal) == ["request_not_open"]
    assert fresh(request).state == RequestState.ACCEPTED


def test_the_decision_is_due_in_ten_working_days_and_says_why():
    world = World()
    request = world.filed(world.signed(), "renew", "2025-09-22")
    assert str(request.decision_due_on) == "2025-10-11"
    assert request.decision_due_basis["n"] == 10 and not request.decision_due_provisional


def test_into_an_unknown_year_the_deadline_is_provisional():
    world = World()
    request = world.filed(world.signed("2026-06-01"), "renew", "2026-12-28")
    assert request.decision_due_provisional


def test_the_law_is_asked_with_the_nature_of_today():
    """An institution that became public is barred from then on."""
    world = World()
    agreement = world.signed()
    Institution.objects.filter(pk=world.institution.pk).update(nature=Nature.PUBLIC)
    with pytest.raises(Refusal) as refusal:
        world.filed(agreement, "suspend", "2025-03-01", wanted_on="2025-09-01")
    assert codes(refusal) == ["public_institution"]
