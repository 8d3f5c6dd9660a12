"""Texts of agreements: written, asked about, answered, published, superseded (B-22)."""

import json
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agency.services.clocks import extend_clock
from agreements.clocks.templates import COMMENTS
from agreements.enums.templates import (
    CommentOutcome,
    ConsultationState,
    Stance,
    TextKind,
    VersionOrigin,
    VersionState,
)
from agreements.models import (
    AgreementTemplate,
    Consultation,
    ConsultationComment,
    TemplateClause,
    TemplateVariable,
    TemplateVersion,
)
from agreements.services.templates import clauses as writing
from agreements.services.templates import commenting, consulting
from agreements.services.templates.drafting import draft_version, newer_national, rebase
from agreements.services.templates.files import exported, import_text
from agreements.services.templates.published import version_for
from agreements.services.templates.publishing import supersede_due
from agreements.services.templates.wording import BUILT_IN, texts_of
from agreements.services.texts.values import known_values
from institutions.enums.register import Kind
from tests.agency.factories import RegionFactory, user_with
from tests.agreements.factories import AgreementFactory, at
from tests.agreements.factories_templates import CLAUSES, Texts, as_file
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db

# 15 working days across the National Day holiday: comments to the end of 17 October.
ASKED_ON, LAST_DAY, DAY_AFTER = date(2025, 9, 22), date(2025, 10, 17), date(2025, 10, 18)


@pytest.fixture
def texts() -> Texts:
    return Texts()


@contextmanager
def refused(*codes):
    with pytest.raises(Refusal) as caught, transaction.atomic():
        yield
    assert [each.code for each in caught.value.obstacles] == list(codes)


@contextmanager
def forbidden(constraint):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert caught.value.__cause__.diag.constraint_name == constraint


def second(texts: Texts, on="2025-09-01") -> TemplateVersion:
    first = texts.published("2024-01-02")
    return texts.drafted(on, based_on_id=first.pk)


# --- which version counts ------------------------------------------------------------------------


def test_the_regional_version_goes_before_the_national_one_on_each_day(texts):
    texts.institution  # noqa: B018
    national = texts.published("2024-01-02")
    local = texts.drafted("2024-02-01", local=True, based_on_id=national.pk)
    asked = texts.asked(local, "2024-02-01")
    texts.closed(asked, "2024-03-29")
    texts.publish(local, "2024-03-29", "2024-04-01")
    county = RegionFactory(code="360402", name="濂溪区", parent_id="360400")
    found = [
        version_for(TextKind.MAIN, region, on)
        for region, on in (
            (texts.region, date(2024, 1, 1)),
            (texts.region, date(2024, 3, 31)),
            (texts.region, date(2024, 4, 1)),
            (county, date(2024, 4, 1)),
            ("360402", date(2030, 1, 1)),
            (RegionFactory(code="440100", name="广州市"), date(2024, 4, 1)),
        )
    ]
    assert found == [None, national, local, local, local, national]
    assert version_for(TextKind.FIXED, texts.region, date(2024, 4, 1)) is None


def test_a_new_version_ends_the_one_before_on_its_day(texts):
    texts.member  # noqa: B018
    second_version = second(texts)
    first = TemplateVersion.objects.get(number=1)
    asked = texts.asked(second_version, ASKED_ON)
    texts.closed(asked, DAY_AFTER)
    texts.publish(second_version, DAY_AFTER, "2025-11-01")
    first.refresh_from_db()
    assert (first.state, first.superseded_on) == (VersionState.PUBLISHED, date(2025, 11, 1))
    region = texts.region
    assert version_for(TextKind.MAIN, region, date(2025, 10, 31)) == first
    assert version_for(TextKind.MAIN, region, date(2025, 11, 1)) == second_version
    assert supersede_due(on=date(2025, 10, 31), at=at("2025-10-31")) == 0
    assert supersede_due(on=date(2025, 11, 3), at=at("2025-11-03")) == 1
    assert supersede_due(on=date(2025, 11, 3), at=at("2025-11-03")) == 0
    first.refresh_from_db()
    assert first.state == VersionState.SUPERSEDED
    assert first.transitions.get(act="supersede").on == date(2025, 11, 1)


