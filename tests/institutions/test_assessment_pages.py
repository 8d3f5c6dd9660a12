"""The pages of assessments: organiser, experts, institution, supervisors, machines."""

import pytest
import time_machine
from django.urls import reverse

from agency.enums import Role, Scope
from institutions.enums.assessment import AssessmentKind, AssessmentState, ExpertField, Verdict
from institutions.models import (
    Assessment,
    AssessmentOpinion,
    Checklist,
    Expert,
    RecusalRequest,
    ThirdParty,
)
from institutions.services.assessment.checklists import as_text
from institutions.services.assessment.opinions import items_for
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import credit_code, member_of, token_of
from tests.institutions.factories_assessment import (
    PASSWORD,
    Team,
    application,
    expert_of,
    pdf,
    sign,
    write,
)
from tests.institutions.factories_changes import id_number

pytestmark = pytest.mark.django_db
SECRET = "极其机密的理由"


@pytest.fixture
def team() -> Team:
    return Team()


def desk(name: str, *args) -> str:
    return reverse(f"institutions_desk:{name}", args=args)


def portal(name: str, *args) -> str:
    return reverse(f"institutions_portal:{name}", args=args)


def text(page) -> str:
    return page.content.decode()


def act(client, url: str, **data):
    """Open the page of an act and confirm it."""
    page = client.get(url)
    assert page.status_code == 200, text(page)
    return client.post(url, {"stamp": page.context["stamp"], **data})


def test_the_organiser_takes_an_application_to_the_work(client, team):
    app = application()
    client.force_login(team.organiser)
    response = act(client, desk("assessment_open", app.number), kind="on_site", site_mode="video")
    assessment = Assessment.objects.get()
    assert response.url == assessment.get_absolute_url()
    assert assessment.site_mode == "video"
    act(client, desk("assessment_draw", assessment.number))
    draw_page = client.get(desk("assessment_draw_page", assessment.number, 1), {"replay": "1"})
    assert draw_page.context["matches"] is True
    assert assessment.draws.get().seed in text(draw_page)
    seat = assessment.members.first()
    act(
        client,
        desk("assessment_excuse", assessment.number, seat.pk),
        kind="prevented",
        reason="出差",
    )
    act(client, desk("assessment_begin", assessment.number))
    page = client.get(assessment.get_absolute_url())
    assert page.status_code == 200
    assert Assessment.objects.get().state == AssessmentState.OPINIONS
    assert (page.context["signed"], page.context["active"]) == (0, 5)


def test_a_draw_without_experts_says_what_is_missing(client):
    team = Team([ExpertField.MEDICINE] * 5)
    assessment = team.opened()
    client.force_login(team.organiser)
    page = client.get(desk("assessment_draw", assessment.number))
    assert [each.code for each in page.context["obstacles"]] == ["field_lacks_experts"] * 3


def test_an_expert_writes_and_signs(client, team):
    app = application()
    assessment = team.begun(app)
    member = assessment.members.first()
    client.force_login(member.expert.account)
    assert client.get(desk("expert_rooms")).status_code == 200
    assert assessment.number in text(client.get(desk("expert_rooms")))
    assert client.get(assessment.get_room_url()).status_code == 200
    items = items_for(assessment)
    own = [each for each in items if each.field == member.field]
    data = {f"result_{each.pk}": "met" for each in own} | {
        f"files_{own[0].pk}": pdf(),
        "verdict": "qualified",
        "reasons": SECRET,
        "advice": "",
    }
    url = desk("opinion_write", assessment.number)
    assert act(client, url, **data).status_code == 302
    page = client.get(url)
    assert SECRET in text(page)
    file = AssessmentOpinion.objects.get().findings.get(item=own[0]).evidence.get()
    assert file.name in text(page)
    assert client.get(reverse("agency:file", args=[file.pk])).status_code == 200
    # Nobody else, while the group has not signed.
    for user in (team.organiser, team.head, user_with(Role.SUPERVISOR), member_of(app.institution)):
        client.force_login(user)
        assert client.get(reverse("agency:file", args=[file.pk])).status_code == 404
    client.force_login(member.expert.account)
    sign_url = desk("opinion_sign", assessment.number)
    wrong = act(client, sign_url, signed_name=member.expert.account.name, password="no")
    assert wrong.status_code == 409
    done = act(client, sign_url, signed_name=member.expert.account.name, password=PASSWORD)
    assert done.url == assessment.get_room_url()
    assert AssessmentOpinion.objects.get().is_signed


