from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgreementState(models.TextChoices):
    """States of an agreement (rules.md B). One English word per legal word, never two."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    EFFECTIVE = "effective", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    DISSOLVED = "dissolved", _("Dissolved")
    AUTO_TERMINATED = "auto_terminated", _("Terminated automatically")
    # Decided here, the law being silent: drawn up or signed, but given up before it took effect.
    CANCELLED = "cancelled", _("Cancelled")


RUNNING = (AgreementState.EFFECTIVE, AgreementState.SUSPENDED)
ENDED = (
    AgreementState.EXPIRED,
    AgreementState.RENEWED,
    AgreementState.DISSOLVED,
    AgreementState.AUTO_TERMINATED,
)


class SuspensionKind(models.TextChoices):
    VOLUNTARY = "voluntary", _("Voluntary")
    MANDATORY = "mandatory", _("Mandatory")


class SuspensionGround(models.TextChoices):
    """Order 2 art. 42: the four grounds of a mandatory suspension, and the institution's wish."""

    RISK = "risk", _("Possible major risk to the fund or to insured persons")
    DATA = "data", _("Data not supplied or untrue")
    AGREEMENT = "agreement", _("Ground named in the agreement")
    LAW = "law", _("Ground named by law")
    REQUEST = "request", _("Request of the institution")


class DissolutionGround(models.IntegerChoices):
    """The fourteen grounds of Order 2 art. 43, by their number there."""

    REPEATED_SUSPENSION = 1, _("Suspended twice in the term, or not rectified in suspension")
    FRAUDULENT_DESIGNATION = 2, _("Designation obtained by fraud")
    FRAUD = 3, _("Verified fraud")
    SETTLED_FOR_OTHERS = 4, _("Settled for a non-designated or suspended institution")
    OBSTRUCTION = 5, _("Seriously refused or obstructed supervision")
    UNFILED_CHANGE = 6, _("Major change not filed")
    CLOSED = 7, _("Closed without report")
    MAJOR_ILLEGALITY = 8, _("Major illegality found in enforcement")
    LICENCE_REVOKED = 9, _("Licence revoked or cancelled")
    PERSONS_UNFIT = 10, _("Responsible persons unable to perform or dishonest")
    PENALTY_NOT_PERFORMED = 11, _("Penalty decision not performed")
    REQUEST = 12, _("Request of the institution, agreed by the agency")
    AGREEMENT_CLAUSE = 13, _("Ground named in the agreement")
    LAW = 14, _("Ground named by law")


class RequestKind(models.TextChoices):
    SUSPEND = "suspend", _("Suspension")
    DISSOLVE = "dissolve", _("Dissolution")
    NOT_RENEW = "not_renew", _("No renewal")
    RENEW = "renew", _("Renewal")
    RESUME = "resume", _("Resumption")


class RequestState(models.TextChoices):
    FILED = "filed", _("Filed")
    ACCEPTED = "accepted", pgettext_lazy("agreement", "Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    PERFORMED = "performed", _("Carried out")
    LAPSED = "lapsed", _("Lapsed")


class ReviewState(models.TextChoices):
    """States of the review of an unfiled major change (B-13a): it never dissolves by itself."""

    OPEN = "open", pgettext_lazy("review", "Open")
    DISMISSED = "dismissed", pgettext_lazy("review", "Dismissed")
    PROPOSED = "proposed", _("Dissolution proposed")
