"""Issuing, serving, withdrawing and correcting letters: what is done, what is refused (T-09)."""

import hashlib
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from django.db import IntegrityError, InternalError, transaction

from agency.enums import (
    Actor,
    IdentityCheck,
    LetterState,
    Role,
    ServiceMethod,
    ServiceState,
    TemplateState,
)
from agency.letter_kinds import CHINESE, ENGLISH, KINDS
from agency.letters.values import thawed
from agency.models import LetterService, LetterTemplate, Notice, OfficialLetter
from agency.rules import Refusal
from agency.services.letters import (
    confirm_in_portal,
    confirm_service,
    correct_letter,
    end_notices,
    fail_service,
    hooks,
    send_letter,
    serve_letter,
    withdraw_letter,
)
from agency.services.letters.heads import head_in_force
from agency.services.letters.paper import Facts, render_letter
from tests.agency.factories import UserFactory, user_with
from tests.agency.letters import (
    CONTEXT,
    ISSUED_ON,
    issued,
    issued_by_administration,
    moment,
    officer,
    receipt,
)

pytestmark = pytest.mark.django_db

LATER = date(2026, 11, 25)


def codes(caught) -> list[str]:
    return [each.code for each in caught.value.obstacles]


def served(letter, *, on=LATER, served_on=LATER, **kwargs):
    given = {"recipient": "李四，医保办主任", "proof": receipt(), "by": officer(), **kwargs}
    return serve_letter(
        letter_id=letter.pk,
        method=ServiceMethod.HAND,
        served_on=served_on,
        at=moment(on),
        on=on,
        **given,
    )


def sent(letter, method=ServiceMethod.POST, *, on=LATER, **kwargs):
    given = {"by": officer(), **kwargs}
    if method == ServiceMethod.POST:
        given.setdefault("tracking_number", "EA123456789CN")
    return send_letter(letter_id=letter.pk, method=method, at=moment(on), on=on, **given)


@pytest.fixture
def heard():
    """What the functions entered for the example kind were told."""
    calls = []

    def hear(letter, *, served_on, at):
        calls.append((letter.number, served_on))

    hooks._SERVED["resumption_decision"] = [hear]
    yield calls
    del hooks._SERVED["resumption_decision"]


# --- issuing ------------------------------------------------------------------------------------


def test_a_letter_keeps_what_it_said():
    by = officer()
    letter = issued(by=by)
    letter.refresh_from_db()
    assert letter.state == LetterState.ISSUED and letter.served_on is None
    assert letter.title == KINDS["resumption_decision"].own_text(CHINESE)[0]
    assert letter.context["from_on"] == {"date": "2026-12-01"}
    assert letter.pages == 1 and letter.issued_by == by
    pdf = letter.pdf.read()
    assert hashlib.sha256(pdf).hexdigest() == letter.sha256
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert letter.number in text and letter.code in text
    assert "2026年12月1日" in text and "二〇二六年十一月二十日" in text
    assert [each.act for each in letter.transitions.all()] == ["issue"]
    assert len(letter.code) == 14 and letter.code != issued().code


def test_the_digest_can_be_reproduced_from_what_is_kept():
    letter = OfficialLetter.objects.get(pk=issued(by=officer()).pk)
    from_record = Facts(
        head=_head(letter),
        number=letter.number,
        issued_on=letter.issued_on,
        addressee=letter.addressee,
        matter=letter.matter,
        signer=str(letter.issued_by),
        code=letter.code,
    )
    context = {name: thawed(value) for name, value in letter.context.items()}
    again = render_letter(letter.the_kind, letter.template, context, from_record)
    assert hashlib.sha256(again.pdf).hexdigest() == letter.sha256


def _head(letter):
    return head_in_force(letter.region, letter.actor, letter.issued_on)


def test_a_letter_in_english():
    letter = issued(language=ENGLISH)
    assert letter.title == "Decision to resume the service agreement"
    assert "1 December 2026" in letter.body


def test_a_wrong_call_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match=r"missing \['reason'\], unknown \['raeson'\]"):
        issued(context={"agreement": "1", "from_on": ISSUED_ON, "raeson": "x"})
    with pytest.raises(KeyError):
        issued("no_such_kind")
    with pytest.raises(ValueError, match="not in en"):
        issued_by_administration(language=ENGLISH)
    assert not OfficialLetter.objects.exists()