def test_another_signature_does_not_age_the_page_of_an_opinion(client, team):
    assessment = team.begun()
    first, second = assessment.members.all()[:2]
    client.force_login(first.expert.account)
    url = desk("opinion_write", assessment.number)
    stamp = client.get(url).context["stamp"]
    write(second)
    sign(second)
    response = client.post(url, {"stamp": stamp, "reasons": "草稿"})
    assert response.status_code == 302


def test_an_expert_sees_nothing_but_the_own_assessments(client, team):
    assessment = team.begun()
    stranger = expert_of().account
    client.force_login(stranger)
    for url in (
        assessment.get_room_url(),
        desk("opinion_write", assessment.number),
        desk("opinion_sign", assessment.number),
    ):
        assert client.get(url).status_code == 404
    for url in (
        assessment.get_absolute_url(),
        desk("experts"),
        desk("assessment_draw_page", assessment.number, 1),
    ):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("role", [Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD, Role.SUPERVISOR])
def test_the_desk_shows_who_has_signed_and_not_what(client, team, role):
    assessment = team.begun()
    members = list(assessment.members.all())
    for member in members:
        opinion = write(member)
        AssessmentOpinion.objects.filter(pk=opinion.pk).update(reasons=SECRET)
    for member in members[:-1]:
        sign(member)
    user = user_with(role)
    client.force_login(user)
    page = client.get(assessment.get_absolute_url())
    assert (page.context["signed"], page.context["active"]) == (4, 5)
    assert SECRET not in text(page)
    sign(members[-1])
    assert SECRET in text(client.get(assessment.get_absolute_url()))


def test_opinions_are_sealed_in_the_admin(client, team):
    assessment = team.begun()
    members = list(assessment.members.all())
    opinion = write(members[0])
    sign(members[0])
    client.force_login(user_with(Role.SUPERVISOR))
    url = reverse("admin:institutions_assessmentopinion_change", args=[opinion.pk])
    listed = reverse("admin:institutions_assessmentopinion_changelist")
    assert client.get(url).status_code == 302
    assert opinion.reasons not in text(client.get(listed))
    for member in members[1:]:
        write(member)
        sign(member)
    assert client.get(url).status_code == 200
    assert assessment.number in text(client.get(listed))
    page = reverse("admin:institutions_assessment_change", args=[assessment.pk])
    assert client.get(page).status_code == 200


def test_the_head_decides(client, team):
    assessment = team.complete(verdicts=[Verdict.NOT_QUALIFIED], failing="A-03.4")
    client.force_login(team.head)
    url = desk("assessment_decide", assessment.number)
    refused = act(client, url, result="qualified", reasons="可以")
    assert refused.status_code == 409
    assert "A-03.4" in text(refused)
    done = act(
        client,
        url,
        result="not_qualified",
        reasons="制度缺失",
        advice="建立制度",
        deviation_reason="基本条件不符",
    )
    assert done.status_code == 302
    assert Assessment.objects.get().result == Verdict.NOT_QUALIFIED


def test_the_institution_learns_who_assessed_with_the_result(client, team):
    app = application()
    assessment = team.complete(app)
    name = assessment.members.first().expert.person.name
    member = member_of(app.institution)
    client.force_login(member)
    page = client.get(assessment.get_portal_url())
    assert name not in text(page)
    client.force_login(team.head)
    act(client, desk("assessment_decide", assessment.number), result="qualified", reasons="符合")
    client.force_login(member)
    page = text(client.get(assessment.get_portal_url()))
    assert name in page
    assert "符合" in page


def test_the_institution_objects_and_the_organiser_decides(client, team):
    app = application()
    assessment = team.drawn(app)
    client.force_login(member_of(app.institution))
    response = act(
        client,
        portal("assessment_object", assessment.number),
        person_name="某人",
        unit="某单位",
        reason="亲属",
    )
    assert response.url == assessment.get_portal_url()
    request = RecusalRequest.objects.get()
    client.force_login(team.organiser)
    act(client, desk("recusal_refuse", request.pk), reason="查无此人")
    assert RecusalRequest.objects.get().state == "refused"
    client.force_login(member_of(app.institution))
    assert "查无此人" in text(client.get(assessment.get_portal_url()))


@time_machine.travel("2027-02-22 10:00:00+08:00", tick=False)
def test_asking_again_too_early_is_refused(client, team):
    app = application("rectifying", reassess_from="2027-02-23", failures=1)
    client.force_login(member_of(app.institution))
    page = client.get(portal("reassessment_ask", app.number))
    (obstacle,) = page.context["obstacles"]
    assert obstacle.code == "too_early_to_reassess"
    assert "2027-02-23" in obstacle.text


