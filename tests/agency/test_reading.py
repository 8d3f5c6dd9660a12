"""Protected data are masked; whoever sees them says what for, and stands in the log."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from agency.enums import ReadingKind, ReadingPurpose, Role
from agency.models import ReadLog, User
from agency.privacy import mask_account, mask_address, mask_certificate, mask_name, mask_phone
from agency.rules import Refusal
from agency.services.reading import key_of, log_reading
from institutions.enums.changes import ChangeField
from institutions.models import Institution, InstitutionFact
from institutions.services.change_values import FieldChange
from institutions.services.filing import file_change
from settlements.enums import Check, FileKind, FindingStatus
from settlements.models import FindingTransition
from settlements.services.findings import decide_check, decide_finding
from settlements.services.intake import take_in
from settlements.services.review import review_batch
from settlements.services.submission import submit_batch
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.claimfiles import AT, ordinary, uploads
from tests.settlements.statement_factories import Team, paid_order

pytestmark = pytest.mark.django_db

ACCOUNT, OLD_ACCOUNT = "6222031415926535897", "6222027182818284590"
NAME, NUMBER, CERTIFICATE = "欧阳示例", "P00000099887766", "360403199001011234"
PURPOSE = {"purpose": ReadingPurpose.AUDIT, "note": "抽查 2026-11"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def institution() -> Institution:
    return InstitutionFactory(name="示范医院", bank_account=ACCOUNT)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def give_purpose(client: Client, url: str, **data: str):
    """Open an act's page and confirm it with a purpose."""
    stamp = client.get(url).context["stamp"]
    return client.post(url, {**PURPOSE, "stamp": stamp, **data})


# --- masks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_name, "张三丰", "张**"),
        (mask_name, "", ""),
        (mask_certificate, CERTIFICATE, "360*************34"),
        (mask_certificate, "1234", "****"),
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "110", "****10"),
        (mask_account, ACCOUNT, "**** 5897"),
        (mask_account, "12345", "****"),
        (mask_account, "", ""),
        (mask_address, "江西省九江市浔阳区示范路8号", "江西省九江市浔阳区****"),
        (mask_address, "示范路8号", "示范****"),
    ],
)
def test_masks(mask, text, masked):
    assert mask(text) == masked


# --- the log -------------------------------------------------------------------------------------


def test_a_reading_needs_a_purpose_in_words(institution):
    with pytest.raises(Refusal) as refusal:
        log_reading(
            user=user_with(Role.AUDIT_OFFICER),
            kind=ReadingKind.ACCOUNT,
            subject=institution,
            label="示范医院",
            fields=["bank_account"],
            purpose=ReadingPurpose.AUDIT,
            note="  ",
            at=NOW,
        )
    assert [each.code for each in refusal.value.obstacles] == ["purpose_missing"]
    assert not ReadLog.objects.exists()


def test_the_log_is_written_once(institution):
    client = as_user(user_with(Role.PAYMENT_OFFICER))
    give_purpose(client, reverse("institutions_desk:account", args=[institution.pk]))
    for act in (lambda: ReadLog.objects.update(note="x"), lambda: ReadLog.objects.all().delete()):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            act()
    assert ReadLog.objects.get().note == PURPOSE["note"]


# --- accounts ------------------------------------------------------------------------------------


