"""Which profile a region follows in which set of rules: proposed by one, decided by another."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Evidence, Profile, ProposalState, Role, RuleSet
from agency.models import Notice, PolicyParameter, RuleSetChoice, StandIn
from agency.rules import Refusal
from agency.services import rule_sets
from agency.services.calendar import office
from agency.services.in_force import parameters_on, profiles_on
from agency.services.rule_sets import followers
from tests.agency.factories import NOW, RegionFactory, user_with

TODAY = NOW.date()
NEXT_YEAR = date(2027, 1, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return user_with(Role.AGREEMENT_OFFICER)


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def proposed(by, region="360400", **facts) -> RuleSetChoice:
    RegionFactory(code=region)
    asked = {
        "rule_set": RuleSet.FUND,
        "profile": Profile.QUXIAN,
        "effective_from": NEXT_YEAR,
        "document": "九医保发〔2026〕12号",
        "reason": "基金管理办法",
        **facts,
    }
    return rule_sets.propose_choice(region_code=region, by=by, at=NOW, **asked)


def followed(region, on, rule_set=RuleSet.FUND):
    return profiles_on(on, region)[rule_set]


def test_a_choice_is_in_force_from_its_day_once_another_person_approved_it(officer, head):
    choice = proposed(officer)
    assert followed(choice.region, NEXT_YEAR) == Profile.JIUJIANG
    approved = rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW)
    assert (approved.state, approved.decided_by, approved.decided_on) == (
        ProposalState.APPROVED,
        head,
        TODAY,
    )
    assert followed(choice.region, NEXT_YEAR - timedelta(1)) == Profile.JIUJIANG
    assert followed(choice.region, NEXT_YEAR) == Profile.QUXIAN
    assert followed(choice.region, NEXT_YEAR, RuleSet.POINTS) == Profile.JIUJIANG
    assert office(on=NEXT_YEAR, region=choice.region).profile_of(RuleSet.FUND) == Profile.QUXIAN
    assert office(on=NEXT_YEAR).profile_of(RuleSet.FUND) == Profile.NATIONAL
    steps = choice.transitions.values_list("act", "source", "target", "by", "rule")
    assert list(steps) == [
        ("propose", "", "proposed", officer.pk, "B-02"),
        ("approve", "proposed", "approved", head.pk, "B-02"),
    ]
    assert [each.recipient for each in Notice.objects.order_by("pk")] == [head, officer]


def test_a_county_follows_its_coordination_region_unless_it_chose_itself(officer, head):
    choice = proposed(officer, effective_from=TODAY)
    rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW)
    alone = RegionFactory(code="360402", name="濂溪区")
    county = RegionFactory(code="360403", name="浔阳区", coordination=choice.region)
    assert followed(alone, TODAY) == Profile.JIUJIANG
    assert followed(county, TODAY) == Profile.QUXIAN
    own = proposed(officer, region="360403", profile=Profile.NATIONAL, effective_from=TODAY)
    rule_sets.approve_choice(choice_id=own.pk, by=head, at=NOW)
    assert followed(county, TODAY) == Profile.NATIONAL


def test_a_parameter_is_read_through_the_profile_of_its_own_rule_set(officer, head):
    row = {"unit": "points", "evidence": Evidence.LOCAL, "effective_from": TODAY}
    for profile, value in ((Profile.JIUJIANG, 5), (Profile.JIAXING, 4)):
        PolicyParameter.objects.create(key="points_talk", profile=profile, value=value, **row)
    choice = proposed(officer, rule_set=RuleSet.POINTS, profile=Profile.JIAXING)
    rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW)
    assert parameters_on(TODAY)["points_talk"] == 6
    assert parameters_on(TODAY, choice.region)["points_talk"] == 5
    assert parameters_on(NEXT_YEAR, choice.region)["points_talk"] == 4
    assert parameters_on(NEXT_YEAR, choice.region)["defence_wd"] == 5


def test_reading_costs_two_queries_for_a_region(django_assert_num_queries):
    region = RegionFactory()
    with django_assert_num_queries(2):
        parameters_on(TODAY, region)
    with django_assert_num_queries(1):
        parameters_on(TODAY)


def test_a_local_rule_is_in_force_where_its_profile_is_followed(officer, head):
    RegionFactory(code="330400", name="嘉兴市", profile=Profile.JIAXING)
    RegionFactory()
    assert [each.name for each in followers("C-01", TODAY)] == ["九江市"]
    assert [each.name for each in followers("F-01", TODAY)] == ["嘉兴市"]
    assert followers("B-04", TODAY) is None
    choice = proposed(officer, rule_set=RuleSet.INSPECTION, profile=Profile.NATIONAL)
    rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW)
    assert followers("C-01", NEXT_YEAR) == []


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"effective_from": TODAY - timedelta(1)}, ["in_the_past"]),
        ({"profile": Profile.JIUJIANG}, ["unchanged"]),
        ({"document": " "}, ["document_missing"]),
        (
            {"profile": Profile.JIUJIANG, "document": "", "effective_from": date(2020, 1, 1)},
            ["in_the_past", "unchanged", "document_missing"],
        ),
    ],
)
def test_a_proposal_is_refused_and_leaves_no_trace(officer, facts, codes):
    with pytest.raises(Refusal) as refused:
        proposed(officer, **facts)
    assert [each.code for each in refused.value.obstacles] == codes
    assert not RuleSetChoice.objects.exists() and not Notice.objects.exists()


def test_one_proposal_of_a_set_waits_and_a_day_is_decided_once(officer, head):
    choice = proposed(officer)
    with pytest.raises(Refusal) as refused:
        proposed(officer, profile=Profile.JIAXING)
    assert [each.code for each in refused.value.obstacles] == ["another_waits"]
    rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW)
    with pytest.raises(Refusal) as refused:
        proposed(officer, profile=Profile.JIAXING)
    assert [each.code for each in refused.value.obstacles] == ["day_taken"]


def test_nobody_decides_their_own_proposal_nor_one_of_somebody_they_stand_in_for(officer, head):
    both = user_with(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
    own = proposed(both)
    with pytest.raises(Refusal) as refused:
        rule_sets.approve_choice(choice_id=own.pk, by=both, at=NOW)
    assert [each.code for each in refused.value.obstacles] == ["own_proposal"]
    rule_sets.withdraw_choice(choice_id=own.pk, by=both, at=NOW)
    StandIn.objects.create(
        delegator=officer,
        delegate=head,
        starts_on=TODAY,
        ends_on=TODAY,
        reason="休假",
        granted_by=user_with(Role.SECURITY_ADMINISTRATOR),
        granted_at=NOW,
    )
    choice = proposed(officer)
    for decide in (rule_sets.approve_choice, rule_sets.reject_choice):
        with pytest.raises(Refusal) as refused:
            decide(choice_id=choice.pk, by=head, at=NOW, reason="x")
        assert [each.code for each in refused.value.obstacles] == ["own_proposal"]
    choice.refresh_from_db()
    assert choice.is_open and choice.transitions.count() == 1


def test_a_choice_is_rejected_or_withdrawn_and_then_done_with(officer, head):
    choice = proposed(officer)
    rule_sets.reject_choice(choice_id=choice.pk, by=head, at=NOW, reason="依据不足")
    other = proposed(officer)
    with pytest.raises(Refusal) as refused:
        rule_sets.withdraw_choice(choice_id=other.pk, by=head, at=NOW)
    assert [each.code for each in refused.value.obstacles] == ["not_own_proposal"]
    rule_sets.withdraw_choice(choice_id=other.pk, by=officer, at=NOW)
    for act, by in ((rule_sets.approve_choice, head), (rule_sets.withdraw_choice, officer)):
        with pytest.raises(Refusal) as refused:
            act(choice_id=other.pk, by=by, at=NOW)
        assert [each.code for each in refused.value.obstacles] == ["not_open"]
    states = RuleSetChoice.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rejected", "withdrawn"]
    assert followed(choice.region, NEXT_YEAR) == Profile.JIUJIANG


def test_what_was_to_begin_earlier_can_no_longer_be_approved(officer, head):
    choice = proposed(officer, effective_from=TODAY)
    with pytest.raises(Refusal) as refused:
        rule_sets.approve_choice(choice_id=choice.pk, by=head, at=NOW + timedelta(1))
    assert [each.code for each in refused.value.obstacles] == ["in_the_past"]
    assert RuleSetChoice.objects.get().is_open


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"document": ""}, "what_was_proposed_stays|Cannot update"),
        ({"profile": Profile.JIAXING}, "what_was_proposed_stays|Cannot update"),
        ({"state": "approved"}, "decision_has_its_facts"),
    ],
)
def test_database_keeps_what_was_proposed(officer, change, error):
    choice = proposed(officer)
    with pytest.raises(Exception, match=error), transaction.atomic():
        RuleSetChoice.objects.filter(pk=choice.pk).update(**change)


def test_database_wants_two_people_and_no_past(officer, head):
    choice = proposed(officer)
    decided = {"state": "approved", "decided_on": TODAY, "decided_at": NOW}
    rows = RuleSetChoice.objects.filter(pk=choice.pk)
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        rows.update(**decided, decided_by=officer)
    late = decided | {"decided_on": NEXT_YEAR + timedelta(1)}
    with pytest.raises(IntegrityError, match="changes_no_past"), transaction.atomic():
        rows.update(**late, decided_by=head)