# --- publishing ---------------------------------------------------------------------------------


def test_a_change_is_not_published_before_it_was_asked_closed_and_answered(texts):
    texts.member  # noqa: B018
    version = second(texts)
    with refused("not_consulted"):
        texts.publish(version, "2025-09-02")
    asked = texts.asked(version, ASKED_ON)
    assert asked.comments_due_on == LAST_DAY
    comment = texts.said(asked, LAST_DAY, clause_key="payment")
    with refused("consultation_open"):
        texts.publish(version, LAST_DAY)
    with refused("comments_still_possible"):
        texts.closed(asked, LAST_DAY)
    texts.closed(asked, DAY_AFTER)
    with refused("comments_unanswered"):
        texts.publish(version, DAY_AFTER)
    assert TemplateVersion.objects.get(pk=version.pk).published_at is None
    texts.answered(comment, DAY_AFTER)
    with refused("effective_before_publication"):
        texts.publish(version, DAY_AFTER, "2025-10-17")
    published = texts.publish(version, DAY_AFTER)
    assert published.state == VersionState.PUBLISHED
    assert [each.act for each in published.transitions.all()] == ["draft", "consult", "publish"]
    assert Notice.objects.filter(recipient=texts.member).count() == 3  # asked, answered, published


def test_the_writer_does_not_publish(texts):
    version = texts.drafted("2024-01-02")
    texts.officer.groups.set(texts.head.groups.all())
    texts.head = type(texts.officer).objects.get(pk=texts.officer.pk)
    with refused("published_by_writer"):
        texts.publish(version, "2024-01-02")
    with refused("not_entitled"):
        texts.head = user_with(Role.AGREEMENT_OFFICER)
        texts.publish(version, "2024-01-02")


def test_what_the_administration_wants_is_asked_about_even_the_first_time(texts):
    version = texts.drafted("2024-01-02", origin=VersionOrigin.ADMINISTRATION)
    with refused("not_consulted"):
        texts.publish(version, "2024-01-02")


def test_an_urgent_change_takes_a_shorter_time_and_a_reason(texts):
    version = second(texts)
    with refused("urgency_reason_missing"):
        texts.asked(version, ASKED_ON, is_urgent=True)
    asked = texts.asked(version, ASKED_ON, is_urgent=True, urgency_reason="新法十月施行")
    assert asked.comments_due_on == date(2025, 9, 25)
    assert asked.comments_due_basis["rule"] == "B-22"


def test_a_regional_text_keeps_what_is_mandatory(texts):
    national = texts.published("2024-01-02")
    local = texts.drafted("2024-02-01", local=True, based_on_id=national.pk)
    writing.remove_clause(version_id=local.pk, key="parties", by=texts.officer, at=at("2024-02-01"))
    with refused("mandatory_clause_missing"):
        texts.asked(local, "2024-02-02")


def test_a_name_that_nobody_declared_is_not_asked_about(texts):
    version = texts.drafted("2024-01-02")
    writing.save_clause(
        version_id=version.pk,
        heading="期限",
        body="至{{ unknown }}",
        by=texts.officer,
        at=at("2024-01-02"),
    )
    with refused("variable_unknown"):
        texts.asked(version, "2024-01-02")
    with refused("variable_unknown"):
        texts.publish(version, "2024-01-02")


def test_every_name_the_program_fills_in_is_known_to_the_agreement(texts):
    agreement = AgreementFactory(region=texts.region)
    assert set(BUILT_IN) <= set(known_values(agreement, None, on=date(2025, 1, 2)))


# --- what the database refuses ------------------------------------------------------------------


def publish_by_hand(version: TemplateVersion, **kwargs) -> int:
    facts = {
        "state": VersionState.PUBLISHED,
        "published_at": timezone.now(),
        "published_by": user_with(Role.AGENCY_HEAD),
        "effective_from": date(2025, 9, 1),
    }
    return TemplateVersion.objects.filter(pk=version.pk).update(**facts | kwargs)


