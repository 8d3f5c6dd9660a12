"""B-15 and B-16 to the end: rounds, readiness, forms of signing, decisions, reviews."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState, RequestKind, RequestState
from agreements.enums.renewals import NotAgreedGround, RenewalState, ReviewOutcome, SigningForm
from agreements.enums.templates import TextKind
from agreements.models import (
    Agreement,
    AgreementRequest,
    ExitReview,
    RenewalDecision,
    RenewalDraft,
    RenewalMember,
    RenewalRound,
)
from agreements.readiness import Level, lights_of
from agreements.rules import RenewalFacts, is_late, renewal_state, round_obstacles, signing_form
from agreements.services import not_renewing, renewal, renewal_rounds, requests
from agreements.services.deadlines import end_and_begin_terms, remind_of_renewal
from institutions.enums.register import Nature
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, World, at
from tests.agreements.texts import published_text

pytestmark = pytest.mark.django_db

ON = date(2025, 9, 1)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def codes():
    return lambda refusal: [each.code for each in refusal.value.obstacles]


def opened(world, on=ON, **fields) -> RenewalRound:
    window = {"ends_from": date(2025, 12, 1), "ends_to": date(2025, 12, 31)}
    return renewal_rounds.open_round(
        region=world.region, title="年度续签", by=world.officer, at=at(on), **{**window, **fields}
    )


def decided(world, agreement, on=ON) -> RenewalDecision:
    return not_renewing.decide_not_to_renew(
        agreement_id=agreement.pk,
        ground=NotAgreedGround.TERMS,
        reason="未就总额指标达成一致",
        by=world.head,
        at=at(on),
    )


def state_of(agreement, on=ON) -> RenewalState:
    agreement = Agreement.objects.get(pk=agreement.pk)
    return renewal.states_of([agreement], on=on)[agreement.pk]


# --- pure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "fixed", "form"),
    [
        ("89.99", True, SigningForm.FULL),
        ("90", True, SigningForm.SIMPLIFIED),
        ("100", True, SigningForm.SIMPLIFIED),
        ("100", False, SigningForm.FULL),
        (None, True, SigningForm.FULL),
    ],
)
def test_the_form_follows_the_score(score, fixed, form):
    score = Decimal(score) if score else None
    assert signing_form(score, threshold=90, has_fixed_text=fixed) == form


@pytest.mark.parametrize(
    ("applied_on", "late"), [("2025-09-29", False), ("2025-09-30", False), ("2025-10-09", True)]
)
def test_an_application_after_the_last_day_is_late(applied_on, late):
    assert is_late(date.fromisoformat(applied_on), date(2025, 9, 30)) is late


_RUNNING = {"state": "effective", "remind_on": date(2025, 8, 31)}


@pytest.mark.parametrize(
    ("facts", "on", "state"),
    [
        (_RUNNING, date(2025, 8, 30), RenewalState.NOT_DUE),
        (_RUNNING, date(2025, 8, 31), RenewalState.RENEWAL_DUE),
        ({**_RUNNING, "applied": True}, ON, RenewalState.APPLIED),
        ({**_RUNNING, "in_open_round": True}, ON, RenewalState.CENTRAL),
        ({**_RUNNING, "in_open_round": True, "applied": True}, ON, RenewalState.APPLIED),
        ({**_RUNNING, "applied": True, "draft_state": "draft"}, ON, RenewalState.NEGOTIATING),
        ({**_RUNNING, "draft_state": "signed"}, ON, RenewalState.SIGNED),
        ({**_RUNNING, "draft_state": "draft", "not_agreed": True}, ON, RenewalState.NOT_AGREED),
        ({**_RUNNING, "not_wished": True}, ON, RenewalState.NOT_AGREED),
        ({**_RUNNING, "state": "suspended"}, ON, RenewalState.RENEWAL_DUE),
        ({**_RUNNING, "state": "renewed"}, ON, RenewalState.RENEWED),
        ({**_RUNNING, "state": "expired", "not_agreed": True}, ON, RenewalState.EXPIRED),
        ({**_RUNNING, "state": "dissolved"}, ON, RenewalState.ENDED),
        ({**_RUNNING, "state": "signed"}, ON, RenewalState.NOT_DUE),
    ],
)
def test_where_a_renewal_stands(facts, on, state):
    assert renewal_state(RenewalFacts(**facts), on=on) == state


@pytest.mark.parametrize(
    ("ends_to", "on", "members", "found"),
    [
        ("2025-12-31", "2025-12-31", 1, []),
        ("2025-12-31", "2026-01-01", 1, ["window_over"]),
        ("2025-11-30", "2025-09-01", 1, ["window_backward"]),
        ("2025-12-31", "2025-09-01", 0, ["round_empty"]),
    ],
)
def test_when_a_round_can_be_opened(ends_to, on, members, found):
    obstacles = round_obstacles(
        ends_from=date(2025, 12, 1),
        ends_to=date.fromisoformat(ends_to),
        on=date.fromisoformat(on),
        members=members,
    )
    assert [each.code for each in obstacles] == found


# --- rounds ---------------------------------------------------------------------------------------


def test_a_round_takes_in_what_ends_in_its_window_and_tells_its_people(world):
    agreement = world.signed()
    renewed, refused = AgreementFactory(), AgreementFactory()
    AgreementFactory(
        institution=renewed.institution,
        renewal_of=renewed,
        state=AgreementState.DRAFT,
        valid_from=date(2026, 1, 1),
    )
    decided(world, refused)
    AgreementFactory(valid_from=date(2025, 2, 1))  # ends in January
    made = opened(world)
    assert made.number == "RNW-360400-2025-0001"
    assert [each.agreement for each in made.members.all()] == [agreement]
    notice = Notice.objects.get(recipient=world.member, key=f"agreement.central:{agreement.pk}")
    assert made.number in notice.body
    assert state_of(agreement) == RenewalState.CENTRAL


def test_a_round_of_one_type_leaves_the_others_out(world, codes):
    world.signed()
    with pytest.raises(Refusal) as refusal:
        opened(world, kinds=["village_clinic"])
    assert codes(refusal) == ["round_empty"]
    assert not RenewalRound.objects.exists()


def test_who_is_in_an_open_round_is_not_reminded(world):
    agreement = world.signed()
    opened(world, on=date(2025, 8, 20))
    remind_of_renewal(on=date(2025, 8, 31), at=at("2025-08-31"))
    told = Notice.objects.filter(recipient=world.member, key__startswith="agreement.remind")
    assert not told.exists()
    assert agreement.renewal_remind_on == date(2025, 8, 31)


def test_an_agreement_is_in_one_round_only(world):
    agreement = world.signed()
    made = opened(world)
    with pytest.raises(IntegrityError, match="agreement_id"), transaction.atomic():
        RenewalMember.objects.create(
            round=made, agreement=agreement, added_at=at(ON), added_by=world.officer
        )


def test_more_are_taken_in_until_the_round_is_closed(world, codes):
    world.signed()
    made = opened(world)
    later = AgreementFactory()
    outside = AgreementFactory(valid_from=date(2025, 2, 1))
    chosen = {"agreement_ids": [later.pk, outside.pk], "by": world.officer, "at": at(ON)}
    assert renewal_rounds.include(round_id=made.pk, **chosen)[1] == 1
    renewal_rounds.close_round(round_id=made.pk, by=world.officer, at=at(ON), reason="完成")
    assert state_of(later) == RenewalState.RENEWAL_DUE
    with pytest.raises(Refusal) as refusal:
        renewal_rounds.include(round_id=made.pk, **chosen)
    assert codes(refusal) == ["round_closed"]


def test_a_round_costs_the_same_for_many(world, django_assert_max_num_queries):
    AgreementFactory.create_batch(12)
    with django_assert_max_num_queries(25):
        made = opened(world)
    assert made.members.count() == 12


# --- the form -------------------------------------------------------------------------------------


def scored(monkeypatch, agreement, score):
    result = SimpleNamespace(score=Decimal(score), round=SimpleNamespace(year=2024))
    monkeypatch.setattr(renewal, "scores_of", lambda _pks, _on: {agreement.institution_id: result})


@pytest.mark.parametrize(
    ("score", "form", "kind"),
    [("90.00", "simplified", TextKind.FIXED), ("89.99", "full", TextKind.MAIN)],
)
def test_a_good_performance_makes_the_renewal_simple(world, monkeypatch, score, form, kind):
    agreement = world.signed()
    published_text(TextKind.FIXED)
    scored(monkeypatch, agreement, score)
    draft = renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at(ON))
    kept = RenewalDraft.objects.get(agreement=draft)
    assert (kept.form, kept.score, kept.threshold, kept.assessed_year) == (
        form,
        Decimal(score),
        90,
        2024,
    )
    assert draft.texts.get().kind == kind


def test_the_database_keeps_the_simple_form_to_good_scores(world):
    draft = AgreementFactory(state=AgreementState.DRAFT)
    with (
        pytest.raises(IntegrityError, match="renewaldraft_simplified_by_its_score"),
        transaction.atomic(),
    ):
        RenewalDraft.objects.create(
            agreement=draft,
            form=SigningForm.SIMPLIFIED,
            score=Decimal("89.99"),
            threshold=90,
            drawn_up_at=at(ON),
        )


def test_many_are_drawn_up_and_each_refusal_is_told(world):
    agreement, other = world.signed(), AgreementFactory()
    decided(world, other)
    drawn = renewal.renew_each(agreement_ids=[agreement.pk, other.pk], by=world.officer, at=at(ON))
    assert [each.renewal_of for each in drawn.drafts] == [agreement]
    assert [(each, [one.code for one in why.obstacles]) for each, why in drawn.refused] == [
        (other, ["not_agreed"])
    ]


def test_a_round_ends_in_renewed_agreements(world):
    agreement = world.signed()
    opened(world)
    draft = renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at(ON))
    assert state_of(agreement) == RenewalState.NEGOTIATING
    world.sign(draft, at("2025-10-10"))
    assert state_of(agreement) == RenewalState.SIGNED
    end_and_begin_terms(on=date(2025, 12, 31), at=at("2025-12-31"))
    assert state_of(agreement) == RenewalState.SIGNED
    end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01"))
    assert state_of(agreement) == RenewalState.RENEWED
    assert Agreement.objects.get(pk=draft.pk).state == AgreementState.EFFECTIVE


# --- not renewing ---------------------------------------------------------------------------------


def test_not_agreed_means_a_letter_and_expiry(world, codes):
    agreement = world.signed()
    request = world.filed(agreement, RequestKind.RENEW, "2025-10-09")
    assert request.is_late
    decision = decided(world, agreement, on=date(2025, 10, 10))
    assert decision.letter is not None
    assert AgreementRequest.objects.get(pk=request.pk).state == RequestState.LAPSED
    assert state_of(agreement) == RenewalState.NOT_AGREED
    with pytest.raises(Refusal) as refusal:
        renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at("2025-10-11"))
    assert codes(refusal) == ["not_agreed"]
    assert Notice.objects.filter(
        recipient=world.member, key__startswith=f"agreement.not_renewed:{agreement.pk}"
    ).exists()
    end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01"))
    assert state_of(agreement) == RenewalState.EXPIRED


def test_a_draft_is_given_up_by_the_decision(world):
    agreement = world.signed()
    draft = renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at(ON))
    decided(world, agreement)
    assert Agreement.objects.get(pk=draft.pk).state == AgreementState.CANCELLED


def test_a_signed_renewal_bars_the_decision(world, codes):
    agreement = world.signed()
    draft = renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at(ON))
    world.sign(draft, at(ON))
    with pytest.raises(Refusal) as refusal:
        decided(world, agreement)
    assert codes(refusal) == ["renewal_signed"]
    assert not RenewalDecision.objects.exists()


def test_a_decision_is_made_once_and_can_be_taken_back(world, codes):
    agreement = world.signed()
    decided(world, agreement)
    with pytest.raises(Refusal) as refusal:
        decided(world, agreement)
    assert codes(refusal) == ["decided_already"]
    not_renewing.revoke_decision(
        agreement_id=agreement.pk, reason="重新协商", by=world.head, at=at(ON)
    )
    assert state_of(agreement) == RenewalState.RENEWAL_DUE
    decided(world, agreement)
    assert RenewalDecision.objects.count() == 2
    with (
        pytest.raises(Exception, match="facts_never_change"),
        transaction.atomic(),
    ):
        RenewalDecision.objects.update(reason="x")


# --- B-16: the administration's review ------------------------------------------------------------


@pytest.fixture
def notice():
    world = World(nature=Nature.PUBLIC)
    agreement = world.signed()
    return world, world.filed(agreement, RequestKind.NOT_RENEW, ON)


def reviewed(request, outcome, on=ON):
    return not_renewing.review_exit(
        request_id=request.pk,
        outcome=outcome,
        text="已研究",
        by=user_with(Role.SUPERVISOR),
        at=at(on),
    )


def accept(world, request):
    return requests.accept_request(request_id=request.pk, by=world.officer, at=at(ON))


def test_a_public_institutions_notice_waits_for_the_administration(notice, codes):
    world, request = notice
    review = ExitReview.objects.get(request=request)
    assert review.due_on == date(2025, 9, 15)
    with pytest.raises(Refusal) as refusal:
        accept(world, request)
    assert codes(refusal) == ["review_pending"]
    reviewed(request, ReviewOutcome.NO_OBJECTION)
    assert accept(world, request).state == RequestState.ACCEPTED
    assert state_of(request.agreement) == RenewalState.NOT_AGREED


def test_an_objection_bars_the_acceptance(notice, codes):
    world, request = notice
    reviewed(request, ReviewOutcome.OBJECTION)
    with pytest.raises(Refusal) as refusal:
        accept(world, request)
    assert codes(refusal) == ["administration_objects"]
    with pytest.raises(Refusal) as refusal:
        reviewed(request, ReviewOutcome.NO_OBJECTION)
    assert codes(refusal) == ["reviewed_already"]
    assert ExitReview.objects.get().outcome == ReviewOutcome.OBJECTION


def test_only_the_administration_reviews(notice):
    world, request = notice
    with (
        pytest.raises(IntegrityError, match="only persons of the administration"),
        transaction.atomic(),
    ):
        ExitReview.objects.filter(request=request).update(
            outcome="objection", text="x", reviewed_at=at(ON), reviewed_by=world.head
        )


def test_a_private_institution_needs_no_review(world):
    request = world.filed(world.signed(), RequestKind.NOT_RENEW, ON)
    assert not ExitReview.objects.exists()
    assert accept(world, request).state == RequestState.ACCEPTED


# --- the board ------------------------------------------------------------------------------------


def test_lights_say_what_stands_against_it(world):
    agreement = world.suspended(world.signed(), "2025-08-01", "2026-01-15")
    lights = lights_of([Agreement.objects.get(pk=agreement.pk)], date(2025, 10, 1))[agreement.pk]
    assert lights["suspension"].level == Level.RED
    assert lights["application"].level == Level.RED  # the last day was 30 September
    assert lights["performance"].level == Level.GREY
    assert lights["training"].level == Level.AMBER
    assert lights["roster"].level == Level.RED
    assert "unpaid" not in lights
    assert "cases" not in lights


@pytest.mark.parametrize(
    ("licence", "level"),
    [
        ("2025-12-31", Level.RED),
        ("2026-01-01", Level.AMBER),
        ("2026-12-30", Level.AMBER),
        ("2026-12-31", None),
    ],
)
def test_a_licence_must_reach_into_the_new_term(world, licence, level):
    agreement = world.signed()
    world.institution.licence_valid_to = date.fromisoformat(licence)
    world.institution.save(update_fields=["licence_valid_to"])
    agreement = Agreement.objects.select_related("institution", "region").get(pk=agreement.pk)
    light = lights_of([agreement], ON, ["filings"])[agreement.pk].get("filings")
    said = [each for each in (light.text if light else "").split("；") if "2025-12-31" in each]
    found = None if light is None else light.level
    if level is Level.RED:
        assert found == Level.RED and said
    elif level is Level.AMBER:
        assert found == Level.AMBER
    else:
        assert found in (None, Level.AMBER)
        assert light is None or licence not in light.text


@pytest.fixture
def today(time_machine):
    time_machine.move_to(at(ON))


def test_the_board_costs_the_same_for_many_rows(
    client, world, today, django_assert_max_num_queries
):
    AgreementFactory.create_batch(30)
    client.force_login(world.officer)
    url = reverse("agreements_desk:renewals")
    client.get(url)
    with django_assert_max_num_queries(50):
        page = client.get(url)
    assert len(page.context["rows"]) == 30
    rows = client.get(reverse("agreements_desk:renewals_csv"), page.wsgi_request.GET)
    assert b"".join(rows.streaming_content).decode("utf-8-sig").count("\n") == 31


def test_every_state_of_the_filter_agrees_with_the_rule(client, world, today):
    due, applied = AgreementFactory(), AgreementFactory()
    AgreementRequest.objects.create(
        number="REQ-360400-2025-9001",
        agreement=applied,
        kind=RequestKind.RENEW,
        wanted_on=ON,
        reason="x",
        filed_at=at(ON),
        filed_by=world.member,
        decision_due_on=ON,
    )
    refused, negotiating = AgreementFactory(), AgreementFactory()
    decided(world, refused)
    renewal.renew_agreement(agreement_id=negotiating.pk, by=world.officer, at=at(ON))
    client.force_login(world.officer)
    for agreement, state in [
        (due, "renewal_due"),
        (applied, "applied"),
        (refused, "not_agreed"),
        (negotiating, "negotiating"),
    ]:
        page = client.get(reverse("agreements_desk:renewals"), {"state": state})
        assert [each["agreement"] for each in page.context["rows"]] == [agreement], state
        assert state_of(agreement) == state


def test_the_board_acts_on_what_is_ticked(client, world, today):
    agreement = world.signed()
    client.force_login(world.officer)
    url = f"{reverse('agreements_desk:renewals_draft')}?agreement={agreement.pk}"
    stamp = client.get(url).context["stamp"]
    assert client.post(url, {"stamp": stamp}).status_code == 302
    assert state_of(agreement) == RenewalState.NEGOTIATING
    nothing = client.get(reverse("agreements_desk:renewals_draft"))
    assert [each.code for each in nothing.context["obstacles"]] == ["none_chosen"]


def test_my_renewal_says_what_is_missing(client, world, today):
    agreement = world.signed()
    client.force_login(world.member)
    url = reverse("agreements_portal:renewal", args=[agreement.pk])
    page = client.get(url)
    assert {each["column"].key for each in page.context["missing"]} >= {"training", "roster"}
    assert len(page.context["buttons"]) == 2
    opened(world)
    page = client.get(url)
    assert page.context["buttons"] == []
    assert RenewalRound.objects.get().number in page.content.decode()


def test_the_head_decides_and_the_administration_reviews_on_their_pages(client, notice, today):
    world, request = notice
    supervisor = user_with(Role.SUPERVISOR)
    client.force_login(supervisor)
    url = reverse("agreements_desk:review_exit", args=[request.number])
    stamp = client.get(url).context["stamp"]
    data = {"stamp": stamp, "outcome": "no_objection", "reason": "无异议"}
    assert client.post(url, data).status_code == 302
    assert ExitReview.objects.get().outcome == "no_objection"
    client.force_login(world.head)
    url = reverse("agreements_desk:not_renew", args=[request.agreement_id])
    stamp = client.get(url).context["stamp"]
    data = {"stamp": stamp, "ground": "institution", "reason": "医院不再续签"}
    assert client.post(url, data).status_code == 302
    assert RenewalDecision.objects.get().ground == NotAgreedGround.INSTITUTION
