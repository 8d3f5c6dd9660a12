"""Procedures: drafted by one, published by another, then for good."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from agency.enums import Role
from agency.services import stand_ins
from institutions.enums.guidance import VersionState
from institutions.models import ProcedureVersion
from institutions.services import procedures
from institutions.services.procedures import Line, difference
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions import factories_guidance as make
from tests.institutions.factories_guidance import refused

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 2, 10, tzinfo=SHANGHAI)
TODAY = date(2025, 6, 2)


def test_a_version_is_published_by_another_and_numbered():
    writer, head = user_with(Role.AGREEMENT_OFFICER), user_with(Role.AGENCY_HEAD)
    version = make.draft(AT, effective_from=TODAY, by=writer)
    published = procedures.publish_version(version_id=version.pk, by=head, at=AT)
    assert (published.number, published.state) == (1, VersionState.PUBLISHED)
    steps = list(version.transitions.values_list("act", "source", "target", "by"))
    assert steps == [
        ("draft", "", "draft", writer.pk),
        ("publish", "draft", "published", head.pk),
    ]


def test_whoever_wrote_or_changed_it_may_not_publish_it():
    writer, second = user_with(Role.AGREEMENT_OFFICER), user_with(Role.AGREEMENT_OFFICER)
    version = make.draft(AT, effective_from=TODAY, by=writer)
    procedures.edit_draft(version_id=version.pk, by=second, at=AT, effective_from=TODAY, text="改")
    for each in (writer, second):
        with refused("published_by_writer"):
            procedures.publish_version(version_id=version.pk, by=each, at=AT)
    assert ProcedureVersion.objects.get(pk=version.pk).state == VersionState.DRAFT


def test_a_stand_in_counts_as_the_writer(time_machine):
    time_machine.move_to(AT)
    writer, other = user_with(Role.AGREEMENT_OFFICER), user_with(Role.AGREEMENT_OFFICER)
    version = make.draft(AT, effective_from=TODAY, by=writer)
    stand_ins.grant(
        delegator_id=writer.pk,
        delegate_id=other.pk,
        starts_on=TODAY,
        ends_on=TODAY,
        reason="休假",
        by=user_with(Role.SECURITY_ADMINISTRATOR),
        at=AT,
    )
    other = type(other).objects.get(pk=other.pk)
    with refused("published_by_writer"):
        procedures.publish_version(version_id=version.pk, by=other, at=AT)


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2025, 6, 1), ["effective_before_publication", "effective_before_the_last"]),
        (date(2025, 6, 2), ["effective_before_the_last"]),
        (date(2025, 6, 3), []),
    ],
)
def test_a_version_binds_nobody_backwards(day, codes):
    first = make.published(AT, effective_from=TODAY)
    second = make.draft(AT, effective_from=day, procedure_id=first.procedure_id)
    head = user_with(Role.AGENCY_HEAD)
    found = procedures.publication_obstacles(second, head, on=TODAY)
    assert [each.code for each in found] == codes


def test_a_published_version_never_changes():
    version = make.published(AT, effective_from=TODAY)
    for statement in (
        "UPDATE institutions_procedureversion SET text = 'x' WHERE id = %s",
        "DELETE FROM institutions_procedureversion WHERE id = %s",
    ):
        with (
            pytest.raises(DatabaseError, match="published_for_good"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [version.pk])


def test_one_draft_at_a_time_and_something_written():
    version = make.draft(AT, effective_from=TODAY)
    with refused("draft_exists"):
        make.draft(AT, effective_from=TODAY, procedure_id=version.procedure_id)
    with refused("nothing_written"):
        make.draft(AT, effective_from=TODAY, text=" ", title="另一规程")
    with refused("procedure_exists"):
        make.draft(AT, effective_from=TODAY)
    with refused("not_entitled"):
        make.draft(AT, effective_from=TODAY, by=user_with(Role.CLAIM_REVIEWER), title="三")


def test_versions_are_compared_line_by_line():
    assert list(difference("一\n二\n三", "一\n两\n三\n四")) == [
        Line("", "一"),
        Line("-", "二"),
        Line("+", "两"),
        Line("", "三"),
        Line("+", "四"),
    ]


def test_everybody_reads_what_is_published_and_no_draft(time_machine):
    time_machine.move_to(AT)
    first = make.published(AT, effective_from=TODAY, text="第一版文字")
    procedure = first.procedure
    make.published(
        AT, effective_from=date(2025, 7, 1), procedure_id=procedure.pk, text="第二版文字"
    )
    make.draft(AT, effective_from=date(2025, 8, 1), procedure_id=procedure.pk, text="第三版草稿")
    client = Client()
    page = client.get(reverse("institutions_public:procedure", args=[procedure.pk]))
    text = page.content.decode()
    assert "第一版文字" in text and "第二版文字" not in text and "第三版草稿" not in text
    args = [procedure.pk, 1, 2]
    lines = client.get(reverse("institutions_public:procedure_difference", args=args))
    assert "<del>第一版文字</del>" in lines.content.decode()
    assert "<ins>第二版文字</ins>" in lines.content.decode()
    for number in (3, 99):
        url = reverse("institutions_public:procedure_version", args=[procedure.pk, number])
        assert client.get(url).status_code == 404
    listed = client.get(reverse("institutions_public:procedures"))
    assert "定点申请经办规程" in listed.content.decode()


def test_written_previewed_and_published_at_the_desk(time_machine):
    time_machine.move_to(AT)
    writer, head = user_with(Role.AGREEMENT_OFFICER), user_with(Role.AGENCY_HEAD)
    client = Client()
    client.force_login(writer)
    region = make.RegionFactory()
    url = reverse("institutions_desk:procedure_new")
    stamp = client.get(url).context["stamp"]
    answer = client.post(
        url,
        {
            "stamp": stamp,
            "region": region.pk,
            "topic": "change",
            "title": "变更规程",
            "text": "一\n二",
            "effective_from": "2025-06-03",
        },
    )
    version = ProcedureVersion.objects.get()
    assert answer.status_code == 302 and answer["Location"] == version.get_absolute_url()
    page = client.get(version.get_absolute_url())
    assert [each["obstacles"] == [] for each in page.context["buttons"]] == [False, True, True]
    client = Client()
    client.force_login(head)
    url = reverse("institutions_desk:procedure_publish", args=[version.pk])
    answer = client.post(url, {"stamp": client.get(url).context["stamp"]})
    assert answer.status_code == 302
    assert ProcedureVersion.objects.get().number == 1
