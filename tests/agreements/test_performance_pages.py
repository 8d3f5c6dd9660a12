"""The pages of performance assessment, from the set to the public grades."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from agreements.enums.performance import PerformanceState, RoundState, SetState
from agreements.models import IndicatorSet, PerformanceAssessment, PerformanceRound
from agreements.services.performance.rounds import prepare_round
from tests.agreements.factories import at, fresh
from tests.agreements.factories_performance import EVIDENCE, FIGURE, OPENED, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


def desk(name, *args) -> str:
    return reverse(f"agreements_desk:{name}", args=args)


def own(name, *args) -> str:
    return reverse(f"agreements_portal:{name}", args=args)


def act(client, url, **data):
    """Open the page of an act and confirm it."""
    page = client.get(url)
    assert page.status_code == 200, url
    return client.post(url, {"stamp": page.context["stamp"], **data})


def at_day(day):
    return time_machine.travel(at(day), tick=False)


def test_a_set_is_drawn_up_and_published_on_its_pages(client, office):
    with at_day("2024-12-02"):
        client.force_login(office.officer)
        act(client, desk("indicator_set_new"), title="指标", year=2025, profile="NATIONAL")
        made = IndicatorSet.objects.get()
        values = {
            **{key: value for key, value in FIGURE.items() if key != "bands"},
            "weight": "99",
            "bands": "",
        }
        new = desk("indicator_new", made.pk)
        bad = act(client, new, **values | {"formula": "open('x')"})
        assert bad.status_code == 409
        assert act(client, new, **values).status_code == 302
        page = client.get(made.get_absolute_url())
        assert page.context["missing"] == Decimal(1)
        act(
            client,
            new,
            **{**EVIDENCE, "weight": "1", "direction": "higher", "bands": "", "formula": ""},
        )
        client.force_login(office.head)
        act(client, desk("indicator_set_publish", made.pk))
    assert fresh(made).state == SetState.PUBLISHED
    assert made.indicators.count() == 2


def test_a_round_runs_through_its_pages(client, office):
    with at_day(OPENED):
        office.published_set()
        client.force_login(office.officer)
        act(
            client,
            desk("performance_round_new"),
            region=office.region.pk,
            year=2025,
            first="2025-01-01",
            last="2025-12-31",
        )
        made = PerformanceRound.objects.get()
        assert made.state == RoundState.PREPARING
        assert "progress" in client.get(made.get_absolute_url()).content.decode()
        prepare_round(round_id=made.pk, at=at(OPENED))
        assert client.get(desk("performance_board")).status_code == 200
    assessment = PerformanceAssessment.objects.get()
    number = assessment.number
    key = office.score(assessment, "A3").pk
    with at_day("2026-01-12"):
        client.force_login(office.member)
        assert client.get(own("performance")).status_code == 200
        url = own("performance_self", number)
        assert act(client, url).status_code == 409
        act(client, url, **{f"points_{key}": "28", f"text_{key}": "制度汇编"})
    with at_day("2026-01-27"):
        client.force_login(office.officer)
        url = desk("performance_assess", number)
        act(client, url, **{f"points_{key}": "20", f"text_{key}": "保密的评语"})
        client.force_login(office.member)
        # What the assessor writes stays at the desk until the result is proposed.
        assert "保密的评语" not in client.get(assessment.get_portal_url()).content.decode()
        client.force_login(office.officer)
        act(client, desk("performance_propose", number))
    with at_day("2026-02-02"):
        client.force_login(office.member)
        assert "保密的评语" in client.get(assessment.get_portal_url()).content.decode()
        url = own("performance_appeal", number)
        assert act(client, url).status_code == 409
        act(client, url, **{f"points_{key}": "28", f"text_{key}": "制度齐全"})
        appeal = fresh(assessment).appeals.get()
        client.force_login(office.officer)
        page = client.get(desk("performance_decide", appeal.pk))
        assert [each.code for each in page.context["obstacles"]] == ["decided_by_assessor"]
        client.force_login(office.colleague)
        act(
            client,
            desk("performance_decide", appeal.pk),
            outcome="granted",
            points="26",
            reason="属实",
        )
        client.force_login(office.head)
        assert number in client.get("/desk/").content.decode()
        act(client, desk("performance_publish", number))
        grades = reverse("agreements_public:performance")
        assert office.institution.name not in client.get(grades).content.decode()
        act(client, desk("performance_round_disclose", made.pk))
    done = fresh(assessment)
    assert (done.state, done.score) == (PerformanceState.PUBLISHED, Decimal("96.00"))
    client.logout()
    page = client.get(grades).content.decode()
    assert office.institution.name in page
    assert "96.00" not in page
    assert office.institution.name not in client.get(f"{grades}?year=2024").content.decode()


def test_the_agreement_shows_its_performance(client, office):
    with at_day("2026-03-10"):
        assessment = office.published()
        client.force_login(office.officer)
        assert assessment.number in client.get(office.agreement.get_absolute_url()).content.decode()
        client.force_login(office.member)
        assert assessment.number in client.get(office.agreement.get_portal_url()).content.decode()


def test_a_strangers_assessment_is_not_found(client, office):
    assessment = office.proposed()
    stranger = Office().member
    client.force_login(stranger)
    assert client.get(assessment.get_portal_url()).status_code == 404
    assert client.get(own("performance_confirm", assessment.number)).status_code == 404


def test_the_interface_reads_and_takes_the_self_assessment(client, office):
    with at_day("2026-01-12"):
        assessment = office.opened()
        client.force_login(office.member)
        url = f"/api/v1/performance-assessments/{assessment.number}/"
        answer = client.get(url).json()
        assert [each["code"] for each in answer["scores"]] == ["A1", "A2", "A3"]
        body = {"scores": [{"code": "A3", "points": "28", "text": "制度"}]}
        headers = {"Idempotency-Key": "pf-1"}
        answer = client.post(
            f"{url}self-assessment/", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, answer.content
        assert answer.json()["state"] == "self_assessed"
        bad = {"scores": [{"code": "X", "points": "1"}]}
        answer = client.post(f"{url}self-assessment/", bad, content_type="application/json")
        assert answer.status_code == 400


def test_the_report_lists_a_year(client, office):
    with at_day("2026-03-10"):
        office.published()
        client.force_login(office.officer)
        url = reverse("agency_desk:report", args=["performance"])
        page = client.get(f"{url}?year=2025")
        assert page.status_code == 200
        assert "90.00" in page.content.decode()


def test_third_parties_are_entrusted_by_codes(client, office):
    assessment = office.opened()
    with at_day("2026-01-08"):
        client.force_login(office.officer)
        url = desk("performance_round_entrust", assessment.round_id)
        page = client.get(url)
        assert page.status_code == 200
        for name in ("recompute", "assess_all", "propose_all", "publish_all"):
            if name != "publish_all":
                address = desk(f"performance_round_{name}", assessment.round_id)
                assert client.get(address).status_code == 200
    assert assessment.round.first == date(2025, 1, 1)
