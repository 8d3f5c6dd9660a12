"""Words of the demo's procedures, trainings and questions: written for it, no office's own."""

from __future__ import annotations

from institutions.enums.guidance import InquiryTopic, ProcedureTopic, TrainingMode, TrainingTopic

PROCEDURES: tuple[tuple[ProcedureTopic, str, str], ...] = (
    (
        ProcedureTopic.APPLICATION,
        "定点申请受理规程(演示)",
        """一、申请方式
申请机构登录服务门户,按机构类型填写申请表,上传系统列出的材料。全程网上办理,不收纸质材料。
二、当场受理
材料齐全、形式符合要求的,系统即时受理并给出受理编号和查询码。
三、一次告知
材料不齐的,经办人员在五个工作日内一次告知需要补正的全部内容;逾期未告知的,视为自提交之日起受理。
四、不予受理
存在不予受理情形的,书面说明情形、依据以及可以再次申请的首日。""",
    ),
    (
        ProcedureTopic.ASSESSMENT,
        "组织评估规程(演示)",
        """一、专家抽取
评估专家由系统从专家库随机抽取,不少于五人且为单数,每个专业至少一人;与申请机构有利害关系的专家不参加。
二、书面与现场评估
先书面审查,后现场核验;核验项目逐项记录依据,可以视频方式进行。
三、独立意见
每位专家在看到他人意见之前签署自己的意见,结论为合格或者不合格,并说明理由。
四、时限
评估自受理之日起三个月内完成,补充材料的时间不计算在内。""",
    ),
    (
        ProcedureTopic.SIGNING,
        "协商签约规程(演示)",
        """一、结果公示
评估结果报行政部门备案后向社会公示,公示期内收到的异议办结之前不签约。
二、协商
经办机构将协议文本送达申请机构,双方就协议内容平等协商。
三、签约与公布
双方签署后,协议自约定之日起生效,机构名单自生效之日零时起对外公布。""",
    ),
    (
        ProcedureTopic.PERFORMANCE,
        "协议履行管理规程(演示)",
        """一、日常履行
定点机构按月上传结算数据,经办机构按规程审核、拨付,并将疑点推送机构说明。
二、培训
经办机构每年至少组织一次面向全部定点机构的培训,并留存时间、对象、名单和课件。
三、核查
现场核查避开每月一日至二十日,专项核查除外。""",
    ),
    (
        ProcedureTopic.CHANGE,
        "信息变更规程(演示)",
        """一、申报
名称、负责人、地址、账户、科目、规模、等级等发生变更的,自有关部门批准之日起三十个工作日内在门户申报。
二、路径
系统根据变更内容当场告知是否需要重新评估及其理由。
三、银行账户
账户变更由两名工作人员办理,批准后经过等候期方才启用,并通知原联系人。""",
    ),
    (
        ProcedureTopic.DISSOLUTION,
        "中止与解除协议规程(演示)",
        """一、主动中止
机构申请中止的,提前三个月提出;中止不超过一百八十日,期满前未恢复的,协议自动终止。
二、解除
拟解除协议的,先书面告知事实、依据和理由,听取机构陈述和申辩,再作出决定。
三、后续
解除后未结清的费用依法清算,名单当日更新。""",
    ),
)
# The change procedure was amended: a line is new, one reads otherwise.
AMENDED = """一、申报
名称、负责人、地址、账户、科目、规模、等级等发生变更的,自有关部门批准之日起三十个工作日内在门户申报。
逾期申报的,予以受理并提示违约情形。
二、路径
系统根据变更内容当场告知是否需要重新评估、适用的情形及其理由。
三、银行账户
账户变更由两名工作人员办理,批准后经过等候期方才启用,并通知原联系人。
四、同城迁址
承诺条件不变的,签署承诺书即可办理,经办机构其后核实。"""
WAITING = """一、日常履行
定点机构按月上传结算数据,经办机构按规程审核、拨付,并将疑点推送机构说明。
二、培训
经办机构每年至少组织一次面向全部定点机构的培训,可以线上方式进行,并留存时间、对象、名单和课件。
三、核查
现场核查避开每月一日至二十日,专项核查除外。
四、咨询
机构的提问五个工作日内答复,有普遍意义的匿名公布。"""

# Days ago, title, topic, mode, place, the share of institutions that came.
TRAININGS: tuple[tuple[int, str, TrainingTopic, TrainingMode, str, int], ...] = (
    (420, "年度医保政策宣讲(演示)", TrainingTopic.POLICY, TrainingMode.ROOM, "市民中心二楼", 5),
    (210, "信息业务编码与接口说明(演示)", TrainingTopic.OPERATION, TrainingMode.ONLINE, "视频", 3),
    (96, "按病组付费结算要点(演示)", TrainingTopic.PAYMENT, TrainingMode.ROOM, "市民中心二楼", 3),
    (20, "门户操作与变更申报(演示)", TrainingTopic.OPERATION, TrainingMode.ONLINE, "视频", 2),
)
PLANNED = ("年末清算与材料归档(演示)", TrainingTopic.MANAGEMENT, TrainingMode.ROOM, "市民中心三楼")

Question = tuple[InquiryTopic, str, str]
ANSWERED: tuple[tuple[Question, str, str], ...] = (
    (
        (
            InquiryTopic.SETTLEMENT,
            "结算款到账时间",
            "上月的结算批次已经通过审核,款项一般什么时候到账?",
        ),
        "自批次申报之日起三十个工作日内拨付。进度可以在门户的结算单页面查看,逾期会自动提醒经办人员。",
        "结算批次通过审核以后,款项什么时候到账?",
    ),
    (
        (
            InquiryTopic.DESIGNATION,
            "诊疗科目增加后是否要重新评估",
            "新增了康复医学科,需要重新评估吗?",
        ),
        "增加诊疗科目属于重大信息变更,应当自批准之日起三十个工作日内申报;是否重新评估由系统按变更内容当场告知。",
        "增加诊疗科目要不要重新评估?",
    ),
    (
        (InquiryTopic.SYSTEMS, "接口令牌到期怎么办", "院内系统使用的令牌下个月到期,会影响上传吗?"),
        "令牌到期后不能再使用。请由机构管理员在门户“令牌”页面提前生成新的令牌并在系统中更换。",
        "接口令牌到期以后怎么办?",
    ),
)
WRITTEN: Question = (
    InquiryTopic.POLICY,
    "异地就医直接结算范围",
    "外省参保人在我院门诊慢特病能否直接结算?",
)
ASKED_BACK: Question = (
    InquiryTopic.SETTLEMENT,
    "退回明细的处理",
    "有一笔明细被退回,能否在下个批次重新申报?",
)
OVERDUE: Question = (
    InquiryTopic.SYSTEMS,
    "上传文件编码",
    "院内系统导出的是国标编码,能否直接上传?",
)
STRANGERS: tuple[tuple[Question, str], ...] = (
    (
        (InquiryTopic.POLICY, "门诊报销查询", "在社区医院门诊看病,怎样知道这家医院是不是定点?"),
        "陈某(演示)",
    ),
    (
        (InquiryTopic.OTHER, "窗口办理时间", "节假日调休的周六,服务窗口开不开?"),
        "",
    ),
)