def test_an_account_is_shown_once_for_a_purpose(institution):
    officer = user_with(Role.PAYMENT_OFFICER)
    client = as_user(officer)
    url = reverse("institutions_desk:account", args=[institution.pk])
    before = client.get(url)
    assert ACCOUNT not in before.content.decode() and "**** 5897" in before.content.decode()

    shown = give_purpose(client, url)

    assert shown.status_code == 200 and ACCOUNT in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    row = ReadLog.objects.get()
    assert (row.user, row.at, row.kind) == (officer, NOW, ReadingKind.ACCOUNT)
    assert row.subject == row.owner == f"institutions.institution:{institution.pk}"
    assert row.label == "示范医院 · 2026-11-20"
    assert (row.fields, row.purpose) == (["bank_name", "bank_account"], ReadingPurpose.AUDIT)
    assert (row.note, row.address) == ("抽查 2026-11", "127.0.0.1")
    # Once: the page asks again, the purpose filled in.
    again = client.get(url)
    assert ACCOUNT not in again.content.decode()
    assert again.context["form"].initial == {"purpose": "audit", "note": "抽查 2026-11"}
    assert ReadLog.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"note": " "}, 400),
        ({"purpose": ""}, 400),
        ({"purpose": "curiosity"}, 400),
        ({"stamp": "long.ago"}, 409),
    ],
)
def test_without_a_purpose_nothing_is_shown(institution, data, status):
    client = as_user(user_with(Role.PAYMENT_OFFICER))
    url = reverse("institutions_desk:account", args=[institution.pk])
    answer = give_purpose(client, url, **data)
    assert answer.status_code == status
    assert ACCOUNT not in answer.content.decode()
    assert not ReadLog.objects.exists()


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR])
def test_others_are_shown_no_account(institution, role):
    client = as_user(user_with(role))
    url = reverse("institutions_desk:account", args=[institution.pk])
    assert client.get(url).status_code == client.post(url, PURPOSE).status_code == 403
    assert not ReadLog.objects.exists()


def test_an_account_as_of_a_day(institution):
    InstitutionFact.objects.bulk_create(
        InstitutionFact(
            institution=institution, field="bank_account", value=value, effective_from=day
        )
        for value, day in ((OLD_ACCOUNT, date(1949, 10, 1)), (ACCOUNT, date(2026, 6, 1)))
    )
    client = as_user(user_with(Role.PAYMENT_OFFICER))
    page = reverse("institutions_desk:detail", args=[institution.pk])
    assert "**** 4590" in client.get(page, {"on": "2026-05-31"}).content.decode()
    assert "**** 5897" in client.get(page).content.decode()
    url = f"{reverse('institutions_desk:account', args=[institution.pk])}?on=2026-05-31"
    assert OLD_ACCOUNT in give_purpose(client, url).content.decode()
    assert ReadLog.objects.get().label == "示范医院 · 2026-05-31"
    member = as_user(member_of(institution))
    own = reverse("institutions_portal:institution")
    assert "**** 4590" in member.get(own, {"on": "2026-05-31"}).content.decode()


def test_the_api_tells_an_institution_as_of_a_day(institution):
    InstitutionFact.objects.bulk_create(
        InstitutionFact(institution=institution, field=field, value=value, effective_from=day)
        for field, value, day in (
            ("name", "旧名医院", date(1949, 10, 1)),
            ("name", "示范医院", date(2026, 6, 1)),
            ("bank_account", OLD_ACCOUNT, date(1949, 10, 1)),
            ("bank_account", ACCOUNT, date(2026, 6, 1)),
        )
    )
    url = f"/api/v1/institutions/{institution.code}/"
    own, staff = as_user(member_of(institution)), as_user(user_with(Role.PAYMENT_OFFICER))
    stranger = as_user(member_of(InstitutionFactory()))

    def told(client: Client, **query: str) -> tuple:
        facts = client.get(url, query).json()
        return facts["name"], facts["on"], facts["account"]

    assert told(staff, on="2026-05-31") == ("旧名医院", "2026-05-31", "**** 4590")
    assert told(own) == told(staff) == ("示范医院", "2026-11-20", "**** 5897")
    assert told(stranger, on="2026-05-31") == ("旧名医院", "2026-05-31", None)
    assert staff.get(url, {"on": "nonsense"}).status_code == 400


