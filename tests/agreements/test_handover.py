"""From a negotiated application to an agreement, or none; and who is published (A-09 to A-11)."""

from datetime import date

import pytest
import time_machine

from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.models import Agreement, DesignatedList
from agreements.services.deadlines import end_and_begin_terms
from agreements.services.handover import (
    attach_to_parent,
    decline_agreement,
    draft_from_application,
    end_negotiation,
)
from agreements.services.lists import issue_designated_list, newly_designated, publication_due
from agreements.services.signing import cancel_agreement, sign_agreement
from agreements.services.standing import standings, terms
from institutions.enums.designation import ApplicationState
from institutions.enums.register import Standing
from institutions.models import DesignationApplication, PublicNotice
from institutions.services.notices.negotiation import end_notices
from tests.agency.factories import RegionFactory, user_with
from tests.agreements.factories import AgreementFactory
from tests.agreements.texts import agree_text, published_text
from tests.institutions.factories import EntryFactory, InstitutionFactory, member_of
from tests.institutions.factories_notices import NoticeTeam, applicant, at

pytestmark = pytest.mark.django_db

SIGNED = at("2025-10-20")
FIRST = date(2025, 11, 1)


@pytest.fixture
def team():
    published_text()
    published_text(TextKind.SUPPLEMENTARY_INTERNET)
    return NoticeTeam()


def negotiated(team, **kwargs) -> DesignationApplication:
    notice = team.posted(**kwargs)
    end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15))
    return applicant(notice)


def drafted(team, application, valid_from=FIRST, **kwargs) -> Agreement:
    return draft_from_application(
        application_id=application.pk, valid_from=valid_from, by=team.officer, at=SIGNED, **kwargs
    )


def codes(refusal):
    return {each.code for each in refusal.value.obstacles}


def signed(team, draft, when=SIGNED):
    agree_text(draft, at=when)
    return sign_agreement(agreement_id=draft.pk, by=team.head, at=when)


def state_of(application):
    return DesignationApplication.objects.get(pk=application.pk).state


def test_signing_ends_the_application_in_the_same_act(team):
    application = negotiated(team)
    draft = drafted(team, application)
    assert (draft.application_id, draft.guidance_until) == (application.pk, date(2026, 5, 1))
    assert state_of(application) == ApplicationState.NEGOTIATING
    agreement = signed(team, draft)
    assert (agreement.state, agreement.valid_to) == (AgreementState.SIGNED, date(2026, 10, 31))
    assert state_of(application) == ApplicationState.SIGNED
    step = application.transitions.get(act="sign")
    assert (step.by, step.reason) == (team.head, agreement.number)


def test_a_refused_signature_leaves_the_application_negotiated(team):
    application = negotiated(team)
    draft = drafted(team, application)
    AgreementFactory(
        institution=application.institution, region=application.region, valid_from=FIRST
    )
    with pytest.raises(Refusal) as refusal:
        signed(team, draft)
    assert codes(refusal) == {"term_overlaps"}
    assert state_of(application) == ApplicationState.NEGOTIATING


def test_an_institution_without_codes_gets_no_draft(team):
    application = negotiated(team, institution=EntryFactory())
    with pytest.raises(Refusal) as refusal:
        drafted(team, application)
    assert codes(refusal) == {"institution_unverified"}
    assert not Agreement.objects.exists()


def test_nothing_is_drawn_up_before_the_negotiation_or_twice(team):
    early = team.filed()
    with pytest.raises(Refusal) as refusal:
        drafted(team, early)
    assert codes(refusal) == {"not_negotiating"}
    application = negotiated(team)
    drafted(team, application)
    with pytest.raises(Refusal) as refusal:
        drafted(team, application)
    assert codes(refusal) == {"drafted_already"}
    assert Agreement.objects.count() == 1


def test_nothing_is_signed_before_the_earliest_day(team):
    """Even where the state says “negotiating”: the day is asked for again (A-08)."""
    application = negotiated(team)
    draft = drafted(team, application)
    PublicNotice.objects.update(ends_on=date(2025, 10, 20), ended_on=date(2025, 10, 21))
    with pytest.raises(Refusal) as refusal:
        signed(team, draft)
    assert codes(refusal) == {"notice_running"}
    assert Agreement.objects.get().state == AgreementState.DRAFT
    sign_agreement(agreement_id=draft.pk, by=team.head, at=at("2025-10-21"))


def test_a_cancelled_draft_makes_room_for_another(team):
    application = negotiated(team)
    draft = drafted(team, application)
    cancel_agreement(agreement_id=draft.pk, by=team.officer, at=SIGNED, reason="条款有误")
    assert Agreement.objects.get(pk=draft.pk).application_id is None
    again = drafted(team, application)
    assert again.application_id == application.pk


