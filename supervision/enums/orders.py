from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderKind(models.TextChoices):
    """What the administration may order (Order 2 arts. 47 and 49)."""

    HANDLE = "handle", _("Handle a breach")
    SUPPLEMENT = "supplement", _("Supplement the facts of a lead")


class OrderState(models.TextChoices):
    ORDERED = "ordered", _("Ordered")
    ANSWERED = "answered", _("Answered")
    ACCEPTED = "accepted", pgettext_lazy("order", "Report accepted")
    DEMANDED_MORE = "demanded_more", _("More demanded")


# The agency owes a report back.
OPEN_ORDERS = (OrderState.ORDERED, OrderState.DEMANDED_MORE)


class AnswerOutcome(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("order", "Report accepted")
    DEMANDED_MORE = "demanded_more", _("More demanded")


class ExtensionOutcome(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("extension", "Granted")
    REFUSED = "refused", pgettext_lazy("extension", "Refused")
