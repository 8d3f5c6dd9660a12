from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """Types of institution that may be designated (A-02, Order 2 art. 5)."""

    GENERAL_HOSPITAL = "general_hospital", _("General hospital")
    TCM_HOSPITAL = "tcm_hospital", _("Traditional Chinese medicine hospital")
    INTEGRATED_HOSPITAL = "integrated_hospital", _("Integrated Chinese and Western hospital")
    ETHNIC_HOSPITAL = "ethnic_hospital", _("Ethnic medicine hospital")
    SPECIALIST_HOSPITAL = "specialist_hospital", _("Specialist hospital")
    REHABILITATION_HOSPITAL = "rehabilitation_hospital", _("Rehabilitation hospital")
    SPECIALIST_PREVENTION = "specialist_prevention", _("Specialist prevention institute")
    MCH_HOSPITAL = "mch_hospital", _("Maternal and child health hospital")
    COMMUNITY_CENTRE = "community_centre", _("Community health centre")
    COMMUNITY_STATION = "community_station", _("Community health station")
    TOWNSHIP_CENTRE = "township_centre", _("Township or street health centre")
    OUTPATIENT = "outpatient", _("Outpatient department")
    CLINIC = "clinic", _("Clinic")
    HEALTH_ROOM = "health_room", _("Health room")
    VILLAGE_CLINIC = "village_clinic", _("Village clinic")
    EMERGENCY_CENTRE = "emergency_centre", _("Independent emergency centre")
    HOSPICE = "hospice", _("Hospice")
    DIALYSIS = "dialysis", _("Haemodialysis centre")
    NURSING = "nursing", _("Nursing institution")
    ELDERLY_CARE_CLINIC = "elderly_care_clinic", _("Clinic in an elderly-care institution")


class Nature(models.TextChoices):
    PUBLIC = "public", pgettext_lazy("nature of an institution", "Public")
    PRIVATE_NONPROFIT = "private_nonprofit", _("Private, non-profit")
    PRIVATE_PROFIT = "private_profit", _("Private, for profit")


class Level(models.TextChoices):
    """Level and grade, by the codes of the national field hosp_lv."""

    L3_SPECIAL = "01", _("Level 3, special")
    L3_A = "02", _("Level 3, grade A")
    L3_B = "03", _("Level 3, grade B")
    L3_C = "04", _("Level 3, grade C")
    L2_A = "05", _("Level 2, grade A")
    L2_B = "06", _("Level 2, grade B")
    L2_C = "07", _("Level 2, grade C")
    L1_A = "08", _("Level 1, grade A")
    L1_B = "09", _("Level 1, grade B")
    L1_C = "10", _("Level 1, grade C")
    NONE = "11", _("No level")
    L3_UNGRADED = "12", _("Level 3, ungraded")
    L2_UNGRADED = "13", _("Level 2, ungraded")
    L1_UNGRADED = "14", _("Level 1, ungraded")


class Standing(models.TextChoices):
    """Where an institution stands with the agency on a day, whatever its agreements are called."""

    IN_FORCE = "in_force", _("Agreement in force")
    SUSPENDED = "suspended", _("Agreement suspended")
    DISSOLVED = "dissolved", _("Agreement ended early")
    EXPIRED = "expired", _("Agreement expired")
    NONE = "none", _("No agreement")
