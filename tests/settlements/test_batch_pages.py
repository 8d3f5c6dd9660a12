"""Claims in the portal, at the desk and for machines: who sees what, and what bad input gets."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agency.enums import Role
from settlements import tasks
from settlements.enums import BatchState, Check, FileKind, FindingStatus
from settlements.models import ClaimBatch, Finding, KnowledgeVersion
from settlements.services import submission
from settlements.services.findings import decide_check
from settlements.services.intake import take_in
from settlements.services.progress import Step, report_progress
from settlements.services.review import review_batch
from settlements.services.rulebase import import_rulebase
from settlements.services.submission import submit_batch
from settlements.views.portal.batches import batches_to_correct
from settlements.views.staff.batches import findings_waiting
from settlements.views.staff.knowledge import versions_waiting
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of, token_of
from tests.settlements.claimfiles import AT, hand_in, institution_in_force, ordinary, uploads
from tests.settlements.test_rulebase import SAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return institution_in_force()


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the worker."""
    handed = []
    for task in (tasks.intake_batch, tasks.review_batch):
        monkeypatch.setattr(
            task, "delay", lambda name=task.name, **facts: handed.append((name, facts["batch_id"]))
        )
    return handed


@pytest.fixture
def reviewed(institution):
    files = ordinary(institution.code, settlements=30)
    for line in files.lines[:90]:
        line["fee_ocur_time"] = "2026-10-01 08:00:00"
    files.settlements[0]["med_type"] = "99"
    batch = hand_in(institution, files.csv())
    return review_batch(batch_id=batch.pk, at=AT)


@pytest.fixture
def rejected(institution):
    files = ordinary(institution.code)
    files.lines[0]["cnt"] = "<script>alert(1)</script>"
    return hand_in(institution, files.csv())


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def desk(*roles) -> Client:
    return client_of(user_with(*(roles or [Role.CLAIM_REVIEWER])))


def posted(institution, contents=None, **extra):
    files = uploads(contents or ordinary(institution.code).csv())
    return {
        "settlements": files.get(FileKind.SETTLEMENTS, ""),
        "lines": files.get(FileKind.LINES, ""),
        **extra,
    }


# --- handing in ----------------------------------------------------------------------------------


def test_upload_page_tells_the_limits_first(institution):
    page = client_of(member_of(institution)).get(reverse("settlements_portal:batch_upload"))

    text = page.content.decode()
    assert page.status_code == 200
    assert "150 MB" in text
    assert "bkkp_sn" in text


def test_upload_is_received_and_handed_to_the_worker(
    institution, sent, django_capture_on_commit_callbacks
):
    client = client_of(member_of(institution))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("settlements_portal:batch_upload"), posted(institution))

    batch = ClaimBatch.objects.get()
    assert answer.status_code == 302
    assert answer.url == batch.get_portal_url()
    assert batch.state == BatchState.RECEIVED
    assert sent == [("settlements.intake_batch", batch.pk)]
    page = client.get(answer.url)
    assert 'hx-trigger="every 2s"' in page.content.decode()


def test_the_same_files_again_lead_back_to_their_batch(institution, sent):
    client = client_of(member_of(institution))
    contents = ordinary(institution.code).csv()
    batch = hand_in(institution, contents)

    answer = client.post(
        reverse("settlements_portal:batch_upload"), posted(institution, contents), follow=True
    )

    assert answer.redirect_chain[-1][0] == batch.get_portal_url()
    assert ClaimBatch.objects.count() == 1
    assert batch.number in answer.content.decode()


