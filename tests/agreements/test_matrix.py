"""The whole lifecycle as it is used: every state, every act on an agreement, every role, against
literal tables. Whoever is not named may not even look at the act; where the state or the facts do
not allow it the page says why, and what is sent all the same leaves no trace.
"""

from datetime import date

import pytest
import time_machine
from django.urls import resolve

from agency.enums import Actor, Role
from agency.models import Notice, OfficialLetter
from agreements.enums.life import AgreementState
from agreements.services.signing import draft_agreement
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, World, at, fresh
from tests.agreements.texts import agree_text
from tests.institutions.factories import member_of

pytestmark = pytest.mark.django_db

TODAY = date(2025, 6, 2)

# Act, its page, and the roles that hold it.
OFFICER, HEAD, AUDITOR = Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD, Role.AUDIT_OFFICER
INSTITUTION = Role.INSTITUTION_ADMINISTRATOR
ACTS = {
    "sign": ("desk/agreements/{}/sign/", {HEAD}),
    "cancel": ("desk/agreements/{}/cancel/", {OFFICER}),
    "proceed": ("desk/agreements/{}/proceedings/", {OFFICER, AUDITOR}),
    "check": ("desk/agreements/{}/check/", {OFFICER}),
    "resume": ("desk/agreements/{}/resume/", {OFFICER, HEAD}),
    "hold": ("desk/agreements/{}/hold/", {HEAD}),
    "renew": ("desk/agreements/{}/renew/", {OFFICER}),
    "remind": ("desk/agreements/{}/renewal-notice/", {OFFICER}),
    "tell_end": ("desk/agreements/{}/end-notice/", {OFFICER}),
    "performed": ("desk/agreements/{}/performance/", {OFFICER}),
    "ask_suspend": ("portal/agreements/{}/request/suspend/", {INSTITUTION}),
    "ask_dissolve": ("portal/agreements/{}/request/dissolve/", {INSTITUTION}),
    "ask_not_renew": ("portal/agreements/{}/request/not_renew/", {INSTITUTION}),
    "ask_renew": ("portal/agreements/{}/request/renew/", {INSTITUTION}),
    "ask_resume": ("portal/agreements/{}/request/resume/", {INSTITUTION}),
}
# What stands against an act in a state: “yes” is nothing, “-” that the page is not found, “state”
# that the state does not allow it. `leave` is a suspension at the institution's own wish.
MATRIX = """
              draft     signed    effective suspended     leave         expired   renewed   dissolved terminated cancelled
sign          yes       state     state     state         state         state     state     state     state      state
cancel        yes       yes       state     state         state         state     state     state     state      state
proceed       over      over      yes       yes           yes           over      over      over      over       over
check         none      none      none      yes           none          none      none      none      none       none
resume        state     state     state     unchecked     yes           state+end state+end state     state      state
hold          state     state     state     own+limit     limit         state     state     state     state      state
renew         state     state     yes       yes           outlasts      state     state     state     state      state
remind        state+pre state+pre pre       pre           pre           state+post state+post state+pre state+pre state+pre
tell_end      state     state     state     state         state         yes       state     state     yes        state
performed     alive     alive     alive     alive         alive         alive     alive     yes       alive      alive
ask_suspend   -         state     yes       state         state         state     state     state     state      state
ask_dissolve  -         state     yes       yes           yes           state     state     state     state      state
ask_not_renew -         state     yes       yes           yes           state     state     state     state      state
ask_renew     -         state     yes       yes           yes           state     state     state     state      state
ask_resume    -         state     state     yes           yes           state     state     state     state      state
"""  # noqa: E501
CODES = {
    "state": "wrong_state",
    "over": "agreement_not_running",
    "none": "no_mandatory_suspension",
    "unchecked": "rectification_unchecked",
    "end": "validity_over",
    "own": "not_voluntary",
    "limit": "termination_not_due",
    "outlasts": "suspended_beyond_validity",
    "pre": "renewal_too_early",
    "post": "renewal_too_late",
    "alive": "not_dissolved",
}
_HEAD, *_ROWS = (line.split() for line in MATRIX.strip().splitlines())
TABLE = {act: dict(zip(_HEAD, cells, strict=True)) for act, *cells in _ROWS}
# Everything the forms of the acts ask for.
ANYTHING = {
    "reason": "事由",
    "on": "2025-06-02",
    "months": "12",
    "ground": "43.3",
    "clue": "线索",
    "facts": "事实",
    "findings": "已整改",
    "rectified": "yes",
    "performed_on": "2025-06-01",
    "note": "已全部履行",
    "wanted_on": "2025-10-01",
    "planned_to": "2025-12-01",
}


