"""Who is told what about performance assessments. Decides nothing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.enums import Role
from agency.letter_kinds import CHINESE
from agency.services.notices import Message, holders, tell, tell_each
from agency.topics import Topic, topic
from agreements.enums.performance import Grade
from agreements.models import PerformanceAssessment, PerformanceRound, PerformanceUse
from institutions.clocks.members import members_by_institution
from institutions.notifications.members import members_of

PERFORMANCE = topic(
    Topic("performance", gettext_lazy("Performance assessment"), prefixes=("performance.",))
)
Said = Callable[[PerformanceAssessment], tuple[str, str]]


def _to_members(
    rows: Sequence[PerformanceAssessment], key: str, said: Said, *, at: datetime
) -> None:
    members = members_by_institution(each.institution_id for each in rows)
    with translation.override(CHINESE):
        messages = [
            Message(user, f"performance.{key}:{each.number}", *said(each), each.get_portal_url())
            for each in rows
            for user in members[each.institution_id]
        ]
    tell_each(messages, at=at)


def round_opened(
    round_: PerformanceRound, rows: Sequence[PerformanceAssessment], *, at: datetime
) -> None:
    def said(each: PerformanceAssessment) -> tuple[str, str]:
        shown = {"year": round_.year, "day": each.self_due_on, "number": each.number}
        return (
            _("Performance assessment of %(year)s: please assess yourselves.") % shown,
            _("The figures of the program are on the page of %(number)s; due by %(day)s.") % shown,
        )

    _to_members(rows, "opened", said, at=at)


def self_assessed(assessment: PerformanceAssessment, *, at: datetime) -> None:
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"performance.self_assessed:{assessment.number}",
        subject=format_lazy(
            gettext_lazy("{institution} has assessed its performance: {number}."),
            institution=assessment.institution.name,
            number=assessment.number,
        ),
        at=at,
        url=assessment.get_absolute_url(),
    )


def results_proposed(rows: Sequence[PerformanceAssessment], *, at: datetime) -> None:
    def said(each: PerformanceAssessment) -> tuple[str, str]:
        shown = {
            "number": each.number,
            "score": each.proposed_score,
            "grade": Grade(each.grade).label,
            "day": each.appeal_due_on,
        }
        return (
            _("Performance result proposed: %(score)s, “%(grade)s” (%(number)s).") % shown,
            _("Confirm it or appeal against indicators by %(day)s.") % shown,
        )

    _to_members(rows, "proposed", said, at=at)


def appealed(assessment: PerformanceAssessment, *, at: datetime) -> None:
    deciders = [
        each
        for each in holders(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
        if each.pk != assessment.assessed_by_id
    ]
    tell(
        deciders,
        key=f"performance.appealed:{assessment.number}",
        subject=format_lazy(
            gettext_lazy("{institution} appeals against its performance result {number}."),
            institution=assessment.institution.name,
            number=assessment.number,
        ),
        body=format_lazy(
            gettext_lazy("To be decided by {day}, by another than the assessor."),
            day=assessment.decision_due_on,
        ),
        at=at,
        url=assessment.get_absolute_url(),
    )


def appeals_decided(assessment: PerformanceAssessment, *, at: datetime) -> None:
    subject = format_lazy(
        gettext_lazy("The appeals against {number} are decided: {score}, “{grade}”."),
        number=assessment.number,
        score=assessment.score,
        grade=Grade(assessment.grade).label,
    )
    key = f"performance.decided:{assessment.number}"
    members = members_of(assessment.institution_id)
    tell(members, key=key, subject=subject, at=at, url=assessment.get_portal_url())
    heads = holders(Role.AGENCY_HEAD)
    tell(heads, key=key, subject=subject, at=at, url=assessment.get_absolute_url())


def results_published(rows: Sequence[PerformanceAssessment], *, at: datetime) -> None:
    def said(each: PerformanceAssessment) -> tuple[str, str]:
        shown = {
            "number": each.number,
            "score": each.score,
            "grade": Grade(each.grade).label,
        }
        return (
            _("Performance result published: %(score)s, “%(grade)s” (%(number)s).") % shown,
            _("It counts for yearly clearing, quality deposit and renewal."),
        )

    _to_members(rows, "published", said, at=at)


def uses_stale(
    corrected: PerformanceAssessment, uses: Iterable[PerformanceUse], *, at: datetime
) -> None:
    """A result was corrected after matters were decided with the old one."""
    for each in uses:
        tell(
            holders(Role.SETTLEMENT_OFFICER, Role.AGREEMENT_OFFICER),
            key=f"performance.stale:{corrected.number}:{each.pk}",
            subject=format_lazy(
                gettext_lazy("{use} rests on a result that was corrected: look at it again."),
                use=str(each),
            ),
            body=format_lazy(
                gettext_lazy("The new result is {number}: {score}."),
                number=corrected.number,
                score=corrected.score,
            ),
            at=at,
            url=each.url or corrected.get_absolute_url(),
        )