def test_the_database_refuses_what_was_not_asked_closed_or_answered(texts):
    texts.member  # noqa: B018
    version = second(texts)
    TemplateVersion.objects.filter(number=1).update(superseded_on=date(2025, 9, 1))
    with forbidden("templateversion_consulted_before_publication"):
        publish_by_hand(version)
    asked = texts.asked(version, ASKED_ON)
    with forbidden("templateversion_consulted_before_publication"):
        publish_by_hand(version)
    texts.said(asked, ASKED_ON)
    texts.closed(asked, DAY_AFTER)
    with forbidden("templateversion_comments_answered_first"):
        publish_by_hand(version)
    ConsultationComment.objects.update(
        outcome=CommentOutcome.ADOPTED,
        answer="采纳",
        answered_at=timezone.now(),
        answered_by=texts.officer,
    )
    assert publish_by_hand(version) == 1


def test_the_database_refuses_an_open_consultation_even_where_none_is_needed(texts):
    version = texts.drafted("2024-01-02")
    texts.asked(version, "2024-01-02")
    with forbidden("templateversion_consultation_closed_first"):
        publish_by_hand(version)


def test_the_database_refuses_a_text_without_clauses_and_one_born_published(texts):
    version = texts.drafted("2024-01-02", empty=True)
    with forbidden("templateversion_has_clauses"):
        publish_by_hand(version)
    with forbidden("templateversion_begins_unpublished"):
        TemplateVersion.objects.create(
            template=version.template,
            number=2,
            title="x",
            reason="x",
            drafted_at=at("2024-01-02"),
            drafted_by=texts.officer,
            published_at=at("2024-01-02"),
        )


def test_a_published_version_and_its_parts_stand_still(texts):
    version = texts.published("2024-01-02")
    rows = TemplateVersion.objects.filter(pk=version.pk)
    for change in ({"title": "改"}, {"effective_from": date(2023, 1, 1)}, {"reason": "改"}):
        with forbidden("templateversion_published_is_fixed"):
            rows.update(**change)
    with forbidden("templateclause_fixed_with_the_version"):
        version.clauses.update(body="改")
    with forbidden("templateclause_fixed_with_the_version"):
        version.clauses.filter(key="payment").delete()
    with forbidden("templateclause_fixed_with_the_version"):
        TemplateClause.objects.create(
            version=version, key="new", position=9, heading="新", body="新"
        )
    with forbidden("templatevariable_fixed_with_the_version"):
        version.variables.update(label="改")
    with refused("version_published"):
        texts.written(version, at("2024-01-03"))


def test_two_versions_are_never_in_force_on_one_day(texts):
    version = second(texts)
    texts.closed(texts.asked(version, ASKED_ON), DAY_AFTER)
    with forbidden("templateversion_one_in_force"):
        publish_by_hand(version)
    with forbidden("templateversion_one_in_work"):
        TemplateVersion.objects.create(
            template=version.template,
            number=3,
            title="x",
            reason="x",
            drafted_at=at("2024-01-02"),
            drafted_by=texts.officer,
        )
    with forbidden("templateversion_published_by_another"):
        publish_by_hand(version, published_by=texts.officer)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"is_breach": True}, "templateclause_breach_has_measures"),
        ({"measures": [1]}, "templateclause_breach_has_measures"),
        ({"is_breach": True, "measures": [7]}, "templateclause_measures_are_the_six"),
        (
            {"is_breach": True, "measures": [1], "damages": "一千元"},
            "templateclause_damages_are_a_measure",
        ),
        ({"heading": ""}, "templateclause_has_its_words"),
        ({"key": "parties"}, "templateclause_key_once"),
        ({"position": 1}, "templateclause_position_once"),
    ],
)
def test_what_a_clause_may_not_be(texts, values, constraint):
    version = texts.drafted("2024-01-02")
    facts = {"key": "new", "position": 9, "heading": "新", "body": "新", **values}
    with forbidden(constraint):
        TemplateClause.objects.create(version=version, **facts)


