from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    LEGAL_REVIEWER = "agency.legal_reviewer", _("Legal reviewer")
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
    EXPERT = "public.expert", _("Assessment expert")

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

    @property
    def is_law(self) -> bool:
        """Whether the number is fixed by law, so that nobody in the office may change it."""
        return self in (Evidence.SEED, Evidence.FOUND)


class RuleSet(models.TextChoices):
    """Groups of rules that a region switches as one: it follows one profile in each.

    Which rules belong to which set says `agency.regions.RULES_OF`.
    """

    DESIGNATION = "designation", _("Designation of institutions")
    AGREEMENTS = "agreements", pgettext_lazy("rule set", "Agreements")
    CLAIMS = "claims", _("Claims and payout")
    CONTROL = "control", _("Internal control and reports")
    INSPECTION = "inspection", _("Inspections and quiet period")
    DOUBTS = "doubts", _("Doubts without a visit")
    ENFORCEMENT = "enforcement", _("Sunshine and flexible enforcement")
    SERVICE = "service", _("Service matters")
    CHANGES = "changes", _("Changes and re-evaluation")
    ENTERPRISES = "enterprises", _("Data and appeals of enterprises")
    PROCUREMENT = "procurement", _("Direct settlement of procurement")
    PARTICIPATION = "participation", _("Participation and policy review")
    POINTS = "points", _("Practitioner points")
    PENALTIES = "penalties", _("Penalties")
    REWARDS = "rewards", _("Reports and rewards")
    CREDIT = "credit", _("No-fraud city and credit")
    FUND = "fund", _("Fund management")
    PAYMENT = "payment", _("Payment methods")
    ARCHIVES = "archives", _("Archive work")
    OFFICE = "office", _("The office itself")


class ParameterUnit(models.TextChoices):
    """What a policy parameter counts. The values stand in the rows."""

    WORKDAYS = "working days", _("working days")
    DAYS = "days", _("calendar days")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")
    DAY_OF_MONTH = "day of month", _("day of the month")
    MONTH_OF_YEAR = "month of year", _("month of the year")
    CNY = "CNY", _("CNY")
    RATIO = "ratio", _("ratio")
    RATIO_A_DAY = "ratio per day", _("ratio per day")
    POINTS = "points", _("points")
    PERSONS = "persons", pgettext_lazy("unit", "persons")
    TIMES = "times", _("times")
    MEGABYTES = "megabytes", _("megabytes")
    FILES = "files", pgettext_lazy("unit", "files")
    HOURS = "hours", _("hours")
    MINUTES = "minutes", pgettext_lazy("unit", "minutes")
    HOUR_OF_DAY = "hour of day", _("hour of the day")


class ProposalState(models.TextChoices):
    """A change of policy: one person proposes it, another decides."""

    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting for a worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ImportState(models.TextChoices):
    """What became of an uploaded notice of working days."""

    PROPOSED = "proposed", _("Proposed")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


class ScanResult(models.TextChoices):
    """What the virus scanner said of a file that was taken in; an infected one never is."""

    OFF = "off", _("Not scanned")
    CLEAN = "clean", _("Scanned, clean")


class UploadState(models.TextChoices):
    """A file that arrives in pieces."""

    OPEN = "open", _("Arriving")
    FINISHED = "finished", _("Received")
    REFUSED = "refused", pgettext_lazy("upload", "Refused")
    USED = "used", _("Filed")


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    GIVEN_UP = "given_up", _("Given up")
    CANCELLED = "cancelled", pgettext_lazy("mail", "Cancelled")


class Delivery(models.TextChoices):
    """How a notice also reaches its recipient by mail; the inbox has it in any case."""

    AT_ONCE = "at_once", _("Mail at once")
    DAILY = "daily", _("One mail a day")
    NONE = "none", _("No mail")


class TemplateFormat(models.TextChoices):
    TEXT = "text", _("Text")
    DOCX = "docx", _("Word document")


class TemplateState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")
    RETIRED = "retired", _("Retired")


class LetterState(models.TextChoices):
    ISSUED = "issued", _("Issued")
    SERVED = "served", _("Served")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ServiceMethod(models.TextChoices):
    """How a letter reaches whom it is for (T-09)."""

    PORTAL = "portal", _("In the portal")
    POST = "post", _("By post")
    HAND = "hand", _("By hand")
    NOTICE = "notice", _("By public notice")