def test_a_filed_account_is_shown_to_whoever_decides(institution):
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.BANK_ACCOUNT, OLD_ACCOUNT, date(2026, 11, 2))],
        by=member_of(institution),
        at=NOW,
    )
    client = as_user(user_with(Role.AGENCY_HEAD))
    page = client.get(reverse("institutions_desk:change", args=[change.number])).content.decode()
    assert OLD_ACCOUNT not in page and ACCOUNT not in page and "**** 4590" in page
    shown = give_purpose(
        client, reverse("institutions_desk:change_account", args=[change.number])
    ).content.decode()
    assert OLD_ACCOUNT in shown and ACCOUNT in shown
    row = ReadLog.objects.get()
    assert (row.subject, row.owner) == (key_of(change), key_of(institution))


def test_the_account_of_an_order_is_masked_until_it_is_shown(institution):
    order = paid_order(Team(), institution=institution)
    client = as_user(user_with(Role.PAYMENT_OFFICER))
    number = order.statement.number
    for name in ("statement_detail", "statement_order"):
        page = client.get(reverse(f"settlements_desk:{name}", args=[number])).content.decode()
        assert ACCOUNT not in page and "**** 5897" in page
    url = reverse("settlements_desk:order_account", args=[order.number])
    assert ACCOUNT in give_purpose(client, url).content.decode()
    assert ReadLog.objects.get().owner == key_of(institution)


def test_no_page_of_anybody_shows_an_account_unasked(institution):
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.BANK_ACCOUNT, OLD_ACCOUNT, date(2026, 11, 2))],
        by=member_of(institution),
        at=NOW,
    )
    order = paid_order(Team(), institution=institution)
    member, head = as_user(member_of(institution)), as_user(user_with(Role.AGENCY_HEAD))
    supervisor = as_user(user_with(Role.SUPERVISOR))
    pages = [
        (member, reverse("institutions_portal:institution")),
        (member, reverse("institutions_portal:change_new")),
        (member, reverse("institutions_portal:change", args=[change.number])),
        (member, reverse("settlements_portal:statement_detail", args=[order.statement.number])),
        (head, reverse("institutions_desk:detail", args=[institution.pk])),
        (head, reverse("institutions_desk:change_approve", args=[change.number])),
        (supervisor, reverse("admin:institutions_institution_change", args=[institution.pk])),
        (supervisor, reverse("admin:institutions_changerequest_change", args=[change.pk])),
        (supervisor, reverse("admin:institutions_institutionfact_changelist")),
        (supervisor, reverse("admin:settlements_paymentorder_change", args=[order.pk])),
        (member, "/api/v1/changes/"),
        (head, f"/api/v1/changes/{change.number}/"),
        (head, f"/api/v1/statements/{order.statement.number}/"),
    ]
    for client, url in pages:
        answer = client.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert ACCOUNT not in text and OLD_ACCOUNT not in text, url


def test_an_institution_sees_who_read_its_account(institution):
    officer = user_with(Role.PAYMENT_OFFICER, name="叶知秋")
    give_purpose(as_user(officer), reverse("institutions_desk:account", args=[institution.pk]))
    other = InstitutionFactory(name="别的医院")
    give_purpose(as_user(officer), reverse("institutions_desk:account", args=[other.pk]))
    member = as_user(member_of(institution))
    page = member.get(reverse("institutions_portal:readings"))
    assert [each.label for each in page.context["object_list"]] == ["示范医院 · 2026-11-20"]
    assert "叶知秋" in page.content.decode() and "抽查 2026-11" in page.content.decode()
    # Its own administrator sees the account too, for no purpose but that, and stands there as well.
    url = reverse("institutions_portal:account")
    assert ACCOUNT in give_purpose(member, url, purpose="own").content.decode()
    page = member.get(reverse("institutions_portal:readings"))
    assert len(page.context["object_list"]) == 2
    clerk = as_user(member_of(institution, Role.INSTITUTION_CLERK))
    assert clerk.get(url).status_code == 403


# --- insured persons -----------------------------------------------------------------------------


