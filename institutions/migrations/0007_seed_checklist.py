"""The first checklist of assessments: what Order 2 arts 6 and 9 ask for, by field."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import migrations

ITEMS = (
    (
        "written",
        "insurance",
        1,
        "A-03.1",
        "执业许可证或者中医诊所备案证在有效期内，正式运营满三个月",
    ),
    ("written", "insurance", 1, "A-03.6", "符合法律、法规和省级以上医疗保障行政部门规定的其他条件"),
    (
        "written",
        "medicine",
        2,
        "A-03.2",
        "至少有一名执业医师（含乡村医生、中医专长医师）的第一注册地在本机构",
    ),
    ("written", "medicine", 2, "", "医师、护士、药师的注册信息与在岗名册一致"),
    (
        "written",
        "insurance",
        2,
        "A-03.3",
        "主要负责人负责医保工作并配备专（兼）职管理人员；床位一百张以上的设有医保管理部门和专职人员",
    ),
    ("written", "insurance", 4, "A-03.4", "有医保管理制度"),
    ("written", "finance", 4, "A-03.4", "有财务制度和统计信息管理制度"),
    ("written", "medicine", 4, "A-03.4", "有医疗质量安全核心制度"),
    ("written", "medicine", 4, "", "卫生健康行政部门的校验或者评审结果合格"),
    ("written", "finance", 4, "", "会计账簿、收费票据和价格公示规范"),
    ("written", "insurance", 4, "", "医保基金使用预测性分析报告的数据有依据"),
    ("written", "information", 5, "A-03.5", "信息系统按医保接口标准建设，使用国家医保信息业务编码"),
    ("on_site", "medicine", 2, "", "抽查在岗医师的执业证书和第一注册地"),
    ("on_site", "medicine", 3, "", "诊疗科目、床位和设备与执业登记一致"),
    ("on_site", "insurance", 3, "", "医保服务窗口、标识和公示符合要求"),
    ("on_site", "insurance", 4, "", "实名就医和处方管理制度落实到岗位"),
    ("on_site", "finance", 3, "", "抽查药品和耗材的进销存，账实相符"),
    ("on_site", "finance", 4, "", "抽查收费项目与价格公示一致"),
    ("on_site", "information", 5, "A-03.5", "实测与医保信息平台联通，能够直接联网结算"),
    (
        "on_site",
        "information",
        5,
        "A-03.5",
        "药品、诊疗项目、服务设施、耗材、疾病五个基础数据库齐全，能够上传全部就诊人员信息",
    ),
)


def seed(apps: Any, schema_editor: Any) -> None:
    checklist = apps.get_model("institutions", "Checklist").objects.create(
        version=1,
        effective_from=date(2021, 2, 1),
        note="国家医疗保障局令第2号",
        published_at=datetime(2021, 2, 1, tzinfo=UTC),
    )
    item = apps.get_model("institutions", "ChecklistItem")
    item.objects.bulk_create(
        item(
            checklist=checklist,
            place=place,
            part=part,
            field=field,
            group=group,
            condition=condition,
            label=label,
        )
        for place, (part, field, group, condition, label) in enumerate(ITEMS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("institutions", "0006_way_in")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