def test_only_the_kinds_roles_issue_it():
    with pytest.raises(Refusal) as caught:
        issued(by=user_with(Role.PAYMENT_OFFICER))
    assert codes(caught) == ["letter_not_permitted"]
    with pytest.raises(Refusal):
        issued_by_administration(by=officer())
    assert not OfficialLetter.objects.exists()


def test_characters_the_font_lacks_are_named():
    with pytest.raises(Refusal) as caught:
        issued(addressee="浔阳𠮷医院")
    (obstacle,) = caught.value.obstacles
    assert obstacle.code == "letter_characters_missing"
    assert "U+20BB7" in str(obstacle.text) and "LETTER_FONT" in str(obstacle.remedy)
    assert not OfficialLetter.objects.exists()


def test_a_letter_is_never_altered_or_deleted():
    letter = issued()
    for change in ({"addressee": "x"}, {"sha256": "0" * 64}, {"issued_on": LATER}):
        with pytest.raises(InternalError, match="as_it_was_issued"), transaction.atomic():
            OfficialLetter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(InternalError, match="state_machine"), transaction.atomic():
        OfficialLetter.objects.filter(pk=served(letter).letter.pk).update(state="issued")
    with pytest.raises(InternalError, match="never_deleted"), transaction.atomic():
        OfficialLetter.objects.all()._raw_delete("default")


# --- service ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued_on", "sent_on", "served_on", "today", "code"),
    [
        # T-09: the recorded day of service, never the letter's; both ends are fine.
        (ISSUED_ON, ISSUED_ON, ISSUED_ON, ISSUED_ON, ""),
        (ISSUED_ON, date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23), ""),
        (ISSUED_ON, date(2026, 11, 23), date(2026, 12, 24), date(2026, 12, 31), ""),
        (ISSUED_ON, date(2026, 11, 30), date(2027, 1, 4), date(2027, 1, 4), ""),
        (ISSUED_ON, ISSUED_ON, date(2026, 11, 19), date(2026, 11, 23), "service_day_too_early"),
        (ISSUED_ON, LATER, date(2026, 11, 24), LATER, "service_day_too_early"),
        (ISSUED_ON, LATER, date(2026, 11, 26), LATER, "service_day_to_come"),
        (ISSUED_ON, date(2026, 11, 19), LATER, LATER, "service_day_too_early"),
    ],
)
def test_days_of_service(heard, issued_on, sent_on, served_on, today, code):
    letter = issued(on=issued_on)

    def serve():
        service = sent(letter, on=today, sent_on=sent_on)
        confirm_service(
            service_id=service.pk,
            served_on=served_on,
            recipient="收发室 张三",
            proof=receipt(),
            by=officer(),
            at=moment(today),
            on=today,
        )

    if code:
        with pytest.raises(Refusal) as caught, transaction.atomic():
            serve()
        assert codes(caught) == [code]
        letter.refresh_from_db()
        assert letter.state == LetterState.ISSUED
        assert heard == [] and not LetterService.objects.exists()
        return
    serve()
    letter.refresh_from_db()
    assert (letter.state, letter.served_on) == (LetterState.SERVED, served_on)
    assert heard == [(letter.number, served_on)]
    last = letter.transitions.order_by("-pk").first()
    assert (last.act, last.on, last.rule) == ("serve", served_on, "T-09")


@pytest.mark.parametrize(
    ("lacking", "code"),
    [({"recipient": " "}, "recipient_missing"), ({"proof": None}, "proof_missing")],
)
def test_a_delivery_without_recipient_or_proof_counts_for_nothing(heard, lacking, code):
    letter = issued()
    with pytest.raises(Refusal) as caught:
        served(letter, **lacking)
    assert codes(caught) == [code]
    assert heard == [] and not LetterService.objects.exists()


def test_post_needs_its_tracking_number():
    with pytest.raises(Refusal) as caught:
        sent(issued(), tracking_number=" ")
    assert codes(caught) == ["tracking_number_missing"]


