"""Every document the office must be able to issue has its kind, its text, and can be printed."""

import re
from datetime import date

import pytest
from jinja2 import meta

from agency.enums import Actor
from agency.letter_kinds import CHINESE, ENGLISH, KINDS
from agency.letters.text import environment
from agency.models import LetterHead
from agency.services.letters.paper import Facts, render_letter
from agency.services.letters.templates import own_template
from institutions.rules import LETTER_PERIODS
from tests.agency.factories import RegionFactory

# The office's list, document by document; one kind for each, or one for each of its outcomes.
# The agreement itself, its supplements and yearly agreements are no letters: both sides sign them.
DOCUMENTS = {
    "受理通知书": ["acceptance"],
    "补正材料通知书": ["supplement"],
    "不予受理决定书": ["not_accepted"],
    "评估结果告知书": ["assessment_passed", "assessment_failed", "assessment_failed_twice"],
    "评估结果备案函": ["result_filing"],
    "公示": ["assessment_public_notice"],
    "公示异议答复": ["objection_result"],
    "未能签订协议告知书": ["no_agreement"],
    "定点名单公布": ["designated_list"],
    "信息变更": [
        "change_accepted",
        "change_reassessment",
        "change_approved",
        "change_rejected",
    ],
    "信息变更未申报核查": ["unfiled_change_notice", "unfiled_change_result"],
    "新址合规性承诺书": ["address_commitment"],
    "相关人员服务承诺书": ["practitioner_commitment"],
    "续签通知": ["renewal_notice", "not_renewed"],
    "申请答复": ["request_accepted", "request_refused"],
    "年度绩效考核结果告知书": ["performance_result"],
    "约谈通知书": ["interview"],
    "协议处理事先告知书": ["prior_notice"],
    "协议处理决定书": ["handling_decision"],
    "重大协议处理决定备案": ["handling_filing", "filing_answer"],
    "撤销协议处理通知书": ["annulment_notice"],
    "履行协议催告书": ["formal_demand"],
    "中止": ["suspension_decision"],
    "恢复": ["resumption_decision", "resumption_proposal"],
    "解除": ["dissolution_decision"],
    "终止": ["termination_notice"],
    "解除名单公布": ["dissolved_list"],
    "向医保行政部门报告": ["administration_report"],
    "级联通知": ["cascade_notice"],
    "拨付单/扣款明细": ["payment_notice", "deduction_notice"],
    "预付/预拨审批单": ["prepayment_approval", "emergency_approval"],
    "年终清算单": ["clearing_statement"],
    "质量保证金退还单": ["deposit_refund"],
    "疑点推送/申诉/复核": ["suspicion_push", "suspicion_appeal", "suspicion_review"],
    "经办机构违约": ["correction_answer", "agency_measure"],
    "争议": ["dispute_result", "coordination_invitation", "coordination_result"],
    "行政检查通知": ["inspection_notice"],
    "行政警示通知书": ["warning"],
    "责令改正/处理": ["correction_order", "handling_order"],
    "行政处罚": ["penalty_prior_notice", "hearing_notice", "penalty_decision"],
    "重大处罚备案报告": ["penalty_filing_report"],
    "线索移交函": ["lead_transfer"],
    "记分": ["points_notice", "points_suspension", "points_termination", "points_repair"],
    "举报": ["report_accepted", "report_refused", "report_result", "reward_notice"],
    "企业诉求": ["appeal_accepted", "appeal_feedback", "appeal_rating"],
    "基金风险预警书面报告": ["fund_warning"],
    "档案": [
        *("filing_handover", "appraisal_report", "destruction_list", "transfer_list"),
        *("archivist_handover", "archives_report"),
    ],
}
OF_THE_ADMINISTRATION = {
    *("inspection_notice", "warning", "correction_order", "handling_order"),
    *("penalty_prior_notice", "hearing_notice", "penalty_decision", "penalty_filing_report"),
    *("lead_transfer", "report_accepted", "report_refused", "report_result", "reward_notice"),
    *("coordination_invitation", "coordination_result", "agency_measure"),
    *("appeal_accepted", "appeal_feedback", "appeal_rating"),
    "filing_answer",
}
ALL = [(code, language) for code, kind in KINDS.items() for language in kind.languages]


def test_every_document_of_the_list_has_its_kind():
    assert sorted(KINDS) == sorted(code for codes in DOCUMENTS.values() for code in codes)


def test_agency_and_administration_issue_their_own():
    issued = {code for code, kind in KINDS.items() if kind.actor == Actor.ADMINISTRATION}
    assert issued == OF_THE_ADMINISTRATION


def test_a_period_starts_only_with_what_is_served():
    starting = {code: kind.starts for code, kind in KINDS.items() if kind.starts}
    assert set(starting.values()) == set(LETTER_PERIODS)
    assert all(KINDS[code].served for code in starting)


@pytest.mark.parametrize(("code", "language"), ALL)
def test_a_text_names_exactly_the_variables_of_its_kind(code, language):
    kind = KINDS[code]
    title, body = kind.own_text(language)
    named = meta.find_undeclared_variables(environment(language).parse(title + body))
    assert named - kind.all_variables.keys() == set()
    assert kind.variables.keys() - named == set()
    assert len(body) > 120
    assert bool(re.search(r"[\u4e00-\u9fff]", body)) is (language == CHINESE)


@pytest.mark.django_db
def test_every_letter_can_be_printed_with_its_samples():
    head = LetterHead(region=RegionFactory(), office_name="九江市医疗保障局", prefix="九医保")
    for code, language in ALL:
        kind = KINDS[code]
        template = own_template(kind, language)
        assert (template.version, template.state, template.released_by) == (1, "released", None)
        samples = {name: each.sample for name, each in kind.variables.items()}
        facts = Facts(
            head=head,
            number=f"九医保{kind.word}〔2026〕1号",
            issued_on=date(2026, 11, 20),
            addressee="浔阳仁和医院(演示)",
            matter="360400-2026-0031",
            signer="王经办",
            language=language,
            code="23456789",
        )
        letter = render_letter(kind, template, samples, facts)
        assert letter.pdf.startswith(b"%PDF-"), code
        assert 1 <= letter.pages <= 3, code
        assert "{{" not in letter.body, code


def test_letters_to_institutions_that_may_be_foreign_are_in_english_too():
    english = {code for code, kind in KINDS.items() if ENGLISH in kind.languages}
    assert english == {
        *("acceptance", "supplement", "not_accepted"),
        *("change_accepted", "change_reassessment", "change_approved", "change_rejected"),
        *("renewal_notice", "not_renewed", "request_accepted", "request_refused"),
        *("termination_notice", "annulment_notice"),
        *("suspension_decision", "resumption_decision", "dissolution_decision"),
        *("prior_notice", "handling_decision", "payment_notice", "deduction_notice"),
    }