def test_comments_come_from_those_asked_while_it_is_open(texts):
    asked = texts.asked(second(texts), ASKED_ON)
    row = {
        "consultation": asked,
        "institution": InstitutionFactory(),
        "commented_at": at(ASKED_ON),
        "commented_by": texts.officer,
    }
    with forbidden("consultationcomment_of_a_party"):
        ConsultationComment.objects.create(text="x", **row)
    texts.closed(asked, DAY_AFTER)
    with forbidden("consultationcomment_only_while_open"):
        ConsultationComment.objects.create(text="x", **row)
    with forbidden("consultation_closed_after_its_last_day"):
        Consultation.objects.update(closed_on=LAST_DAY)


# --- writing ------------------------------------------------------------------------------------


def test_one_version_of_a_text_is_in_work_at_a_time(texts):
    first = texts.published("2024-01-02")
    with refused("reason_missing"):
        texts.drafted("2024-02-01", reason=" ")
    texts.drafted("2024-02-01", based_on_id=first.pk)
    with refused("version_in_work"):
        texts.drafted("2024-02-02", based_on_id=first.pk)
    other = texts.drafted("2024-02-02", kind=TextKind.YEARLY)
    with refused("strange_basis"):
        texts.drafted("2024-02-02", kind=TextKind.FIXED, based_on_id=other.pk)
    assert AgreementTemplate.objects.count() == 2


def test_clauses_are_written_moved_and_taken_out(texts):
    version = texts.drafted("2024-01-02")
    common = {"version_id": version.pk, "by": texts.officer, "at": at("2024-01-03")}
    added = writing.save_clause(heading="期限", body="一年", after=1, is_new=True, **common)
    assert (added.key, added.position) == ("clause-4", 2)
    writing.move_clause(key="breach", to=1, **common)
    writing.remove_clause(key="payment", **common)
    assert list(version.clauses.values_list("key", "position")) == [
        ("breach", 1),
        ("parties", 2),
        ("clause-4", 3),
    ]
    with refused("damages_without_measure"):
        writing.save_clause(key="breach", heading="违约", body="x", damages="一千元", **common)
    with refused("clause_exists"):
        writing.save_clause(key="breach", heading="违约", body="x", is_new=True, **common)
    with refused("variable_used"):
        writing.remove_variable(name="damages_rate", **common)
    writing.remove_variable(name="pay_days", **common)
    assert version.transitions.filter(act="write").count() == 4
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_wording_stands_still_while_institutions_are_asked(texts):
    texts.member  # noqa: B018
    version = second(texts)
    asked = texts.asked(version, ASKED_ON)
    change = {"version_id": version.pk, "key": "payment", "heading": "拨付", "by": texts.officer}
    with refused("consultation_open"):
        writing.save_clause(body="三十日", at=at(ASKED_ON), **change)
    with forbidden("templateclause_fixed_with_the_version"):
        version.clauses.update(body="改")
    texts.closed(asked, DAY_AFTER)
    writing.save_clause(body="二十日", at=at(DAY_AFTER), **change)
    asked.refresh_from_db()
    assert asked.asked_text[1]["body"] != version.clauses.get(key="payment").body == "二十日"


def test_a_regional_text_follows_a_newer_national_one(texts):
    first = texts.published("2024-01-02")
    local = texts.drafted("2024-02-01", local=True, based_on_id=first.pk)
    assert not local.clauses.filter(is_refinement=True).exists()
    change = {"version_id": local.pk, "by": texts.officer, "at": at("2024-02-01")}
    writing.save_clause(key="payment", heading="拨付", body="二十个工作日内拨付。", **change)
    assert local.clauses.get(is_refinement=True).key == "payment"
    newer = texts.drafted("2024-03-01", based_on_id=first.pk)
    texts.written(newer, at("2024-03-01"), [*CLAUSES[:2], {**CLAUSES[2], "body": "新的违约条款"}])
    texts.closed(texts.asked(newer, "2024-03-01"), "2024-04-01")
    texts.publish(newer, "2024-04-01")
    local = TemplateVersion.objects.get(pk=local.pk)
    assert newer_national(local, on=date(2024, 3, 31)) is None
    assert newer_national(local, on=date(2024, 4, 1)) == newer
    result = rebase(
        version_id=local.pk, national_id=newer.pk, by=texts.officer, at=at("2024-04-02")
    )
    assert (result.taken_over, result.to_review) == (("breach",), ())
    local.refresh_from_db()
    assert local.refines == newer
    assert [each.body for each in texts_of(local)][1:] == ["二十个工作日内拨付。", "新的违约条款"]


