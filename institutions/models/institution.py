import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agency.models import EncryptedCharField, Region
from agency.privacy import mask_account
from institutions.enums.register import Kind, Level, Nature
from institutions.querysets.register import InstitutionQuerySet

# Shown for a purpose only, and then logged.
SECRET_COLUMNS = frozenset({"bank_account"})


@pghistory.track()
class Institution(models.Model):
    """A medical institution, with its facts as they are today.

    Facts that change with effect from a day are kept in `InstitutionFact`; every write to this
    table is kept by the database in the event table.

    An entry without a national code is unverified: it comes from a list that names institutions
    but does not identify them. It stays at the desk until its codes are entered, is not on the
    public register and cannot have an agreement. A code, once entered, never changes.
    """

    code = models.CharField(_("national code"), max_length=12, unique=True, null=True, blank=True)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, null=True, blank=True
    )
    licence_no = models.CharField(_("licence number"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=30, choices=Kind, blank=True)
    nature = models.CharField(_("nature"), max_length=20, choices=Nature, blank=True)
    level = models.CharField(_("level and grade"), max_length=2, choices=Level, blank=True)
    beds = models.PositiveIntegerField(_("beds"), default=0)
    legal_representative = models.CharField(_("legal representative"), max_length=80, blank=True)
    principal = models.CharField(_("principal"), max_length=80, blank=True)
    actual_controller = models.CharField(_("actual controller"), max_length=80, blank=True)
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    subjects = models.CharField(_("diagnosis and treatment subjects"), max_length=500, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="institutions"
    )
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = EncryptedCharField(_("bank account"), max_length=40, blank=True)
    opened_on = models.DateField(_("operating since"), null=True, blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=80, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    licence_valid_to = models.DateField(_("licence valid until"), null=True, blank=True)
    floor_area = models.DecimalField(
        _("floor area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="institution_code_is_national", condition=Q(code__regex=r"^H[0-9]{11}$")
            ),
            models.CheckConstraint(
                name="institution_credit_code_is_gb32100",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
            models.CheckConstraint(name="institution_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="institution_area_is_positive", condition=Q(floor_area__gt=0)
            ),
            models.CheckConstraint(
                name="institution_with_code_has_its_facts",
                condition=Q(code__isnull=True)
                | (
                    Q(credit_code__isnull=False)
                    & ~Q(kind="")
                    & ~Q(nature="")
                    & ~Q(level="")
                    & ~Q(registered_address="")
                ),
            ),
            models.UniqueConstraint(
                name="institution_unverified_entry_once",
                fields=["region", "name", "registered_address"],
                condition=Q(code__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="institution_by_region", fields=["region", "code"]),
            models.Index(name="institution_by_name", fields=["name", "id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="code_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.code IS NOT NULL AND NEW.code IS DISTINCT FROM OLD.code"
                ),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # Whoever writes a name: the search finds it at once, and the earlier one as well.
            pgtrigger.Trigger(
                name="names_are_searched",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func="""
                    INSERT INTO institutions_institutionname
                        (institution_id, name, is_current, initials, pinyin)
                    SELECT id, name, TRUE, '', '' FROM new_rows;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="new_name_is_searched",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("name"),
                condition=pgtrigger.Condition("OLD.name IS DISTINCT FROM NEW.name"),
                func="""
                    UPDATE institutions_institutionname SET is_current = FALSE
                    WHERE institution_id = NEW.id AND is_current;
                    INSERT INTO institutions_institutionname
                        (institution_id, name, is_current, initials, pinyin)
                    VALUES (NEW.id, NEW.name, TRUE, '', '')
                    ON CONFLICT (institution_id, name) DO UPDATE SET is_current = TRUE;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:detail", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:institution")

    def get_public_url(self) -> str:
        """The institution's page in the public register; only a verified entry has one."""
        return reverse("institutions_public:detail", args=[self.code])

    @property
    def is_verified(self) -> bool:
        return self.code is not None

    def shown(self, column: str) -> str:
        """A field's value as people read it."""
        return shown_value(column, getattr(self, column))

    @property
    def masked_account(self) -> str:
        """The account with all but its last four figures hidden."""
        return mask_account(self.bank_account)


def shown_value(column: str, value: object) -> str:
    """Return a value of an institution's field as people read it: labels for codes, masks for
    what is shown for a purpose only.
    """
    if column in SECRET_COLUMNS:
        return mask_account(str(value or ""))
    choices = dict(field_of(column).flatchoices)
    return str(choices.get(value, "" if value is None else value))


def label_of(column: str) -> str:
    """Return what people call a field."""
    return capfirst(str(field_of(column).verbose_name))


def field_of(column: str) -> models.Field:
    """Return a field of `Institution` by its column's name."""
    field = Institution._meta.get_field(column)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(column)
    return field


@pghistory.track()
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
        ordering = ["institution", "user"]

    def __str__(self) -> str:
        return f"{self.user} · {self.institution}"
