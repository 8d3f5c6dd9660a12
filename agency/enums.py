from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(models.TextChoices):
    """Whom a user acts for. The agency acts under contract, the administration under public law."""

    AGENCY = "agency", _("Agency")
    ADMINISTRATION = "administration", _("Administration")
    INSTITUTION = "institution", _("Institution")
    PUBLIC = "public", _("Public")


class Role(models.TextChoices):
    """Roles are Django groups of these names; what stands before the dot is the actor.

    The database compares that prefix with the user's actor, so that nobody ever holds the
    acts of both the agency and the administration.
    """

    INTAKE_CLERK = "agency.intake_clerk", _("Agency intake clerk")
    CLAIM_REVIEWER = "agency.claim_reviewer", _("Claim reviewer")
    SETTLEMENT_OFFICER = "agency.settlement_officer", _("Settlement officer")
    PAYMENT_OFFICER = "agency.payment_officer", _("Payment officer")
    AUDIT_OFFICER = "agency.audit_officer", _("Audit officer")
    AGREEMENT_OFFICER = "agency.agreement_officer", _("Agreement officer")
    AGENCY_HEAD = "agency.head", _("Agency head")
    ARCHIVIST = "agency.archivist", _("Archivist")
    SYSTEM_ADMINISTRATOR = "agency.system_administrator", _("System administrator")
    SECURITY_ADMINISTRATOR = "agency.security_administrator", _("Security administrator")
    AUDIT_ADMINISTRATOR = "agency.audit_administrator", _("Audit administrator")
    SUPERVISOR = "administration.supervisor", _("Administration supervisor")
    LAW_OFFICER = "administration.law_officer", _("Law officer")
    ADMINISTRATION_HEAD = "administration.head", _("Administration head")
    INSTITUTION_ADMINISTRATOR = "institution.administrator", _("Institution administrator")
    INSTITUTION_CLERK = "institution.clerk", _("Institution clerk")
    SOCIAL_SUPERVISOR = "public.social_supervisor", _("Social supervisor")

    @property
    def actor(self) -> Actor:
        return Actor(self.value.partition(".")[0])


class RegionLevel(models.TextChoices):
    NATION = "nation", _("Nation")
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")


class Profile(models.TextChoices):
    """Sets of local rules; a region follows one, and the national profile fills the gaps."""

    NATIONAL = "NATIONAL", _("National")
    JIUJIANG = "JIUJIANG", _("Jiujiang")
    JIAXING = "JIAXING", _("Jiaxing")
    QUXIAN = "QUXIAN", _("Quxian")


class Evidence(models.TextChoices):
    """How well a number is founded; only SEED and FOUND are law."""

    SEED = "SEED", _("Stated in the act")
    FOUND = "FOUND", _("Official text found")
    CORR = "CORR", _("Corroborated by a second source")
    MEM = "MEM", _("General knowledge, unverified")
    LOCAL = "LOCAL", _("Rule of another region")
    DESIGN = "DESIGN", _("Decided here, the law being silent")


class JobStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
