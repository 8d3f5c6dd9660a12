"""The inquiry box: two clocks, answers in time, and answers for everybody."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from agency.enums import Role, Scope
from agency.models import Notice
from agency.receipts import check_code
from institutions.enums.guidance import FaqState, InquiryState, InquiryTopic
from institutions.models import FrequentQuestion, Inquiry
from institutions.services import faq, inquiries
from tests.agency.factories import SHANGHAI, RegionFactory, user_with
from tests.institutions import factories_guidance as make
from tests.institutions.factories import InstitutionFactory, member_of, token_of
from tests.institutions.factories_guidance import refused

pytestmark = pytest.mark.django_db

# A Friday; Monday to Wednesday after it are the Dragon Boat Festival's Monday and working days.
AT = datetime(2025, 5, 30, 10, tzinfo=SHANGHAI)


def day(number: int, month: int = 6) -> datetime:
    return datetime(2025, month, number, 10, tzinfo=SHANGHAI)


@pytest.fixture
def member():
    return member_of(InstitutionFactory(name="浔阳济民医院"))


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


def fresh(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.get(pk=inquiry.pk)


def test_a_question_has_its_number_and_its_day_at_once(member, clerk):
    inquiry = make.asked(member, AT)
    assert inquiry.number == f"INQ-{inquiry.region_id}-2025-0001"
    # 2 June is the Dragon Boat Festival: 3, 4, 5, 6, 9 June.
    assert (inquiry.answer_due_on, inquiry.reply_due_on) == (date(2025, 6, 9), None)
    assert inquiry.answer_due_basis["rule"] == "B-01"
    assert Notice.objects.get(recipient=clerk).key == f"inquiry.filed:{inquiry.number}"
    second = make.asked(member, AT)
    assert second.number.endswith("-0002")


def test_asking_back_stops_our_clock_and_starts_theirs(member, clerk):
    inquiry = make.asked(member, AT)
    inquiries.ask_back(inquiry_id=inquiry.pk, text="哪个月?", by=clerk, at=day(4))
    asked = fresh(inquiry)
    assert (asked.state, asked.reply_due_on) == (InquiryState.ASKED_BACK, date(2025, 6, 18))
    assert asked.answer_due_basis["paused_from"] == "2025-06-04"
    with refused("inquiry_asked_back_already"):
        inquiries.ask_back(inquiry_id=inquiry.pk, text="再问", by=clerk, at=day(5))
    inquiries.reply(inquiry_id=inquiry.pk, text="五月", by=member, at=day(9))
    replied = fresh(inquiry)
    # Five days stood still: 9 June becomes 14 June, a Saturday, and so Monday the 16th.
    assert (replied.state, replied.answer_due_on) == (InquiryState.FILED, date(2025, 6, 16))
    assert replied.answer_due_basis["pauses"] == [["2025-06-04", "2025-06-09"]]
    inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="六月十日", by=clerk, at=day(10))
    steps = list(inquiry.transitions.values_list("act", "source", "target", "reason"))
    assert steps == [
        ("file", "", "filed", ""),
        ("ask_back", "filed", "asked_back", "哪个月?"),
        ("reply", "asked_back", "filed", "五月"),
        ("answer", "filed", "answered", ""),
    ]


def test_an_answer_may_come_before_the_reply(member, clerk):
    inquiry = make.asked(member, AT)
    inquiries.ask_back(inquiry_id=inquiry.pk, text="哪个月?", by=clerk, at=day(4))
    done = inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="见通知", by=clerk, at=day(5))
    assert (done.state, done.answered_by) == (InquiryState.ANSWERED, clerk)
    assert "paused_from" not in done.answer_due_basis
    with refused("inquiry_not_asked_back"):
        inquiries.reply(inquiry_id=inquiry.pk, text="五月", by=member, at=day(9))
    with refused("inquiry_not_open"):
        inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="又", by=clerk, at=day(9))


@pytest.mark.parametrize(("number", "codes"), [(18, ["reply_may_come"]), (19, [])])
def test_an_inquiry_is_closed_once_the_reply_has_had_its_time(member, clerk, number, codes):
    inquiry = make.asked(member, AT)
    inquiries.ask_back(inquiry_id=inquiry.pk, text="哪个月?", by=clerk, at=day(4))
    found = inquiries.close_obstacles(fresh(inquiry), clerk, on=date(2025, 6, number))
    assert [each.code for each in found] == codes


def test_only_whoever_asked_replies_and_withdraws(member, clerk):
    inquiry = make.asked(member, AT)
    stranger = member_of(InstitutionFactory())
    for act in (inquiries.withdraw_inquiry,):
        with pytest.raises(Inquiry.DoesNotExist):
            act(inquiry_id=inquiry.pk, by=stranger, at=AT)
    inquiries.withdraw_inquiry(inquiry_id=inquiry.pk, by=member, at=AT)
    with refused("inquiry_not_open"):
        inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="x", by=clerk, at=AT)


def test_the_table_refuses_what_the_states_do_not_allow(member):
    inquiry = make.asked(member, AT)
    for statement, name in (
        ("UPDATE institutions_inquiry SET state = 'closed' WHERE id = %s", "lawful_states|Invalid"),
        (
            "UPDATE institutions_inquiry SET state = 'answered' WHERE id = %s",
            "inquiry_answer_has_its_facts",
        ),
        ("DELETE FROM institutions_inquiry WHERE id = %s", "never_deleted"),
    ):
        with (
            pytest.raises(DatabaseError, match=name),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [inquiry.pk])


# --- anybody --------------------------------------------------------------------------------------


def ask_as_stranger(client: Client, **kwargs):
    data = {
        "region": RegionFactory().pk,
        "topic": "policy",
        "subject": "门诊报销",
        "question": "门诊能报多少?",
        "name": "赵六",
        "phone": "13800001111",
    } | kwargs
    return client.post(reverse("institutions_public:question_ask"), data)


def test_anybody_asks_follows_and_replies_with_number_and_code(clerk, time_machine):
    time_machine.move_to(AT)
    client = Client()
    answer = ask_as_stranger(client)
    assert answer.status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.institution, inquiry.filed_by, inquiry.asked_phone) == (
        None,
        None,
        "13800001111",
    )
    status = answer["Location"]
    assert client.get(status).status_code == 200
    inquiries.ask_back(inquiry_id=inquiry.pk, text="职工还是居民?", by=clerk, at=AT)
    page = client.get(status).content.decode()
    url = reverse("institutions_public:question_reply")
    assert "职工还是居民?" in page and url in page
    code = check_code(inquiry.number)
    for data, expected in (
        ({"number": inquiry.number, "code": "AAAAAA", "text": "居民"}, 409),
        ({"number": "INQ-360400-2025-9999", "code": code, "text": "居民"}, 409),
        ({"number": inquiry.number, "code": code, "text": "居民"}, 302),
    ):
        assert client.post(url, data).status_code == expected
    inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="按目录报销", by=clerk, at=day(3))
    assert "按目录报销" in client.get(status).content.decode()


def test_a_strangers_empty_question_is_refused_and_kept_typed():
    client = Client()
    answer = ask_as_stranger(client, question=" ")
    assert answer.status_code == 400
    assert "门诊报销" in answer.content.decode()
    assert not Inquiry.objects.exists()


# --- for everybody --------------------------------------------------------------------------------


@pytest.fixture
def answered(member, clerk):
    inquiry = make.asked(member, AT)
    return inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="次月二十日前", by=clerk, at=AT)


def test_an_answer_is_published_by_another(answered, clerk):
    written = faq.draft_faq(
        inquiry_id=answered.pk, question="何时拨付?", answer="次月二十日前", by=clerk, at=AT
    )
    with refused("published_by_writer"):
        faq.publish_faq(faq_id=written.pk, by=clerk, at=AT)
    officer = user_with(Role.AGREEMENT_OFFICER)
    faq.publish_faq(faq_id=written.pk, by=officer, at=AT)
    client = Client()
    url = reverse("institutions_public:questions")
    assert "何时拨付?" in client.get(url).content.decode()
    assert "何时拨付?" in client.get(url, {"q": "拨付 二十日"}).content.decode()
    assert "何时拨付?" not in client.get(url, {"q": "拨付 住院"}).content.decode()
    assert "何时拨付?" not in client.get(url, {"topic": "systems"}).content.decode()
    with refused("faq_exists"):
        faq.draft_faq(inquiry_id=answered.pk, question="x", answer="y", by=clerk, at=AT)
    faq.retire_faq(faq_id=written.pk, by=officer, at=AT, reason="政策已调整")
    assert "何时拨付?" not in client.get(url).content.decode()
    assert FrequentQuestion.objects.get().state == FaqState.RETIRED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("浔阳济民医院问", "names_the_asker"),
        ("联系 13800001111", "holds_a_number"),
        ("账号 6222 0000 0000 0001", "holds_a_number"),
        ("身份证 36040319800101001X", "holds_a_number"),
    ],
)
def test_what_tells_who_asked_is_not_published(answered, clerk, text, code):
    with refused(code):
        faq.draft_faq(inquiry_id=answered.pk, question=text, answer="答", by=clerk, at=AT)
    assert not FrequentQuestion.objects.exists()


def test_an_open_inquiry_is_not_published(member, clerk):
    inquiry = make.asked(member, AT)
    with refused("inquiry_not_answered"):
        faq.draft_faq(inquiry_id=inquiry.pk, question="x", answer="y", by=clerk, at=AT)


# --- pages and interface --------------------------------------------------------------------------


def test_from_the_portal_to_the_desk_and_back(member, clerk, time_machine):
    time_machine.move_to(AT)
    own, desk = Client(), Client()
    own.force_login(member)
    desk.force_login(clerk)
    url = reverse("institutions_portal:inquiry_new")
    data = {
        "stamp": own.get(url).context["stamp"],
        "topic": "systems",
        "subject": "接口",
        "question": "怎样联调?",
    }
    assert own.post(url, data).status_code == 302
    # The same form sent twice asks once.
    assert own.post(url, data).status_code == 409
    inquiry = Inquiry.objects.get()
    assert inquiry.number in desk.get("/desk/").content.decode()
    url = reverse("institutions_desk:inquiry_answer", args=[inquiry.number])
    stamp = desk.get(url).context["stamp"]
    assert desk.post(url, {"stamp": stamp, "answer": "见接口文档"}).status_code == 302
    assert "见接口文档" in own.get(inquiry.get_portal_url()).content.decode()


def test_systems_ask_reply_and_withdraw(member, clerk, time_machine):
    time_machine.move_to(AT)
    client = Client()
    headers = {"Authorization": f"Token {token_of(member)}", "Idempotency-Key": "q1"}
    body = {"topic": InquiryTopic.SYSTEMS, "subject": "接口", "question": "怎样联调?"}
    for _again in range(2):
        answer = client.post(
            "/api/v1/inquiries/", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 201, answer.content
    inquiry = Inquiry.objects.get()
    assert answer.json()["number"] == inquiry.number
    inquiries.ask_back(inquiry_id=inquiry.pk, text="哪个接口?", by=clerk, at=AT)
    headers = {"Authorization": headers["Authorization"]}
    url = f"/api/v1/inquiries/{inquiry.number}/"
    answer = client.post(
        f"{url}reply/", {"text": "结算"}, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "filed")
    answer = client.post(f"{url}withdraw/", {}, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    weak = {"Authorization": f"Token {token_of(member, Scope.READ_REGISTER)}"}
    assert client.get("/api/v1/inquiries/", headers=weak).status_code == 403
