from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountRequestState(models.TextChoices):
    """A first visit without paper (C-08): an institution nobody knew gets its account at once and
    is looked at later, one that is known waits for somebody who answers for it.
    """

    WAITING = "waiting", _("Waiting for approval")
    OPENED = "opened", _("Opened, to be looked at")
    APPROVED = "approved", _("Account approved")
    REVIEWED = "reviewed", _("Opened and looked at")
    REJECTED = "rejected", _("Account refused")
