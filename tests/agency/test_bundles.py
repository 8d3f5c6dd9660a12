"""Service matters (C-07): promised by their parts, filed at once, settled part by part."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError

from agency.bundles import BundleKind, BundlePartState, BundleState, ReturnGround
from agency.enums import Role
from agency.lawbook import ask
from agency.models import BundlePart, BundlePartType, Notice, ServiceBundle
from agency.rules import Refusal
from agency.services.bundle_parts import ask_supplement, finish_part, return_part, set_part
from agency.services.bundles import deliver_supplement, withdraw_bundle
from agency.services.recomputation import recompute_deadlines
from tests.agency.calendars import office_for, official_calendar
from tests.agency.factories import SHANGHAI, user_with
from tests.agency.factories_bundles import CREDIT_CODE, FILED_AT, applicant, bundle

PDF = b"%PDF-1.7\n%"


@pytest.mark.parametrize(
    ("filed_on", "hour", "promises", "due", "parts"),
    [
        pytest.param(
            "2025-04-29", 16, [0, 10], "2025-05-16", ["2025-04-29", "2025-05-16"], id="rule book"
        ),
        pytest.param("2025-04-29", 17, [0], "2025-04-30", ["2025-04-30"], id="after closing"),
        pytest.param("2025-04-30", 18, [0], "2025-05-06", ["2025-05-06"], id="before a holiday"),
        pytest.param("2025-10-11", 9, [0], "2025-10-11", ["2025-10-11"], id="make-up Saturday"),
        pytest.param("2025-10-12", 9, [0], "2025-10-13", ["2025-10-13"], id="Sunday"),
        pytest.param("2025-04-29", 9, [30], "2025-05-16", ["2025-05-16"], id="never over the law"),
        pytest.param("2025-04-29", 9, [9], "2025-05-15", ["2025-05-15"], id="a day less"),
        pytest.param("2026-12-31", 9, [10], "2027-01-14", ["2027-01-14"], id="unknown year"),
    ],
)
def test_c_07(filed_on, hour, promises, due, parts):
    answer = ask(
        "C-07", {"filed_on": filed_on, "filed_hour": hour, "promises": promises}, office_for
    )
    assert (answer["due_on"], answer["parts_due_on"]) == (due, parts)
    assert answer.get("provisional", False) == (filed_on == "2026-12-31")
    assert answer["because"]


@pytest.mark.django_db
class TestFiling:
    def test_it_has_its_receipt_and_its_promises_at_once(self):
        clerk = user_with(Role.INTAKE_CLERK)
        filed = bundle(files=[SimpleUploadedFile("死亡证明.pdf", PDF)])
        assert filed.number == "BND-360400-2025-0001"
        assert (filed.state, filed.due_on) == (BundleState.FILED, date(2025, 5, 16))
        assert [part.due_on for part in filed.parts.all()] == [date(2025, 5, 16)] * 2
        assert filed.files.get().uploaded_by is None
        [step] = filed.transitions.all()
        assert (step.act, step.by, step.rule) == ("file", None, "C-07")
        notice = Notice.objects.get(recipient=clerk)
        assert (filed.number in notice.subject, notice.url) == (True, filed.get_absolute_url())

    def test_identity_is_promised_the_same_day(self):
        filed = bundle(BundleKind.IDENTITY_CHANGE)
        assert filed.due_on == date(2025, 4, 29)

    def test_personal_data_stand_encrypted(self):
        filed = bundle()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_name, id_number, contact_name, phone, details"
                " FROM agency_servicebundle WHERE id = %s",
                [filed.pk],
            )
            assert all(value.startswith("enc:") for value in cursor.fetchone())
        assert ServiceBundle.objects.matching(filed.id_number.lower()).get() == filed
        assert (filed.masked_name, filed.masked_phone) == ("张**", "138****5678")

    @pytest.mark.parametrize(
        ("kind", "given", "code"),
        [
            (BundleKind.AFTER_DEATH, {"id_number": "360400199001010010"}, "id_number_invalid"),
            (BundleKind.AFTER_DEATH, {"id_number": "1"}, "id_number_invalid"),
            (BundleKind.AFTER_DEATH, {"person_name": " "}, "person_name_missing"),
            (BundleKind.EMPLOYEE_LEAVES, {}, "credit_code_missing"),
            (
                BundleKind.EMPLOYEE_LEAVES,
                {"credit_code": f"{CREDIT_CODE[:-1]}{'0' if CREDIT_CODE[-1] != '0' else '1'}"},
                "credit_code_invalid",
            ),
            (BundleKind.IDENTITY_CHANGE, {"details": ""}, "details_missing"),
        ],
    )
    def test_what_cannot_be_is_refused(self, kind, given, code):
        with pytest.raises(Refusal) as refusal:
            bundle(kind, applicant=applicant(**given))
        assert [each.code for each in refusal.value.obstacles] == [code]
        assert not ServiceBundle.objects.exists()

    def test_a_part_of_another_matter_is_refused(self):
        other = BundlePartType.objects.filter(bundle=BundleKind.IDENTITY_CHANGE)
        for parts in (other, []):
            with pytest.raises(Refusal) as refusal:
                bundle(parts=parts)
            assert [each.code for each in refusal.value.obstacles] == ["parts_missing"]

    def test_the_same_form_is_filed_once_another_person_s_is_another(self):
        first = bundle(key="abc")
        assert bundle(key="abc") == first
        assert bundle(key="abc", applicant=applicant(phone="13900000000")) != first
        assert bundle() != first
        assert ServiceBundle.objects.count() == 3

    def test_only_a_clerk_records_at_the_counter(self):
        clerk = user_with(Role.INTAKE_CLERK)
        assert bundle(by=clerk).taken_in_by == clerk
        assert not Notice.objects.exists()
        with pytest.raises(Refusal):
            bundle(by=user_with(Role.ARCHIVIST))


@pytest.mark.django_db(transaction=True)
def test_numbers_do_not_repeat_and_one_form_is_filed_once_under_threads():
    numbers, errors = [], []
    bundle()  # what all need is there
    barrier = Barrier(16)

    def run(number: int) -> None:
        try:
            barrier.wait()
            key = "same" if number < 8 else ""
            numbers.append(bundle(key=key).number)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert len(set(numbers)) == 9
    assert sorted(ServiceBundle.objects.values_list("number", flat=True)) == [
        f"BND-360400-2025-{number:04}" for number in range(1, 11)
    ]


@pytest.fixture
def clerk(db):
    return user_with(Role.INTAKE_CLERK)


def later(days: int) -> datetime:
    return FILED_AT + timedelta(days=days)


def test_parts_are_settled_one_by_one(clerk):
    filed = bundle()
    first, second = filed.parts.all()
    after = finish_part(part_id=first.pk, by=clerk, at=later(1))
    assert (after.state, after.ended_at) == (BundleState.FILED, None)
    after = return_part(
        part_id=second.pk,
        ground=ReturnGround.NOTHING_TO_PAY,
        by=clerk,
        at=later(2),
        note="查无余额",
    )
    assert (after.state, after.ended_at) == (BundleState.COMPLETED, later(2))
    second.refresh_from_db()
    assert (
        second.answer == f"{ReturnGround.NOTHING_TO_PAY.label} {ReturnGround.NOTHING_TO_PAY.remedy}"
    )
    acts = list(after.transitions.values_list("act", "source", "target"))
    assert acts == [
        ("file", "", "filed"),
        ("finish_part", "filed", "filed"),
        ("return_part", "filed", "filed"),
        ("return_part", "filed", "completed"),
    ]
    with pytest.raises(Refusal) as refusal:
        finish_part(part_id=second.pk, by=clerk, at=later(3))
    assert [each.code for each in refusal.value.obstacles] == ["wrong_state"]


def test_a_supplement_stops_the_promise_of_its_part(clerk):
    filed = bundle()
    first, second = filed.parts.all()
    after = ask_supplement(part_id=first.pk, missing="死亡证明", by=clerk, at=later(1))
    # The other part runs on: it is still our turn, and its promise is the whole's.
    assert (after.state, after.due_on) == (BundleState.FILED, date(2025, 5, 16))
    after = ask_supplement(part_id=second.pk, missing="银行卡", by=clerk, at=later(7))
    assert after.state == BundleState.SUPPLEMENT
    assert after.due_basis["paused_from"]
    with pytest.raises(Refusal) as refusal:
        finish_part(part_id=first.pk, by=clerk, at=later(8))
    assert [each.code for each in refusal.value.obstacles] == ["wrong_state"]
    with pytest.raises(Refusal) as refusal:
        deliver_supplement(bundle_id=filed.pk, at=later(9))
    assert [each.code for each in refusal.value.obstacles] == ["supplement_empty"]
    after = deliver_supplement(
        bundle_id=filed.pk, at=later(13), files=[SimpleUploadedFile("a.pdf", PDF)], note="已补"
    )
    # First: from 30 April to 12 May, 12 days: 16 + 12 = 28 May. Second: six days less.
    assert [part.due_on for part in filed.parts.all()] == [date(2025, 5, 28), date(2025, 5, 22)]
    assert (after.state, after.due_on) == (BundleState.FILED, date(2025, 5, 28))
    assert "已补" in after.details
    assert not after.transitions.filter(reason__contains="已补").exists()
    calendar = official_calendar()
    part = filed.parts.first()
    assert part.due_on == calendar.workdays_after(date(2025, 4, 29), 10).on + timedelta(days=12)


def test_withdrawal_leaves_what_is_done(clerk):
    filed = bundle()
    first, second = filed.parts.all()
    finish_part(part_id=first.pk, by=clerk, at=later(1))
    ask_supplement(part_id=second.pk, missing="证明", by=clerk, at=later(2))
    after = withdraw_bundle(bundle_id=filed.pk, at=later(3))
    states = [part.state for part in filed.parts.all()]
    assert states == [BundlePartState.DONE, BundlePartState.WITHDRAWN]
    assert (after.state, after.ended_at) == (BundleState.WITHDRAWN, later(3))
    with pytest.raises(Refusal) as refusal:
        withdraw_bundle(bundle_id=filed.pk, at=later(4))
    assert [each.code for each in refusal.value.obstacles] == ["wrong_state"]


def test_nobody_else_settles(clerk):
    part = bundle().parts.first()
    for other in (user_with(Role.AGENCY_HEAD), user_with(Role.SUPERVISOR)):
        with pytest.raises(Refusal) as refusal:
            finish_part(part_id=part.pk, by=other, at=later(1))
        assert [each.code for each in refusal.value.obstacles] == ["not_entitled"]
    part.refresh_from_db()
    assert part.state == BundlePartState.FILED


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"settled_at": FILED_AT}, "bundlepart_settled_has_its_facts"),
        ({"ground": "arrears"}, "bundlepart_returned_for_a_reason"),
    ],
)
def test_the_table_refuses_half_a_part(clerk, facts, name):
    part = bundle().parts.first()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BundlePart.objects.filter(pk=part.pk).update(**facts)


def test_the_tables_refuse_unlawful_moves(clerk):
    filed = bundle()
    finish_part(part_id=filed.parts.first().pk, by=clerk, at=later(1))
    with pytest.raises(InternalError), transaction.atomic():
        BundlePart.objects.filter(state="done").update(
            state="filed", settled_at=None, settled_by=None
        )
    number_form = pytest.raises(IntegrityError, match="servicebundle_number_has_its_form")
    with number_form, transaction.atomic():
        ServiceBundle.objects.filter(pk=filed.pk).update(number="BND-1")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM agency_servicebundle")
    within_law = pytest.raises(IntegrityError, match="bundleparttype_promise_within_law")
    with within_law, transaction.atomic():
        BundlePartType.objects.update(promise_wd=11)


def test_the_head_sets_what_a_matter_consists_of(clerk):
    head = user_with(Role.AGENCY_HEAD)
    facts = {
        "bundle": BundleKind.IDENTITY_CHANGE,
        "code": "phone",
        "name": "联系电话变更",
        "name_en": "",
        "material": "",
        "is_offered": True,
    }
    set_part(**facts, promise_wd=3, by=head)
    filed = bundle(BundleKind.IDENTITY_CHANGE)
    assert [part.due_on for part in filed.parts.all()] == [date(2025, 4, 29), date(2025, 5, 7)]
    set_part(**facts | {"is_offered": False}, promise_wd=5, by=head)
    assert bundle(BundleKind.IDENTITY_CHANGE).parts.count() == 1
    assert filed.parts.get(type__code="phone").promise_wd == 3
    for wrong, code in (({"promise_wd": 11}, "promise_too_long"), ({"name": " "}, "name_missing")):
        with pytest.raises(Refusal) as refusal:
            set_part(**facts | {"promise_wd": 3} | wrong, by=head)
        assert [each.code for each in refusal.value.obstacles] == [code]
    with pytest.raises(Refusal):
        set_part(**facts, promise_wd=3, by=clerk)


def test_a_new_calendar_moves_parts_and_the_whole_together(clerk):
    filed = bundle()
    stale = dict(filed.due_basis, calendar_version=0)
    ServiceBundle.objects.update(due_on=date(2025, 5, 1), due_basis=stale)
    BundlePart.objects.update(due_on=date(2025, 5, 1), due_basis=stale)
    recompute_deadlines(on=date(2025, 4, 30), at=datetime(2025, 4, 30, tzinfo=SHANGHAI))
    filed.refresh_from_db()
    assert filed.due_on == date(2025, 5, 16)
    assert {part.due_on for part in filed.parts.all()} == {date(2025, 5, 16)}
