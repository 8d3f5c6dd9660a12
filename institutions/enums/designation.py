from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApplicationState(models.TextChoices):
    """Where an application for designation stands (rules.md A)."""

    DRAFT = "draft", pgettext_lazy("state of an application", "Draft")
    SUBMITTED = "submitted", _("Submitted")
    SUPPLEMENT_REQUIRED = "supplement_required", _("Supplement required")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    ACCEPTED = "accepted", _("Accepted")
    ASSESSING = "assessing", _("Being assessed")
    PASSED = "passed", _("Qualified")
    FAILED = "failed", _("Not qualified")
    RECTIFYING = "rectifying", _("Rectifying")
    REASSESSING = "reassessing", _("Being assessed again")
    FAILED_FINAL = "failed_final", _("Not qualified twice")
    FILED = "filed", _("Result filed")
    PUBLIC_NOTICE = "public_notice", _("Public notice")
    OBJECTION = "objection", _("Objection raised")
    NEGOTIATING = "negotiating", _("Negotiating")
    SIGNED = "signed", _("Signed")
    NO_AGREEMENT = "no_agreement", _("No agreement")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = ApplicationState

ENDED = (S.NOT_ACCEPTED, S.FAILED_FINAL, S.SIGNED, S.NO_AGREEMENT, S.WITHDRAWN)
# Before anybody decided whether the application is accepted.
AT_THE_DOOR = (S.SUBMITTED, S.SUPPLEMENT_REQUIRED)
# What follows acceptance, whatever came of it.
TAKEN_IN = (
    S.ACCEPTED,
    S.ASSESSING,
    S.PASSED,
    S.FAILED,
    S.RECTIFYING,
    S.REASSESSING,
    S.FAILED_FINAL,
    S.FILED,
    S.PUBLIC_NOTICE,
    S.OBJECTION,
    S.NEGOTIATING,
    S.SIGNED,
    S.NO_AGREEMENT,
)
# The applicant may withdraw from these.
WITHDRAWABLE = tuple(each for each in S if each not in (S.DRAFT, *ENDED))
LAWFUL_STEPS = [
    (S.DRAFT, S.SUBMITTED),
    (S.SUBMITTED, S.SUPPLEMENT_REQUIRED),
    (S.SUPPLEMENT_REQUIRED, S.SUBMITTED),
    (S.SUBMITTED, S.ACCEPTED),
    (S.SUBMITTED, S.NOT_ACCEPTED),
    (S.SUPPLEMENT_REQUIRED, S.NOT_ACCEPTED),
    (S.ACCEPTED, S.ASSESSING),
    (S.ASSESSING, S.PASSED),
    (S.ASSESSING, S.FAILED),
    # The first failure was an earlier application's (A-07: the count goes with the institution).
    (S.ASSESSING, S.FAILED_FINAL),
    (S.FAILED, S.RECTIFYING),
    (S.RECTIFYING, S.REASSESSING),
    (S.REASSESSING, S.PASSED),
    (S.REASSESSING, S.FAILED_FINAL),
    (S.PASSED, S.FILED),
    (S.FILED, S.PUBLIC_NOTICE),
    (S.PUBLIC_NOTICE, S.OBJECTION),
    (S.OBJECTION, S.PUBLIC_NOTICE),
    (S.OBJECTION, S.FAILED),
    (S.PUBLIC_NOTICE, S.NEGOTIATING),
    (S.NEGOTIATING, S.SIGNED),
    (S.PUBLIC_NOTICE, S.NO_AGREEMENT),
    (S.OBJECTION, S.NO_AGREEMENT),
    (S.NEGOTIATING, S.NO_AGREEMENT),
    *((state, S.WITHDRAWN) for state in WITHDRAWABLE),
]


class LicenceKind(models.TextChoices):
    """What an applicant is licensed by (A-02, Order 2 art. 5)."""

    PRACTICE_LICENCE = "practice_licence", _("Practice licence of a medical institution")
    TCM_FILING = "tcm_filing", _("Filing certificate of a TCM clinic")
    MILITARY = "military", _("Military institution approved to serve civilians")


class InsuranceManagement(models.TextChoices):
    """Who manages insurance in the institution (A-03.3); the values are those of the lawbook."""

    NONE = "none", _("nobody")
    PART = "part", _("part-time")
    FULL = "full", _("full-time, in a department of its own")


class NotAcceptedGround(models.TextChoices):
    """Why an application is not accepted: what reports count, what letters explain. N1 to N9 are
    those of Order 2 art. 12; the rest follow from other rules.
    """

    N1 = "N1", _("mainly services outside basic care")
    N2 = "N2", _("prices outside the price policy")
    N3 = "N3", _("a penalty has not been performed")
    N4 = "N4", _("applied by fraud")
    N5 = "N5", _("agreement dissolved for breach of law")
    N6 = "N6", _("agreement dissolved for serious breach of agreement")
    N7 = "N7", _("a person in charge caused an earlier dissolution")
    N8 = "N8", _("a person in charge is on the list of dishonest persons")
    N9 = "N9", _("another ground in law")
    NO_PARENT = "NO_PARENT", _("an internet hospital without its physical institution")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("a type or licence that cannot be designated")
    FAILED_TWICE = "FAILED_TWICE", _("failed the assessment twice within the ban")


# Staff enter these with their source. N1 is in the form itself.
RECORDED_GROUNDS = tuple(
    each for each in NotAcceptedGround if each.value in {f"N{figure}" for figure in range(2, 10)}
)
# These follow the person, whatever institution applies.
PERSONAL_GROUNDS = (NotAcceptedGround.N7, NotAcceptedGround.N8)
# These end, or begin to run out, with performance.
PERFORMED_GROUNDS = (NotAcceptedGround.N3, NotAcceptedGround.N5, NotAcceptedGround.N6)


class MaterialDefect(models.TextChoices):
    """Why a document is asked for (A-04); what reports count as the reasons of returns."""

    MISSING = "missing", _("missing")
    UNREADABLE = "unreadable", _("cannot be read")
    INCOMPLETE = "incomplete", _("pages or parts are missing")
    OUTDATED = "outdated", _("no longer valid")
    UNSTAMPED = "unstamped", _("not signed or sealed")
    CONTRADICTS = "contradicts", _("contradicts the form")
    WRONG = "wrong", _("another document than asked for")


class SupplementPhase(models.TextChoices):
    """When material is asked for: at the door, once (A-04), or in the assessment (A-06)."""

    ACCEPTANCE = "acceptance", _("Before acceptance")
    ASSESSMENT = "assessment", _("In the assessment")
