"""Looking institutions up: by any part of a name, its pinyin, a code, and as of a day."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import InternalError
from django.utils import timezone

from agency.enums import Role
from agreements.services.standing import standings
from institutions.enums.changes import ChangeField
from institutions.enums.register import Standing
from institutions.models import Institution, InstitutionName
from institutions.querysets.register import bigrams_of, words_of
from institutions.services import search
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change
from institutions.services.names import spell_names, spelling_of
from institutions.services.search import cursor_of, read_cursor, search_register
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked

pytestmark = pytest.mark.django_db

NAMES = [
    "九江市第一人民医院",
    "九江市妇幼保健院",
    "浔阳仁和医院",
    "濂溪区仁和中医诊所",
    "永修CT影像诊断中心",
    "绿叶口腔门诊部",
]


@pytest.fixture
def register():
    rows = {name: InstitutionFactory(name=name) for name in NAMES}
    spell_names()
    return rows


def found(text: str, **kwargs) -> list[str]:
    hits = search_register(Institution.objects.all(), text, size=20, **kwargs)
    return [hit.institution.name for hit in hits]


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("九江市第一人民医院", "jjsdyrmyy", "jiujiangshidiyirenminyiyuan"),
        ("永修CT影像中心", "yxctyxzx", "yongxiuctyingxiangzhongxin"),
        ("绿叶（总院）", "lyzy", "lvyezongyuan"),
        ("——", "-", ""),
    ],
)
def test_a_name_is_spelt_by_its_initials_and_in_full(name, initials, pinyin):
    assert spelling_of(name) == (initials, pinyin)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("仁和", ["浔阳仁和医院", "濂溪区仁和中医诊所"]),
        ("人民医院", ["九江市第一人民医院"]),
        ("第一人", ["九江市第一人民医院"]),
        ("九江", ["九江市妇幼保健院", "九江市第一人民医院"]),
        ("九", ["九江市妇幼保健院", "九江市第一人民医院"]),
        ("院人", []),
        ("人民 九江", ["九江市第一人民医院"]),
        ("九江　妇幼", ["九江市妇幼保健院"]),
        ("jjsdyrmyy", ["九江市第一人民医院"]),
        ("JJS", ["九江市妇幼保健院", "九江市第一人民医院"]),
        ("rmyy", ["九江市第一人民医院"]),
        ("renmin", ["九江市第一人民医院"]),
        ("jiu jiang shi fu you", ["九江市妇幼保健院"]),
        ("jiujiangshifuyoubaojianyuan", ["九江市妇幼保健院"]),
        ("ly", ["绿叶口腔门诊部"]),
        ("ct", ["永修CT影像诊断中心"]),
        ("ＣＴ影像", ["永修CT影像诊断中心"]),
        ("%", []),
        ("_", []),
        ("\x00", []),
    ],
)
def test_a_name_is_found_by_any_part_of_it(register, text, expected):
    assert found(text) == expected


def test_a_code_is_found_by_its_beginning_and_comes_first_when_it_is_whole(register):
    one, other = register["浔阳仁和医院"], InstitutionFactory(name="H360403以外医院")
    assert found(one.code) == [one.name]
    assert found(one.credit_code.lower()) == [one.name]
    assert one.name in found(one.code[:-1])
    assert other.name not in found(one.code)


def test_what_begins_comes_before_what_contains(register):
    first = InstitutionFactory(name="仁和医院")
    exact = InstitutionFactory(name="仁和")
    assert found("仁和") == [exact.name, first.name, "浔阳仁和医院", "濂溪区仁和中医诊所"]


def test_an_earlier_name_still_finds_and_says_so(register, client):
    institution = register["浔阳仁和医院"]
    member, clerk = member_of(institution), user_with(Role.INTAKE_CLERK)
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.NAME, "浔阳慈济医院", date(2026, 11, 2))],
        by=member,
        at=timezone.now(),
    )
    checked(change, by=clerk)
    approve_change(change_id=change.pk, by=clerk, at=timezone.now())
    assert found("仁和") == ["濂溪区仁和中医诊所", "浔阳慈济医院"]
    assert found("xycjyy") == ["浔阳慈济医院"]
    names = institution.names.order_by("pk").values_list("name", "is_current")
    assert list(names) == [("浔阳仁和医院", False), ("浔阳慈济医院", True)]
    client.force_login(clerk)
    page = client.get("/desk/institutions/", {"q": "仁和"}).content.decode()
    assert "浔阳慈济医院" in page
    assert "浔阳仁和医院" in page
    assert search.former_names([institution.pk]) == {institution.pk: ["浔阳仁和医院"]}


# --- nothing writes a name past the search --------------------------------------------------------


def test_whoever_writes_a_name_the_search_knows_it_at_once():
    institution = InstitutionFactory(name="旧名医院")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institutions_institution SET name = '新名医院' WHERE id = %s", [institution.pk]
        )
    assert found("新名") == ["新名医院"]
    assert found("旧名") == ["新名医院"]
    assert InstitutionName.objects.unspelt().count() == 2
    assert found("xmyy") == []
    assert spell_names() == 2
    assert found("xmyy") == ["新名医院"]
    assert spell_names() == 0


def test_back_to_an_earlier_name_keeps_one_row_for_each():
    institution = InstitutionFactory(name="甲医院")
    for name in ("乙医院", "甲医院"):
        Institution.objects.filter(pk=institution.pk).update(name=name)
    rows = institution.names.order_by("pk").values_list("name", "is_current")
    assert list(rows) == [("甲医院", True), ("乙医院", False)]


def test_many_at_once_are_known_too():
    made = Institution.objects.bulk_create(
        InstitutionFactory.build(name=f"批量{n}医院", region=InstitutionFactory().region)
        for n in range(3)
    )
    names = InstitutionName.objects.filter(institution__in=[each.pk for each in made])
    assert [each.name for each in names.order_by("pk")] == [each.name for each in made]


def test_a_name_is_never_deleted():
    InstitutionFactory()
    with pytest.raises(InternalError, match="Cannot delete"):
        InstitutionName.objects.all().delete()


# --- much -----------------------------------------------------------------------------------------


@pytest.fixture
def crowd(monkeypatch):
    """A word that is too common to be ranked, and is walked in the order of the names."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", 5)
    region = InstitutionFactory(name="甲公立医院").region
    Institution.objects.bulk_create(
        InstitutionFactory.build(name=f"{'公立' if n % 2 else '乡镇公立'}第{n:02}院", region=region)
        for n in range(30)
    )
    spell_names()
    return sorted(Institution.objects.values_list("name", flat=True))


