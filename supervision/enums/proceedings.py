"""The words of a proceeding: its grounds, its reviews, and what the administration answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.enums.life import DissolutionGround, SuspensionGround


class Ground(models.TextChoices):
    """The grounds of Order 2 arts. 42 and 43 that lead to a case, by article and number. Number 12,
    the institution's own wish, never does.
    """

    RISK = "42.1", SuspensionGround.RISK.label
    DATA = "42.2", SuspensionGround.DATA.label
    SUSPENSION_CLAUSE = "42.3", SuspensionGround.AGREEMENT.label
    SUSPENSION_LAW = "42.4", SuspensionGround.LAW.label
    REPEATED_SUSPENSION = "43.1", DissolutionGround.REPEATED_SUSPENSION.label
    FRAUDULENT_DESIGNATION = "43.2", DissolutionGround.FRAUDULENT_DESIGNATION.label
    FRAUD = "43.3", DissolutionGround.FRAUD.label
    SETTLED_FOR_OTHERS = "43.4", DissolutionGround.SETTLED_FOR_OTHERS.label
    OBSTRUCTION = "43.5", DissolutionGround.OBSTRUCTION.label
    UNFILED_CHANGE = "43.6", DissolutionGround.UNFILED_CHANGE.label
    CLOSED = "43.7", DissolutionGround.CLOSED.label
    MAJOR_ILLEGALITY = "43.8", DissolutionGround.MAJOR_ILLEGALITY.label
    LICENCE_REVOKED = "43.9", DissolutionGround.LICENCE_REVOKED.label
    PERSONS_UNFIT = "43.10", DissolutionGround.PERSONS_UNFIT.label
    PENALTY_NOT_PERFORMED = "43.11", DissolutionGround.PENALTY_NOT_PERFORMED.label
    DISSOLUTION_CLAUSE = "43.13", DissolutionGround.AGREEMENT_CLAUSE.label
    DISSOLUTION_LAW = "43.14", DissolutionGround.LAW.label

    @property
    def article(self) -> int:
        return int(self.value.partition(".")[0])

    @property
    def suspends(self) -> SuspensionGround | None:
        """The ground of a suspension it is, if it is one of article 42."""
        return SUSPENDING.get(self)

    @property
    def dissolves(self) -> DissolutionGround | None:
        """The ground of a dissolution it is, if it is one of article 43."""
        if self.article != ARTICLE_OF_DISSOLUTION:
            return None
        return DissolutionGround(int(self.value.partition(".")[2]))


ARTICLE_OF_DISSOLUTION = 43
SUSPENDING = {
    Ground.RISK: SuspensionGround.RISK,
    Ground.DATA: SuspensionGround.DATA,
    Ground.SUSPENSION_CLAUSE: SuspensionGround.AGREEMENT,
    Ground.SUSPENSION_LAW: SuspensionGround.LAW,
}


class LegalOutcome(models.TextChoices):
    APPROVED = "approved", _("Found lawful")
    RETURNED = "returned", _("Returned with reasons")


class Vote(models.TextChoices):
    IN_FAVOUR = "in_favour", _("In favour")
    AGAINST = "against", pgettext_lazy("vote", "Against")
    ABSTAINED = "abstained", _("Abstained")


class FilingOutcome(models.TextChoices):
    """What the administration answers to the filing of a grave decision (C-05)."""

    REVIEW_OK = "ok", _("Nothing to correct")
    REVIEW_CORRECTION = "correction", _("To be corrected")


class Correction(models.TextChoices):
    """How the agency corrects a decision whose filing review found it wrong."""

    ANNULLED = "annulled", _("Decision annulled")
    CHANGED = "changed", _("Decision changed")


class FilingWord(models.TextChoices):
    """Where a filing stands; it has no machine of its own."""

    OWED = "owed", _("To be filed")
    FILED = "filed", _("Filed, answer pending")
    OK = "ok", _("Filing review passed")
    CORRECTION = "correction", _("Correction demanded")
    CORRECTED = "corrected", _("Corrected")


class ReportWord(models.TextChoices):
    """Where a report to the administration stands."""

    OWED = "owed", _("To be sent")
    SENT = "sent", _("Sent, not acknowledged")
    ASKED = "asked", _("Question open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