def test_no_agreement_ends_the_application_with_its_reason(team):
    application = negotiated(team)
    draft = drafted(team, application)
    end_negotiation(
        application_id=application.pk, by=team.officer, at=SIGNED, reason="总额指标未达成一致"
    )
    assert state_of(application) == ApplicationState.NO_AGREEMENT
    assert Agreement.objects.get(pk=draft.pk).state == AgreementState.CANCELLED
    letter = OfficialLetter.objects.get(kind="no_agreement")
    assert "总额指标未达成一致" in letter.body
    with pytest.raises(Refusal) as refusal:
        end_negotiation(application_id=application.pk, by=team.officer, at=SIGNED, reason="再次")
    assert codes(refusal) == {"not_negotiating"}


def test_the_institution_declines_its_own_negotiation_alone(team):
    application = negotiated(team)
    member = member_of(application.institution)
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Refusal) as refusal:
        decline_agreement(application_id=application.pk, by=stranger, at=SIGNED, reason="与我无关")
    assert codes(refusal) == {"not_entitled"}
    with pytest.raises(Refusal) as refusal:
        decline_agreement(application_id=application.pk, by=member, at=SIGNED, reason=" ")
    assert codes(refusal) == {"reason_missing"}
    assert state_of(application) == ApplicationState.NEGOTIATING
    decline_agreement(application_id=application.pk, by=member, at=SIGNED, reason="暂不开展")
    assert state_of(application) == ApplicationState.NO_AGREEMENT
    assert Notice.objects.filter(recipient=team.officer, key__startswith="negotiation.e").exists()


def test_an_internet_hospital_is_concluded_under_its_parents_agreement(team):
    parent = InstitutionFactory()
    application = negotiated(team, is_internet_hospital=True, parent=parent)
    with pytest.raises(Refusal) as refusal:
        drafted(team, application)
    assert codes(refusal) == {"internet_hospital_has_no_agreement"}
    with pytest.raises(Refusal) as refusal:
        attach_to_parent(application_id=application.pk, by=team.officer, at=SIGNED)
    assert codes(refusal) == {"parent_without_agreement"}
    agreement = AgreementFactory(institution=parent, region=application.region)
    attach_to_parent(application_id=application.pk, by=team.officer, at=SIGNED)
    assert state_of(application) == ApplicationState.SIGNED
    step = agreement.transitions.get(act="attach_internet_hospital")
    assert application.number in step.reason


# --- who is designated, and since when --------------------------------------------------------


def test_effective_on_a_saturday_means_listed_from_its_first_minute(team, client):
    application = negotiated(team)
    draft = drafted(team, application)
    signed(team, draft)
    pk = application.institution_id
    assert standings([pk], date(2025, 10, 31)) == {}
    # The nightly job has not run yet.
    assert standings([pk], FIRST) == {pk: Standing.IN_FORCE}
    assert terms([pk], FIRST) == {pk: (FIRST, date(2026, 10, 31))}
    url = application.institution.get_public_url()
    with time_machine.travel(at("2025-10-31", 23, 59), tick=False):
        assert Agreement.objects.get().number not in client.get(url).content.decode()
    with time_machine.travel(at("2025-11-01", 0, 1), tick=False):
        assert Agreement.objects.get().number in client.get(url).content.decode()
    end_and_begin_terms(on=FIRST, at=at(FIRST, 0, 25))
    assert standings([pk], FIRST) == {pk: Standing.IN_FORCE}
    assert standings([pk], date(2025, 10, 31)) == {}


def test_a_list_names_the_newly_designated_once(team):
    region = RegionFactory()
    application = negotiated(team)
    draft = drafted(team, application)
    with pytest.raises(Refusal) as refusal:
        issue_designated_list(region_code=region.pk, by=team.officer, at=at("2025-10-31"))
    assert codes(refusal) == {"list_empty"}
    signed(team, draft)
    agreement = newly_designated(region, FIRST).get()
    # One working day from Saturday 1 November.
    assert publication_due(agreement, on=FIRST) == date(2025, 11, 3)
    published = issue_designated_list(region_code=region.pk, by=team.officer, at=at("2025-11-03"))
    assert list(published.agreements.all()) == [agreement]
    body = published.letter.body
    assert application.institution.name in body
    assert application.institution.registered_address in body
    assert "2026-10-31" in body
    with pytest.raises(Refusal) as refusal:
        issue_designated_list(region_code=region.pk, by=team.officer, at=at("2025-11-04"))
    assert codes(refusal) == {"list_empty"}
    assert DesignatedList.objects.count() == 1


def test_only_the_officer_draws_up(team):
    application = negotiated(team)
    with pytest.raises(Refusal) as refusal:
        draft_from_application(
            application_id=application.pk,
            valid_from=FIRST,
            by=user_with(Role.INTAKE_CLERK),
            at=SIGNED,
        )
    assert codes(refusal) == {"not_entitled"}