@pytest.mark.parametrize("near", [1, 5_000])
@pytest.mark.parametrize("text", ["公立", "gl"])
def test_a_common_word_is_walked_page_by_page_without_loss(crowd, monkeypatch, near, text):
    monkeypatch.setattr(search, "WALKED_AT_ONCE", near)
    pages, after = [], None
    while True:
        hits = search_register(Institution.objects.all(), text, after=after, size=7)
        pages += [hit.institution.name for hit in hits]
        if len(hits) < 7:
            break
        after = read_cursor(cursor_of(hits[-1]))
    assert sorted(pages) == crowd or text == "gl"
    assert len(set(pages)) == len(pages)
    if text == "公立":
        begins = [name for name in crowd if name.startswith(text)]
        assert pages == [*begins, *(name for name in crowd if name not in begins)]


def test_former_names_come_last_while_a_common_word_is_walked(crowd):
    Institution.objects.filter(name="甲公立医院").update(name="甲私立医院")
    Institution.objects.filter(name="公立第01院").update(name="公立第99院")
    hits = search_register(Institution.objects.all(), "公立", size=50)
    assert len(hits) == 31
    assert [hit.institution.name for hit in hits if hit.by_former_name] == ["甲私立医院"]
    assert hits[-1].by_former_name


@pytest.mark.parametrize("common", [1, 1000])
def test_a_common_word_is_told_by_the_first_names(crowd, monkeypatch, common):
    monkeypatch.setattr(search, "COMMON_IN_SAMPLE", common)
    assert search._is_common(["公立"]) == (common == 1)
    assert not search._is_common(["gl"])
    names = [
        hit.institution.name for hit in search_register(Institution.objects.all(), "公立", size=50)
    ]
    assert sorted(names) == crowd


def test_filters_hold_while_a_common_word_is_walked(crowd):
    rows = Institution.objects.filter(name__contains="第0")
    names = [hit.institution.name for hit in search_register(rows, "公立", size=50)]
    assert len(names) == 10
    assert all("第0" in name for name in names)


@pytest.mark.parametrize(
    "text", ["", "x", "WzFd", "W10", "WzAsICJcdTAwMDAiLCAxXQ", "Wzk5LCAiYSIsIDFd", "x" * 1001]
)
def test_a_made_up_cursor_is_no_place(text):
    with pytest.raises(ValueError):
        read_cursor(text)


def test_a_made_up_cursor_is_no_page(register, client):
    assert client.get("/", {"q": "仁和", "after": "garbage"}).status_code == 404


# --- pages ----------------------------------------------------------------------------------------


def test_a_search_costs_a_bounded_number_of_queries(
    register, client, django_assert_max_num_queries
):
    client.get("/")
    for query in ({}, {"q": "仁和"}, {"q": "H3604"}, {"q": "仁和", "standing": "none"}):
        with django_assert_max_num_queries(7):
            assert client.get("/", query).status_code == 200


def test_the_list_shows_and_filters_the_standing_on_a_day(client):
    today = timezone.localdate()
    without = InstitutionFactory(name="无协议医院")
    agreement = AgreementFactory(
        institution__name="有协议医院",
        valid_from=date(2020, 1, 1),
        valid_to=today + timedelta(days=30),
    )
    designated = agreement.institution
    ids = [without.pk, designated.pk]
    if agreement.state == "effective":
        assert standings(ids, today) == {designated.pk: Standing.IN_FORCE}
        assert standings(ids, date(2019, 12, 31)) == {}
    shown = client.get("/", {"q": "协议医院", "standing": "in_force"})
    assert [row["institution"].pk for row in shown.context["rows"]] == [designated.pk]
    before = client.get("/", {"q": "协议医院", "on": "2019-12-31", "standing": "none"})
    assert {row["institution"].pk for row in before.context["rows"]} == {*ids}
    later = client.get("/", {"on": str(today + timedelta(days=1))})
    assert later.status_code == 200
    assert later.context["on"] == today
    assert later.context["filter"].form.errors["on"]


def test_typed_words_are_read_as_names_are_kept():
    assert words_of(" 九江　ct ") == ["九江", "CT"]
    assert words_of("ＡＢ") == ["AB"]
    assert len(words_of("a " * 50)) == 20
    assert bigrams_of("九江市") == ["九江", "江市"]