class ServiceState(models.TextChoices):
    PENDING = "pending", _("Under way")
    SERVED = "served", _("Served")
    FAILED = "failed", _("Failed")


class IdentityCheck(models.TextChoices):
    """What a person entered again to sign a confirmation in the portal."""

    PASSWORD = "password", _("Password")
    CODE = "code", _("One-time code")


class CheckOutcome(models.TextChoices):
    """What verifying sealed history found."""

    OK = "ok", _("Unaltered")
    BROKEN = "broken", _("Altered")


class ReadingKind(models.TextChoices):
    """What is masked and shown for a purpose only."""

    ACCOUNT = "account", _("Bank account")
    INSURED_PERSON = "insured_person", _("Insured person")
    CLAIM_FILE = "claim_file", _("Claim file as received")
    REPORT = "report", _("Report")
    PRACTITIONER = "practitioner", _("Identity number of a practitioner")


class ReadingPurpose(models.TextChoices):
    """Why somebody needs to see protected data; a sentence says the rest."""

    PAYMENT = "payment", _("Making or checking a payment")
    CHANGE = "change", _("Deciding a change of information")
    REVIEW = "review", _("Reviewing claims")
    AUDIT = "audit", _("Audit or verification")
    CASE = "case", _("A case of breach")
    INQUIRY = "inquiry", _("Answering the institution or the insured person")
    OWN = "own", _("Own data of the institution")


class Scope(models.TextChoices):
    """What a token of an institution may be used for; a person's session is bound by acts alone."""

    READ_REGISTER = "register:read", _("Read the register")
    READ_AGREEMENT = "agreement:read", _("Read the own agreements")
    FILE_PERFORMANCE = "performance:file", _("Hand in the own assessment of performance")
    READ_CHANGES = "changes:read", _("Read the own changes of information")
    FILE_CHANGES = "changes:file", _("File changes of information")
    READ_CLAIMS = "claims:read", _("Read the own claim batches and findings")
    SEND_CLAIMS = "claims:send", _("Send claim batches")
    READ_STATEMENTS = "statements:read", _("Read the own statements")
    READ_CASES = "cases:read", _("Read the own cases")
    READ_DISPUTES = "disputes:read", _("Read the own disputes and breaches by the agency")
    FILE_DISPUTES = "disputes:file", _("File disputes and demands for correction")
    READ_LETTERS = "letters:read", _("Read the own letters")
    READ_APPLICATIONS = "applications:read", _("Read the own applications for designation")
    FILE_APPLICATIONS = "applications:file", _("File applications for designation")
    READ_ROSTER = "roster:read", _("Read the own roster of practitioners")
    FILE_ROSTER = "roster:file", _("Keep the own roster of practitioners")
    READ_GUIDANCE = "guidance:read", _("Read the own trainings and inquiries")
    FILE_INQUIRIES = "inquiries:file", _("File inquiries")
    ASK_LAW = "law:ask", _("Ask the lawbook")


# Nobody holds two of these (rules.md B-02): who keeps the system up, who gives rights, who looks.
ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)


class LogInOutcome(models.TextChoices):
    LOGGED_IN = "ok", _("Logged in")
    WRONG_PASSWORD = "wrong_password", _("Wrong password")
    LOCKED = "locked", _("Locked after wrong passwords")
    WRONG_CODE = "wrong_code", _("Wrong one-time code")
    LOGGED_OUT = "logged_out", _("Logged out")
    EXPIRED = "expired", _("Session expired")


class AccountAct(models.TextChoices):
    """What can be done to an account; none of it is done by its holder, but the last three."""

    CREATED = "created", _("Account created")
    ROLES_CHANGED = "roles_changed", _("Roles changed")
    DEACTIVATED = "deactivated", _("Account closed")
    REACTIVATED = "reactivated", _("Account reopened")
    PASSWORD_SET = "password_set", _("First password set anew")
    FACTOR_RESET = "factor_reset", _("Second factor reset")
    SESSIONS_ENDED = "sessions_ended", _("All sessions ended")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    FACTOR_SET_UP = "factor_set_up", _("Second factor set up")
    RECOVERY_CODES = "recovery_codes", _("New recovery codes")