def test_a_failed_service_leaves_the_letter_to_another_way():
    letter = issued()
    service = sent(letter)
    with pytest.raises(Refusal) as caught:
        sent(letter, ServiceMethod.NOTICE)
    assert codes(caught) == ["service_under_way"]
    fail_service(
        service_id=service.pk, reason="原址查无此人", by=officer(), at=moment(LATER), on=LATER
    )
    with pytest.raises(Refusal) as caught:
        fail_service(
            service_id=service.pk, reason="again", by=officer(), at=moment(LATER), on=LATER
        )
    assert codes(caught) == ["service_over"]
    assert served(letter).letter.served_on == LATER
    with pytest.raises(Refusal) as caught:
        sent(letter)
    assert codes(caught) == ["letter_served"]
    states = set(LetterService.objects.values_list("method", "state"))
    assert states == {("post", "failed"), ("hand", "served")}


def test_a_public_notice_counts_after_its_days(heard):
    by = officer()
    letter = issued(by=by)
    service = sent(letter, ServiceMethod.NOTICE, on=ISSUED_ON)
    assert service.notice_until == date(2026, 12, 20)
    last_day, after = date(2026, 12, 20), date(2026, 12, 27)
    assert end_notices(on=last_day, at=moment(last_day)) == 0
    with pytest.raises(Refusal) as caught:
        confirm_service(
            service_id=service.pk,
            served_on=last_day,
            recipient="x",
            proof=receipt(),
            by=by,
            at=moment(last_day),
            on=last_day,
        )
    assert codes(caught) == ["service_confirmed_elsewhere"]
    # Run a week late: the day of service is the notice's last one all the same.
    assert end_notices(on=after, at=moment(after)) == 1
    assert end_notices(on=after, at=moment(after)) == 0
    letter.refresh_from_db()
    assert letter.served_on == last_day
    assert heard == [(letter.number, last_day)]
    assert Notice.objects.get(recipient=by).url == letter.get_absolute_url()


def confirmed(letter, **kwargs):
    given = {"signature": "李四", "checked_by": IdentityCheck.PASSWORD, "by": UserFactory()}
    return confirm_in_portal(letter_id=letter.pk, at=moment(LATER), on=LATER, **{**given, **kwargs})


def test_a_signed_confirmation_in_the_portal(heard):
    letter = issued()
    service = confirmed(letter)
    assert (service.method, service.state) == (ServiceMethod.PORTAL, ServiceState.SERVED)
    assert service.signature == "李四"
    assert heard == [(letter.number, LATER)]
    with pytest.raises(Refusal) as caught:
        confirmed(letter)
    assert codes(caught) == ["letter_served"]


def test_a_confirmation_without_signature_is_none(heard):
    letter = issued()
    sent(letter, ServiceMethod.PORTAL)
    with pytest.raises(Refusal) as caught:
        confirmed(letter, signature=" ")
    assert codes(caught) == ["signature_missing"]
    assert heard == []
    assert confirmed(letter).state == ServiceState.SERVED
    assert LetterService.objects.count() == 1


def test_a_confirmation_in_the_portal_ends_the_post_under_way(heard):
    letter = issued()
    post = sent(letter)
    confirmed(letter)
    post.refresh_from_db()
    assert post.state == ServiceState.FAILED
    assert heard == [(letter.number, LATER)]


def test_the_sides_serve_their_own():
    ours, theirs = issued(), issued_by_administration()
    assert theirs.actor == Actor.ADMINISTRATION
    with pytest.raises(Refusal) as caught:
        served(theirs)
    assert codes(caught) == ["letter_of_the_other_side"]
    with pytest.raises(Refusal) as caught:
        served(ours, by=user_with(Role.SUPERVISOR))
    assert codes(caught) == ["letter_of_the_other_side"]
    assert served(theirs, by=user_with(Role.SUPERVISOR)).letter.state == LetterState.SERVED


def test_the_database_keeps_service_to_its_proof():
    letter = issued()
    given = {"letter": letter, "sent_on": LATER, "sent_at": moment(LATER)}
    wrong = {
        "letterservice_served_has_its_proof": {
            "method": "hand", "state": "served", "served_on": LATER, "served_at": moment(LATER),
        },
        "letterservice_served_has_its_day": {
            "method": "portal", "state": "served", "signature": "x", "checked_by": "code",
            "confirmed_by": UserFactory(),
        },
        "letterservice_post_has_its_tracking_number": {"method": "post"},
        "letterservice_notice_has_its_end": {
            "method": "notice", "notice_until": date(2026, 11, 24),
        },
        "letterservice_failed_has_its_reason": {"method": "hand", "state": "failed"},
    }  # fmt: skip
    for name, fields in wrong.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            LetterService.objects.create(**given, **fields)
    LetterService.objects.create(**given, method="hand")
    with pytest.raises(IntegrityError, match="letterservice_one_open"), transaction.atomic():
        LetterService.objects.create(**given, method="portal")