def test_what_is_exported_is_read_in_again(texts):
    version = texts.drafted("2024-01-02")
    content = exported(version)
    other = texts.drafted("2024-01-02", kind=TextKind.FIXED, empty=True)
    import_text(
        version_id=other.pk,
        content=content.encode(),
        filename="a.JSON",
        by=texts.officer,
        at=at("2024-01-02"),
    )
    assert texts_of(other) == texts_of(version)
    assert json.loads(exported(other))["variables"] == json.loads(content)["variables"]


def test_markdown_declares_what_it_names(texts):
    version = texts.drafted("2024-01-02", empty=True)
    text = (
        "前言\n# [scope] 范围\n适用于{{ institution_name }}。\n\n第二段{{ extra }}。\n## 期限\n一年"
    )
    import_text(
        version_id=version.pk,
        content=text.encode(),
        filename="a.md",
        by=texts.officer,
        at=at("2024-01-02"),
    )
    assert [(each.key, each.heading, each.body) for each in version.clauses.all()] == [
        ("scope", "范围", "适用于{{ institution_name }}。\n\n第二段{{ extra }}。"),
        ("clause-2", "期限", "一年"),
    ]
    assert [each.name for each in version.variables.all()] == ["extra"]


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"\xff\xfe", "a.md"),
        (b"no heading", "a.md"),
        ("# 空".encode(), "a.md"),
        ("# [a] 一\n文\n# [a] 二\n文".encode(), "a.md"),
        (b"{", "a.json"),
        (b"[]", "a.json"),
        (b'{"clauses": [{"heading": "x"}]}', "a.json"),
        (b'{"clauses": [{"heading": "x", "body": "y", "measures": [9]}]}', "a.json"),
        (b'{"clauses": [{"heading": "x", "body": "y", "damages": "z"}]}', "a.json"),
        (as_file(variables=[{"name": "A B"}]), "a.json"),
        (b"# x\ny" + b" " * 2_000_000, "a.md"),
    ],
)
def test_a_file_that_is_no_text_is_refused_and_nothing_changes(texts, content, filename):
    version = texts.drafted("2024-01-02")
    before = texts_of(version)
    with refused("file_unreadable"):
        import_text(
            version_id=version.pk,
            content=content,
            filename=filename,
            by=texts.officer,
            at=at("2024-01-02"),
        )
    assert texts_of(TemplateVersion.objects.get(pk=version.pk)) == before
    assert TemplateVariable.objects.filter(version=version).count() == 2


# --- consulting ---------------------------------------------------------------------------------


def test_those_with_a_running_agreement_in_the_region_are_asked(
    texts, django_assert_max_num_queries
):
    county = RegionFactory(code="360402", name="濂溪区", parent_id="360400")
    elsewhere = RegionFactory(code="330500", name="湖州市")
    asked = [texts.institution, InstitutionFactory(), InstitutionFactory(kind=Kind.CLINIC)]
    AgreementFactory(institution=asked[1], region=county)
    AgreementFactory(institution=asked[2], region=texts.region)
    AgreementFactory(institution=InstitutionFactory(), region=elsewhere)
    AgreementFactory(
        institution=InstitutionFactory(),
        region=texts.region,
        state="expired",
        ended_on=date(2025, 12, 31),
    )
    national = texts.published("2024-01-02", institution_kinds=[])
    local = texts.drafted("2024-02-01", local=True, based_on_id=national.pk)
    template = local.template
    assert set(consulting.concerned(template)) == {each.pk for each in asked}
    AgreementTemplate.objects.filter(pk=template.pk).update(institution_kinds=[Kind.CLINIC])
    template.refresh_from_db()
    assert list(consulting.concerned(template)) == [asked[2].pk]
    assert consulting.concerned(national.template).count() == 4
    for _each in range(30):
        member_of(InstitutionFactory())
    with django_assert_max_num_queries(45):
        consultation = texts.asked(local, "2024-02-01")
    assert [each.institution for each in consultation.parties.all()] == [asked[2]]


