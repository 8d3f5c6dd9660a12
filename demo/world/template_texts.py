"""The texts agreements of the demo are made from: our own words, no public template's."""

from __future__ import annotations

from typing import Any

Clause = dict[str, Any]


def clause(key: str, heading: str, body: str, *measures: int, **facts: Any) -> Clause:
    return {"key": key, "heading": heading, "body": body, "measures": list(measures), **facts}


def must(key: str, heading: str, body: str, *measures: int, **facts: Any) -> Clause:
    return clause(key, heading, body, *measures, is_mandatory=True, **facts)


TITLE = "医疗保障定点医疗机构服务协议"
NATIONAL_TITLE = f"{TITLE}范本(演示)"
LOCAL_TITLE = f"九江市{TITLE}(演示)"

MAIN: list[Clause] = [
    must(
        "parties",
        "订立双方",
        "甲方:{{ agency_name }}。\n乙方:{{ institution_name }}(国家代码{{ institution_code }}),"
        "法定代表人{{ legal_representative }}。\n双方经平等协商,自愿订立本协议。",
    ),
    must(
        "scope",
        "适用范围",
        "乙方为职工医保、居民医保、生育保险、医疗救助和居民大病保险的参保人员提供服务,"
        "费用按本协议结算。",
    ),
    must("term", "有效期限", "本协议自{{ valid_from }}起至{{ valid_to }}止,首尾两日均计算在内。"),
    must(
        "identity",
        "身份核验",
        "就诊时乙方核对参保人员身份与凭证,不得允许他人冒用,也不得扣留参保人员的凭证。",
    ),
    must(
        "reasonable_care",
        "合理诊疗",
        "乙方按诊疗规范提供必要的服务,不分解住院、不挂床住院,不重复或者过度检查、用药、治疗。",
    ),
    must(
        "prices",
        "价格与目录",
        "收费执行公布的价格;使用目录外药品、耗材和项目的,事先征得参保人员或者其家属书面同意。",
    ),
    clause(
        "drug_supply",
        "药品与耗材采购",
        "乙方通过规定的平台采购药品和耗材,优先配备集中带量采购的中选产品,并保存进销存台账。",
    ),
    must(
        "records",
        "病历与票据",
        "病历、处方、费用清单和票据真实、完整并相互一致,保存期限不短于法定期限。",
    ),
    must(
        "data",
        "数据上传",
        "乙方按公布的数据集和接口标准上传数据,每月{{ upload_day }}日前完成上月数据的核对。",
    ),
    clause(
        "interface",
        "接口与信息安全",
        "甲方不收取接口费用,不指定软件供应商;双方保护参保人员隐私,仅将数据用于本协议的目的。",
    ),
    must(
        "payment_method",
        "支付方式",
        "住院费用按{{ payment_method }}支付,门诊费用按项目支付。",
        is_variable_term=True,
    ),
    must(
        "total_control",
        "总额控制指标",
        "本年度总额控制指标为{{ total_control }}元;指标以内的费用足额拨付,"
        "因就医人数大幅增加等形成的合理超支,甲方给予适当补偿。",
        is_variable_term=True,
    ),
    must(
        "deposit",
        "质量保证金",
        "甲方按月预留应拨费用的{{ deposit_rate }}%作为质量保证金,年终按考核结果返还。",
        is_variable_term=True,
    ),
    must(
        "settlement",
        "申报与拨付",
        "乙方按月申报费用;甲方自申报之日起三十个工作日内拨付审核无误的费用。",
    ),
    must(
        "review",
        "费用审核",
        "甲方对申报费用审核;违规费用不予支付,乙方不得转由参保人员承担。"
        "对审核意见有异议的,乙方在{{ appeal_days }}个工作日内申诉。",
    ),
    clause(
        "performance",
        "绩效考核",
        "甲方每年考核乙方的履约情况,结果用于年终清算、保证金返还和续签。乙方可以对结果提出异议。",
    ),
    must(
        "changes",
        "信息变更",
        "名称、负责人、地址、账户、科目、规模、性质、等级等重大信息变更的,"
        "乙方自批准之日起三十个工作日内向甲方申请;其他信息变更及时书面告知。",
    ),
    must(
        "breach_records",
        "违约:记录与收费",
        "病历、处方、清单与实际服务不符,或者重复、超标准收费的,"
        "甲方约谈乙方负责人,拒付或者追回相关费用,并可以要求支付违约金。",
        *(1, 3, 4),
        damages="违约费用的{{ damages_rate }}%",
    ),
    must(
        "breach_data",
        "违约:数据与配合",
        "不按约定提供数据、提供的数据不真实,或者不配合审核、考核和检查的,"
        "甲方约谈乙方负责人,暂停拨付相关费用,直至中止本协议。",
        *(1, 2, 6),
    ),
    must(
        "breach_persons",
        "违约:人员与科室",
        "医务人员或者科室多次违反本协议的,甲方中止该人员或者科室的医保结算,期限为一至六个月。",
        *(1, 5),
    ),
    must(
        "breach_fraud",
        "违约:骗取基金",
        "伪造文书、虚构服务、诱导冒名就医等骗取基金的,甲方追回费用、收取违约金并解除本协议;"
        "涉嫌违法的移送有关部门。",
        *(3, 4, 6),
        damages="骗取金额的{{ fraud_damages_rate }}%",
    ),
    must(
        "suspension",
        "中止与恢复",
        "中止期间发生的费用不予结算。乙方申请中止的,期限一般不超过一百八十日;"
        "期满前未申请继续履行的,本协议自动终止。",
    ),
    must(
        "dissolution",
        "解除与退出",
        "出现法定解除情形的,甲方解除本协议并向社会公布。乙方请求中止、解除或者不再续签的,"
        "提前三个月申请;公立机构不主动提出中止或者解除。",
    ),
    must(
        "renewal",
        "续签",
        "乙方在期满前三个月提出续签申请,或者由甲方统一组织;协商不成的,本协议到期终止。",
    ),
    must(
        "agency_breach",
        "甲方违约",
        "甲方未按约定拨付费用或者有其他违约行为的,乙方可以要求纠正,"
        "提请行政部门协调,也可以依法申请行政复议或者提起行政诉讼。",
    ),
    must(
        "disputes",
        "争议解决",
        "因订立、履行、变更、解除发生争议的,先行协商,也可以请求同级医保行政部门协调,"
        "或者依法申请行政复议、提起行政诉讼。",
    ),
]

