from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExpertField(models.TextChoices):
    """The fields an assessment group is made of (A-06, Order 2 art. 9), in the order of the law."""

    INSURANCE = "insurance", _("Medical insurance")
    MEDICINE = "medicine", _("Medicine and health")
    FINANCE = "finance", _("Financial management")
    INFORMATION = "information", _("Information technology")


class TieKind(models.TextChoices):
    """What ties an expert, or a third party, to an institution."""

    EMPLOYEE = "employee", _("Employed there")
    CONTRACT = "contract", _("Contract")
    RELATIVE = "relative", _("A relative works there or owns it")
    CONTROLLER = "controller", _("Same controller")
    OTHER = "other", pgettext_lazy("tie", "Other tie")


class AssessmentKind(models.TextChoices):
    WRITTEN = "written", _("Written")
    ON_SITE = "on_site", _("Written and on-site")
    THIRD_PARTY = "third_party", _("By a third party")

    @property
    def is_by_group(self) -> bool:
        return self is not AssessmentKind.THIRD_PARTY


class SiteMode(models.TextChoices):
    """How the facilities are looked at (C-08)."""

    VISIT = "visit", _("By a visit")
    VIDEO = "video", _("By video")


class AssessmentState(models.TextChoices):
    OPENED = "opened", pgettext_lazy("state of an assessment", "Opened")
    DRAWN = "drawn", _("Group drawn")
    OPINIONS = "opinions", _("Opinions being written")
    ENGAGED = "engaged", _("Third party engaged")
    COMPLETE = "complete", _("Result to be decided")
    CONCLUDED = "concluded", pgettext_lazy("state of an assessment", "Concluded")
    REPLACED = "replaced", pgettext_lazy("state of an assessment", "Broken off")


_A = AssessmentState
ASSESSMENT_ENDED = (_A.CONCLUDED, _A.REPLACED)
# The opinions are no secret any more: all of the group have signed.
UNSEALED = (_A.COMPLETE, _A.CONCLUDED)
# Members join in these only.
STAFFED = (_A.OPENED, _A.DRAWN, _A.OPINIONS)
# The work has not begun: an expert may be objected to.
BEFORE_WORK = (_A.OPENED, _A.DRAWN)
ASSESSMENT_STEPS = [
    (_A.OPENED, _A.DRAWN),
    (_A.DRAWN, _A.OPINIONS),
    (_A.OPINIONS, _A.COMPLETE),
    (_A.OPENED, _A.ENGAGED),
    (_A.ENGAGED, _A.COMPLETE),
    (_A.COMPLETE, _A.CONCLUDED),
    *((each, _A.REPLACED) for each in _A if each not in ASSESSMENT_ENDED),
]


class Verdict(models.TextChoices):
    """The law knows these two results and no score (A-06)."""

    QUALIFIED = "qualified", pgettext_lazy("assessment", "Qualified")
    NOT_QUALIFIED = "not_qualified", pgettext_lazy("assessment", "Not qualified")


class FindingResult(models.TextChoices):
    MET = "met", pgettext_lazy("checklist", "Met")
    NOT_MET = "not_met", pgettext_lazy("checklist", "Not met")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")


class ChecklistPart(models.TextChoices):
    WRITTEN = "written", pgettext_lazy("checklist", "Written part")
    ON_SITE = "on_site", pgettext_lazy("checklist", "On-site part")


class BasicCondition(models.TextChoices):
    """The basic conditions of designation, each of which must be met (A-03, Order 2 art. 6)."""

    OPERATING = "A-03.1", _("three months in operation")
    PHYSICIAN = "A-03.2", _("a physician first registered here")
    STAFF = "A-03.3", _("insurance management staff")
    SYSTEMS = "A-03.4", _("the four management systems")
    INFORMATION = "A-03.5", _("the information system")
    OTHER = "A-03.6", _("other conditions of law and province")


class ContentGroup(models.IntegerChoices):
    """What an assessment looks at (A-06, Order 2 art. 9)."""

    LICENCE = 1, _("Licence")
    STAFF = 2, _("Staff and first registered places")
    FACILITIES = 3, _("Facilities and equipment")
    SYSTEMS = 4, _("Internal systems, finance, health review")
    INFORMATION = 5, _("Readiness of the information system")


class ExcuseKind(models.TextChoices):
    """Why a drawn expert leaves the group."""

    OWN_REQUEST = "own_request", _("At their own request")
    CONFLICT = "conflict", _("A conflict of interest was found")
    OBJECTION = "objection", _("The institution's objection was granted")
    PREVENTED = "prevented", _("Prevented")


class RecusalState(models.TextChoices):
    FILED = "filed", pgettext_lazy("objection to an expert", "Filed")
    GRANTED = "granted", pgettext_lazy("objection to an expert", "Granted")
    REFUSED = "refused", pgettext_lazy("objection to an expert", "Refused")


class SignatureCheck(models.TextChoices):
    """How a signer proved again who they are."""

    PASSWORD = "password", _("Password entered again")
    CODE = "code", _("One-time code")
