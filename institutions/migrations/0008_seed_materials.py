"""The national list of what an applicant hands in (Order 2 art. 7)."""

import datetime

from django.db import migrations

FIRST_DAY = datetime.date(2019, 1, 1)
AT = datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC)

# code, name, name in English, required, of internet hospitals only, explanation, in English
ITEMS = [
    (
        "application_form",
        "医疗保障定点申请表",
        "Application form",
        False,
        False,
        "在本平台填写并提交即可，无需另行上传。",
        "Filling it in here is enough; nothing needs to be uploaded.",
    ),
    (
        "licence_copy",
        "医疗机构执业许可证或中医诊所备案证或军队医疗机构为民服务许可证照副本",
        "Copy of the practice licence, filing certificate or military permission",
        True,
        False,
        "正、副本及最近一次校验页的扫描件。",
        "Scans of the licence and its last verification.",
    ),
    (
        "management_systems",
        "与医保政策对应的内部管理制度和财务制度文本",
        "Text of the internal management and financial systems",
        True,
        False,
        "包括医保管理、财务、统计信息管理和医疗质量安全核心制度。",
        "Insurance management, finance, statistics and the core rules of medical quality.",
    ),
    (
        "information_system",
        "与医保有关的医疗机构信息系统相关材料",
        "Material on the information system",
        True,
        False,
        "接口标准、五项基础数据库和国家编码的使用情况。",
        "Interface standards, the five base databases, the use of the national codes.",
    ),
    (
        "fund_analysis",
        "纳入定点后使用医疗保障基金的预测性分析报告",
        "Predictive analysis of the use of the fund",
        True,
        False,
        "预计服务人次、费用和基金支出及其测算依据。",
        "Expected visits, costs and payments of the fund, and how they were estimated.",
    ),
    (
        "parent_agreement",
        "与依托的实体医疗机构的合作协议",
        "Agreement with the physical institution",
        True,
        True,
        "互联网医院提交；应载明结算由实体医疗机构办理。",
        "Of internet hospitals; it says that the physical institution settles for it.",
    ),
]


def seed(apps, schema_editor):
    item = apps.get_model("institutions", "MaterialItem")
    item.objects.bulk_create(
        item(
            code=code,
            name=name,
            name_en=name_en,
            is_required=required,
            for_internet_hospitals=internet,
            explanation=explanation,
            explanation_en=explanation_en,
            position=place * 10,
            valid_from=FIRST_DAY,
            published_at=AT,
        )
        for place, (
            code,
            name,
            name_en,
            required,
            internet,
            explanation,
            explanation_en,
        ) in enumerate(ITEMS, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("institutions", "0007_seed_checklist")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