@pytest.fixture
def batch(institution):
    files = ordinary(institution.code)
    files.lines[0]["fee_ocur_time"] = "2026-09-30 08:00:00"  # outside the stay
    contents = files.csv()
    head, *rows = contents[FileKind.SETTLEMENTS].decode().splitlines()
    named = [f"{head},psn_name,certno", *(f"{row},{NAME},{CERTIFICATE}" for row in rows)]
    contents[FileKind.SETTLEMENTS] = "\r\n".join([*named, ""]).encode()
    member = member_of(institution)
    batch = submit_batch(institution=institution, files=uploads(contents), by=member, at=AT).batch
    take_in(batch_id=batch.pk, at=AT)
    return review_batch(batch_id=batch.pk, at=AT)


def finding_page(batch) -> str:
    finding = batch.findings.first()
    return reverse("settlements_desk:finding_decide", args=[batch.number, finding.pk])


def test_a_person_is_masked_until_a_purpose_is_given(batch):
    reviewer = user_with(Role.CLAIM_REVIEWER)
    client = as_user(reviewer)
    url = finding_page(batch)
    page = client.get(url).content.decode()
    assert "欧**" in page and NAME not in page and CERTIFICATE not in page
    assert not ReadLog.objects.exists()

    ask = f"{reverse('settlements_desk:batch_persons', args=[batch.number])}?next={url}"
    answer = give_purpose(client, ask, purpose=ReadingPurpose.REVIEW)

    assert answer.url == url
    assert not ReadLog.objects.exists()  # nothing is shown yet
    page = client.get(url).content.decode()
    assert NAME in page and CERTIFICATE in page
    row = ReadLog.objects.get()
    assert (row.user, row.kind) == (reviewer, ReadingKind.INSURED_PERSON)
    assert (row.purpose, row.fields) == ("review", ["psn_name", "psn_no", "certno"])
    assert row.label.startswith(f"{batch.number} · ")
    client.get(url)
    assert ReadLog.objects.count() == 2  # each reading is on record
    # Another session, another purpose.
    assert NAME not in as_user(reviewer).get(url).content.decode()


def test_no_purpose_leads_out_of_the_office(batch):
    client = as_user(user_with(Role.CLAIM_REVIEWER))
    page = reverse("settlements_desk:batch_persons", args=[batch.number])
    for elsewhere in ("https://example.invalid/", "//example.invalid/"):
        answer = give_purpose(client, f"{page}?next={elsewhere}")
        assert answer.url == batch.get_absolute_url()


def test_claim_files_are_given_for_a_purpose_and_to_their_owner(batch):
    client = as_user(user_with(Role.AUDIT_OFFICER))
    url = reverse("settlements_desk:batch_file", args=[batch.number, "setl_d"])
    assert NAME not in client.get(url).content.decode()
    file = give_purpose(client, url)
    assert NAME in b"".join(file.streaming_content).decode()
    row = ReadLog.objects.get()
    assert (row.kind, row.fields) == (ReadingKind.CLAIM_FILE, ["setl_d.csv"])
    kept = batch.files.get(kind="setl_d").attachment
    assert client.get(f"/files/{kept.pk}/").status_code == 404
    for role in (Role.SETTLEMENT_OFFICER, Role.SUPERVISOR):
        assert as_user(user_with(role)).get(url).status_code == 403
    own = as_user(batch.submitted_by).get(
        reverse("settlements_portal:batch_file", args=[batch.number, "setl_d"])
    )
    assert NAME in b"".join(own.streaming_content).decode()
    assert ReadLog.objects.count() == 1


