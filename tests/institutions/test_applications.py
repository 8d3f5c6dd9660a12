"""Applications for designation: drafts, submission, acceptance, the one notice, silence."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from agency.enums import Role
from agency.models import OfficialLetter
from agency.rules import Refusal
from institutions.enums.designation import ApplicationState, MaterialDefect, NotAcceptedGround
from institutions.enums.persons import Post
from institutions.enums.register import Standing
from institutions.models import (
    DesignationApplication,
    Institution,
    Person,
    ResponsiblePerson,
    SupplementItem,
    SupplementRequest,
)
from institutions.services.designation import asking, checks, closing, deciding, drafts, submitting
from institutions.services.designation.asking import AskedFor
from institutions.services.designation.checks import checklist, defects
from tests.agency.factories import user_with
from tests.institutions.factories import EntryFactory, InstitutionFactory, member_of
from tests.institutions.factories_applications import (
    at,
    clerk,
    complete_application,
    drafted,
    id_number,
    incomplete_application,
    owner_of,
    picture,
    submitted,
)

pytestmark = pytest.mark.django_db
S = ApplicationState
FRIDAY = date(2025, 9, 26)  # the last working day before a week of holidays


def codes(caught) -> list[str]:
    return [each.code for each in caught.value.obstacles]


def ask(application, *items, by=None, day=FRIDAY, hour=15):
    asked = [AskedFor(item.pk, MaterialDefect.MISSING) for item in items]
    return asking.require_supplement(
        application_id=application.pk, items=asked, by=by or clerk(), at=at(day, hour)
    )


def supply(application, request, day, *, files=None):
    owner = owner_of(application)
    for each in request.items.all():
        drafts.add_files(
            application_id=application.pk,
            item_id=each.item_id,
            files=[(files or picture)(f"{each.item_id}.png")],
            by=owner,
            at=at(day),
        )
    submitting.deliver_supplement(application_id=application.pk, by=owner, at=at(day, 11))
    return DesignationApplication.objects.get(pk=application.pk)


# --- the draft ----------------------------------------------------------------------------------


def test_a_draft_begins_with_what_the_register_knows_and_is_nobody_elses():
    institution = InstitutionFactory()
    clerk_of_it = member_of(institution, Role.INSTITUTION_CLERK)
    draft = drafts.start_draft(
        institution_id=institution.pk, licence_no=" pdy 77 a ", by=clerk_of_it, at=at(FRIDAY)
    )
    assert (draft.licence_no, draft.number, draft.beds) == ("PDY77A", None, 120)
    assert draft.credit_code == institution.credit_code
    assert {each.post: each.name for each in draft.persons.all()}["principal"] == "周宁"
    assert not DesignationApplication.objects.visible_to(clerk()).exists()
    assert not DesignationApplication.objects.visible_to(member_of(InstitutionFactory())).exists()


def test_one_application_a_licence_drafts_included():
    draft = drafted(materials=False)
    stranger = member_of(EntryFactory())
    for user in (owner_of(draft), stranger):
        with pytest.raises(Refusal) as caught:
            drafts.start_draft(
                institution_id=user.membership.institution_id,
                licence_no=draft.licence_no.lower(),
                by=user,
                at=at(FRIDAY),
            )
        assert codes(caught) == ["designationapplication_one_open_per_licence"]
    assert DesignationApplication.objects.count() == 1
    with (
        pytest.raises(IntegrityError, match="designationapplication_one_open_per_licence"),
        transaction.atomic(),
    ):
        DesignationApplication.objects.create(
            institution=draft.institution,
            region=draft.region,
            created_at=at(FRIDAY),
            created_by=draft.created_by,
            saved_at=at(FRIDAY),
            licence_no=draft.licence_no,
        )


def test_a_discarded_draft_frees_its_licence_and_keeps_nothing():
    draft = drafted()
    drafts.discard_draft(application_id=draft.pk, by=owner_of(draft))
    assert not DesignationApplication.objects.exists()
    assert not Person.objects.exists()


def test_drafts_left_alone_are_discarded_after_the_days_the_policy_names():
    draft = drafted(day=date(2026, 1, 5), materials=False)
    assert drafts.discard_old_drafts(on=FRIDAY, at=draft.saved_at + timedelta(days=180)) == 0
    assert drafts.discard_old_drafts(on=FRIDAY, at=draft.saved_at + timedelta(days=181)) == 1
    assert not DesignationApplication.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"credit_code": "52360403000000019X"}, "credit_code_invalid", id="check"),
        pytest.param({"credit_code": "5236"}, "credit_code_invalid", id="short"),
        pytest.param({"licence_no": "  "}, "licence_no_missing", id="no-licence"),
    ],
)
def test_faulty_values_are_refused_and_the_draft_keeps_what_it_had(values, code):
    draft = drafted(materials=False)
    with pytest.raises(Refusal) as caught:
        drafts.save_form(application_id=draft.pk, values=values, by=owner_of(draft), at=at(FRIDAY))
    assert codes(caught) == [code]
    now = DesignationApplication.objects.get(pk=draft.pk)
    assert (now.credit_code, now.licence_no) == (draft.credit_code, draft.licence_no)


def test_a_wrong_check_digit_of_a_person_is_refused_by_its_post():
    draft = drafted(materials=False)
    number = id_number(7)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(Refusal) as caught:
        drafts.save_persons(
            application_id=draft.pk,
            persons={Post.PRINCIPAL: ("周宁", wrong)},
            by=owner_of(draft),
            at=at(FRIDAY),
        )
    assert codes(caught) == ["id_number_invalid"]
    assert not draft.persons.filter(name="周宁").exists()


def test_an_empty_number_keeps_the_saved_one_for_the_same_name_only():
    draft = drafted(materials=False)
    saved = draft.persons.get(post=Post.PRINCIPAL)
    for name, kept in ((saved.name, saved.id_number), ("别人", "")):
        drafts.save_persons(
            application_id=draft.pk,
            persons={Post.PRINCIPAL: (name, "")},
            by=owner_of(draft),
            at=at(FRIDAY),
        )
        assert draft.persons.get(post=Post.PRINCIPAL).id_number == kept


def test_files_go_in_and_out_of_a_draft_but_only_for_what_the_list_names():
    draft = drafted()
    owner = owner_of(draft)
    listed = checklist(draft, FRIDAY)
    assert [each.item.code for each in listed if each.item.is_required] == [
        "licence_copy",
        "management_systems",
        "information_system",
        "fund_analysis",
    ]
    material = next(each.material for each in listed if each.files)
    file = material.files.get()
    drafts.remove_file(
        application_id=draft.pk,
        item_id=material.item_id,
        attachment_id=file.pk,
        by=owner,
        at=at(FRIDAY),
    )
    assert [each.defect for each in defects(draft, FRIDAY)] == [MaterialDefect.MISSING]
    other = drafted(materials=False, is_internet_hospital=True)
    internet = next(
        each.item for each in checklist(other, FRIDAY) if each.item.for_internet_hospitals
    )
    with pytest.raises(Refusal) as caught:
        drafts.add_files(
            application_id=draft.pk,
            item_id=internet.pk,
            files=[picture()],
            by=owner,
            at=at(FRIDAY),
        )
    assert codes(caught) == ["item_not_asked"]


# --- submission ---------------------------------------------------------------------------------


def test_a_complete_application_is_accepted_by_the_program_on_the_spot():
    application = complete_application(day=date(2025, 2, 20))
    assert (application.state, application.number) == (S.ACCEPTED, "APP-360400-2025-0001")
    assert (application.accepted_on, application.decided_by) == (date(2025, 2, 20), None)
    assert application.assessment_due_on == date(2025, 5, 20)
    assert application.notice_due_on == date(2025, 2, 27)
    letter = OfficialLetter.objects.get(kind="acceptance")
    assert letter.matter == application.number
    holders = ResponsiblePerson.objects.filter(institution=application.institution)
    assert sorted(holders.values_list("post", "held_from")) == [
        ("actual_controller", date(2025, 2, 20)),
        ("legal_representative", date(2025, 2, 20)),
        ("principal", date(2025, 2, 20)),
    ]
    steps = application.transitions.values_list("act", "target", "by")
    submitter = application.submitted_by_id
    assert list(steps) == [("submit", S.SUBMITTED, submitter), ("accept", S.ACCEPTED, None)]


def test_a_clerk_of_the_institution_drafts_but_does_not_submit():
    institution = EntryFactory()
    user = member_of(institution, Role.INSTITUTION_CLERK)
    draft = drafted(institution=institution, by=user)
    with pytest.raises(Refusal) as caught:
        submitting.submit_application(application_id=draft.pk, by=user, at=at(FRIDAY))
    assert codes(caught) == ["not_entitled"]
    assert DesignationApplication.objects.get().state == S.DRAFT


def test_an_unfinished_form_is_refused_field_by_field_and_takes_no_number():
    draft = drafted(materials=False, licence_valid_to=date(2025, 9, 25), contact_phone="", kind="")
    draft.persons.filter(post=Post.PRINCIPAL).update(id_number="")
    with pytest.raises(Refusal) as caught:
        submitting.submit_application(application_id=draft.pk, by=owner_of(draft), at=at(FRIDAY))
    assert codes(caught) == [
        "kind_missing",
        "contact_phone_missing",
        "licence_expired",
        "principal_missing",
    ]
    assert not Person.objects.exists()
    assert complete_application(day=FRIDAY).number.endswith("-0001")


def test_a_draft_is_submitted_once():
    draft = drafted()
    submitted(draft, day=FRIDAY)
    with pytest.raises(Refusal) as caught:
        submitting.submit_application(application_id=draft.pk, by=owner_of(draft), at=at(FRIDAY))
    assert "application_state" in codes(caught)


def test_what_is_designated_already_does_not_apply(monkeypatch):
    draft = drafted(materials=False)
    monkeypatch.setattr(
        checks, "standings_of", lambda ids, _on: dict.fromkeys(ids, Standing.SUSPENDED)
    )
    with pytest.raises(Refusal) as caught:
        submitting.submit_application(application_id=draft.pk, by=owner_of(draft), at=at(FRIDAY))
    assert codes(caught) == ["designated_already"]


# --- the one notice, and silence ----------------------------------------------------------------


def test_an_incomplete_application_waits_for_the_desk_five_working_days():
    application = incomplete_application(day=FRIDAY)
    assert (application.state, application.notice_due_on) == (S.SUBMITTED, date(2025, 10, 10))
    assert deciding.deem_accepted(on=date(2025, 10, 10), at=at(date(2025, 10, 10), 0)) == 0
    assert deciding.deem_accepted(on=date(2025, 10, 11), at=at(date(2025, 10, 11), 0)) == 1
    assert deciding.deem_accepted(on=date(2025, 10, 12), at=at(date(2025, 10, 12), 0)) == 0
    now = DesignationApplication.objects.get()
    assert (now.state, now.accepted_on, now.acceptance_deemed) == (S.ACCEPTED, FRIDAY, True)
    assert now.assessment_due_on == date(2025, 12, 26)


def test_the_notice_lists_everything_once_and_the_supplement_is_accepted_at_once():
    application = incomplete_application(day=FRIDAY)
    items = [each.item for each in defects(application, FRIDAY)]
    request = ask(application, *items)
    now = DesignationApplication.objects.get()
    assert (now.state, now.supplement_due_on) == (S.SUPPLEMENT_REQUIRED, date(2025, 10, 23))
    letter = OfficialLetter.objects.get(kind="supplement")
    assert items[0].name in letter.body
    assert letter.matter == application.number
    now = supply(application, request, date(2025, 10, 13))
    assert (now.state, now.accepted_on) == (S.ACCEPTED, date(2025, 10, 13))
    assert now.supplement_due_on is None


def test_a_supplement_leaves_nothing_out():
    application = incomplete_application(day=FRIDAY)
    request = ask(application, *[each.item for each in defects(application, FRIDAY)])
    first = request.items.first()
    owner = owner_of(application)
    drafts.add_files(
        application_id=application.pk,
        item_id=first.item_id,
        files=[picture()],
        by=owner,
        at=at(date(2025, 10, 13)),
    )
    with pytest.raises(Refusal) as caught:
        submitting.deliver_supplement(
            application_id=application.pk, by=owner, at=at(date(2025, 10, 13))
        )
    assert codes(caught) == ["supplement_incomplete"] * 3
    assert DesignationApplication.objects.get().state == S.SUPPLEMENT_REQUIRED


def test_a_second_notice_is_about_defects_of_the_supplement_only():
    application = incomplete_application(day=FRIDAY)
    first, second, *_rest = [each.item for each in defects(application, FRIDAY)]
    request = ask(application, first)
    now = supply(application, request, date(2025, 10, 13))
    assert (now.state, now.notice_due_on) == (S.SUBMITTED, date(2025, 10, 20))
    with pytest.raises(Refusal) as caught:
        ask(application, second, day=date(2025, 10, 14))
    assert codes(caught) == ["second_notice"]
    further = ask(application, first, day=date(2025, 10, 14))
    assert (further.follows, further.items.get().of_supplement) == (request, True)


def test_the_database_refuses_a_second_notice_and_a_document_asked_for_twice():
    application = incomplete_application(day=FRIDAY)
    first, second, *_rest = [each.item for each in defects(application, FRIDAY)]
    request = ask(application, first)
    supply(application, request, date(2025, 10, 13))
    with (
        pytest.raises(IntegrityError, match="supplementrequest_one_notice"),
        transaction.atomic(),
    ):
        SupplementRequest.objects.create(
            application=application,
            phase="acceptance",
            requested_at=at(date(2025, 10, 14)),
            requested_by=request.requested_by,
            due_on=date(2025, 11, 4),
        )
    follow = SupplementRequest.objects.create(
        application=application,
        phase="acceptance",
        follows=request,
        requested_at=at(date(2025, 10, 14)),
        requested_by=request.requested_by,
        due_on=date(2025, 11, 4),
    )
    for of_supplement in (False, True):
        with (
            pytest.raises(
                InternalError, match="supplementitem_further_notice_about_the_supplement"
            ),
            transaction.atomic(),
        ):
            SupplementItem.objects.create(
                request=follow,
                application=application,
                item=second,
                defect=MaterialDefect.MISSING,
                of_supplement=of_supplement,
            )
    assessed = SupplementRequest(
        application=application,
        phase="assessment",
        requested_at=at(date(2025, 10, 14)),
        requested_by=request.requested_by,
        due_on=date(2025, 11, 4),
    )
    SupplementRequest.objects.filter(pk=follow.pk).update(
        delivered_at=at(date(2025, 10, 15)), delivered_by=request.requested_by
    )
    assessed.save()
    with (
        pytest.raises(IntegrityError, match="supplementitem_document_asked_once"),
        transaction.atomic(),
    ):
        SupplementItem.objects.create(
            request=assessed,
            application=application,
            item=first,
            defect=MaterialDefect.MISSING,
        )


def test_only_published_items_are_asked_for_and_in_time():
    application = incomplete_application(day=FRIDAY)
    with pytest.raises(Refusal) as caught:
        asking.require_supplement(
            application_id=application.pk,
            items=[AskedFor(999_999, MaterialDefect.MISSING)],
            by=clerk(),
            at=at(FRIDAY),
        )
    assert codes(caught) == ["item_not_published"]
    items = [each.item for each in defects(application, FRIDAY)]
    with pytest.raises(Refusal) as caught:
        ask(application, *items, day=date(2025, 10, 11))
    assert codes(caught) == ["notice_too_late"]
    with pytest.raises(Refusal) as caught:
        ask(application)
    assert codes(caught) == ["nothing_asked"]
    assert not SupplementRequest.objects.exists()


def test_what_never_came_is_closed_after_its_day():
    application = incomplete_application(day=FRIDAY)
    ask(application, defects(application, FRIDAY)[0].item)
    last = DesignationApplication.objects.get().supplement_due_on
    for day, refused in ((last, True), (last + timedelta(1), False)):
        try:
            closing.close_unsupplied(
                application_id=application.pk, by=clerk(), at=at(day), reason="逾期"
            )
        except Refusal as refusal:
            assert refused
            assert [each.code for each in refusal.obstacles] == ["supplement_not_due"]
    assert DesignationApplication.objects.get().state == S.WITHDRAWN


# --- the desk -----------------------------------------------------------------------------------


def test_the_desk_accepts_as_of_the_day_it_came_in():
    application = incomplete_application(day=FRIDAY)
    done = deciding.accept_application(
        application_id=application.pk, by=clerk(), at=at(date(2025, 9, 29))
    )
    assert (done.accepted_on, done.acceptance_deemed) == (FRIDAY, False)
    with pytest.raises(Refusal) as caught:
        deciding.accept_application(
            application_id=application.pk, by=clerk(), at=at(date(2025, 9, 29))
        )
    assert codes(caught) == ["application_state"]


def test_an_internet_hospital_without_parent_is_not_accepted():
    application = submitted(drafted(day=FRIDAY, is_internet_hospital=True), day=FRIDAY)
    assert application.state == S.SUBMITTED
    with pytest.raises(Refusal) as caught:
        deciding.accept_application(application_id=application.pk, by=clerk(), at=at(FRIDAY))
    assert codes(caught) == ["barred"]
    refused = deciding.refuse_application(
        application_id=application.pk,
        grounds=["NO_PARENT"],
        by=clerk(),
        at=at(FRIDAY),
        reason="未依托实体医疗机构",
    )
    assert (refused.state, refused.grounds) == (S.NOT_ACCEPTED, [NotAcceptedGround.NO_PARENT])
    assert refused.free_from is None
    letter = OfficialLetter.objects.get(kind="not_accepted")
    assert "NO_PARENT" in letter.body


@pytest.mark.parametrize(
    ("grounds", "reason", "code"),
    [
        pytest.param([], "x", "ground_missing", id="no-ground"),
        pytest.param(["N10"], "x", "ground_missing", id="unknown-ground"),
        pytest.param(["N9"], " ", "reason_missing", id="no-reason"),
    ],
)
def test_a_refusal_needs_ground_and_reason(grounds, reason, code):
    application = incomplete_application(day=FRIDAY)
    with pytest.raises(Refusal) as caught:
        deciding.refuse_application(
            application_id=application.pk, grounds=grounds, by=clerk(), at=at(FRIDAY), reason=reason
        )
    assert codes(caught) == [code]
    assert DesignationApplication.objects.get().state == S.SUBMITTED


def test_unreadable_material_keeps_the_program_from_accepting():
    draft = drafted(day=FRIDAY)
    draft.materials.filter(item__code="fund_analysis").update(is_unreadable=True)
    application = submitted(draft, day=FRIDAY)
    assert application.state == S.SUBMITTED
    [found] = defects(application, FRIDAY)
    assert found.defect == MaterialDefect.UNREADABLE
    closing.mark_unreadable(
        application_id=application.pk, item_ids=set(), by=clerk(), at=at(FRIDAY)
    )
    assert defects(application, FRIDAY) == []


def test_withdrawn_at_any_time_before_signing_and_the_licence_is_free_again():
    application = complete_application(day=FRIDAY)
    owner = owner_of(application)
    with pytest.raises(Refusal):
        submitting.withdraw_application(
            application_id=application.pk,
            by=member_of(application.institution, Role.INSTITUTION_CLERK),
            at=at(FRIDAY),
        )
    submitting.withdraw_application(application_id=application.pk, by=owner, at=at(FRIDAY))
    assert DesignationApplication.objects.get().state == S.WITHDRAWN
    drafts.start_draft(
        institution_id=application.institution_id,
        licence_no=application.licence_no,
        by=owner,
        at=at(FRIDAY),
    )


# --- the clock of the assessment ----------------------------------------------------------------


def test_material_asked_for_in_the_assessment_stops_its_clock():
    application = complete_application(day=date(2025, 2, 20))
    officer = user_with(Role.AGREEMENT_OFFICER)
    item = next(each.item for each in checklist(application, date(2025, 3, 10)) if each.files)
    request = asking.request_supplement_in_assessment(
        application_id=application.pk,
        items=[AskedFor(item.pk, MaterialDefect.OUTDATED)],
        by=officer,
        at=at(date(2025, 3, 10)),
    )
    now = DesignationApplication.objects.get()
    assert (now.state, now.assessment_due_basis["paused_from"]) == (S.ACCEPTED, "2025-03-10")
    with pytest.raises(Refusal) as caught:
        asking.request_supplement_in_assessment(
            application_id=application.pk,
            items=[AskedFor(item.pk, MaterialDefect.OUTDATED)],
            by=officer,
            at=at(date(2025, 3, 11)),
        )
    assert codes(caught) == ["supplement_open", "asked_before"]
    now = supply(application, request, date(2025, 3, 22))
    assert now.assessment_due_on == date(2025, 6, 3)  # twelve days, and the Dragon Boat holiday
    assert now.assessment_due_basis["pauses"] == [["2025-03-10", "2025-03-22"]]
    assert now.supplement_due_on is None


# --- the table ----------------------------------------------------------------------------------


def test_the_database_knows_the_states_and_their_facts():
    application = complete_application(day=FRIDAY)
    rows = DesignationApplication.objects.filter(pk=application.pk)
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        rows.update(state=S.SIGNED)
    with (
        pytest.raises(IntegrityError, match="designationapplication_acceptance_has_its_facts"),
        transaction.atomic(),
    ):
        rows.update(accepted_on=None)
    with (
        pytest.raises(IntegrityError, match="designationapplication_submitted_has_its_facts"),
        transaction.atomic(),
    ):
        rows.update(submitted_at=None)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        rows._raw_delete(rows.db)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        rows.update(number="APP-360400-2025-0099")
    assert Institution.objects.count() == 1
