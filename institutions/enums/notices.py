from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AssessedResult(models.TextChoices):
    """What an assessment ended with (A-06): no scores, two words."""

    PASSED = "passed", _("qualified")
    FAILED = "failed", _("not qualified")


class FilingState(models.TextChoices):
    FILED = "filed", pgettext_lazy("filing of results", "Filed")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


class NoticeState(models.TextChoices):
    """A public notice is open to objections, then over (A-08)."""

    OPEN = "open", _("Open to objections")
    OVER = "over", pgettext_lazy("public notice", "Over")


class ObjectionState(models.TextChoices):
    UNDECIDED = "undecided", _("To be decided")
    UPHELD = "upheld", pgettext_lazy("objection", "Upheld")
    REJECTED = "rejected", pgettext_lazy("objection", "Rejected")
    INADMISSIBLE = "inadmissible", _("Inadmissible")


DECIDED = (ObjectionState.UPHELD, ObjectionState.REJECTED, ObjectionState.INADMISSIBLE)
