"""What a letter says and how it looks: wording, mark-up, lines, PDF. No database."""

import io
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from PIL import Image

from agency.letter_kinds import CHINESE, ENGLISH, KINDS
from agency.letters import markup
from agency.letters.font import missing_characters
from agency.letters.lines import NEVER_FIRST, NEVER_LAST, broken
from agency.letters.markup import Paragraph, Run, Table, protected, read
from agency.letters.pdf import Paper, UndrawableError, draw
from agency.letters.text import check_text, render_text
from agency.letters.values import frozen, thawed
from agency.letters.wording import capital, signed_day, worded, written_day

DAY = date(2026, 11, 22)


def paper(body: str, **kwargs) -> Paper:
    given = {
        "office_name": "九江市医疗保障事业管理中心",
        "number": "九医保中止决〔2026〕3号",
        "title": "中止协议决定书",
        "issued_on": DAY,
        **kwargs,
    }
    return Paper(blocks=read(body), **given)


def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize(
    ("day", "written", "signed"),
    [
        (date(2026, 11, 22), "2026年11月22日", "二〇二六年十一月二十二日"),
        (date(2030, 1, 10), "2030年1月10日", "二〇三〇年一月十日"),
        (date(2026, 10, 31), "2026年10月31日", "二〇二六年十月三十一日"),
        (date(2024, 12, 20), "2024年12月20日", "二〇二四年十二月二十日"),
    ],
)
def test_days(day, written, signed):
    assert (written_day(day), signed_day(day)) == (written, signed)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("10.00", "壹拾元整"),
        ("1234.56", "壹仟贰佰叁拾肆元伍角陆分"),
        ("1004.06", "壹仟零肆元零陆分"),
        ("100000", "壹拾万元整"),
        ("1000001.10", "壹佰万零壹元壹角整"),
        ("100200000", "壹亿零贰拾万元整"),
        ("20030.00", "贰万零叁拾元整"),
        ("-3.005", "负叁元零壹分"),
    ],
)
def test_amounts_in_capital_characters(amount, text):
    assert capital(amount) == text


def test_values_are_worded_in_the_language():
    assert worded(DAY, ENGLISH) == "22 November 2026"
    assert worded([DAY, "乙"], CHINESE) == "2026年11月22日、乙"
    assert worded(True, CHINESE) == "是"
    assert worded(Decimal("1234.50"), ENGLISH) == "1,234.50"
    assert worded(None, CHINESE) == ""


def test_values_come_back_as_they_were():
    said = {"on": DAY, "amount": Decimal("1.20"), "rows": [{"a": DAY, "b": "x"}], "n": 3}
    kept = {name: frozen(value) for name, value in said.items()}
    assert {name: thawed(value) for name, value in kept.items()} == said
    with pytest.raises(TypeError, match="set"):
        frozen({1, 2})


def test_markup():
    blocks = read(
        "浔阳仁和医院：\n\n第一段\n接着。\n（一）第一项\n1. 第二项\n## 小标题\n"
        "| 甲 | 乙 |\n| 1 | **2** |\n\nfirst line\nsecond line"
    )
    assert [type(each).__name__ for each in blocks] == [
        "Paragraph", "Paragraph", "Paragraph", "Paragraph", "Paragraph", "Table", "Paragraph",
    ]  # fmt: skip
    assert blocks[0] == Paragraph((Run("浔阳仁和医院："),), indent=False)
    assert blocks[1].text == "第一段接着。" and blocks[1].indent
    assert blocks[4].heading
    assert blocks[5].rows[1][1] == (Run("2", True),)
    assert blocks[6].text == "first line second line"


def test_values_never_act_as_markup():
    nasty = "## x | **y** \\n {-}\n\n| z |"
    _title, body = render_text("t", "甲：\n\n理由：{{ reason }}。", {"reason": nasty}, CHINESE)
    blocks = read(body)
    assert all(isinstance(each, Paragraph) and not each.heading for each in blocks)
    assert not any(run.bold for each in blocks for run in each.runs)
    assert "".join(each.text for each in blocks) == ("甲：理由：## x | **y** \\n {-}| z |。")
    _title, body = render_text("t", "| {{ a }} | b |", {"a": "1\n2 | 3"}, CHINESE)
    (table,) = read(body)
    assert isinstance(table, Table)
    assert [["".join(run.text for run in cell) for cell in row] for row in table.rows] == [
        ["1\n2 | 3", "b"]
    ]
    assert protected("a*b") == "a\\*b"


def width_of(text: str, _bold: bool = False) -> float:
    return sum(5.0 if character.isascii() else 10.0 for character in text)


def test_lines_break_as_chinese_print_does():
    text = "经核查（一），你单位“某某”。协议360400-2026-0031号，" * 12
    lines = broken([Run(text)], width=280, first=248, measure=width_of)
    shown = ["".join(run.text for run in line) for line in lines]
    assert "".join(shown) == text
    assert len(shown) > 10
    assert all(line[0] not in NEVER_FIRST for line in shown[1:])
    assert all(line[-1] not in NEVER_LAST for line in shown)
    assert all(width_of(line) <= 280 for line in shown)
    assert all("360400-2026-0031" in line or "3604" not in line for line in shown)