def agreement_in(world, state):
    facts = {"institution": world.institution, "region": world.region}
    if state == "draft":
        draft = draft_agreement(
            institution_id=world.institution.pk,
            region_code=world.region.pk,
            valid_from=TODAY,
            by=world.officer,
            at=at(TODAY),
        )
        agree_text(draft, at=at(TODAY), by=world.member)
        return draft
    if state == "suspended":
        return world.suspended(AgreementFactory(**facts), "2025-05-01")
    if state == "leave":
        return world.on_leave(AgreementFactory(**facts), "2025-05-01")
    if state in ("dissolved", "terminated"):
        facts["ended_on"] = date(2025, 5, 1)
    if state in ("expired", "renewed"):
        facts["valid_from"] = date(2024, 6, 1)
    state = "auto_terminated" if state == "terminated" else state
    return AgreementFactory(state=state, **facts)


def holder_of(role, world):
    of_institution = role.actor == Actor.INSTITUTION
    return member_of(world.institution, role) if of_institution else user_with(role)


def traces(agreement):
    """Everything an act could leave behind."""
    return (
        type(agreement).objects.filter(pk=agreement.pk).values().get(),
        type(agreement).objects.count(),
        agreement.transitions.count(),
        agreement.requests.count(),
        agreement.suspensions.count(),
        OfficialLetter.objects.count(),
        Notice.objects.count(),
    )


def test_the_table_is_about_every_state():
    assert set(_HEAD) - {"leave", "terminated"} == {*AgreementState.values} - {"auto_terminated"}
    assert {*TABLE} == {*ACTS}


@pytest.mark.parametrize("act", ACTS)
def test_only_the_roles_of_the_table_hold_an_act(act):
    url, roles = ACTS[act]
    view = resolve(f"/{url.format(1)}").func.view_class
    assert {role for role in Role if view.act.allows(user_with(role))} == roles


@pytest.mark.parametrize("role", Role)
def test_whoever_does_not_hold_an_act_is_not_let_in(client, role):
    """In whatever state: the page is refused before the agreement is looked for."""
    client.force_login(user_with(role))
    for url, roles in ACTS.values():
        if role not in roles:
            assert client.get(f"/{url.format(0)}").status_code == 403
            assert client.post(f"/{url.format(0)}").status_code == 403


@pytest.mark.parametrize("state", _HEAD)
def test_acts_are_possible_in_the_states_of_the_table(client, state):
    with time_machine.travel(at(TODAY), tick=False):
        world = World()
        agreement = agreement_in(world, state)
        before = traces(agreement)
        for act, (path, roles) in ACTS.items():
            url, cell = f"/{path.format(agreement.pk)}", TABLE[act][state]
            for role in roles:
                client.force_login(holder_of(role, world))
                page = client.get(url)
                if cell == "-":
                    assert page.status_code == 404
                    continue
                expected = [] if cell == "yes" else [CODES[each] for each in cell.split("+")]
                assert [each.code for each in page.context["obstacles"]] == expected, (act, role)
                if expected:
                    sent = {**ANYTHING, "stamp": page.context["stamp"]}
                    assert client.post(url, sent).status_code == 409, (act, role)
        assert traces(fresh(agreement)) == before