def test_the_pool_is_kept(client, team):
    client.force_login(team.organiser)
    facts = {"field": "finance", "unit": "九江银行", "region": RegionFactory().pk}
    new = {"name": "卢会计", "id_number": id_number(7), **facts}
    wrong = act(client, desk("expert_new"), **(new | {"id_number": "360403197503120070"}))
    assert wrong.status_code == 409
    assert "卢会计" in text(wrong)
    response = act(client, desk("expert_new"), **new)
    expert = Expert.objects.get(unit="九江银行")
    assert response.url == expert.get_absolute_url()
    act(client, desk("expert_edit", expert.pk), **(facts | {"title": "注册会计师"}))
    app = application()
    act(
        client,
        desk("expert_tie", expert.pk),
        institution=app.institution.name,
        kind="contract",
        held_from="2026-01-01",
    )
    page = client.get(expert.get_absolute_url())
    assert "注册会计师" in text(page)
    assert app.institution.name in text(page)
    act(client, desk("tie_end", expert.ties.get().pk))
    act(client, desk("expert_retire", expert.pk))
    assert Expert.objects.get(pk=expert.pk).active_to is not None
    act(client, desk("expert_return", expert.pk))
    assert Expert.objects.get(pk=expert.pk).active_to is None
    listed = client.get(desk("experts"), {"field": "finance", "q": "卢", "pool": "1"})
    assert "卢会计" in text(listed)


def test_a_third_party_is_entered_and_engaged(client, team):
    assessment = team.opened(kind=AssessmentKind.THIRD_PARTY)
    client.force_login(team.organiser)
    facts = {"name": "中正评估", "qualified_from": "2026-01-01", "qualified_to": "2030-01-01"}
    bad = act(client, desk("third_party_new"), credit_code="91360403MA0000000A", **facts)
    assert bad.status_code == 409
    act(client, desk("third_party_new"), credit_code=credit_code(800_001), **facts)
    party = ThirdParty.objects.get()
    act(client, desk("assessment_engage", assessment.number), third_party=party.pk)
    act(
        client,
        desk("assessment_report", assessment.number),
        proposal="qualified",
        reasons="符合",
        report=pdf("报告.pdf"),
    )
    assert Assessment.objects.get().state == AssessmentState.COMPLETE
    assert "报告.pdf" in text(client.get(assessment.get_absolute_url()))
    assert client.get(party.get_absolute_url()).status_code == 200
    assert client.get(desk("third_parties")).status_code == 200


def test_a_checklist_is_published(client):
    client.force_login(user_with(Role.AGENCY_HEAD))
    seeded = Checklist.objects.get(version=1)
    lines = as_text(seeded.items.all())
    url = desk("checklist_new")
    bad = act(client, url, effective_from="2099-01-01", items=f"{lines}\n坏行")
    assert bad.status_code == 409
    assert "坏行" in text(bad)
    short = act(client, url, effective_from="2099-01-01", items=lines.splitlines()[0])
    assert short.status_code == 409
    act(client, url, effective_from="2099-01-01", items=lines)
    assert Checklist.objects.get(version=2).items.count() == 20
    assert client.get(desk("checklists")).status_code == 200
    assert client.get(desk("checklist", 1)).status_code == 200


def test_machines_read_state_and_result(client, team):
    app = application()
    assessment = team.complete(app)
    member = member_of(app.institution)
    token = token_of(member, Scope.READ_APPLICATIONS)
    headers = {"Authorization": f"Token {token}"}
    one = client.get(f"/api/v1/assessments/{assessment.number}/", headers=headers).json()
    assert (one["state"], one["experts"], one["due_on"]) == ("complete", [], "2027-01-12")
    assert "opinions" not in one
    other = token_of(member_of(application().institution), Scope.READ_APPLICATIONS)
    headers = {"Authorization": f"Token {other}"}
    found = client.get("/api/v1/assessments/", headers=headers).json()
    assert found["results"] == []
    assert NOW.year == 2026


def test_lists_cost_the_same(client, team, django_assert_max_num_queries):
    for _each in range(3):
        team.opened()
    client.force_login(team.organiser)
    client.get(desk("assessments"))
    with django_assert_max_num_queries(22):
        client.get(desk("assessments"))
    with django_assert_max_num_queries(22):
        client.get(desk("experts"))
