"""A disputed suspension is annulled at the desk and restored at once; an institution demands that
the agency corrects a breach.
"""

import re

import pytest

from agreements.models import Agreement, Suspension
from demo.world.accounts import account_of
from demo.world.institutions import INSTITUTIONS
from settlements.models import ClaimReopening
from supervision.models import AgencyBreach, CorrectionDemand, Dispute
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SUSPENDED = "H36042900001"
PAPER = {
    "name": "复议决定书.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n%decision\n",
}


def test_an_annulled_suspension_is_restored_and_claims_are_reopened(office):
    dispute = Dispute.objects.open().get(institution__code=SUSPENDED)
    assert Agreement.objects.get(pk=dispute.agreement_id).state == "suspended"

    head = office.as_("head")
    head.goto(f"/desk/disputes/{dispute.number}/")
    head.click(".acts a[href$='/result/']")
    head.select_option("select[name=result]", "annulled")
    head.fill("textarea[name=text]", "认定事实不清，予以撤销。")
    head.set_input_files("input[name=attachments]", [PAPER])
    confirm(head)

    head.wait_for_url(re.compile(rf"/desk/disputes/{dispute.number}/$"))
    dispute.refresh_from_db()
    assert dispute.result == "annulled"
    assert Agreement.objects.get(pk=dispute.agreement_id).state == "effective"
    suspension = Suspension.objects.filter(agreement=dispute.agreement_id).latest("pk")
    assert suspension.annulled_on == dispute.decided_on
    assert ClaimReopening.objects.filter(institution=dispute.institution).exists()
    # The agreement's page says so too.
    head.goto(f"/desk/agreements/{dispute.agreement_id}/")
    assert dispute.number in head.inner_text("main")

    hospital = office.as_("hospital_hukou")
    hospital.goto(f"/portal/remedies/{dispute.number}/")
    assert "认定事实不清" in hospital.inner_text("main")


def test_an_institution_demands_that_the_agency_corrects_a_breach(office):
    breach = AgencyBreach.objects.running().filter(demands__isnull=True).first()
    assert breach is not None
    invented = next(each for each in INSTITUTIONS if each.code == breach.institution.code)
    hospital = office.as_(account_of(invented))
    hospital.goto("/portal/remedies/")
    hospital.click(f"a[href$='/portal/remedies/breaches/{breach.number}/']")
    hospital.click(f".acts a[href*='breach={breach.number}']")
    confirm(hospital)
    demand = CorrectionDemand.objects.get(breach=breach)
    hospital.wait_for_url(re.compile(rf"/portal/remedies/demands/{demand.number}/$"))

    officer = office.as_("agreement")
    officer.goto(f"/desk/disputes/demands/{demand.number}/")
    officer.click(".acts a[href$='/accept/']")
    officer.fill("textarea[name=answer]", "情况属实。")
    officer.fill("input[name=correct_by_on]", str(demand.answer_due_on))
    confirm(officer)
    demand.refresh_from_db()
    assert demand.state == "accepted"
