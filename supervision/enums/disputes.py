from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgencyBreachState(models.TextChoices):
    """What became of a period the agency let pass (B-12)."""

    POTENTIAL = "potential", pgettext_lazy("agency breach", "Potential")
    ENDED = "ended", pgettext_lazy("agency breach", "Done late")
    CANCELLED = "cancelled", pgettext_lazy("agency breach", "Cancelled")


class DemandState(models.TextChoices):
    """States of an institution's demand that the agency corrects a breach (Order 2 art. 39)."""

    FILED = "filed", pgettext_lazy("demand", "Waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("demand", "Accepted, being corrected")
    REFUSED = "refused", pgettext_lazy("demand", "Refused")
    CORRECTED = "corrected", pgettext_lazy("demand", "Corrected")
    WITHDRAWN = "withdrawn", pgettext_lazy("demand", "Withdrawn")


class AgencyMeasureKind(models.TextChoices):
    """What the administration may do about an agency in breach (Order 2 art. 39)."""

    INTERVIEW = "interview", _("Interview of the principal")
    RECTIFICATION = "rectification", _("Rectification by a day")
    CRITICISM = "criticism", _("Public criticism")
    DISCIPLINE = "discipline", _("Discipline of the persons responsible")


class AgencyMeasureState(models.TextChoices):
    TAKEN = "taken", pgettext_lazy("agency measure", "Taken, to be followed up")
    REPORTED = "reported", pgettext_lazy("agency measure", "Reported by the agency")
    CLOSED = "closed", pgettext_lazy("agency measure", "Followed up")


class DisputeSubject(models.TextChoices):
    """What a dispute is about: signing, performance, change or dissolution (Order 2 art. 46)."""

    CASE = "case", _("Decision on a case")
    SUSPENSION = "suspension", _("Suspension of the agreement")
    DISSOLUTION = "dissolution", _("Dissolution of the agreement")
    REQUEST = "request", _("Refused request about the agreement")
    NEGOTIATION = "negotiation", _("End of a negotiation")
    CHANGE = "change", _("Rejected change of information")
    ASSESSMENT = "assessment", _("Performance assessment")
    BREACH = "breach", _("Breach by the agency")


class DisputeRoute(models.TextChoices):
    """The four ways of Order 2 art. 46."""

    NEGOTIATION = "negotiation", _("Negotiation")
    COORDINATION = "coordination", _("Coordination by the administration")
    RECONSIDERATION = "reconsideration", _("Administrative reconsideration")
    LITIGATION = "litigation", _("Administrative litigation")


class DisputeState(models.TextChoices):
    FILED = "filed", pgettext_lazy("dispute", "Filed")
    ACCEPTED = "accepted", pgettext_lazy("dispute", "Accepted")
    NOT_ACCEPTED = "not_accepted", pgettext_lazy("dispute", "Not accepted")
    UNDER_WAY = "under_way", pgettext_lazy("dispute", "Under way")
    DECIDED = "decided", pgettext_lazy("dispute", "Decided")


class DisputeResult(models.TextChoices):
    UPHELD = "upheld", pgettext_lazy("dispute", "Upheld")
    CHANGED = "changed", pgettext_lazy("dispute", "Changed")
    ANNULLED = "annulled", pgettext_lazy("dispute", "Annulled")
    SETTLED = "settled", pgettext_lazy("dispute", "Settled")
    UNSETTLED = "unsettled", pgettext_lazy("dispute", "No agreement reached")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Withdrawn")


class StepKind(models.TextChoices):
    """What happens on the way to a result."""

    INVITATION = "invitation", _("Invitation of both sides")
    PROPOSAL = "proposal", _("Proposal")
    ANSWER = "answer", _("Answer of a side")
    RECORD = "record", _("Record of a meeting or hearing")
    DOCUMENT = "document", _("Document received")


class EffectKind(models.TextChoices):
    """What a result has changed back."""

    SUSPENSION = "suspension", _("Suspension annulled")
    SUSPENSION_SHORTENED = "shortened", _("Suspension shortened")
    DISSOLUTION = "dissolution", _("Dissolution annulled")
    MEASURES = "measures", _("Measures undone")
    AMOUNT = "amount", _("Amount changed")
    CLAIMS = "claims", _("Claims reopened")
    LETTER = "letter", _("Letter withdrawn")
    PUBLICATION = "publication", _("Publication withdrawn")
    REQUEST = "request", _("Request to be decided anew")


OUTSIDE_ROUTES = (DisputeRoute.RECONSIDERATION, DisputeRoute.LITIGATION)
OPEN_DISPUTE_STATES = (DisputeState.FILED, DisputeState.ACCEPTED, DisputeState.UNDER_WAY)
OPEN_DEMAND_STATES = (DemandState.FILED, DemandState.ACCEPTED)
OPEN_MEASURE_STATES = (AgencyMeasureState.TAKEN, AgencyMeasureState.REPORTED)
