"""Words of procedures, training and inquiries (Order 2 arts. 26–28)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProcedureTopic(models.TextChoices):
    """What a procedure is about: the course of management as article 26 names it."""

    APPLICATION = "application", _("Application for designation")
    ASSESSMENT = "assessment", _("Assessment")
    SIGNING = "signing", _("Negotiation and signing")
    PERFORMANCE = "performance", _("Performance of the agreement")
    CHANGE = "change", _("Changes of information and agreement")
    DISSOLUTION = "dissolution", _("Suspension and dissolution")
    OTHER = "other", _("Other procedures")


class VersionState(models.TextChoices):
    """What has become of a version of a procedure."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


class TrainingTopic(models.TextChoices):
    """What is taught, as article 27 names it."""

    POLICY = "policy", _("Insurance policy")
    MANAGEMENT = "management", _("Management rules")
    PAYMENT = "payment", _("Payment policy")
    OPERATION = "operation", _("Operating procedures")
    OTHER = "other", _("Other matters of training")


class TrainingMode(models.TextChoices):
    ONLINE = "online", _("Online")
    ROOM = "room", _("On the spot")


class TrainingState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("training", "Planned")
    HELD = "held", pgettext_lazy("training", "Held")
    CANCELLED = "cancelled", pgettext_lazy("training", "Cancelled")


class Presence(models.TextChoices):
    """Whether an institution came to a training; no trigger holds it, a slip is corrected."""

    INVITED = "invited", _("Invited")
    ATTENDED = "attended", _("Attended")
    ABSENT = "absent", _("Did not come")


class InquiryTopic(models.TextChoices):
    DESIGNATION = "designation", _("Designation and agreements")
    SETTLEMENT = "settlement", _("Claims and payment")
    POLICY = "policy", _("Insurance policy and benefits")
    SYSTEMS = "systems", _("Systems and interfaces")
    OTHER = "other", _("Other questions")


class InquiryState(models.TextChoices):
    FILED = "filed", _("Waiting for an answer")
    ASKED_BACK = "asked_back", _("Asked back")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed without an answer")


class FaqState(models.TextChoices):
    """A published answer: one person writes it without names, another publishes it."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")
    RETIRED = "retired", _("Retired")
