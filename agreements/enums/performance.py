from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SetState(models.TextChoices):
    """States of a set of indicators: published, it is never changed, only superseded."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


class IndicatorSource(models.TextChoices):
    """Where the points of an indicator come from."""

    FIGURE = "figure", _("Figures of the program")
    EVIDENCE = "evidence", _("Entered evidence")
    BOTH = "both", _("Figures and evidence")


class Scoring(models.TextChoices):
    """How the value of a formula becomes a share of the weight."""

    BANDS = "bands", _("Bands")
    LINEAR = "linear", _("Linear between floor and full")
    ENTERED = "entered", _("Points entered by the assessor")


class Direction(models.TextChoices):
    HIGHER = "higher", _("More is better")
    LOWER = "lower", _("Less is better")


class RoundState(models.TextChoices):
    PREPARING = "preparing", _("Figures being computed")
    OPEN = "open", pgettext_lazy("performance", "Running")
    CLOSED = "closed", pgettext_lazy("performance", "Completed")


class PerformanceState(models.TextChoices):
    """States of the yearly assessment of one institution (B-09)."""

    OPEN = "open", _("Self-assessment awaited")
    SELF_ASSESSED = "self_assessed", _("Self-assessed")
    ASSESSED = "assessed", pgettext_lazy("performance", "Assessed")
    PROPOSED = "proposed", _("Result proposed")
    CONFIRMED = "confirmed", pgettext_lazy("performance", "Confirmed")
    APPEALED = "appealed", _("Appealed against")
    APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
    PUBLISHED = "published", pgettext_lazy("performance", "Result published")
    SUPERSEDED = "superseded", _("Replaced by a corrected result")


UNDER_WAY = (
    PerformanceState.OPEN,
    PerformanceState.SELF_ASSESSED,
    PerformanceState.ASSESSED,
    PerformanceState.PROPOSED,
    PerformanceState.CONFIRMED,
    PerformanceState.APPEALED,
    PerformanceState.APPEAL_DECIDED,
)
BEFORE_PROPOSAL = (
    PerformanceState.OPEN,
    PerformanceState.SELF_ASSESSED,
    PerformanceState.ASSESSED,
)
PUBLISHABLE = (PerformanceState.CONFIRMED, PerformanceState.APPEAL_DECIDED)
WITH_RESULT = (PerformanceState.PUBLISHED, PerformanceState.SUPERSEDED)


class ConfirmedBy(models.TextChoices):
    INSTITUTION = "institution", _("by the institution")
    SILENCE = "silence", _("by silence")


class AppealOutcome(models.TextChoices):
    OPEN = "open", _("Not decided yet")
    GRANTED = "granted", pgettext_lazy("performance", "Granted")
    REFUSED = "refused", pgettext_lazy("performance", "Refused")


class Grade(models.TextChoices):
    EXCELLENT = "excellent", pgettext_lazy("grade", "Excellent")
    GOOD = "good", pgettext_lazy("grade", "Good")
    PASS = "pass", pgettext_lazy("grade", "Pass")
    FAIL = "fail", pgettext_lazy("grade", "Fail")


class Consumer(models.TextChoices):
    """What a published result decides (B-09)."""

    CLEARING = "clearing", _("Yearly clearing")
    DEPOSIT = "deposit", _("Return of the quality deposit")
    RENEWAL = "renewal", _("Renewal of the agreement")
