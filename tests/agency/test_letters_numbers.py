"""Numbers of letters: by office and year, without gap or repeat however many are issued at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction

from agency.enums import Actor, Role
from agency.models import LetterHead, LetterTemplate, OfficialLetter
from agency.models.letters.head import NUMBER_FORMAT
from agency.rules import Refusal
from agency.services.letters.heads import enter_letterhead, head_in_force
from tests.agency.factories import RegionFactory, user_with
from tests.agency.letters import ISSUED_ON, issued, moment

LETTERS_AT_ONCE = 50
THREADS = 25


def entered(by, *, effective_from=ISSUED_ON, on=ISSUED_ON, **kwargs) -> LetterHead:
    given = {
        "region": RegionFactory(),
        "office_name": "九江市医疗保障事业管理中心",
        "prefix": "九医保",
        **kwargs,
    }
    return enter_letterhead(by=by, at=moment(on), on=on, effective_from=effective_from, **given)


@pytest.mark.django_db
def test_numbers_follow_the_offices_rule_by_year():
    entered(user_with(Role.AGENCY_HEAD))
    numbers = [issued().number, issued().number]
    assert numbers == ["九医保恢复决〔2026〕1号", "九医保恢复决〔2026〕2号"]
    assert issued(on=date(2027, 1, 4)).number == "九医保恢复决〔2027〕1号"
    letter = OfficialLetter.objects.get(number="九医保恢复决〔2027〕1号")
    assert letter.year == 2027


@pytest.mark.django_db
def test_a_region_bears_its_own_head_else_the_one_above_else_its_name():
    prefecture = RegionFactory()
    county = RegionFactory(code="360402", name="濂溪区", parent=prefecture)
    assert issued(region=county).number == "濂溪医保恢复决〔2026〕1号"
    head = user_with(Role.AGENCY_HEAD)
    entered(head, region=prefecture)
    letter = issued(region=county)
    assert letter.number == "九医保恢复决〔2026〕1号"
    assert letter.office_name == "九江市医疗保障事业管理中心"
    entered(head, region=county, prefix="濂医保", number_format="{word}{year}-{number}（{prefix}）")
    assert issued(region=county).number == "恢复决2026-1（濂医保）"
    assert head_in_force(county, Actor.ADMINISTRATION, ISSUED_ON).office_name == "濂溪区医疗保障局"


@pytest.mark.django_db
def test_a_new_head_holds_from_its_day():
    head = user_with(Role.AGENCY_HEAD)
    entered(head)
    entered(head, prefix="九医险", effective_from=date(2026, 12, 1))
    assert issued().number.startswith("九医保")
    assert issued(on=date(2026, 12, 1)).number == "九医险恢复决〔2026〕1号"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number_format", "code"),
    [
        ("{prefix}{word}{number}号", "number_rule_incomplete"),
        ("{prefix}〔{year}〕{number}号", "number_rule_incomplete"),
        ("{word}〔{year}〕号", "number_rule_incomplete"),
        ("{word}〔{year}〕{number}{month}号", "number_rule_unknown"),
        ("{word}〔{year}〕{number}号}", "number_rule_unknown"),
        ("{word}〔{year}〕{number}{number}号", "number_rule_incomplete"),
    ],
)
def test_number_rules_that_could_repeat_a_number_are_refused(number_format, code):
    with pytest.raises(Refusal) as caught:
        entered(user_with(Role.AGENCY_HEAD), number_format=number_format)
    assert [each.code for each in caught.value.obstacles] == [code]
    assert not LetterHead.objects.exists()


@pytest.mark.django_db
def test_heads_of_the_past_and_of_a_taken_day_are_refused():
    head = user_with(Role.AGENCY_HEAD)
    entered(head)
    with pytest.raises(Refusal) as caught:
        entered(head)
    assert [each.code for each in caught.value.obstacles] == ["letterhead_day_taken"]
    with pytest.raises(Refusal) as caught:
        entered(head, effective_from=date(2026, 11, 19))
    assert [each.code for each in caught.value.obstacles] == ["letterhead_in_the_past"]
    assert LetterHead.objects.get().number_format == NUMBER_FORMAT


@pytest.mark.django_db
def test_a_letter_rolled_back_gives_its_number_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        first = issued().number
        raise ZeroDivisionError
    assert issued().number == first


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_no_gap_no_repeat():
    region = RegionFactory()
    start = Barrier(THREADS)

    def issue(turn: int) -> None:
        if turn < THREADS:
            start.wait(timeout=30)
        try:
            with transaction.atomic():
                issued(region=region)
                if turn % 10 == 9:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        finally:
            connection.close()

    rolled_back = LETTERS_AT_ONCE // 10
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(issue, range(LETTERS_AT_ONCE)))
    numbers = list(OfficialLetter.objects.values_list("number", flat=True))
    expected = [f"九江医保恢复决〔2026〕{n}号" for n in range(1, LETTERS_AT_ONCE - rolled_back + 1)]
    assert sorted(numbers) == sorted(expected)
    # All first letters at once: one template.
    assert LetterTemplate.objects.count() == 1