# --- withdrawal and correction ------------------------------------------------------------------


def withdrawn(letter, **kwargs):
    given = {"reason": "事实有误", "by": user_with(Role.AGENCY_HEAD), **kwargs}
    return withdraw_letter(letter_id=letter.pk, at=moment(LATER), on=LATER, **given)


def corrected(letter, **kwargs):
    given = {"context": {"reason": "整改验收合格（更正）"}, "reason": "理由有误", "by": officer()}
    return correct_letter(letter_id=letter.pk, at=moment(LATER), on=LATER, **{**given, **kwargs})


def test_a_withdrawn_letter_stays_withdrawn():
    letter = issued()
    sent(letter)
    letter = withdrawn(letter)
    assert letter.state == LetterState.WITHDRAWN and letter.withdrawal_reason == "事实有误"
    assert letter.services.get().state == ServiceState.FAILED
    for act in (withdrawn, corrected, served):
        with pytest.raises(Refusal) as caught:
            act(letter)
        assert codes(caught) == ["letter_withdrawn"]
    with pytest.raises(Refusal) as caught:
        withdrawn(issued(), reason="  ")
    assert codes(caught) == ["reason_missing"]


def test_a_correction_is_a_letter_of_its_own():
    wrong = issued()
    told = []

    def hear(letter, *, corrects, at):
        told.append((letter, corrects))

    hooks._CORRECTED.append(hear)
    post = sent(wrong)
    new = corrected(wrong)
    hooks._CORRECTED.remove(hear)
    wrong, post = OfficialLetter.objects.get(pk=wrong.pk), LetterService.objects.get(pk=post.pk)
    assert new.number != wrong.number and new.corrects == wrong and wrong.is_corrected
    assert new.original == wrong
    assert new.title.endswith("（更正）")
    assert new.context["from_on"] == wrong.context["from_on"]
    with pypdfium2.PdfDocument(new.pdf.read()) as document:
        text = document[0].get_textpage().get_text_bounded().replace("\r\n", "")
    assert wrong.number in text and "更正理由：理由有误" in text
    assert "整改验收合格（更正）" in text
    assert post.state == ServiceState.FAILED
    assert told == [(new, wrong)]
    assert [each.act for each in wrong.transitions.all()] == ["issue", "send", "corrected"]
    for act in (withdrawn, corrected, served):
        with pytest.raises(Refusal) as caught:
            act(wrong)
        assert codes(caught) == ["letter_corrected"]
    again = corrected(new, context={"reason": "再更正"})
    assert again.original == wrong


def test_a_correction_of_nothing_is_refused():
    letter = issued()
    with pytest.raises(Refusal) as caught:
        corrected(letter, context={"reason": CONTEXT["reason"]})
    assert codes(caught) == ["nothing_changed"]
    with pytest.raises(Refusal) as caught:
        corrected(letter, by=user_with(Role.PAYMENT_OFFICER))
    assert codes(caught) == ["letter_not_permitted"]
    with pytest.raises(ValueError, match="unknown"):
        corrected(letter, context={"x": "y"})
    assert OfficialLetter.objects.count() == 1


# --- templates in force -------------------------------------------------------------------------


def test_the_programs_text_is_version_one():
    letter = issued()
    assert letter.template.version == 1
    assert letter.template.state == TemplateState.RELEASED
    assert letter.template.written_by is None
    issued()
    assert LetterTemplate.objects.count() == 1


def test_an_institutions_own_letter_bears_its_name(monkeypatch):
    kind = KINDS["resumption_decision"]
    own = replace(kind, actor=Actor.INSTITUTION, roles=frozenset({Role.INSTITUTION_CLERK}))
    monkeypatch.setitem(KINDS, kind.code, own)
    letter = issued(sender="浔阳仁和医院(演示)", addressee="九江市医疗保障事业管理中心")
    assert letter.office_name == "浔阳仁和医院(演示)"
    assert letter.actor == Actor.INSTITUTION
    with pypdfium2.PdfDocument(letter.pdf.read()) as document:
        assert "浔阳仁和医院(演示)" in document[0].get_textpage().get_text_bounded()