def test_pdf_holds_text_font_pages_and_the_same_bytes():
    rows = "".join(f"| {n} | 核查发现的费用项目 | 1,234.50 |\n" for n in range(60))
    given = paper(
        f"浔阳仁和医院：\n\n经**核查**如下。\n\n| 序号 | 项目 | 金额 |\n{rows}\n以上。",
        enclosures=["核查笔录", "费用明细"],
        verify_url="https://office.example.org/verify/ABCD-EFGH-JKMN/",
        code="ABCD-EFGH-JKMN",
    )
    pdf, pages = draw(given)
    assert draw(given) == (pdf, pages)
    shown = texts(pdf)
    assert pages == len(shown) == 3
    assert "九江市医疗保障事业管理中心" in shown[0]
    assert "九医保中止决〔2026〕3号" in shown[0]
    assert "经核查如下。" in shown[0]
    assert "序号 项目 金额" in shown[1]  # the head of the table, again
    assert "二〇二六年十一月二十二日" in shown[2]
    assert "附件：1. 核查笔录" in shown[2] and "2. 费用明细" in shown[2]
    assert "（印章）" in shown[2]
    assert "验证码 ABCD-EFGH-JKMN" in shown[2]
    for number, text in enumerate(shown, 1):
        assert f"第 {number} 页 共 3 页" in text
    assert b"/FontFile2" in pdf and b"WenQuanYiMicroHei" in pdf


def test_pdf_in_english_with_a_long_name_and_a_seal():
    seal = io.BytesIO()
    Image.new("RGBA", (40, 40), (200, 0, 0, 128)).save(seal, "PNG")
    given = paper(
        "Designated hospital:\n\nYour agreement is resumed.",
        language=ENGLISH,
        office_name="某某自治区某某自治州某某自治县" * 3,
        seal=seal.getvalue(),
    )
    pdf, pages = draw(given)
    (shown,) = texts(pdf)
    assert pages == 1
    assert "Page 1 of 1" in shown and "22 November 2026" in shown
    assert "(seal)" not in shown and "印章" not in shown
    assert b"/Image" in pdf


def test_a_cell_higher_than_a_page_is_split():
    pdf, pages = draw(paper(f"| 事实 | 依据 |\n| {'很长的事实。' * 700} | 第一条 |"))
    assert pages > 1
    assert sum(text.count("很") for text in texts(pdf)) == 700


def test_missing_characters_are_named_not_drawn_as_boxes():
    assert missing_characters("医保Aé①㎡") == []
    with pytest.raises(UndrawableError) as caught:
        draw(paper("浔阳𠮷医院😀"))
    assert set(caught.value.characters) == {"𠮷", "😀"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_kind_has_a_text_that_works_with_its_samples(kind):
    samples = {name: each.sample for name, each in kind.all_variables.items()}
    for language in kind.languages:
        title, body = kind.own_text(language)
        assert check_text(title, body, samples=samples, language=language) == []
        rendered = render_text(title, body, samples, language)
        assert rendered[0]
        blocks = read(rendered[1])
        assert missing_characters(markup.characters(blocks) | set(rendered[0])) == []
    assert 1 <= len(kind.word) <= 6


SAMPLES = {"reason": "x", "rows": [{"a": 1}]}


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("第一行\n{{ raeson }}", "template_unknown_variable", "line 2"),
        ("{{ reason", "template_syntax", "line 1"),
        ("{% include 'x' %}", "template_construct", "Include"),
        ("{{ reason.__class__() }}", "template_construct", "Call"),
        ("{% macro m() %}{% endmacro %}", "template_construct", "Macro"),
        ("{{ 'a' * 1000000000 }}", "template_construct", "Mul"),
        ("{{ 2 ** 99999999 }}", "template_construct", "Pow"),
        ("{% set x = 1 %}{{ x }}", "template_construct", "Assign"),
        ("{{ reason.__class__ }}", "template_fails", "sample values"),
        ("{{ reason|nothing }}", "template_syntax", "nothing"),
        ("{% for row in rows %}{{ row.b }}{% endfor %}", "template_fails", "b"),
        ("x" * 50_001, "template_too_long", "50000"),
    ],
)
def test_bad_templates_are_refused(body, code, said):
    (obstacle, *_others) = check_text("标题", body, samples=SAMPLES, language=CHINESE)
    assert obstacle.code == code
    if code == "template_unknown_variable":
        assert "raeson" in str(obstacle.text) and "2" in str(obstacle.text)
        assert "reason, rows" in str(obstacle.remedy)
    elif code not in {"template_syntax", "template_fails"}:
        assert said in str(obstacle.text)


def test_filters():
    _title, body = render_text(
        "t",
        "{{ a|money }} {{ a|capital }} {{ d|signed_day }} {{ d|day }} {{ d }}",
        {"a": Decimal("1200.5"), "d": DAY},
        CHINESE,
    )
    assert body == (
        "1,200.50 壹仟贰佰元伍角整 二〇二六年十一月二十二日 2026年11月22日 2026年11月22日"
    )
