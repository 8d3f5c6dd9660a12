"""A year's performance from the indicator set to the published result (B-09)."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from agency.enums import Profile, Role
from agency.models import Notice, OfficialLetter, PolicyParameter
from agency.rules import Refusal
from agreements.enums.performance import (
    AppealOutcome,
    ConfirmedBy,
    Consumer,
    Grade,
    PerformanceState,
    RoundState,
    SetState,
)
from agreements.models import (
    Indicator,
    IndicatorScore,
    IndicatorSet,
    PerformanceAppeal,
    PerformanceAssessment,
    PerformanceRound,
    PerformanceUse,
)
from agreements.services.performance import (
    answers,
    assessing,
    entrusting,
    publishing,
    results,
    rounds,
    sets,
)
from agreements.services.performance.assessing import Entry
from institutions.models import ThirdParty, ThirdPartyTie
from tests.agency.factories import user_with
from tests.agreements.factories import at, fresh
from tests.agreements.factories_performance import (
    APPEAL_DUE,
    ASSESSED,
    BOTH,
    EVIDENCE,
    FIGURE,
    PUBLISHED,
    SELF_DUE,
    Office,
)
from tests.institutions.factories import credit_code
from tests.institutions.factories_assessment import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


# --- indicator sets -----------------------------------------------------------------------------


def test_a_set_is_drawn_up_and_published_by_two_people(office):
    made = office.draft(FIGURE, BOTH, EVIDENCE)
    with pytest.raises(Refusal) as refusal:
        sets.publish_set(set_id=made.pk, by=office.officer, at=at("2024-12-02"))
    assert codes(refusal) == ["published_by_author", "not_entitled"]
    sets.publish_set(set_id=made.pk, by=office.head, at=at("2024-12-02"))
    assert fresh(made).state == SetState.PUBLISHED
    newer = office.draft(copy_of=made.pk)
    assert (newer.version, newer.indicators.count()) == (2, 3)
    sets.publish_set(set_id=newer.pk, by=office.head, at=at("2024-12-03"))
    assert fresh(made).state == SetState.SUPERSEDED


def test_weights_other_than_100_are_not_published(office):
    made = office.draft(FIGURE, BOTH)
    with pytest.raises(Refusal) as refusal:
        sets.publish_set(set_id=made.pk, by=office.head, at=at("2024-12-02"))
    assert codes(refusal) == ["weights_not_100"]
    assert fresh(made).state == SetState.DRAFT


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"formula": "suspension_days / suspensions"}, "formula_division_by_zero"),
        ({"formula": "no_such_figure"}, "formula_unknown_figure"),
        ({"formula": "suspension_days ** 9"}, "formula_not_arithmetic"),
        ({"full": None}, "ends_do_not_fit"),
        ({"floor": Decimal(0), "full": Decimal(90)}, "ends_do_not_fit"),
        ({"scoring": "entered"}, "scoring_missing"),
        ({"source": "evidence"}, "evidence_without_formula"),
        ({"weight": Decimal(101)}, "weight_out_of_bounds"),
        ({"scoring": "bands", "bands": [["1", "2"]]}, "bands_unreadable"),
    ],
)
def test_an_indicator_that_cannot_be_computed_is_not_kept(office, change, code):
    made = office.draft()
    with pytest.raises(Refusal) as refusal:
        office.save(made, FIGURE | change)
    assert code in codes(refusal)
    assert Indicator.objects.count() == 0


def test_the_closest_set_holds(office):
    general = office.published_set()
    local = office.published_set(title="本市", region=office.region)
    clinics = office.published_set(title="诊所", kind="clinic")
    newer = office.published_set(title="国家", year=2026)
    found = sets.sets_for(office.region, 2025)
    assert newer not in found
    assert sets.set_for(found, "general_hospital") == local
    # A region's own set for all goes before the nation's for a type.
    assert sets.set_for(found, "clinic") == local
    IndicatorSet.objects.filter(pk=local.pk).update(state=SetState.SUPERSEDED)
    found = sets.sets_for(office.region, 2025)
    assert sets.set_for(found, "clinic") == clinics
    assert sets.set_for(found, "general_hospital") == general


# --- a round ------------------------------------------------------------------------------------


def test_a_round_computes_the_figures_of_all_in_few_queries(office, django_assert_max_num_queries):
    office.published_set()
    office.others(199)
    office.suspended(office.agreement, "2025-03-01", "2025-04-14")
    with django_assert_max_num_queries(45):
        made = office.round()
    assert (made.state, made.planned, made.prepared) == (RoundState.OPEN, 200, 200)
    assert IndicatorScore.objects.count() == 600
    assessment = PerformanceAssessment.objects.get(institution=office.institution)
    assert assessment.self_due_on == SELF_DUE
    score = office.score(assessment, "A1")
    assert score.figures == {"suspension_days": "306"}
    assert score.computed_points == score.proposed_points == 0
    other = PerformanceAssessment.objects.exclude(pk=assessment.pk).first()
    assert office.score(other, "A1").computed_points == Decimal(40)
    assert office.score(other, "A2").computed_points == Decimal(30)
    assert office.score(other, "A3").proposed_points is None
    numbers = PerformanceAssessment.objects.order_by("number").values_list("number", flat=True)
    assert (numbers[0], numbers[199]) == (
        f"PFA-{office.region.pk}-2026-0001",
        f"PFA-{office.region.pk}-2026-0200",
    )
    with django_assert_max_num_queries(15):
        assert rounds.recompute_figures(round_id=made.pk, by=office.officer, at=at(ASSESSED)) == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"first": date(2025, 12, 31), "last": date(2025, 1, 1)}, "period_in_disorder"),
        ({"first": date(2024, 12, 30)}, "period_in_disorder"),
        ({"last": date(2026, 1, 5), "first": date(2025, 2, 1)}, "period_not_over"),
        ({"year": 2024}, "no_set"),
        ({"first": date(2024, 1, 1), "last": date(2024, 12, 30)}, "nobody_to_assess"),
    ],
)
def test_a_round_that_cannot_be_opened(office, change, code):
    office.published_set()
    with pytest.raises(Refusal) as refusal:
        office.round(**change)
    assert codes(refusal) == [code]
    assert not PerformanceRound.objects.exists()


def test_one_round_a_year(office):
    office.published_set()
    office.round()
    with pytest.raises(Refusal) as refusal:
        office.round()
    assert codes(refusal) == ["round_exists"]


# --- assessing ----------------------------------------------------------------------------------


def test_the_institution_assesses_itself_with_files(office):
    assessment = office.opened()
    with pytest.raises(Refusal) as refusal:
        assessing.self_assess(
            assessment_id=assessment.pk, entries={}, by=office.member, at=at("2026-01-12")
        )
    assert codes(refusal) == ["points_missing"]
    score = office.score(assessment, "A3")
    entry = Entry(points=Decimal("30.01"), text="", files=[pdf("制度.pdf")])
    with pytest.raises(Refusal) as refusal:
        assessing.self_assess(
            assessment_id=assessment.pk,
            entries={score.pk: entry},
            by=office.member,
            at=at("2026-01-12"),
        )
    assert codes(refusal) == ["points_out_of_bounds"]
    entry = Entry(points=Decimal(28), text="制度汇编", files=[pdf("制度.pdf")])
    done = assessing.self_assess(
        assessment_id=assessment.pk,
        entries={score.pk: entry},
        by=office.member,
        at=at("2026-01-12"),
    )
    assert (done.state, done.self_score) == (PerformanceState.SELF_ASSESSED, Decimal("98.00"))
    assert fresh(score).self_files.count() == 1


def test_the_agency_waits_for_the_self_assessment(office):
    assessment = office.opened()
    entries = {office.score(assessment, "A3").pk: Entry(points=Decimal(20), text="查看")}

    def assess(day):
        return assessing.assess(
            assessment_id=assessment.pk,
            entries=entries,
            opinion="",
            by=office.officer,
            at=at(day),
        )

    with pytest.raises(Refusal) as refusal:
        assess(SELF_DUE)
    assert codes(refusal) == ["self_assessment_awaited"]
    assert assess(ASSESSED).state == PerformanceState.ASSESSED


def test_points_of_ones_own_need_evidence_and_figures_decide_alone(office):
    assessment = office.self_assessed()
    entries = {
        office.score(assessment, "A1").pk: Entry(points=Decimal(10)),
        office.score(assessment, "A2").pk: Entry(points=Decimal(10)),
    }
    with pytest.raises(Refusal) as refusal:
        assessing.assess(
            assessment_id=assessment.pk,
            entries=entries,
            opinion="",
            by=office.officer,
            at=at(ASSESSED),
        )
    assert codes(refusal) == ["points_by_figures", "evidence_missing", "points_missing"]


def test_a_result_is_proposed_with_its_deadline(office):
    assessment = office.proposed()
    assert (assessment.score, assessment.grade) == (Decimal("90.00"), Grade.EXCELLENT)
    assert assessment.appeal_due_on == APPEAL_DUE
    notices = Notice.objects.filter(recipient=office.member, key__startswith="performance.")
    assert {each.key.split(":")[0] for each in notices} == {
        "performance.opened",
        "performance.proposed",
    }


def test_many_are_assessed_and_proposed_at_once(office, django_assert_max_num_queries):
    office.published_set(FIGURE | {"weight": Decimal(70)}, BOTH)
    office.others(20)
    made = office.round()
    with django_assert_max_num_queries(20):
        done = assessing.assess_all(round_id=made.pk, by=office.officer, at=at(ASSESSED))
    assert done == 21
    with django_assert_max_num_queries(35):
        assert assessing.propose_all(round_id=made.pk, by=office.officer, at=at(ASSESSED)) == 21
    assert set(PerformanceAssessment.objects.values_list("score", flat=True)) == {Decimal(100)}


# --- the third party ----------------------------------------------------------------------------


def third_party(office, **fields) -> ThirdParty:
    return ThirdParty.objects.create(
        **{
            "name": "赣北会计师事务所",
            "credit_code": credit_code(900_001),
            "qualified_from": date(2025, 1, 1),
            "qualified_to": date(2026, 12, 31),
            "added_at": at("2025-01-01"),
        }
        | fields
    )


def entrusted(office, party, assessment, **fields):
    return entrusting.entrust(
        **{
            "round_id": assessment.round_id,
            "third_party_id": party.pk,
            "contract": "合-2026-01",
            "contract_from": date(2026, 1, 1),
            "contract_to": date(2026, 6, 30),
            "assessors": "李某 注册会计师",
            "assessment_ids": [assessment.pk],
            "by": office.officer,
            "at": at("2026-01-08"),
        }
        | fields
    )


def test_a_third_party_assesses_with_its_report(office):
    assessment = office.self_assessed()
    entrusted(office, third_party(office), assessment, at=at("2026-01-13"))
    entries = {office.score(assessment, "A3").pk: Entry(points=Decimal(25), text="报告第3页")}
    values = {
        "assessment_id": assessment.pk,
        "entries": entries,
        "opinion": "",
        "by": office.officer,
        "at": at(ASSESSED),
    }
    with pytest.raises(Refusal) as refusal:
        assessing.assess(**values)
    assert codes(refusal) == ["report_missing"]
    with pytest.raises(Refusal) as refusal:
        assessing.assess(**values, report=[pdf("报告.pdf")], report_on=date(2026, 1, 12))
    assert codes(refusal) == ["report_day_impossible"]
    done = assessing.assess(**values, report=[pdf("报告.pdf")], report_on=date(2026, 1, 26))
    assert (done.state, done.report.count()) == (PerformanceState.ASSESSED, 1)


def test_a_third_party_with_a_tie_or_unqualified_is_kept_out(office):
    assessment = office.opened()
    party = third_party(office)
    ThirdPartyTie.objects.create(
        third_party=party,
        institution=office.institution,
        held_from=date(2025, 6, 1),
        declared_at=at("2025-06-01"),
    )
    with pytest.raises(Refusal) as refusal:
        entrusted(office, party, assessment)
    assert codes(refusal) == ["conflict_of_interest"]
    with pytest.raises(Refusal) as refusal:
        entrusted(office, party, assessment, contract_to=date(2027, 1, 1), assessors=" ")
    assert codes(refusal) == ["assessors_missing", "not_qualified", "conflict_of_interest"]
    assert fresh(assessment).entrustment is None


# --- confirmation and appeal --------------------------------------------------------------------


@pytest.mark.parametrize(("day", "allowed"), [(APPEAL_DUE, True), (date(2026, 3, 5), False)])
def test_the_result_can_be_confirmed_until_the_end_of_its_last_day(office, day, allowed):
    assessment = office.proposed()
    if allowed:
        done = answers.confirm(assessment_id=assessment.pk, by=office.member, at=at(day, 23))
        assert done.confirmed_how == ConfirmedBy.INSTITUTION
        return
    with pytest.raises(Refusal) as refusal:
        answers.confirm(assessment_id=assessment.pk, by=office.member, at=at(day))
    assert codes(refusal) == ["too_late"]
    assert fresh(assessment).state == PerformanceState.PROPOSED


def test_silence_confirms_after_the_last_day(office):
    assessment = office.proposed()
    assert answers.confirm_by_silence(on=APPEAL_DUE, at=at(APPEAL_DUE)) == 0
    assert answers.confirm_by_silence(on=date(2026, 3, 5), at=at("2026-03-05")) == 1
    assert fresh(assessment).confirmed_how == ConfirmedBy.SILENCE
    assert answers.confirm_by_silence(on=date(2026, 3, 6), at=at("2026-03-06")) == 0


def test_where_silence_does_not_confirm_an_officer_records_it(office):
    PolicyParameter.objects.create(
        key="performance_silence_confirms",
        profile=Profile.NATIONAL,
        value=0,
        effective_from=date(2024, 1, 1),
    )
    assessment = office.proposed()
    assert answers.confirm_by_silence(on=date(2026, 3, 5), at=at("2026-03-05")) == 0
    values = {"assessment_id": assessment.pk, "reason": "电话三次未答复", "by": office.officer}
    with pytest.raises(Refusal) as refusal:
        answers.record_silence(**values, at=at(APPEAL_DUE))
    assert codes(refusal) == ["answer_awaited"]
    done = answers.record_silence(**values, at=at("2026-03-05"))
    assert done.state == PerformanceState.CONFIRMED


def test_an_appeal_is_decided_by_another_than_the_assessor(office):
    assessment = office.appealed()
    appeal = assessment.appeals.get()
    values = {
        "appeal_id": appeal.pk,
        "outcome": AppealOutcome.GRANTED,
        "points": Decimal(25),
        "reason": "补充材料属实",
        "at": at("2026-03-02"),
    }
    with pytest.raises(Refusal) as refusal:
        answers.decide_appeal(**values, by=office.officer)
    assert codes(refusal) == ["decided_by_assessor"]
    with pytest.raises(Refusal) as refusal:
        answers.decide_appeal(**values | {"points": Decimal(20)}, by=office.colleague)
    assert codes(refusal) == ["points_not_raised"]
    answers.decide_appeal(**values, by=office.colleague)
    done = fresh(assessment)
    assert (done.state, done.score) == (PerformanceState.APPEAL_DECIDED, Decimal("95.00"))
    assert done.proposed_score == Decimal("90.00")
    with pytest.raises(Refusal) as refusal:
        answers.decide_appeal(**values, by=office.head)
    assert codes(refusal) == ["appeal_decided"]


def test_a_score_is_published_only_after_every_appeal(office):
    assessment = office.appealed("A2", "A3")
    first, second = assessment.appeals.order_by("pk")
    refuse = {"outcome": AppealOutcome.REFUSED, "points": None, "reason": "维持"}
    answers.decide_appeal(appeal_id=first.pk, by=office.colleague, at=at("2026-03-02"), **refuse)
    assert fresh(assessment).state == PerformanceState.APPEALED
    with pytest.raises(Refusal) as refusal:
        publishing.publish(assessment_id=assessment.pk, by=office.head, at=at(PUBLISHED))
    assert codes(refusal) == ["appeal_undecided"]
    answers.decide_appeal(appeal_id=second.pk, by=office.colleague, at=at("2026-03-02"), **refuse)
    done = publishing.publish(assessment_id=assessment.pk, by=office.head, at=at(PUBLISHED))
    assert (done.state, done.score) == (PerformanceState.PUBLISHED, Decimal("90.00"))


# --- published ----------------------------------------------------------------------------------


def test_a_published_result_is_what_the_consumers_read(office):
    assessment = office.confirmed("16")
    agreement = office.agreement.pk
    assert results.latest(agreement_id=agreement, on=PUBLISHED) is None
    publishing.publish(assessment_id=assessment.pk, by=office.head, at=at(PUBLISHED))
    assert results.latest(agreement_id=agreement, on=date(2026, 3, 9)) is None
    found = results.latest(agreement_id=agreement, on=PUBLISHED)
    assert (found.score, found.grade, found.year, found.published_on) == (
        Decimal("86.00"),
        Grade.GOOD,
        2025,
        PUBLISHED,
    )
    assert results.deposit_share(found, on=PUBLISHED) == Decimal("0.90")
    assert results.latest(institution_id=office.institution.pk, on=PUBLISHED) == found
    assert results.latest_of_all(
        on=PUBLISHED, region_code=office.region.pk, institution_ids=[office.institution.pk]
    ) == {office.institution.pk: found}
    assert PerformanceRound.objects.get().state == RoundState.CLOSED


def test_the_letter_follows_the_publication_once(office):
    assessment = office.published()
    assert publishing.write_letters(at=at(PUBLISHED)) == 1
    assert publishing.write_letters(at=at(PUBLISHED)) == 0
    letter = OfficialLetter.objects.get(kind="performance_result")
    assert fresh(assessment).letter == letter
    assert letter.context["share"] == "100"
    assert "90.00" in letter.body


def test_a_correction_keeps_the_old_version_and_makes_uses_stale(office):
    old = office.published()
    found = results.latest(institution_id=office.institution.pk, on=PUBLISHED)
    results.use(found, consumer=Consumer.CLEARING, matter="CLR-1", at=at(PUBLISHED))
    score = office.score(old, "A3")
    made = publishing.correct(
        assessment_id=old.pk,
        points={score.pk: Decimal(10)},
        reason="举报属实",
        by=office.colleague,
        at=at("2026-04-01"),
    )
    assert (made.version, made.state, made.score) == (
        2,
        PerformanceState.PROPOSED,
        Decimal("80.00"),
    )
    assert PerformanceRound.objects.get().state == RoundState.OPEN
    with pytest.raises(Refusal) as refusal:
        publishing.correct(
            assessment_id=old.pk, points={}, reason="", by=office.colleague, at=at("2026-04-01")
        )
    assert codes(refusal) == ["correction_open", "reason_missing", "nothing_changes"]
    day = date(2026, 4, 2)
    assert results.latest(institution_id=office.institution.pk, on=day).assessment == old
    answers.confirm(assessment_id=made.pk, by=office.member, at=at(day))
    publishing.publish(assessment_id=made.pk, by=office.head, at=at("2026-04-03"))
    assert fresh(old).state == PerformanceState.SUPERSEDED
    later = results.latest(institution_id=office.institution.pk, on=date(2026, 4, 3))
    assert (later.assessment, later.score) == (made, Decimal("80.00"))
    # What was read before the correction is still what was read.
    assert results.latest(institution_id=office.institution.pk, on=day).score == Decimal("90.00")
    [stale] = results.stale_uses(Consumer.CLEARING)
    assert stale.matter == "CLR-1"
    results.settle_use(
        stale.pk, by=office.officer, on=date(2026, 4, 4), at=at("2026-04-04"), reason="已重算"
    )
    assert not results.stale_uses(Consumer.CLEARING).exists()


def test_grades_become_public_by_a_decision(office):
    assessment = office.opened()
    with pytest.raises(Refusal) as refusal:
        publishing.disclose(round_id=assessment.round_id, by=office.head, at=at(PUBLISHED))
    assert codes(refusal) == ["nothing_published"]


# --- what the database refuses ------------------------------------------------------------------


@contextmanager
def refused_by(name: str):
    with pytest.raises(IntegrityError) as refused:
        yield
    assert refused.value.__cause__.diag.constraint_name == name


def test_the_database_holds_weights_and_published_sets(office):
    made = office.draft(FIGURE, BOTH)
    with refused_by("indicatorset_weights_are_100"), transaction.atomic():
        IndicatorSet.objects.filter(pk=made.pk).update(
            state=SetState.PUBLISHED, published_at=at("2024-12-02"), published_by=office.head
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    office.save(made, EVIDENCE)
    with refused_by("indicatorset_published_by_another"), transaction.atomic():
        IndicatorSet.objects.filter(pk=made.pk).update(
            state=SetState.PUBLISHED, published_at=at("2024-12-02"), published_by=office.officer
        )
    sets.publish_set(set_id=made.pk, by=office.head, at=at("2024-12-02"))
    for spoil in (
        lambda: made.indicators.update(weight=1),
        lambda: made.indicators.first().delete(),
    ):
        with refused_by("indicator_frozen_once_published"), transaction.atomic():
            spoil()


def test_the_database_publishes_no_score_with_an_open_appeal(office):
    assessment = office.appealed()
    rows = PerformanceAssessment.objects.filter(pk=assessment.pk)
    rows.update(state=PerformanceState.APPEAL_DECIDED)
    with (
        refused_by("performanceassessment_published_after_appeals"),
        transaction.atomic(),
    ):
        rows.update(
            state=PerformanceState.PUBLISHED, published_on=PUBLISHED, published_by=office.head
        )


def test_the_database_keeps_assessor_and_decider_apart(office):
    assessment = office.appealed()
    with refused_by("performanceappeal_decided_by_another"), transaction.atomic():
        PerformanceAppeal.objects.update(
            outcome=AppealOutcome.REFUSED,
            decided_points=1,
            decision_reason="维持",
            decided_at=at(PUBLISHED),
            decided_by=office.officer,
        )
    PerformanceAppeal.objects.update(
        outcome=AppealOutcome.REFUSED,
        decided_points=1,
        decision_reason="维持",
        decided_at=at(PUBLISHED),
        decided_by=office.head,
    )
    rows = PerformanceAssessment.objects.filter(pk=assessment.pk)
    rows.update(state=PerformanceState.APPEAL_DECIDED)
    with refused_by("performanceassessment_published_by_another"), transaction.atomic():
        rows.update(
            state=PerformanceState.PUBLISHED, published_on=PUBLISHED, published_by=office.officer
        )


def test_the_database_keeps_ties_and_weights(office):
    assessment = office.opened()
    score = office.score(assessment, "A3")
    with refused_by("indicatorscore_within_its_weight"), transaction.atomic():
        IndicatorScore.objects.filter(pk=score.pk).update(proposed_points=Decimal("30.01"))
    party = third_party(office, credit_code=office.institution.credit_code)
    other = PerformanceAssessment.objects.exclude(pk=assessment.pk)
    assert not other.exists()
    made = office_entrustment(office, party, assessment)
    with refused_by("performanceassessment_third_party_is_free"), transaction.atomic():
        PerformanceAssessment.objects.filter(pk=assessment.pk).update(
            entrustment=made, entrusted_on=date(2026, 1, 8)
        )


def office_entrustment(office, party, assessment):
    return assessment.round.entrustments.create(
        third_party=party,
        contract="合-1",
        contract_from=date(2026, 1, 1),
        contract_to=date(2026, 6, 30),
        qualified_from=party.qualified_from,
        qualified_to=party.qualified_to,
        assessors="李某",
        entrusted_at=at("2026-01-08"),
        entrusted_by=office.officer,
    )


def test_a_published_result_is_never_rewritten(office):
    assessment = office.published()
    rows = PerformanceAssessment.objects.filter(pk=assessment.pk)
    with pytest.raises(Exception, match="published_is_fixed"), transaction.atomic():
        rows.update(score=Decimal(99))
    with refused_by("indicatorscore_frozen_once_published"), transaction.atomic():
        assessment.scores.update(final_points=1)
    with pytest.raises(Exception, match="lawful_states"), transaction.atomic():
        rows.update(state=PerformanceState.CONFIRMED)


def test_one_result_and_one_assessment_under_way(office):
    assessment = office.opened()
    twin = PerformanceAssessment.objects.get(pk=assessment.pk)
    twin.pk, twin.number = None, assessment.number + "9"
    twin.version, twin.corrects, twin.correction_reason = 2, assessment, "x"
    with refused_by("performanceassessment_one_under_way"), transaction.atomic():
        twin.save(force_insert=True)


def test_another_head_may_stand_in(office):
    """The head who is also somebody's stand-in counts as both (B-02)."""
    assessment = office.appealed()
    other = user_with(Role.AGENCY_HEAD)
    appeal = assessment.appeals.get()
    done = answers.decide_appeal(
        appeal_id=appeal.pk,
        outcome=AppealOutcome.REFUSED,
        points=None,
        reason="维持",
        by=other,
        at=at("2026-03-02"),
    )
    assert done.decided_points == Decimal(20)
    assert PerformanceUse.objects.count() == 0
