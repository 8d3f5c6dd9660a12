from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InterviewState(models.TextChoices):
    """Where an interview of Order 2 art. 38 (1) stands; not appeared, it is called again."""

    TO_CALL = "to_call", pgettext_lazy("interview", "To be called")
    CALLED = "called", pgettext_lazy("interview", "Called")
    HELD = "held", pgettext_lazy("interview", "Held")
    MISSED = "missed", pgettext_lazy("interview", "Not appeared")
    ANNULLED = "annulled", pgettext_lazy("interview", "Annulled")


class MoneyAct(models.TextChoices):
    """What the second and the third way of Order 2 art. 38 do with the money."""

    WITHHOLD = "withhold", _("Suspend payment")
    REFUSE_PAYMENT = "refuse_pay", _("Refuse payment")
    REFUSE_FEES = "refuse_fees", _("Refuse fees not yet paid")
    RECOVER = "recover", _("Recover fees already paid")