def test_zip_is_unpacked(institution, sent):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for kind, content in ordinary(institution.code).csv().items():
            opened.writestr(f"{kind.value}.csv", content)
    upload = SimpleUploadedFile("claims.zip", stream.getvalue())

    answer = client_of(member_of(institution)).post(
        reverse("settlements_portal:batch_upload"), {"archive": upload}
    )

    assert answer.status_code == 302
    assert take_in(batch_id=ClaimBatch.objects.get().pk, at=AT).state == BatchState.ACCEPTED


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "Give both files"),
        ({"settlements": (b"a,b\n", "setl_d.csv")}, "Give both files"),
        ({"archive": (b"no zip", "claims.zip")}, "no ZIP archive"),
        (
            {"settlements": (b"%PDF-1.7", "scan.pdf"), "lines": (b"a\n", "fee_list_d.csv")},
            "scan.pdf",
        ),
        (
            {
                "settlements": (b"a\n", "setl_d.csv"),
                "lines": (b"a\n", "fee_list_d.csv"),
                "archive": (b"PK\x03\x04", "claims.zip"),
            },
            "not both",
        ),
    ],
)
def test_wrong_uploads_get_a_message_and_store_nothing(institution, files, told):
    client = client_of(member_of(institution))
    client.cookies["django_language"] = "en"
    given = {name: SimpleUploadedFile(title, data) for name, (data, title) in files.items()}

    answer = client.post(reverse("settlements_portal:batch_upload"), given)

    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not ClaimBatch.objects.exists()


def test_too_large_a_file_is_told_its_limit(institution, monkeypatch):
    monkeypatch.setattr(submission.submit_batch, "__kwdefaults__", {"month": None, "limit": 2048})
    big = {
        "settlements": SimpleUploadedFile("setl_d.csv", b"setl_id\n" + b"x\n" * 4096),
        "lines": SimpleUploadedFile("fee_list_d.csv", b"bkkp_sn\n"),
    }

    answer = client_of(member_of(institution)).post(reverse("settlements_portal:batch_upload"), big)

    assert answer.status_code == 400
    assert "setl_d.csv" in answer.content.decode()
    assert not ClaimBatch.objects.exists()


def test_office_staff_do_not_hand_in():
    assert desk().post(reverse("settlements_portal:batch_upload")).status_code == 403


# --- looking -------------------------------------------------------------------------------------


