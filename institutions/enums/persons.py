from django.db import models
from django.utils.translation import gettext_lazy as _


class Post(models.TextChoices):
    """The posts whose holders answer for an institution (A-05 N7, N8; Order 2 art. 12)."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    PRINCIPAL = "principal", _("Principal")
    ACTUAL_CONTROLLER = "actual_controller", _("Actual controller")