VARIABLES: list[dict[str, str]] = [
    {
        "name": "upload_day",
        "label": "数据核对截止日",
        "type": "number",
        "default": "10",
        "sample": "10",
    },
    {
        "name": "payment_method",
        "label": "住院支付方式",
        "type": "text",
        "default": "按病种分值付费",
        "sample": "按病种分值付费",
    },
    {
        "name": "total_control",
        "label": "年度总额控制指标(元)",
        "type": "money",
        "default": "12,000,000.00",
        "sample": "12,000,000.00",
    },
    {
        "name": "deposit_rate",
        "label": "质量保证金比例(%)",
        "type": "percent",
        "default": "5",
        "sample": "5",
    },
    {
        "name": "appeal_days",
        "label": "申诉工作日",
        "type": "number",
        "default": "7",
        "sample": "7",
    },
    {
        "name": "damages_rate",
        "label": "一般违约金比例(%)",
        "type": "percent",
        "default": "20",
        "sample": "20",
    },
    {
        "name": "fraud_damages_rate",
        "label": "骗保违约金比例(%)",
        "type": "percent",
        "default": "30",
        "sample": "30",
    },
]

# What the nation changed later, and why.
NATIONAL_CHANGE = "数据集与接口标准更新,核对时间提前"
NATIONAL_AMENDED = {
    "data": "乙方按公布的数据集和接口标准上传数据,每月{{ upload_day }}日前完成上月数据的核对;"
    "上传失败的,次日补传并说明原因。",
}

# What Jiujiang worded itself in its first version.
LOCAL_WORDING = {
    "review": "甲方对申报费用审核;违规费用不予支付,乙方不得转由参保人员承担。"
    "对审核意见有异议的,乙方在收到通知后{{ appeal_days }}个工作日内通过平台申诉并上传病历。",
    "performance": "甲方每年考核乙方的履约情况,指标和评分办法事先公布;"
    "得分九十分以上的,可以简化续签手续。",
}
LOCAL_ADDED = clause(
    "quiet_days",
    "检查安静期",
    "每月一日至二十日甲方不安排现场检查,专项检查、投诉举报核查除外。",
)

# What its second version changes, now being asked about.
LOCAL_CHANGE = "落实智能审核提醒,完善违约条款并增加互联网复诊约定"
SECOND_WORDING = {
    "review": "甲方对申报费用智能审核并推送提醒;违规费用不予支付,乙方不得转由参保人员承担。"
    "对审核意见有异议的,乙方在收到通知后{{ appeal_days }}个工作日内通过平台申诉并上传病历。",
    "performance": "甲方每年考核乙方的履约情况,指标和评分办法于年初公布;"
    "得分九十分以上的,可以采取固定协议与年度协议相结合的方式续签。",
}
SECOND_ADDED = clause(
    "online_revisit",
    "互联网复诊",
    "乙方开展互联网复诊的,另行签订补充协议;首诊不得在线上结算。",
)

# (institution, clause, words) of the consultation that runs now.
OPEN_COMMENTS = (
    ("renhe", "review", "智能提醒误报较多,建议同时公布规则版本,并允许批量申诉。"),
    ("trial", "performance", "固定协议的适用门槛建议按两年平均分计算。"),
    ("lianxi", "online_revisit", "乡镇机构网络条件有限,希望明确线上复诊为自愿开展。"),
    ("eyes", "", "总体赞成。建议正式施行前组织一次培训。"),
)
# (institution, clause, words, outcome, answer); without an answer it waits for one.
YEARLY_COMMENTS = (
    (
        "renhe",
        "growth",
        "建议把收治危重病人的费用单列,不计入增幅。",
        "adopted",
        "采纳。条款已改为据实核定。",
    ),
    (
        "central",
        "deposit",
        "建议保证金比例由百分之五降到百分之三。",
        "not_adopted",
        "未采纳。保证金比例由省级规定,本市不作调整。",
    ),
    ("yongxiu", "total_control", "建议明确指标调整的时间和程序。", "", ""),
)
# Of the first Jiujiang revision of the nation's text, long answered.
NATIONAL_COMMENTS = (
    (
        "renhe",
        "data",
        "建议上传失败时允许次日补传。",
        "adopted",
        "采纳,已写入条款。",
    ),
    (
        "trial",
        "data",
        "建议延长核对时间至十五日。",
        "partly",
        "部分采纳。核对日作为变量,由各地约定。",
    ),
)