PAGES = ["batch_detail", "batch_progress", "batch_errors", "batch_findings"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("batch_name", ["reviewed", "rejected"])
def test_another_institutions_batch_is_not_found(name, batch_name, request):
    batch = request.getfixturevalue(batch_name)
    stranger = client_of(member_of(InstitutionFactory()))

    for url in (
        reverse(f"settlements_portal:{name}", args=[batch.number]),
        reverse("settlements_portal:batch_file", args=[batch.number, "setl_d"]),
    ):
        assert stranger.get(url).status_code == 404


def test_institution_accounts_do_not_enter_the_desk(institution, reviewed):
    client = client_of(member_of(institution))
    assert client.get(reviewed.get_absolute_url()).status_code == 403
    assert client.get(reverse("settlements_desk:batch_list")).status_code == 403


def test_batch_page_shows_funnel_checks_findings_and_receipt(institution, reviewed):
    for client, url in (
        (desk(), reviewed.get_absolute_url()),
        (client_of(member_of(institution)), reviewed.get_portal_url()),
    ):
        client.cookies["django_language"] = "en"
        page = client.get(url)
        text = page.content.decode()
        assert page.status_code == 200
        assert "Charge outside the visit" in text
        assert "Charged on 2026-10-01, outside the visit of 2026-10-05 to 2026-10-09." in text
        assert reviewed.statement.number in text
        assert reviewed.files.first().attachment.sha256 in text
        assert "This code is not known." in text
        assert len(page.context["object_list"]) == 50


def test_findings_are_filtered_and_paged(reviewed):
    client = desk()
    first = client.get(reviewed.get_absolute_url(), {"check_name": "outside_stay"})
    assert len(first.context["object_list"]) == 50
    second = client.get(reviewed.get_absolute_url() + first.context["pager"]["next"])
    assert len(second.context["object_list"]) == 40
    none = client.get(reviewed.get_absolute_url(), {"status": "cleared"})
    assert none.context["object_list"] == []
    one = client.get(reviewed.get_absolute_url(), {"q": "L00003"})
    assert [each.bkkp_sn for each in one.context["object_list"]] == ["L00003"] * len(
        one.context["object_list"]
    )


def test_rejected_batch_shows_its_errors_and_hands_out_the_report(institution, rejected):
    client = client_of(member_of(institution))
    page = client.get(rejected.get_portal_url())
    text = page.content.decode()
    assert "fee_list_d.csv" in text
    assert "<script>alert" not in text
    report = client.get(reverse("settlements_portal:batch_errors", args=[rejected.number]))
    content = b"".join(report.streaming_content).decode("utf-8-sig")
    assert content.splitlines()[0] == "file,row,column,value,error,remedy"
    accepted = hand_in(institution, ordinary(institution.code).csv())
    url = reverse("settlements_portal:batch_errors", args=[accepted.number])
    assert client.get(url).status_code == 404


def test_received_file_comes_back_as_it_was(institution, reviewed):
    client = client_of(member_of(institution))
    url = reverse("settlements_portal:batch_file", args=[reviewed.number, "setl_d"])
    content = b"".join(client.get(url).streaming_content)
    kept = reviewed.files.get(kind="setl_d").attachment
    assert len(content) == kept.size
    unknown = reverse("settlements_portal:batch_file", args=[reviewed.number, "x"])
    assert client.get(unknown).status_code == 404


def test_findings_file_has_the_columns_of_the_export(reviewed):
    url = reverse("settlements_desk:batch_findings", args=[reviewed.number])
    lines = b"".join(desk().get(url).streaming_content).decode().splitlines()
    assert lines[0] == "setl_id,bkkp_sn,check,amount,fund_amount,status,basis"
    assert len(lines) == 1 + Finding.objects.filter(batch=reviewed).count()


# --- progress ------------------------------------------------------------------------------------


def test_progress_is_drawn_and_ends_with_a_reload(institution, sent):
    client = client_of(member_of(institution))
    batch = submit_batch(
        institution=institution,
        files=uploads(ordinary(institution.code).csv()),
        by=None,
        at=timezone.now(),
    ).batch
    url = reverse("settlements_portal:batch_progress", args=[batch.number])
    report_progress(batch.pk, Step.LINES, 25_000, 100_000)

    part = client.get(url)
    assert 'max="100000" value="25000"' in part.content.decode()
    assert sent == []

    take_in(batch_id=batch.pk, at=AT)
    review_batch(batch_id=batch.pk, at=AT)
    done = client.get(url)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")


def test_looking_at_a_stuck_batch_hands_it_out_again_once(
    institution, sent, django_capture_on_commit_callbacks
):
    client = client_of(member_of(institution))
    batch = submit_batch(
        institution=institution, files=uploads(ordinary(institution.code).csv()), by=None, at=AT
    ).batch
    url = reverse("settlements_portal:batch_progress", args=[batch.number])

    with django_capture_on_commit_callbacks(execute=True):
        client.get(url)
        client.get(url)

    assert sent == [("settlements.intake_batch", batch.pk)]


# --- deciding ------------------------------------------------------------------------------------


def test_finding_is_decided_on_its_page(reviewed):
    client = desk()
    finding = Finding.objects.filter(batch=reviewed).order_by("pk").first()
    url = reverse("settlements_desk:finding_decide", args=[reviewed.number, finding.pk])
    page = client.get(url)
    text = page.content.decode()
    assert finding.bkkp_sn in text
    assert "M0001" in text
    answer = client.post(
        url, {"stamp": page.context["stamp"], "verdict": "confirmed", "reason": "日期不符"}
    )
    assert answer.status_code == 302
    assert Finding.objects.get(pk=finding.pk).status == FindingStatus.CONFIRMED

    stale = client.post(
        url, {"stamp": page.context["stamp"], "verdict": "cleared", "reason": "日期不符"}
    )
    assert stale.status_code == 409
    assert Finding.objects.get(pk=finding.pk).status == FindingStatus.CONFIRMED


def test_all_of_a_check_are_decided_at_once(reviewed):
    client = desk()
    url = reverse("settlements_desk:check_decide", args=[reviewed.number, "outside_stay"])
    page = client.get(url)
    answer = client.post(
        url, {"stamp": page.context["stamp"], "verdict": "cleared", "reason": "已核实"}
    )
    assert answer.status_code == 302
    left = Finding.objects.filter(batch=reviewed, check_name="outside_stay").undecided()
    assert not left.exists()
    unknown = reverse("settlements_desk:check_decide", args=[reviewed.number, "nonsense"])
    assert client.get(unknown).status_code == 404


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.PAYMENT_OFFICER, Role.SUPERVISOR])
def test_others_look_but_do_not_decide(reviewed, role):
    client = desk(role)
    finding = Finding.objects.filter(batch=reviewed).first()
    assert client.get(reviewed.get_absolute_url()).status_code == 200
    for url in (
        reverse("settlements_desk:finding_decide", args=[reviewed.number, finding.pk]),
        reverse("settlements_desk:check_decide", args=[reviewed.number, finding.check_name]),
        reverse("settlements_desk:batch_review", args=[reviewed.number]),
    ):
        assert client.post(url, {"verdict": "confirmed", "reason": "x"}).status_code == 403
    assert not Finding.objects.exclude(status=FindingStatus.FLAGGED).exists()


