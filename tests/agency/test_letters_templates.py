"""Texts of letters: written by one, released by another; what is refused, and what is drawn."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction

from agency.enums import Role, TemplateFormat, TemplateState
from agency.letter_kinds import CHINESE, ENGLISH, KINDS
from agency.models import LetterTemplate
from agency.rules import Refusal
from agency.services.letters.previews import preview_letter
from agency.services.letters.templates import (
    release_template,
    retire_template,
    save_template,
    shown_template,
    template_in_force,
)
from tests.agency.factories import user_with
from tests.agency.letters import (
    ADMINISTRATION_KIND,
    ISSUED_ON,
    docx_upload,
    issued,
    moment,
    word_document,
)

pytestmark = pytest.mark.django_db

KIND = "resumption_decision"
NEXT = date(2026, 12, 1)


def codes(caught) -> list[str]:
    return [each.code for each in caught.value.obstacles]


def written(by=None, **kwargs) -> LetterTemplate:
    given = {
        "kind": KIND,
        "language": CHINESE,
        "title": "恢复协议决定书（新）",
        "body": "{{ addressee }}：\n\n自{{ from_on }}起恢复协议{{ agreement }}。{{ reason }}。",
        **kwargs,
    }
    by = by or user_with(Role.AGREEMENT_OFFICER)
    return save_template(by=by, at=moment(ISSUED_ON), **given)


def released(template, *, by=None, effective_from=NEXT, on=ISSUED_ON) -> LetterTemplate:
    by = by or user_with(Role.AGENCY_HEAD)
    return release_template(
        template_id=template.pk, effective_from=effective_from, by=by, at=moment(on), on=on
    )


def test_a_new_version_holds_from_its_day():
    draft = written()
    assert (draft.version, draft.state) == (2, TemplateState.DRAFT)
    assert issued().template.version == 1
    released(draft)
    assert issued().template.version == 1
    letter = issued(on=NEXT)
    assert letter.template.version == 2
    assert letter.title == "恢复协议决定书（新）"
    # Another draft is the third version; writing again writes the same draft.
    third = written()
    assert third.version == 3 and written(title="又改").pk == third.pk
    kind = KINDS[KIND]
    assert template_in_force(kind, CHINESE, ISSUED_ON).version == 1
    assert template_in_force(kind, CHINESE, NEXT).version == 2
    assert shown_template(kind, ENGLISH, NEXT).pk is None


def test_whoever_wrote_it_does_not_release_it():
    head = user_with(Role.AGENCY_HEAD)
    draft = written(by=head)
    with pytest.raises(Refusal) as caught:
        released(draft, by=head)
    assert codes(caught) == ["template_own"]
    assert caught.value.obstacles[0].rule == "B-02"
    draft.refresh_from_db()
    assert draft.state == TemplateState.DRAFT
    with (
        pytest.raises(IntegrityError, match="lettertemplate_released_by_another"),
        transaction.atomic(),
    ):
        LetterTemplate.objects.filter(pk=draft.pk).update(
            state="released", released_by=head, released_at=moment(NEXT), effective_from=NEXT
        )


def test_no_release_in_the_past_or_twice():
    draft = written()
    with pytest.raises(Refusal) as caught:
        released(draft, effective_from=date(2026, 11, 19))
    assert codes(caught) == ["template_in_the_past"]
    released(draft)
    with pytest.raises(Refusal) as caught:
        released(draft)
    assert codes(caught) == ["template_not_draft"]


def test_a_released_text_is_fixed():
    draft = released(written())
    for change in ({"body": "x"}, {"title": "x"}, {"effective_from": ISSUED_ON}):
        with pytest.raises(InternalError, match="text_is_fixed"), transaction.atomic():
            LetterTemplate.objects.filter(pk=draft.pk).update(**change)
    with pytest.raises(InternalError, match="never_deleted"), transaction.atomic():
        LetterTemplate.objects.all()._raw_delete("default")


def test_the_last_text_is_never_retired():
    head = user_with(Role.AGENCY_HEAD)
    first = issued().template
    with pytest.raises(Refusal) as caught:
        retire_template(template_id=first.pk, by=head, at=moment(NEXT))
    assert codes(caught) == ["template_needed"]
    second = released(written(), effective_from=ISSUED_ON)
    retire_template(template_id=second.pk, by=head, at=moment(NEXT))
    assert issued().template == first
    with pytest.raises(Refusal) as caught:
        retire_template(template_id=second.pk, by=head, at=moment(NEXT))
    assert codes(caught) == ["template_retired"]
    draft = written()
    assert retire_template(template_id=draft.pk, by=head, at=moment(NEXT)).version == 3
    assert written().version == 4


def test_the_sides_write_their_own_texts():
    with pytest.raises(Refusal) as caught:
        written(kind=ADMINISTRATION_KIND)
    assert codes(caught) == ["template_of_the_other_side"]
    with pytest.raises(Refusal) as caught:
        written(by=user_with(Role.LAW_OFFICER))
    assert codes(caught) == ["template_of_the_other_side"]
    with pytest.raises(Refusal) as caught:
        written(kind=ADMINISTRATION_KIND, language=ENGLISH, by=user_with(Role.LAW_OFFICER))
    assert codes(caught) == ["template_language"]
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"body": "第一行\n{{ adressee }}"}, "template_unknown_variable"),
        ({"title": "{{ nmber }}"}, "template_unknown_variable"),
        ({"body": "{% for x in %}"}, "template_syntax"),
        ({"body": "  \n"}, "template_empty"),
        ({"title": " "}, "template_empty"),
    ],
)
def test_texts_that_fail_are_not_kept(given, code):
    with pytest.raises(Refusal) as caught:
        written(**given)
    assert codes(caught) == [code]
    assert not LetterTemplate.objects.exists()


def test_the_refusal_names_variable_line_and_what_is_known():
    with pytest.raises(Refusal) as caught:
        written(body="甲\n{{ addressee }}\n{{ resaon }}")
    (obstacle,) = caught.value.obstacles
    assert "resaon" in str(obstacle.text) and "3" in str(obstacle.text)
    assert "addressee, agreement, from_on" in str(obstacle.remedy)


def test_a_word_document_as_template():
    content = word_document(
        "{{ addressee }}：", "自{{ from_on }}起恢复。", table=[["甲", "{{ reason }}"]]
    )
    draft = written(body="", docx=docx_upload(content))
    assert draft.format == TemplateFormat.DOCX and draft.docx.name == "template.docx"
    released(draft, effective_from=ISSUED_ON)
    letter = issued()
    assert letter.docx.name.endswith(".docx")
    assert "自2026年12月1日起恢复。" in letter.body
    assert "甲 | 整改验收合格" in letter.body
    assert issued(language=ENGLISH).docx.name == ""


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 damaged", b"%PDF-1.4 renamed", b"", word_document("{{ unknown }}")],
)
def test_bad_word_documents_are_not_kept(content):
    with pytest.raises(Refusal):
        written(body="", docx=docx_upload(content))
    assert not LetterTemplate.objects.exists()


def test_a_preview_shows_samples_and_keeps_nothing():
    kind = KINDS[KIND]
    template = shown_template(kind, CHINESE, NEXT)
    rendered = preview_letter(template, on=NEXT)
    assert rendered.pdf.startswith(b"%PDF-")
    tried = preview_letter(template, on=NEXT, title="试", body="{{ addressee }}：\n\n{{ number }}")
    assert "九医保恢复决〔2026〕1号" in tried.body
    with pytest.raises(Refusal) as caught:
        preview_letter(template, on=NEXT, title="试", body="{{ x }}")
    assert codes(caught) == ["template_unknown_variable"]
    content = word_document("{{ addressee }}：", "{{ reason }}")
    assert (
        "整改验收合格"
        in preview_letter(template, on=NEXT, title="试", docx=docx_upload(content)).body
    )
    assert not LetterTemplate.objects.exists()