def test_errors_in_persons_are_masked_at_the_desk_and_whole_for_the_owner(institution):
    files = ordinary(institution.code)
    files.settlements[0] |= {"psn_no": NUMBER * 5}
    batch = submit_batch(
        institution=institution, files=uploads(files.csv()), by=member_of(institution), at=AT
    ).batch
    batch = take_in(batch_id=batch.pk, at=AT)
    assert [each["column"] for each in batch.first_errors][:1] == ["psn_no"]
    desk, own = as_user(user_with(Role.CLAIM_REVIEWER)), as_user(batch.submitted_by)
    for name in ("batch_detail", "batch_errors"):
        seen = desk.get(reverse(f"settlements_desk:{name}", args=[batch.number]))
        assert NUMBER not in seen.content.decode(), name
    rows = list(csv.DictReader(io.StringIO(seen.content.decode("utf-8-sig"))))
    assert rows[0]["value"].startswith("P00*****")
    mine = own.get(reverse("settlements_portal:batch_errors", args=[batch.number]))
    assert NUMBER in b"".join(mine.streaming_content).decode("utf-8-sig")
    for client, is_whole in ((desk, False), (own, True)):
        answer = client.get(f"/api/v1/claim-batches/{batch.pk}/")
        assert answer.status_code == 200
        assert (NUMBER in answer.content.decode()) is is_whole


# --- decisions on findings have their history ----------------------------------------------------


def test_a_decision_on_a_finding_is_a_step_of_its_history(batch):
    reviewer, finding = user_with(Role.CLAIM_REVIEWER), batch.findings.first()
    decide_finding(
        finding_id=finding.pk, verdict=FindingStatus.CONFIRMED, reason="不符", by=reviewer, at=NOW
    )
    step = finding.transitions.get()
    assert (step.act, step.source, step.target) == ("confirm", "flagged", "confirmed")
    assert (step.by, step.at, step.reason, step.rule) == (reviewer, NOW, "不符", "B-03")


def test_all_findings_of_a_check_get_their_steps_in_one_statement(batch):
    finding = batch.findings.first()
    for number in range(3):
        finding.pk, finding.bkkp_sn = None, f"X{number}"
        finding._state.adding = True
        finding.save()
    count = batch.findings.filter(check_name=finding.check_name).count()
    decided = decide_check(
        batch_id=batch.pk,
        check=Check(finding.check_name),
        verdict=FindingStatus.CLEARED,
        reason="核实无误",
        by=user_with(Role.CLAIM_REVIEWER),
        at=NOW,
    )
    assert decided == count == FindingTransition.objects.filter(target="cleared").count()


# --- the audit administrator's list --------------------------------------------------------------


def test_the_audit_administrator_finds_readings_by_person_subject_and_day(institution):
    other = InstitutionFactory(name="别的医院")
    first, second = (
        user_with(Role.PAYMENT_OFFICER, name="叶知秋"),
        user_with(Role.AUDIT_OFFICER, name="董正清"),
    )
    give_purpose(as_user(first), reverse("institutions_desk:account", args=[institution.pk]))
    give_purpose(as_user(second), reverse("institutions_desk:account", args=[other.pk]))
    client = as_user(user_with(Role.AUDIT_ADMINISTRATOR))

    def found(**query: object) -> list[str]:
        page = client.get(reverse("agency_desk:readings"), query)
        return [each.user.name for each in page.context["object_list"]]

    assert found() == ["董正清", "叶知秋"]
    assert found(reader="叶") == ["叶知秋"]
    assert found(q="别的") == ["董正清"]
    assert found(kind="claim_file") == []
    assert len(found(on=NOW.date())) == 2
    assert found(on=NOW.date() - timedelta(1)) == []
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AGENCY_HEAD):
        page = as_user(user_with(role)).get(reverse("agency_desk:readings"))
        assert page.status_code == 403


def test_the_list_costs_the_same_for_many(institution, django_assert_max_num_queries):
    client = as_user(user_with(Role.PAYMENT_OFFICER))
    for _ in range(5):
        give_purpose(client, reverse("institutions_desk:account", args=[institution.pk]))
    auditor = as_user(user_with(Role.AUDIT_ADMINISTRATOR))
    with django_assert_max_num_queries(8):
        page = auditor.get(reverse("agency_desk:readings"))
    assert len(page.context["object_list"]) == 5
