"""The demo's fixed, yearly and supplementary agreements: our own words."""

from __future__ import annotations

from demo.world.template_texts import MAIN, TITLE, Clause, clause, must

FIXED: list[Clause] = [each for each in MAIN if not each.get("is_variable_term")] + [
    must(
        "yearly",
        "年度协议",
        "总额指标、支付方式和保证金比例由双方每年另订年度协议约定;年度协议是本协议的组成部分。",
    )
]
FIXED_TITLE = f"{TITLE}固定协议(演示)"

YEARLY: list[Clause] = [
    must(
        "parties",
        "双方与依据",
        "{{ agency_name }}与{{ institution_name }}依据{{ agreement_number }}号固定协议,"
        "订立{{ year }}年度协议。",
    ),
    *(each for each in MAIN if each.get("is_variable_term")),
    clause(
        "growth",
        "费用增长",
        "本年度次均住院费用增幅不超过{{ growth_rate }}%;超出部分在清算时协商处理。",
        is_variable_term=True,
    ),
]
YEARLY_TITLE = "医疗保障年度协议(演示)"
YEARLY_CHANGE = "按照新一年度基金预算调整费用增长约定"
YEARLY_AMENDED = "本年度次均住院费用增幅不超过{{ growth_rate }}%;因收治危重病人超出的,据实核定。"
GROWTH = {
    "name": "growth_rate",
    "label": "次均费用增幅上限(%)",
    "type": "percent",
    "default": "3",
    "sample": "3",
}

INTERNET: list[Clause] = [
    must(
        "parties",
        "双方与依据",
        "{{ agency_name }}与{{ institution_name }}在{{ agreement_number }}号协议之下,"
        "就其举办的{{ internet_hospital_name }}订立本补充协议。",
    ),
    must(
        "revisit",
        "服务范围",
        "线上仅限常见病、慢性病复诊;乙方核对实体医疗机构的诊断记录后方可开具处方。",
    ),
    must(
        "trace",
        "过程留痕",
        "问诊、处方、审方和配送全过程留痕,视频和图文记录保存不少于{{ record_years }}年。",
    ),
    must(
        "online_pay", "线上结算", "费用在本统筹区按实体医疗机构的同等标准结算,配送费不由基金支付。"
    ),
    must(
        "breach_online",
        "违约处理",
        "冒名复诊、无诊断记录开方的,甲方约谈负责人、拒付费用,并暂停线上结算。",
        *(1, 3, 5),
    ),
]
INTERNET_TITLE = "互联网医院补充协议(演示)"
RECORD_YEARS = {
    "name": "record_years",
    "label": "记录保存年限",
    "type": "number",
    "default": "15",
    "sample": "15",
}
INTERNET_CHANGE = "增加线上慢性病长处方约定"
LONG_PRESCRIPTION = clause(
    "long_prescription",
    "慢性病长处方",
    "病情稳定的慢性病参保人员,一次处方量可以放宽至{{ prescription_weeks }}周。",
)

AMENDMENT: list[Clause] = [
    must(
        "parties",
        "双方与依据",
        "{{ agency_name }}与{{ institution_name }}协商一致,"
        "对{{ agreement_number }}号协议作如下变更。",
    ),
    must("change", "变更内容", "{{ change }}"),
    must("rest", "其他约定", "未变更的约定继续有效;本补充协议自双方签署之日起施行。"),
]
AMENDMENT_TITLE = "变更补充协议(演示)"
CHANGE = {
    "name": "change",
    "label": "变更内容",
    "type": "text",
    "default": "双方按照政策调整相应约定。",
    "sample": "将质量保证金比例由5%调整为3%。",
}
