"""B-01: trainings, who came, and the yearly list of those without."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agency.enums import Role
from agency.models import Notice
from agency.services.calendar import office
from agreements.enums.life import AgreementState
from institutions.enums.guidance import Presence, TrainingState
from institutions.models import Institution, TrainingAttendance
from institutions.rules import TrainingQuestion, training_gap
from institutions.services import trainings
from institutions.services.training_lists import gap_lines, gap_rows, import_attendance
from institutions.standings import in_force_since
from institutions.tasks import list_training_gaps
from tests.agency.factories import SHANGHAI, RegionFactory, user_with
from tests.agreements.factories import AgreementFactory
from tests.institutions import factories_guidance as make
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_guidance import refused

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 2, 10, tzinfo=SHANGHAI)
DAY = date(2025, 6, 2)
YEAR_END = date(2025, 12, 31)


def in_force(since: date, **kwargs) -> Institution:
    return AgreementFactory(valid_from=since, **kwargs).institution


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "count", "year", "listed", "exempt"),
    [
        (date(2025, 1, 1), 0, 2025, True, False),
        (date(2025, 1, 1), 1, 2025, False, False),
        (date(2025, 9, 30), 0, 2025, True, False),
        (date(2025, 10, 1), 0, 2025, True, False),
        (date(2025, 10, 2), 0, 2025, False, True),
        (date(2025, 11, 1), 0, 2025, False, True),
        (date(2025, 11, 1), 0, 2026, True, False),
        (date(2024, 12, 31), 0, 2025, True, False),
    ],
)
def test_the_rule(since, count, year, listed, exempt):
    question = TrainingQuestion(effective_on=since, trainings=count, year=year)
    answer = training_gap(question, office(on=YEAR_END))
    assert (answer.listed, answer.exempt) == (listed, exempt)
    assert len(answer.because) == (1 if exempt else 2)


# --- since when -----------------------------------------------------------------------------------


def test_a_renewal_is_no_break_and_a_gap_begins_anew():
    renewed = in_force(date(2024, 1, 1))
    AgreementFactory(institution=renewed, valid_from=date(2025, 1, 1))
    broken = in_force(date(2024, 1, 1))
    AgreementFactory(institution=broken, valid_from=date(2025, 1, 2))
    ended = in_force(date(2023, 1, 1))
    cut = in_force(date(2025, 1, 1), state=AgreementState.DISSOLVED, ended_on=date(2025, 5, 1))
    keys = [each.pk for each in (renewed, broken, ended, cut)]
    assert in_force_since(keys, DAY) == {
        renewed.pk: date(2024, 1, 1),
        broken.pk: date(2025, 1, 2),
    }


# --- the list -------------------------------------------------------------------------------------


def test_the_list_is_what_the_rule_says():
    sinces = [
        date(2024, 3, 1),  # ended before the year did
        date(2025, 1, 1),
        date(2025, 9, 30),
        date(2025, 10, 1),
        date(2025, 10, 2),
        date(2025, 11, 1),
    ]
    found = {since: in_force(since) for since in sinces}
    trained = in_force(date(2025, 1, 1))
    event = make.held(AT, trained, held_on=DAY)
    rows = [trainings.Attended(trained.pk, Presence.ATTENDED, "王敏")]
    trainings.record_attendance(event_id=event.pk, rows=rows, by=event.created_by, at=AT)
    renewed = in_force(date(2024, 10, 15))
    AgreementFactory(institution=renewed, valid_from=date(2025, 10, 15))
    back = in_force(date(2024, 1, 1))  # a gap in 2025: new since 1 November
    AgreementFactory(institution=back, valid_from=date(2025, 11, 1))
    here = office(on=YEAR_END)
    everybody = [*found.values(), trained, renewed, back]
    since = in_force_since([each.pk for each in everybody], YEAR_END)
    expected = {
        pk
        for pk, begun in since.items()
        if training_gap(
            TrainingQuestion(effective_on=begun, trainings=int(pk == trained.pk), year=2025), here
        ).listed
    }
    listed = set(gap_rows(2025, on=YEAR_END).values_list("pk", flat=True))
    assert listed == expected
    assert listed == {
        found[day].pk for day in (date(2025, 1, 1), date(2025, 9, 30), date(2025, 10, 1))
    } | {renewed.pk}


@pytest.mark.parametrize(
    ("state", "presence", "year", "listed"),
    [
        (TrainingState.HELD, Presence.ATTENDED, 2025, False),
        (TrainingState.HELD, Presence.INVITED, 2025, True),
        (TrainingState.HELD, Presence.ABSENT, 2025, True),
        (TrainingState.HELD, Presence.ATTENDED, 2024, True),
        (TrainingState.PLANNED, Presence.ATTENDED, 2025, True),
    ],
)
def test_what_counts_as_a_training(state, presence, year, listed):
    institution = in_force(date(2025, 1, 1))
    event = make.planned(AT, held_on=date(year, 6, 1))
    TrainingAttendance.objects.create(
        event=event,
        institution=institution,
        presence=presence,
        recorded_by=event.created_by,
        recorded_at=AT,
    )
    if state == TrainingState.HELD:
        trainings.hold_training(event_id=event.pk, by=event.created_by, at=AT)
    assert gap_rows(2025, on=YEAR_END).filter(pk=institution.pk).exists() is listed


def test_the_list_costs_the_same_for_one_and_for_many(django_assert_num_queries):
    in_force(date(2025, 1, 1))
    for _number in range(3):
        in_force(date(2025, 1, 1))
    # Two queries for the parameters of the office, one for the list.
    with django_assert_num_queries(3):
        rows = list(gap_rows(2025, on=YEAR_END))
    assert len(rows) == 4
    with django_assert_num_queries(3):
        lines = gap_lines(rows, 2025, on=YEAR_END)
    assert [line.since for line in lines] == [date(2025, 1, 1)] * 4


def test_officers_are_told_once_a_year(time_machine):
    officer = user_with(Role.AGREEMENT_OFFICER)
    in_force(date(2025, 1, 1))
    time_machine.move_to(datetime(2026, 1, 3, 6, tzinfo=SHANGHAI))
    # The run of 31 December was missed: the next one makes up for it, and only once.
    assert list_training_gaps(date(2026, 1, 3)) == 1
    assert list_training_gaps(date(2026, 1, 4)) == 0
    notice = Notice.objects.get(recipient=officer)
    assert notice.key == "training.gaps:2025"
    assert notice.url == "/desk/reports/training-gaps/?year=2025"


# --- the life of a training -----------------------------------------------------------------------


def test_invited_held_recorded_confirmed():
    region = RegionFactory()
    one, two, other = (InstitutionFactory(region=region) for _each in range(3))
    member = member_of(one)
    AgreementFactory(institution=one)
    AgreementFactory(institution=two)
    event = make.planned(AT, held_on=DAY, region=region)
    officer = event.created_by
    assert trainings.invite(event_id=event.pk, institution_ids=None, by=officer, at=AT) == 2
    with refused("nobody_to_invite"):
        trainings.invite(event_id=event.pk, institution_ids=[one.pk], by=officer, at=AT)
    assert Notice.objects.get(recipient=member).key == f"training.invited:{event.pk}"
    rows = [trainings.Attended(other.pk, Presence.ATTENDED, "李强")]
    with refused("training_not_held"):
        trainings.record_attendance(event_id=event.pk, rows=rows, by=officer, at=AT)
    trainings.hold_training(event_id=event.pk, by=officer, at=AT)
    trainings.record_attendance(event_id=event.pk, rows=rows, by=officer, at=AT)
    own = event.attendances.get(institution=one)
    with refused("attendees_missing"):
        trainings.confirm_attendance(attendance_id=own.pk, attendees=" ", by=member, at=AT)
    trainings.confirm_attendance(attendance_id=own.pk, attendees="王敏", by=member, at=AT)
    with refused("confirmed_already"):
        trainings.confirm_attendance(attendance_id=own.pk, attendees="王敏", by=member, at=AT)
    found = dict(event.attendances.values_list("institution", "presence"))
    assert found == {one.pk: "attended", two.pk: "invited", other.pk: "attended"}
    acts = list(event.transitions.values_list("act", flat=True))
    assert acts == ["plan", "invite", "hold", "attendance", "confirm"]


def test_who_is_recorded_absent_cannot_confirm():
    institution = InstitutionFactory()
    member = member_of(institution)
    event = make.held(AT, institution, held_on=DAY)
    rows = [trainings.Attended(institution.pk, Presence.ABSENT)]
    trainings.record_attendance(event_id=event.pk, rows=rows, by=event.created_by, at=AT)
    own = event.attendances.get()
    with refused("recorded_absent"):
        trainings.confirm_attendance(attendance_id=own.pk, attendees="王", by=member, at=AT)


@pytest.mark.parametrize(("day", "codes"), [(2, []), (3, ["training_to_come"])])
def test_a_training_is_held_on_its_day_at_the_earliest(day, codes):
    event = make.planned(AT, held_on=date(2025, 6, day))
    found = trainings.holding_obstacles(event, event.created_by, on=DAY)
    assert [each.code for each in found] == codes


# --- the list as a file ---------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_read_whole(encoding):
    one, two, three = (InstitutionFactory() for _each in range(3))
    event = make.held(AT, one, two, three, held_on=DAY)
    text = (
        "机构代码,名称,到会,参加人\r\n"
        f"{one.code},甲,是,王敏、李强\r\n"
        f"{two.code},乙,否,\r\n"
        "\r\n"
        f"{three.code},丙,,\r\n"
    )
    officer = event.created_by
    assert (
        import_attendance(event_id=event.pk, content=text.encode(encoding), by=officer, at=AT) == 2
    )
    found = list(event.attendances.order_by("institution").values_list("presence", "attendees"))
    assert found == [("attended", "王敏、李强"), ("absent", ""), ("invited", "")]


def test_a_faulty_list_records_nothing_and_names_each_line():
    institution = InstitutionFactory()
    event = make.held(AT, institution, held_on=DAY)
    content = (
        "code,presence,attendees\n"
        f"{institution.code},yes,王\n"
        f"{institution.code},maybe,\n"
        "H00000000000,no,李\n"
    )
    officer = event.created_by
    with pytest.raises(Exception) as caught:
        import_attendance(event_id=event.pk, content=content.encode(), by=officer, at=AT)
    codes = [each.code for each in caught.value.obstacles]
    assert codes == ["row_invalid"] * 4 + ["list_faulty"]
    texts = [str(each.text) for each in caught.value.obstacles]
    assert [text.count("3") > 0 for text in texts[:2]] == [True, True]
    assert event.attendances.get().presence == Presence.INVITED


@pytest.mark.parametrize(
    "content", [b"", b"name\nx\n", b"\xff\xff\x00", b"code\n" + b"x" * (5 * 1024 * 1024)]
)
def test_what_is_no_list_is_refused(content):
    event = make.held(AT, held_on=DAY)
    with refused("list_unreadable"):
        import_attendance(event_id=event.pk, content=content, by=event.created_by, at=AT)


# --- pages ----------------------------------------------------------------------------------------


def test_the_portal_shows_own_trainings_and_materials_only(time_machine):
    time_machine.move_to(AT)
    institution, stranger = InstitutionFactory(), InstitutionFactory()
    member, outsider = member_of(institution), member_of(stranger)
    file = SimpleUploadedFile("课件.pdf", b"%PDF-1.4 x", "application/pdf")
    event = make.held(AT, institution, held_on=DAY, materials=[file])
    material = event.materials.get()
    client, other = Client(), Client()
    client.force_login(member)
    other.force_login(outsider)
    url = reverse("institutions_portal:training", args=[event.pk])
    assert "课件.pdf" in client.get(url).content.decode()
    assert other.get(url).status_code == 404
    download = reverse("agency:file_download", args=[material.pk])
    assert client.get(download).status_code == 200
    assert other.get(download).status_code == 404
    confirm = reverse("institutions_portal:training_confirm", args=[event.pk])
    stamp = client.get(confirm).context["stamp"]
    assert client.post(confirm, {"stamp": stamp, "attendees": "王敏"}).status_code == 302
    assert event.attendances.get().attendees == "王敏"


def test_a_list_is_taken_filled_in_and_sent_back_at_the_desk(time_machine):
    time_machine.move_to(AT)
    institution = InstitutionFactory()
    event = make.held(AT, institution, held_on=DAY)
    client = Client()
    client.force_login(event.created_by)
    taken = client.get(reverse("institutions_desk:training_list", args=[event.pk])).getvalue()
    lines = taken.decode("utf-8-sig").splitlines()
    assert lines == ["code,name,presence,attendees", f"{institution.code},{institution.name},,"]
    filled = f"{lines[0]}\n{institution.code},,yes,王敏\n"
    url = reverse("institutions_desk:training_attendance", args=[event.pk])
    answer = client.post(
        url,
        {
            "stamp": client.get(url).context["stamp"],
            "file": SimpleUploadedFile("list.csv", filled.encode(), "text/csv"),
        },
    )
    assert answer.status_code == 302
    assert event.attendances.get().presence == Presence.ATTENDED