def test_a_comment_is_rewritten_while_open_and_answered_after(texts):
    asked = texts.asked(second(texts_with_member(texts)), ASKED_ON)
    texts.said(asked, ASKED_ON, "三十日太长", clause_key="payment")
    comment = texts.said(asked, LAST_DAY, "三十日过长,建议二十日", clause_key="payment")
    assert ConsultationComment.objects.get() == comment
    with refused("clause_unknown"):
        texts.said(asked, LAST_DAY, clause_key="nothing")
    with refused("comment_empty"):
        texts.said(asked, LAST_DAY, " ")
    with refused("consultation_open"):
        texts.answered(comment, LAST_DAY)
    none = texts.said(asked, LAST_DAY, stance=Stance.NO_OBJECTION)
    texts.closed(asked, DAY_AFTER)
    with refused("consultation_not_open"):
        texts.said(asked, DAY_AFTER)
    with refused("nothing_to_answer"):
        texts.answered(none, DAY_AFTER)
    with refused("answer_missing"):
        texts.answered(comment, DAY_AFTER, " ")
    answered = texts.answered(comment, DAY_AFTER)
    assert (answered.outcome, answered.answered_by) == (CommentOutcome.ADOPTED, texts.officer)
    texts.publish(asked.version, DAY_AFTER)
    with refused("wrong_state"):
        texts.answered(comment, DAY_AFTER, "改口")


def texts_with_member(texts: Texts) -> Texts:
    texts.member  # noqa: B018
    return texts


def test_nobody_comments_for_another_institution(texts):
    asked = texts.asked(second(texts_with_member(texts)), ASKED_ON)
    with pytest.raises(Consultation.DoesNotExist):
        texts.said(asked, ASKED_ON, by=member_of(InstitutionFactory()))
    other = InstitutionFactory()
    AgreementFactory(institution=other, region=texts.region)
    with refused("not_asked"):
        commenting.comment(
            consultation_id=asked.pk,
            institution_id=other.pk,
            text="替别人说",
            by=texts.member,
            at=at(ASKED_ON),
        )
    assert not ConsultationComment.objects.exists()


def test_the_night_closes_what_is_over_and_an_extension_puts_it_off(texts):
    asked = texts.asked(second(texts_with_member(texts)), ASKED_ON)
    extend_clock(
        clock=COMMENTS,
        pk=asked.pk,
        reason="机构要求",
        by=texts.officer,
        on=LAST_DAY,
        at=at(LAST_DAY),
        count=2,
    )
    asked.refresh_from_db()
    last = date(2025, 10, 21)
    assert asked.comments_due_on == last
    assert consulting.close_due(on=last, at=at(last)) == 0
    night = last + timedelta(days=1)
    assert consulting.close_due(on=night, at=at(night, 0)) == 1
    assert consulting.close_due(on=night, at=at(night, 0)) == 0
    asked.refresh_from_db()
    assert (asked.state, asked.closed_on) == (ConsultationState.CLOSED, night)


def test_back_in_draft_the_institutions_are_asked_again(texts):
    version = second(texts_with_member(texts))
    asked = texts.asked(version, ASKED_ON)
    texts.closed(asked, DAY_AFTER)
    common = {"version_id": version.pk, "by": texts.officer, "at": at(DAY_AFTER)}
    with refused("reason_missing"):
        consulting.take_back(reason=" ", **common)
    consulting.take_back(reason="另有政策", **common)
    with refused("not_consulted"):
        texts.publish(version, DAY_AFTER)
    again = texts.asked(version, DAY_AFTER)
    assert [each.state for each in version.consultations.all()] == [
        ConsultationState.OPEN,
        ConsultationState.WITHDRAWN,
    ]
    assert again.pk != asked.pk


def test_only_the_officer_writes(texts):
    with refused("not_entitled"):
        draft_version(
            kind=TextKind.MAIN,
            region=None,
            title="协议",
            by=user_with(Role.CLAIM_REVIEWER),
            at=at("2024-01-02"),
        )
    assert not TemplateVersion.objects.exists()
