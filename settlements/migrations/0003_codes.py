"""The national code values known from real extracts, with the groups of claims and rules."""

from django.db import migrations

LABELS = {
    "gend": {"0": "未知的性别", "1": "男性", "2": "女性", "9": "未说明的性别"},
    "hosp_lv": {
        "01": "三级特等", "02": "三级甲等", "03": "三级乙等", "04": "三级丙等",
        "05": "二级甲等", "06": "二级乙等", "07": "二级丙等",
        "08": "一级甲等", "09": "一级乙等", "10": "一级丙等",
        "11": "无等级", "12": "三级无等", "13": "二级无等", "14": "一级无等",
    },
    "insutype": {
        "310": "职工基本医疗保险", "340": "离休人员医疗保障", "390": "城乡居民基本医疗保险",
        "391": "城乡居民基本医疗保险", "392": "城乡居民大病医疗保险", "410": "工伤保险",
        "510": "生育保险",
    },
    "med_type": {
        "11": "普通门诊", "12": "门诊挂号", "13": "急诊", "120": "120急救",
        "140104": "门诊慢病", "140201": "门诊特病", "140401": "门诊罕见病",
        "21": "普通住院", "210104": "急诊住院", "22": "外伤住院", "23": "转外诊治住院",
        "24": "急诊转住院", "28": "日间手术", "41": "药店购药", "51": "生育门诊",
        "52": "生育住院", "53": "计划生育手术费", "71": "家庭病床",
        "991702": "特殊疾病", "992102": "特殊疾病",
    },
    "med_chrgitm_type": {
        "01": "床位费", "02": "诊察费", "03": "检查费", "04": "化验费", "05": "治疗费",
        "06": "手术费", "07": "护理费", "08": "卫生材料费", "0801": "材料费", "09": "西药费",
        "10": "中药饮片费", "11": "中成药费", "12": "一般诊疗费", "13": "挂号费", "14": "其他费",
        "14011": "血液及血液制品", "1402": "国产材料", "1403": "进口材料", "1408": "MRI费",
        "1409": "CT费", "1410": "彩超费", "1411": "输氧费", "1412": "输血费",
        "1413": "麻醉费", "145301": "放射费",
    },
}
INPATIENT = {"21", "22", "23", "24", "28", "52", "210104"}
EMERGENCY = {"13", "24", "120", "210104"}
MATERNITY = {"51", "52", "53"}
LEVEL = {
    **dict.fromkeys(["01", "02", "03", "04", "12"], 3),
    **dict.fromkeys(["05", "06", "07", "13"], 2),
    **dict.fromkeys(["08", "09", "10", "14"], 1),
    "11": 0,
}
SEX = {"1": "男", "2": "女"}


def enter_codes(apps, schema_editor):
    code = apps.get_model("settlements", "Code")
    code.objects.bulk_create(
        code(
            field=field,
            code=value,
            label=label,
            is_inpatient=field == "med_type" and value in INPATIENT,
            is_emergency=field == "med_type" and value in EMERGENCY,
            is_maternity=field == "med_type" and value in MATERNITY,
            level=LEVEL[value] if field == "hosp_lv" else None,
            sex=SEX.get(value, "") if field == "gend" else "",
        )
        for field, labels in LABELS.items()
        for value, label in labels.items()
    )


def remove_codes(apps, schema_editor):
    apps.get_model("settlements", "Code").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("settlements", "0002_partitions")]

    operations = [migrations.RunPython(enter_codes, remove_codes)]
