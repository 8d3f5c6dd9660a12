"""Assessments from the opening to the result (A-06, A-07)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from agency.enums import Role, ServiceMethod
from agency.models import Notice
from agency.rules import Refusal
from agency.services.letters import serve_letter
from institutions.enums.assessment import (
    AssessmentKind,
    AssessmentState,
    ExcuseKind,
    ExpertField,
    TieKind,
    Verdict,
)
from institutions.enums.designation import ApplicationState
from institutions.enums.persons import Post
from institutions.models import (
    Assessment,
    AssessmentDelay,
    AssessmentDraw,
    AssessmentMember,
    AssessmentOpinion,
    DesignationApplication,
    FindingEvidence,
    OpinionFinding,
)
from institutions.querysets.assessment import OpinionQuerySet
from institutions.services.assessment import pool
from institutions.services.assessment.deciding import decide_result, tally_of
from institutions.services.assessment.drawing import (
    begin_work,
    draw_group,
    excuse_member,
    pool_of,
    replayed,
    seated,
)
from institutions.services.assessment.opening import break_off, open_assessment, past_failures
from institutions.services.assessment.opinions import digest_of_opinion, items_for, save_opinion
from institutions.services.assessment.overdue import enter_overdue, overdue_on, standing_delays
from institutions.services.assessment.reassessing import ask_reassessment
from institutions.services.assessment.recusal import (
    grant_recusal,
    object_to_expert,
    refuse_recusal,
)
from institutions.services.assessment.third_party import engage_third_party, enter_report
from institutions.services.persons import appoint
from tests.agency.factories import NOW, SHANGHAI, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, credit_code, member_of
from tests.institutions.factories_assessment import (
    Team,
    application,
    expert_of,
    pdf,
    sign,
    write,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
QUALIFIED, NOT_QUALIFIED = Verdict.QUALIFIED, Verdict.NOT_QUALIFIED


@pytest.fixture
def team() -> Team:
    return Team()


def refused(act, **kwargs) -> list[str]:
    """Call the act, which must refuse, and return the codes of its obstacles."""
    with pytest.raises(Refusal) as refusal:
        act(**kwargs)
    return [each.code for each in refusal.value.obstacles]


def decide(assessment, by, result=QUALIFIED, **kwargs) -> Assessment:
    defaults = {"reasons": "符合条件", "advice": "" if result == QUALIFIED else "补齐", "at": NOW}
    return decide_result(assessment_id=assessment.pk, result=result, by=by, **(defaults | kwargs))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


# --- opening ----------------------------------------------------------------------------------


def test_opening_begins_the_assessment_of_the_application(team):
    app = application()
    assessment = team.opened(app)
    app = DesignationApplication.objects.get(pk=app.pk)
    assert assessment.number == "ASM-360400-2026-0001"
    assert (assessment.state, assessment.round) == (AssessmentState.OPENED, 1)
    assert assessment.site_mode == "visit"
    assert app.state == ApplicationState.ASSESSING
    assert [each.act for each in app.transitions.all()] == ["begin_assessment"]
    assert refused(open_assessment, application_id=app.pk, by=team.organiser, at=NOW) == [
        "assessment_open"
    ]


def test_opening_asks_who_and_for_what(team):
    app = application(
        ApplicationState.SUBMITTED, accepted_on=None, assessment_due_on=None, decided_at=None
    )
    clerk = user_with(Role.INTAKE_CLERK)
    codes = refused(open_assessment, application_id=app.pk, by=clerk, at=NOW)
    assert codes == ["not_entitled", "wrong_state"]
    assert not Assessment.objects.exists()


def test_breaking_off_lets_another_be_opened(team):
    assessment = team.drawn()
    assert refused(
        break_off, assessment_id=assessment.pk, reason=" ", by=team.organiser, at=NOW
    ) == ["reason_missing"]
    broken = break_off(assessment_id=assessment.pk, reason="名册有误", by=team.organiser, at=NOW)
    assert broken.state == AssessmentState.REPLACED
    again = open_assessment(application_id=assessment.application_id, by=team.organiser, at=NOW)
    assert again.pk != assessment.pk


# --- the draw ---------------------------------------------------------------------------------


def test_a_draw_is_stored_and_done_again(team):
    assessment = team.drawn()
    draw = assessment.draws.get()
    members = list(assessment.members.select_related("expert"))
    assert assessment.state == AssessmentState.DRAWN
    assert len(members) == 5
    assert {each.field for each in members} == set(ExpertField.values)
    assert len(draw.seed) == 64
    assert [each["id"] for each in draw.pool] == sorted(each.pk for each in team.experts)
    assert replayed(draw) == seated(draw) == tuple(draw.outcome)
    told = Notice.objects.filter(key__startswith="assessment.drawn:")
    assert {each.recipient_id for each in told} == {each.expert.account_id for each in members}


def test_the_seed_is_there_before_the_draw(team, monkeypatch):
    stored = []

    def watch(draw):
        stored.append(AssessmentDraw.objects.values_list("seed", "outcome").get(pk=draw.pk))
        return replayed(draw)

    monkeypatch.setattr("institutions.services.assessment.drawing.replayed", watch)
    assessment = team.drawn()
    assert stored == [(assessment.draws.get().seed, None)]


def test_a_field_without_experts_is_named():
    team = Team([ExpertField.INSURANCE, *[ExpertField.MEDICINE] * 6, ExpertField.FINANCE])
    assessment = team.opened()
    with pytest.raises(Refusal) as refusal:
        draw_group(assessment_id=assessment.pk, by=team.organiser, at=NOW)
    (obstacle,) = refusal.value.obstacles
    assert obstacle.code == "field_lacks_experts"
    assert str(ExpertField.INFORMATION.label) in obstacle.text
    assert not AssessmentDraw.objects.exists()
    assert not AssessmentMember.objects.exists()


def test_too_few_of_any_field_are_counted():
    team = Team(list(ExpertField))
    assessment = team.opened()
    codes = refused(draw_group, assessment_id=assessment.pk, by=team.organiser, at=NOW)
    assert codes == ["pool_too_small"]


def left_out(assessment) -> dict[int, list[str]]:
    found = pool_of(assessment, on=TODAY)
    return {expert.pk: [each.code for each in why] for expert, why in found.left_out}


def test_conflicts_are_found(team):
    app = application()
    assessment = team.opened(app)
    tied, ended, leader, named, at_home, alike, unsigned, left, elsewhere = (
        expert_of(),
        expert_of(),
        expert_of(),
        expert_of(),
        expert_of(unit_institution=app.institution),
        expert_of(unit=app.institution.name),
        expert_of(account=False),
        expert_of(active_to=TODAY - timedelta(1)),
        expert_of(region=RegionFactory(code="330400", name="嘉兴市")),
    )
    for expert, to in ((tied, TODAY), (ended, TODAY - timedelta(1))):
        pool.declare_tie(
            expert_id=expert.pk,
            institution=app.institution,
            kind=TieKind.RELATIVE,
            held_from=date(2024, 1, 1),
            held_to=to,
            by=team.organiser,
            at=NOW,
        )
    appoint(institution_id=app.institution_id, post=Post.PRINCIPAL, person=leader.person, on=TODAY)
    app.persons.create(post=Post.ACTUAL_CONTROLLER, name=named.person.name, person=named.person)
    assert left_out(assessment) == {
        tied.pk: ["declared_tie"],
        leader.pk: ["responsible_person"],
        named.pk: ["responsible_person"],
        at_home.pk: ["own_unit"],
        alike.pk: ["own_unit"],
        unsigned.pk: ["no_account"],
    }
    there = {each.pk for each in pool_of(assessment, on=TODAY).candidates}
    assert ended.pk in there
    assert {left.pk, elsewhere.pk}.isdisjoint(there)


def test_an_excused_expert_is_replaced_by_one_of_the_same_field(team):
    assessment = team.drawn()
    member = assessment.members.get(place=1)
    draw = excuse_member(
        member_id=member.pk,
        kind=ExcuseKind.PREVENTED,
        reason="出差",
        by=team.organiser,
        at=NOW,
    )
    new = draw.members.get()
    member.refresh_from_db()
    assert (draw.place, draw.replaces_id, new.place) == (2, member.pk, 6)
    assert new.field == member.field
    assert member.excused_at == NOW
    assert replayed(draw) == seated(draw)
    codes = refused(
        excuse_member,
        member_id=member.pk,
        kind=ExcuseKind.PREVENTED,
        reason="出差",
        by=team.organiser,
        at=NOW,
    )
    assert codes == ["already_excused"]


def test_nobody_leaves_without_a_replacement():
    team = Team([*ExpertField, ExpertField.MEDICINE])
    assessment = team.drawn()
    member = assessment.members.filter(field=ExpertField.INFORMATION)[0]
    codes = refused(
        excuse_member,
        member_id=member.pk,
        kind=ExcuseKind.CONFLICT,
        reason="曾任职",
        by=team.organiser,
        at=NOW,
    )
    assert codes == ["field_lacks_experts"]
    member.refresh_from_db()
    assert member.is_active
    assert assessment.draws.count() == 1


def test_the_database_keeps_the_group(team):
    assessment = team.begun()
    member = assessment.members.first()
    with pytest.raises(InternalError), transaction.atomic():
        member.delete()
    with pytest.raises(InternalError), transaction.atomic():
        AssessmentMember.objects.filter(pk=member.pk).update(expert=team.experts[-1])
    with pytest.raises(InternalError), transaction.atomic():
        AssessmentDraw.objects.update(seed="0" * 64)
    complete = team.complete()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        AssessmentMember.objects.create(
            assessment=complete,
            expert=expert_of(),
            draw=complete.draws.get(),
            field=ExpertField.MEDICINE,
            place=9,
        )
    assert error.value.__cause__.diag.constraint_name == "assessmentmember_joins_in_time"


# --- objections to experts ----------------------------------------------------------------------


def test_the_institution_objects_without_knowing_who_was_drawn(team):
    app = application()
    assessment = team.drawn(app)
    member = member_of(app.institution)
    seat = assessment.members.first()
    request = object_to_expert(
        assessment_id=assessment.pk,
        person_name=seat.expert.person.name,
        reason="其配偶在我院竞争对手任职",
        by=member,
        at=NOW,
    )
    assert refused(begin_work, assessment_id=assessment.pk, by=team.organiser, at=NOW) == [
        "recusal_waits"
    ]
    grant_recusal(
        request_id=request.pk, expert_id=seat.expert_id, reason="属实", by=team.organiser, at=NOW
    )
    seat.refresh_from_db()
    assert seat.excuse == ExcuseKind.OBJECTION
    assert assessment.members.active().count() == 5
    assert left_out(assessment)[seat.expert_id] == ["objected", "seated"]
    assert refused(
        refuse_recusal, request_id=request.pk, reason="x", by=team.organiser, at=NOW
    ) == ["already_decided"]
    begin_work(assessment_id=assessment.pk, by=team.organiser, at=NOW)
    assert refused(
        object_to_expert,
        assessment_id=assessment.pk,
        person_name="某人",
        reason="某因",
        by=member,
        at=NOW,
    ) == ["work_begun"]


def test_a_stranger_does_not_object(team):
    assessment = team.drawn()
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Assessment.DoesNotExist):
        object_to_expert(
            assessment_id=assessment.pk, person_name="某人", reason="某因", by=stranger, at=NOW
        )


# --- opinions -----------------------------------------------------------------------------------


def test_an_opinion_is_drafted_and_signed(team):
    assessment = team.begun()
    member = assessment.members.first()
    item = next(each for each in items_for(assessment) if each.field == member.field)
    write(member, files={item.place: [pdf()]})
    opinion = sign(member)
    assert opinion.sha256 == digest_of_opinion(opinion, name=opinion.signed_name, at=NOW)
    assert opinion.findings.get(item=item).evidence.get().name == "照片.pdf"
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.OPINIONS
    assert refused(sign, member=member) == ["opinion_signed"]
    assert refused(write, member=member) == ["opinion_signed"]


def test_a_signed_opinion_is_fixed_in_the_database(team):
    assessment = team.begun()
    member = assessment.members.first()
    item = next(each for each in items_for(assessment) if each.field == member.field)
    write(member, files={item.place: [pdf()]})
    opinion = sign(member)
    finding = opinion.findings.get(item=item)
    with pytest.raises(InternalError), transaction.atomic():
        AssessmentOpinion.objects.filter(pk=opinion.pk).update(reasons="改")
    for act, name in (
        (lambda: OpinionFinding.objects.filter(pk=finding.pk).update(note="改"), "opinionfinding"),
        (lambda: OpinionFinding.objects.create(opinion=opinion, item=_other(opinion)), None),
        (lambda: FindingEvidence.objects.filter(finding=finding).delete(), "findingevidence"),
    ):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            act()
        constraint = error.value.__cause__.diag.constraint_name
        assert constraint == f"{name or 'opinionfinding'}_sealed"


def _other(opinion):
    used = opinion.findings.values("item")
    return next(
        each
        for each in items_for(opinion.member.assessment)
        if each.pk not in {row["item"] for row in used}
    )


def test_signing_asks_for_name_password_and_content(team):
    assessment = team.begun()
    member = assessment.members.first()
    assert refused(sign, member=member) == ["opinion_missing"]
    save_opinion(
        member_id=member.pk,
        verdict="",
        reasons="",
        advice="",
        findings=[],
        by=member.expert.account,
        at=NOW,
    )
    codes = refused(sign, member=member, password="wrong", name="别人")
    own = [each for each in items_for(assessment) if each.field == member.field]
    assert codes == [
        "verdict_missing",
        "reasons_missing",
        *["finding_missing"] * len(own),
        "signature_differs",
        "password_wrong",
    ]
    assert not AssessmentOpinion.objects.get(member=member).is_signed


def test_a_basic_condition_not_met_contradicts_qualified(team):
    assessment = team.begun()
    member = assessment.members.filter(field=ExpertField.INFORMATION)[0]
    write(member, verdict=NOT_QUALIFIED, failing="A-03.5")
    save_opinion(
        member_id=member.pk,
        verdict=QUALIFIED,
        reasons="可以",
        advice="",
        findings=[],
        by=member.expert.account,
        at=NOW,
    )
    assert set(refused(sign, member=member)) == {"condition_not_met"}


def test_only_the_expert_writes(team):
    assessment = team.begun()
    first, second = assessment.members.all()[:2]
    for by in (second.expert.account, team.organiser, team.head):
        codes = refused(
            save_opinion,
            member_id=first.pk,
            verdict=QUALIFIED,
            reasons="x",
            advice="",
            findings=[],
            by=by,
            at=NOW,
        )
        assert "not_own_opinion" in codes
    assert not AssessmentOpinion.objects.exists()


def test_nobody_reads_an_opinion_before_all_have_signed(team):
    app = application()
    assessment = team.begun(app)
    members = list(assessment.members.order_by("place"))
    everybody = [
        team.organiser,
        team.head,
        user_with(Role.SUPERVISOR),
        user_with(Role.ADMINISTRATION_HEAD),
        user_with(Role.SYSTEM_ADMINISTRATOR),
        member_of(app.institution),
    ]
    for member in members[:-1]:
        write(member)
        sign(member)
    write(members[-1])
    seen = AssessmentOpinion.objects.visible_to
    findings = OpinionFinding.objects.visible_to
    for user in everybody:
        assert not seen(user).exists()
        assert not findings(user).exists()
    for member in members:
        assert seen(member.expert.account).get().member == member
        assert {each.opinion.member_id for each in findings(member.expert.account)} == {member.pk}
    assert tally_of(assessment).qualified == 0
    sign(members[-1])
    assessment = Assessment.objects.get(pk=assessment.pk)
    assert assessment.state == AssessmentState.COMPLETE
    for user in everybody[:3]:
        assert seen(user).count() == 5
    assert seen(members[0].expert.account).count() == 5
    assert not seen(everybody[-1]).exists()
    assert not seen(expert_of().account).exists()
    assert tally_of(assessment).qualified == 5


def test_the_draft_of_an_excused_expert_stays_sealed(team):
    assessment = team.begun()
    member = assessment.members.first()
    write(member)
    excuse_member(
        member_id=member.pk, kind=ExcuseKind.PREVENTED, reason="病假", by=team.organiser, at=NOW
    )
    for each in assessment.members.active():
        write(each)
        sign(each)
    seen: OpinionQuerySet = AssessmentOpinion.objects.visible_to(team.head)
    assert seen.count() == 5
    assert not seen.filter(member=member).exists()
    assert not AssessmentOpinion.objects.visible_to(member.expert.account).exists()


def test_written_assessments_have_no_site_part(team):
    assessment = team.begun(kind=AssessmentKind.WRITTEN)
    assert {each.part for each in items_for(assessment)} == {"written"}
    assert assessment.site_mode == ""


# --- the result -----------------------------------------------------------------------------------


def test_a_passed_result(team):
    assessment = decide(team.complete(), team.head)
    app = assessment.application
    app = DesignationApplication.objects.get(pk=app.pk)
    assert assessment.state == AssessmentState.CONCLUDED
    assert app.state == ApplicationState.PASSED
    assert assessment.result_letter.kind == "assessment_passed"
    assert app.transitions.last().letter == assessment.result_letter
    assert app.failures == 0


def test_who_decides_is_neither_organiser_nor_expert(team):
    assessment = team.complete()
    assert refused(decide, assessment=assessment, by=team.organiser) == [
        "not_entitled",
        "decided_by_organiser",
    ]
    member = assessment.members.first()
    assert refused(decide, assessment=assessment, by=member.expert.account) == [
        "not_entitled",
        "decided_by_expert",
    ]
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.COMPLETE


def test_a_head_who_stood_in_for_the_organiser_does_not_decide(team):
    assessment = team.complete()
    team.head.stand_ins_held.create(
        delegator=team.organiser,
        starts_on=TODAY - timedelta(30),
        ends_on=timezone.localdate() + timedelta(1),
        reason="休假",
        granted_by=user_with(Role.SECURITY_ADMINISTRATOR),
        granted_at=NOW,
    )
    codes = refused(decide, assessment=assessment, by=type(team.head).objects.get(pk=team.head.pk))
    assert codes == ["decided_by_organiser"]


def test_a_basic_condition_not_met_forbids_qualified(team):
    assessment = team.complete(verdicts=[NOT_QUALIFIED], failing="A-03.2")
    with pytest.raises(Refusal) as refusal:
        decide(assessment, team.head)
    (obstacle,) = refusal.value.obstacles
    assert (obstacle.code, obstacle.rule) == ("condition_not_met", "A-03.2")
    assert "A-03.2" in obstacle.text
    failed = decide(assessment, team.head, NOT_QUALIFIED, deviation_reason="医师不符")
    assert failed.result == NOT_QUALIFIED


def test_a_result_against_the_majority_needs_its_reason(team):
    assessment = team.complete(verdicts=[NOT_QUALIFIED] * 3)
    assert refused(decide, assessment=assessment, by=team.head) == ["deviation_reason_missing"]
    assert refused(
        decide, assessment=assessment, by=team.head, result=NOT_QUALIFIED, advice="", reasons=" "
    ) == ["reasons_missing", "advice_missing"]
    assert decide(assessment, team.head, deviation_reason="已当场整改").result == QUALIFIED


def served(assessment, on: date) -> DesignationApplication:
    serve_letter(
        letter_id=assessment.result_letter_id,
        method=ServiceMethod.HAND,
        served_on=on,
        recipient="林静",
        proof=pdf("回证.pdf"),
        by=user_with(Role.INTAKE_CLERK),
        at=at(on),
        on=on,
    )
    return DesignationApplication.objects.get(pk=assessment.application_id)


def failed_once(team, app=None) -> DesignationApplication:
    assessment = team.complete(app, verdicts=[NOT_QUALIFIED] * 5)
    app = decide(assessment, team.head, NOT_QUALIFIED).application
    return served(Assessment.objects.get(application=app), date(2026, 11, 23))


def test_a_failure_starts_its_waiting_time_with_the_service(team):
    assessment = decide(team.complete(verdicts=[NOT_QUALIFIED] * 5), team.head, NOT_QUALIFIED)
    app = DesignationApplication.objects.get(pk=assessment.application_id)
    assert (app.state, app.failures, app.reassess_from) == (ApplicationState.FAILED, 1, None)
    asker = member_of(app.institution)
    asked = {"application_id": app.pk, "statement": "已补齐", "by": asker}
    assert refused(ask_reassessment, at=NOW, **asked) == ["failure_not_served"]
    app = served(assessment, date(2026, 11, 23))
    assert (app.state, app.reassess_from) == (ApplicationState.RECTIFYING, date(2027, 2, 23))
    with pytest.raises(Refusal) as refusal:
        ask_reassessment(at=at(date(2027, 2, 22)), **asked)
    (obstacle,) = refusal.value.obstacles
    assert obstacle.code == "too_early_to_reassess"
    assert "2027-02-23" in obstacle.text
    assert refused(ask_reassessment, at=at(date(2027, 2, 23)), **(asked | {"statement": ""})) == [
        "statement_missing"
    ]
    app = ask_reassessment(at=at(date(2027, 2, 23)), **asked)
    assert app.state == ApplicationState.REASSESSING
    assert app.assessment_due_on == date(2027, 5, 24)  # 23 May is a Sunday


def test_a_second_failure_bars_for_a_year(team):
    app = failed_once(team)
    app = ask_reassessment(
        application_id=app.pk,
        statement="已补齐",
        by=member_of(app.institution),
        at=at(date(2027, 2, 23)),
    )
    then = at(date(2027, 3, 1))
    assessment = team.complete(app, at=then, verdicts=[NOT_QUALIFIED] * 5)
    assert assessment.round == 2
    assessment = decide(assessment, team.head, NOT_QUALIFIED, at=then)
    assert assessment.result_letter.kind == "assessment_failed_twice"
    app = served(assessment, date(2027, 3, 2))
    assert (app.state, app.failures) == (ApplicationState.FAILED_FINAL, 2)
    assert app.banned_through == date(2028, 3, 2)


def test_withdrawing_resets_no_failure(team):
    app = failed_once(team)
    app.withdraw()
    app.save(update_fields=["state"])
    new = application(institution=app.institution)
    on = at(date(2027, 2, 22))
    codes = refused(open_assessment, application_id=new.pk, by=team.organiser, at=on)
    assert codes == ["too_early_to_reassess"]
    then = at(date(2027, 2, 23))
    assessment = team.complete(new, at=then, verdicts=[NOT_QUALIFIED] * 5)
    assert assessment.round == 2
    decide(assessment, team.head, NOT_QUALIFIED, at=then)
    new = DesignationApplication.objects.get(pk=new.pk)
    assert (new.state, new.failures) == (ApplicationState.FAILED_FINAL, 2)


def test_a_result_overturned_by_an_objection_counts(team):
    app = application()
    decide(team.complete(app), team.head)
    app = DesignationApplication.objects.get(pk=app.pk)
    app.transitions.create(
        act="fail_by_objection", source="objection", target="failed", on=TODAY, at=NOW
    )
    count = past_failures(app.institution_id, region=app.region, on=TODAY)
    assert (count.failures, count.round) == (1, 2)


def test_a_pass_resets_the_count(team):
    app = failed_once(team)
    app = ask_reassessment(
        application_id=app.pk,
        statement="已补齐",
        by=member_of(app.institution),
        at=at(date(2027, 2, 23)),
    )
    then = at(date(2027, 3, 1))
    decide(team.complete(app, at=then), team.head, at=then)
    new = application(institution=app.institution, licence_no="PDY-2")
    assert team.opened(new, at=at(date(2027, 3, 2))).round == 1


# --- a third party ------------------------------------------------------------------------------


def third_party(team, **kwargs):
    values = {
        "name": "江西中正评估有限公司",
        "credit_code": credit_code(700_001),
        "qualified_from": date(2026, 1, 1),
        "qualified_to": date(2026, 12, 31),
        "by": team.organiser,
        "at": NOW,
    }
    return pool.add_third_party(**(values | kwargs))


def test_a_third_party_assesses(team):
    assessment = team.opened(kind=AssessmentKind.THIRD_PARTY)
    party = third_party(team)
    assert "not_by_group" in refused(
        draw_group, assessment_id=assessment.pk, by=team.organiser, at=NOW
    )
    engage_third_party(
        assessment_id=assessment.pk, third_party_id=party.pk, by=team.organiser, at=NOW
    )
    report = {
        "assessment_id": assessment.pk,
        "proposal": NOT_QUALIFIED,
        "reasons": "系统未联通",
        "advice": "完成联调",
        "failed_conditions": ["A-03.5"],
        "by": team.organiser,
        "at": NOW,
    }
    assert refused(enter_report, report=[], **report) == ["report_missing"]
    enter_report(report=[pdf("报告.pdf")], **report)
    assessment = Assessment.objects.get(pk=assessment.pk)
    assert assessment.state == AssessmentState.COMPLETE
    assert refused(decide, assessment=assessment, by=team.head) == [
        "condition_not_met",
        "deviation_reason_missing",
    ]
    assert decide(assessment, team.head, NOT_QUALIFIED).has_failed


def test_a_third_party_with_a_tie_is_refused(team):
    app = application()
    assessment = team.opened(app, kind=AssessmentKind.THIRD_PARTY)
    expert = team.experts[0]
    party = third_party(
        team,
        qualified_to=TODAY - timedelta(1),
        credit_code=app.institution.credit_code,
        controller_name=expert.person.name,
        controller_id_number=expert.person.id_number,
    )
    appoint(
        institution_id=app.institution_id,
        post=Post.ACTUAL_CONTROLLER,
        person=expert.person,
        on=TODAY,
    )
    pool.declare_third_party_tie(
        third_party_id=party.pk,
        institution=app.institution,
        kind=TieKind.CONTRACT,
        held_from=date(2026, 1, 1),
        by=team.organiser,
        at=NOW,
    )
    codes = refused(
        engage_third_party,
        assessment_id=assessment.pk,
        third_party_id=party.pk,
        by=team.organiser,
        at=NOW,
    )
    assert codes == ["not_qualified", *["conflict_of_interest"] * 3]
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.OPENED


# --- the pool -----------------------------------------------------------------------------------


def test_the_pool_refuses_a_wrong_identity_number(team):
    facts = pool.ExpertFacts(field=ExpertField.FINANCE, unit="九江学院", region=RegionFactory())
    known = {"facts": facts, "by": team.organiser, "at": NOW, "on": TODAY}
    expert = team.experts[0].person
    assert refused(pool.add_expert, name="王新", id_number="360403196801010019", **known) == [
        "id_number_invalid"
    ]
    assert refused(pool.add_expert, name=expert.name, id_number=expert.id_number, **known) == [
        "expert_exists"
    ]
    assert refused(pool.add_expert, name="王新", id_number=expert.id_number, **known) == [
        "person_name_differs"
    ]


def test_a_third_party_with_a_wrong_code_is_refused(team):
    assert refused(third_party, team=team, credit_code="91360403MA0000000A") == [
        "credit_code_invalid"
    ]


# --- overdue --------------------------------------------------------------------------------------


def test_what_is_late_is_entered_once(team):
    app = application(assessment_due_on=date(2026, 11, 19))
    paused = application(assessment_due_on=date(2026, 11, 19))
    paused.assessment_due_basis = paused.assessment_due_basis | {"paused_from": "2026-11-10"}
    paused.save(update_fields=["assessment_due_basis"])
    application(assessment_due_on=TODAY)
    assert list(overdue_on(TODAY)) == [app]
    assert enter_overdue(on=TODAY, at=NOW) == 1
    assert enter_overdue(on=TODAY, at=NOW) == 0
    delay = AssessmentDelay.objects.get()
    assert (delay.application, delay.due_on) == (app, date(2026, 11, 19))
    assert list(standing_delays()) == [delay]
    assert Notice.objects.filter(
        recipient=team.head, key__startswith="assessment.overdue:"
    ).exists()
    assert DesignationApplication.objects.get(pk=app.pk).state == ApplicationState.ACCEPTED


def test_drawing_costs_the_same_for_a_large_pool(team, django_assert_max_num_queries):
    assessment = team.opened()
    for _each in range(3):
        expert_of()
    with django_assert_max_num_queries(12):
        pool_of(assessment, on=TODAY)
    assert connection.vendor == "postgresql"
