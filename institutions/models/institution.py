import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.models import Region
from institutions.enums import Kind, Level, Nature
from institutions.querysets import InstitutionQuerySet


@pghistory.track()
class Institution(models.Model):
    """A medical institution, with its facts as they are today.

    Facts that change with effect from a day are kept in `InstitutionFact`; every write to this
    table is kept by the database in the event table.
    """

    code = models.CharField(_("national code"), max_length=12, unique=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    licence_no = models.CharField(_("licence number"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=30, choices=Kind)
    nature = models.CharField(_("nature"), max_length=20, choices=Nature)
    level = models.CharField(_("level and grade"), max_length=2, choices=Level)
    beds = models.PositiveIntegerField(_("beds"), default=0)
    legal_representative = models.CharField(_("legal representative"), max_length=80, blank=True)
    principal = models.CharField(_("principal"), max_length=80, blank=True)
    actual_controller = models.CharField(_("actual controller"), max_length=80, blank=True)
    registered_address = models.CharField(_("registered address"), max_length=200)
    subjects = models.CharField(_("diagnosis and treatment subjects"), max_length=500, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="institutions"
    )
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    opened_on = models.DateField(_("operating since"), null=True, blank=True)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="institution_code_is_national", condition=Q(code__regex=r"^H[0-9]{11}$")
            ),
            models.CheckConstraint(
                name="institution_credit_code_is_gb32100",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
        ]
        indexes = [models.Index(name="institution_by_region", fields=["region", "code"])]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_account(self) -> str:
        """The account with all but its last four figures hidden."""
        return f"**** {self.bank_account[-4:]}" if self.bank_account else ""


class Membership(models.Model):
    """An account of an institution: what makes its user see this institution and no other."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="membership",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="memberships",
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.institution}"