def test_review_again_is_handed_to_the_worker(reviewed, sent, django_capture_on_commit_callbacks):
    client = desk()
    url = reverse("settlements_desk:batch_review", args=[reviewed.number])
    page = client.get(url)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, {"stamp": page.context["stamp"]})
    assert answer.status_code == 302
    assert ClaimBatch.objects.get(pk=reviewed.pk).state == BatchState.REVIEWING
    assert sent == [("settlements.review_batch", reviewed.pk)]


# --- what waits ----------------------------------------------------------------------------------


def test_queues(institution, reviewed):
    reviewer = user_with(Role.CLAIM_REVIEWER)
    member = member_of(institution)
    day = AT.date()

    matter = next(findings_waiting(reviewer, day))
    assert matter.url == reviewed.get_absolute_url()
    assert matter.due_on == reviewed.statement.due_on
    assert list(findings_waiting(user_with(Role.PAYMENT_OFFICER), day)) == []
    for check in Check:
        decide_check(
            batch_id=reviewed.pk,
            check=check,
            verdict=FindingStatus.CLEARED,
            reason="r",
            by=reviewer,
            at=AT,
        )
    assert list(findings_waiting(reviewer, day)) == []

    assert list(batches_to_correct(member, day)) == []
    files = ordinary(institution.code, tag="x")
    files.lines[0]["cnt"] = "?"
    wrong = hand_in(institution, files.csv())
    ClaimBatch.objects.filter(pk=wrong.pk).update(submitted_at=AT.replace(hour=23))
    assert [each.url for each in batches_to_correct(member, day)] == [wrong.get_portal_url()]
    assert list(batches_to_correct(member_of(InstitutionFactory()), day)) == []


# --- the knowledge base --------------------------------------------------------------------------


def test_knowledge_base_is_searched_and_released_by_a_second_person():
    importer, head = user_with(Role.CLAIM_REVIEWER), user_with(Role.AGENCY_HEAD)
    version = import_rulebase(folder=SAMPLE, source="rules", at=AT, by=importer).version
    page = client_of(head).get(version.get_absolute_url(), {"kind": "item_sex"})
    assert {row.kind for row in page.context["object_list"]} == {"item_sex"}
    row = page.context["object_list"][0]
    found = client_of(head).get(version.get_absolute_url(), {"q": row.code})
    assert row in found.context["object_list"]
    assert [matter.url for matter in versions_waiting(head, AT.date())] == [
        version.get_absolute_url()
    ]
    assert list(versions_waiting(importer, AT.date())) == []

    url = reverse("settlements_desk:knowledge_release", args=[version.number])
    mine = client_of(importer).get(url)
    refused = client_of(importer).post(url, {"stamp": mine.context["stamp"]})
    assert refused.status_code == 409
    done = client_of(head).post(url, {"stamp": mine.context["stamp"]})
    assert done.status_code == 302
    assert KnowledgeVersion.objects.get(pk=version.pk).released_by == head
    assert (
        str(version)
        in client_of(head).get(reverse("settlements_desk:knowledge_list")).content.decode()
    )


# --- machines ------------------------------------------------------------------------------------


def api_of(user) -> Client:
    """Return a client with a token, or the session of one who is of no institution."""
    if not hasattr(user, "membership"):
        return client_of(user)
    return Client(headers={"authorization": f"Token {token_of(user)}"})


def test_api_lists_batches_and_their_findings(institution, reviewed):
    other = InstitutionFactory()
    hand_in(other, ordinary(other.code).csv())
    client = api_of(member_of(institution))

    listed = client.get("/api/v1/claim-batches/").json()["results"]
    assert [each["number"] for each in listed] == [reviewed.number]
    one = client.get(f"/api/v1/claim-batches/{reviewed.pk}/").json()
    assert (one["state"], one["month"], one["line_count"]) == ("reviewed", "2026-10", 120)
    assert [each["kind"] for each in one["files"]] == ["setl_d", "fee_list_d"]

    url = f"/api/v1/claim-batches/{reviewed.pk}/findings/"
    first = client.get(url).json()
    assert len(first["results"]) == 50
    assert first["next"]
    finding = first["results"][0]
    assert list(finding) == [
        "setl_id", "bkkp_sn", "check", "amount", "fund_amount", "status", "basis",
    ]  # fmt: skip
    assert (finding["amount"], finding["status"]) == ("31.00", "flagged")
    assert client.get(url, {"check": "drug_sex"}).json()["results"] == []
    assert client.get(url, {"check": "nonsense"}).status_code == 400


def test_api_findings_as_csv(institution, reviewed):
    client = api_of(member_of(institution))
    answer = client.get(f"/api/v1/claim-batches/{reviewed.pk}/findings/?format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0] == "setl_id,bkkp_sn,check,amount,fund_amount,status,basis"
    assert len(lines) == 1 + Finding.objects.filter(batch=reviewed).count()


def test_api_hides_other_institutions(reviewed):
    client = api_of(member_of(InstitutionFactory()))
    for path in ("", "findings/", "findings/?format=csv"):
        assert client.get(f"/api/v1/claim-batches/{reviewed.pk}/{path}").status_code == 404
    assert client.get("/api/v1/claim-batches/").json()["results"] == []
    assert Client().get("/api/v1/claim-batches/").status_code == 401


def test_api_takes_a_batch_once(institution, sent, django_capture_on_commit_callbacks):
    client = api_of(member_of(institution))
    contents = ordinary(institution.code).csv()

    with django_capture_on_commit_callbacks(execute=True):
        first, again = (
            client.post(
                "/api/v1/claim-batches/",
                posted(institution, contents),
                headers={"Idempotency-Key": key},
            )
            for key in ("one", "two")
        )

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert ("settlements.intake_batch", first.json()["id"]) in sent
    assert client.post("/api/v1/claim-batches/", {}).status_code == 400
    assert api_of(user_with(Role.CLAIM_REVIEWER)).post("/api/v1/claim-batches/").status_code == 403


def test_api_tells_of_a_rejected_batch(institution, rejected):
    one = api_of(member_of(institution)).get(f"/api/v1/claim-batches/{rejected.pk}/").json()
    assert one["error_count"] == 1
    assert one["first_errors"][0]["column"] == "cnt"


# --- bounded queries -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["batch_list", "knowledge_list"])
def test_desk_lists_cost_the_same_for_many_rows(name, reviewed, django_assert_max_num_queries):
    import_rulebase(folder=SAMPLE, source="rules", at=AT)
    for number in range(5):
        files = ordinary(reviewed.institution.code, settlements=1, lines=1, tag=f"q{number}")
        hand_in(reviewed.institution, files.csv())
    client = desk()
    client.get(reverse(f"settlements_desk:{name}"))
    with django_assert_max_num_queries(8):
        assert client.get(reverse(f"settlements_desk:{name}")).status_code == 200


def test_portal_list_costs_the_same_for_many_rows(
    institution, reviewed, django_assert_max_num_queries
):
    for number in range(5):
        hand_in(institution, ordinary(institution.code, tag=f"q{number}").csv())
    client = client_of(member_of(institution))
    client.get(reverse("settlements_portal:batch_list"))
    with django_assert_max_num_queries(8):
        page = client.get(reverse("settlements_portal:batch_list"))
    assert len(page.context["object_list"]) == 6


def test_batch_page_costs_the_same_for_many_findings(reviewed, django_assert_max_num_queries):
    client = desk()
    client.get(reviewed.get_absolute_url())
    with django_assert_max_num_queries(24):
        client.get(reviewed.get_absolute_url())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_are_drawn_in_both_languages(institution, reviewed, rejected, language):
    staff, member = desk(), client_of(member_of(institution))
    for client in (staff, member):
        client.cookies["django_language"] = language
    with translation.override(language):
        for client, urls in (
            (staff, [reviewed.get_absolute_url(), rejected.get_absolute_url()]),
            (member, [reviewed.get_portal_url(), rejected.get_portal_url()]),
        ):
            for url in urls:
                assert client.get(url)["Content-Language"] == language
