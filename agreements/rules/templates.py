"""Whether a text may be published (B-22), and what a region may do to the national one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_given, when_true
from agency.reasons import Reason, reason
from agency.rules import Obstacle
from agency.time_rules.counting import workday_reasons
from agency.workdays import Deadline, DeadlineBasis, Unit
from agreements.rules.clauses import ChangeKind, ClauseText, differences

CONSULTATION = "template_consultation_wd"
URGENT_CONSULTATION = "template_urgent_consultation_wd"
RULE = "B-22"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultationQuestion:
    changes_published: bool = asked(_("Changes a text that is published"), default=False)
    by_administration: bool = asked(_("The administration wants the change"), default=False)
    refines_national: bool = asked(_("Refines the national text"), default=False)
    opened_on: date | None = asked(_("Institutions asked on"), default=None)
    urgent: bool = asked(_("Urgent change of the law"), default=False)
    closed_on: date | None = asked(_("Consultation closed on"), default=None)
    comments: int = asked(_("Comments"), default=0)
    answered: int = asked(_("Comments answered"), default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultationAnswer:
    consultation_needed: bool = told(_("Consultation needed"))
    publishable: bool = told(_("May be published"))
    comments_by: date | None = when_given(_("Comments by"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def consultation_needed(
    *, changes_published: bool, by_administration: bool, refines_national: bool
) -> bool:
    """Tell whether the institutions concerned must be asked before a text is published.

    Law: B-22 (Order 2 art. 52).
    """
    return changes_published or by_administration or refines_national


def consultation_basis(
    opened_on: date, office: Office, *, urgent: bool
) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day for comments, and what it was computed from.

    Law: B-22 (Order 2 art. 52).
    """
    days = office.number(URGENT_CONSULTATION if urgent else CONSULTATION)
    return office.calendar.own.deadline_with_basis(RULE, opened_on, Unit.WORKDAY, days)


@law(
    RULE,
    article=_("Order 2, arts. 50 and 52"),
    decides=_("Whether institutions must be asked about a text, and whether it may be published"),
    question=ConsultationQuestion,
    answer=ConsultationAnswer,
    parameters=(CONSULTATION, URGENT_CONSULTATION),
)
def consultation(question: ConsultationQuestion, office: Office) -> ConsultationAnswer:
    """Tell whether a text of an agreement may be published. The same for every kind of insurance:
    employees', residents' and maternity insurance, medical aid, residents' major illness.

    Law: B-22 (Order 2 arts. 50, 52).
    """
    needed = consultation_needed(
        changes_published=question.changes_published,
        by_administration=question.by_administration,
        refines_national=question.refines_national,
    )
    due, basis = None, None
    if question.opened_on:
        due, basis = consultation_basis(question.opened_on, office, urgent=question.urgent)
    closed = question.closed_on is not None and due is not None and question.closed_on > due.on
    unanswered = question.comments - question.answered
    running = question.opened_on is not None and not closed
    return ConsultationAnswer(
        consultation_needed=needed,
        publishable=(closed or not needed) and not running and unanswered <= 0,
        comments_by=due.on if due else None,
        provisional=bool(due and due.provisional),
        because=tuple(_reasons(question, office, needed, due, basis, closed)),
    )


def _reasons(
    question: ConsultationQuestion,
    office: Office,
    needed: bool,
    due: Deadline | None,
    basis: DeadlineBasis | None,
    closed: bool,
) -> Iterator[Reason]:
    grounds = {
        _("It changes a text that is published: the institutions concerned are asked."): (
            question.changes_published
        ),
        _("The administration wants the change: the institutions concerned are asked."): (
            question.by_administration
        ),
        _("It refines the national text: the institutions concerned are asked."): (
            question.refines_national
        ),
        _("It is the first text and refines none: nobody has to be asked."): not needed,
    }
    yield from (reason(message) for message, applies in grounds.items() if applies)
    if question.opened_on and due and basis:
        yield from workday_reasons(office.calendar, question.opened_on, basis.count, due)
        if question.urgent:
            yield reason(_("The law changed urgently: a shorter time, with its reason."))
        if closed:
            yield reason(_("Closed on %(day)s, after the last day."), day=question.closed_on)
        else:
            yield reason(_("The consultation is not closed: nothing is published before."))
    elif needed:
        yield reason(_("Nobody was asked: that no comment came does not stand in for it."))
    left = question.comments - question.answered
    if left > 0:
        yield reason(
            _("%(left)d of %(all)d comments are unanswered."), left=left, all=question.comments
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicationFacts:
    """What is known of a version when somebody wants to publish it."""

    changes_published: bool
    by_administration: bool
    refines_national: bool
    clauses: int
    was_asked: bool = False
    asks_still: bool = False
    comments_due_on: date | None = None
    unanswered: int = 0


def publication_obstacles(facts: PublicationFacts) -> list[Obstacle]:
    """Return why a version cannot be published.

    Law: B-22 (Order 2 art. 52).
    """
    needed = consultation_needed(
        changes_published=facts.changes_published,
        by_administration=facts.by_administration,
        refines_national=facts.refines_national,
    )
    checks = {
        Obstacle(
            "no_clauses", _("The version has no clauses."), remedy=_("Write the clauses first.")
        ): not facts.clauses,
        Obstacle(
            "not_consulted",
            _("The institutions concerned have not been asked about this change."),
            rule=RULE,
            remedy=_("Open a consultation; publish once it is closed and answered."),
        ): needed and not facts.was_asked and not facts.asks_still,
        Obstacle(
            "consultation_open",
            _("The consultation is open until %(day)s.") % {"day": facts.comments_due_on},
            rule=RULE,
            remedy=_("Wait for its end."),
        ): facts.asks_still,
        Obstacle(
            "comments_unanswered",
            _("Comments without an answer: %(count)d.") % {"count": facts.unanswered},
            rule=RULE,
            remedy=_("Answer each comment: adopted, adopted in part, or not, and why."),
        ): facts.unanswered > 0 and not facts.asks_still,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def refinement_obstacles(
    national: Sequence[ClauseText], local: Sequence[ClauseText]
) -> list[Obstacle]:
    """Return which mandatory clauses of the national text a regional one leaves out, and which
    breaches it no longer answers with the measures the national text names. It may refine the
    wording, and add clauses and measures.

    Law: B-22 (Order 2 art. 52).
    """
    kept = {each.key: each for each in local}
    obstacles = []
    for clause in national:
        if not clause.is_mandatory:
            continue
        own = kept.get(clause.key)
        if own is None:
            obstacles.append(
                Obstacle(
                    "mandatory_clause_missing",
                    _("The national clause “%(heading)s” is mandatory and was left out.")
                    % {"heading": clause.heading},
                    rule=RULE,
                    remedy=_("Take it over again; its wording may be refined."),
                )
            )
        elif not set(clause.measures) <= set(own.measures):
            obstacles.append(
                Obstacle(
                    "mandatory_measure_missing",
                    _("“%(heading)s”: a measure of the mandatory national clause is missing.")
                    % {"heading": own.heading},
                    rule=RULE,
                    remedy=_("Name its measures again; others may be added."),
                )
            )
    return obstacles


@dataclass(frozen=True, slots=True)
class Rebased:
    """A regional text upon a newer national one: its clauses, and those a person must read."""

    clauses: tuple[ClauseText, ...]
    taken_over: tuple[str, ...]
    to_review: tuple[str, ...]


def rebased(
    local: Sequence[ClauseText], old: Sequence[ClauseText], new: Sequence[ClauseText]
) -> Rebased:
    """Put a regional text upon a newer national one. What the region had not touched follows the
    nation; its own wording stays, and is to be read again where the nation changed the clause.

    Law: B-22 (Order 2 art. 52).
    """
    before = {each.key: each for each in old}
    after = {each.key: each for each in new}
    changed = {each.key for each in differences(old, new) if each.kind != ChangeKind.SAME}
    clauses: list[ClauseText] = []
    taken_over: list[str] = []
    to_review: list[str] = []
    for clause in local:
        untouched = clause.key in before and clause.words == before[clause.key].words
        national = after.get(clause.key)
        if untouched and national is None:
            taken_over.append(clause.key)  # the nation took it out
            continue
        clauses.append(national if untouched and national else clause)
        if clause.key in changed:
            (taken_over if untouched else to_review).append(clause.key)
    present = {each.key for each in clauses}
    previous: str | None = None
    for clause in new:
        left_out = clause.key in before and not clause.is_mandatory
        if clause.key not in present and not left_out:
            place = [each.key for each in clauses].index(previous) + 1 if previous else 0
            clauses.insert(place, clause)
            taken_over.append(clause.key)
            present.add(clause.key)
        if clause.key in present:
            previous = clause.key
    return Rebased(tuple(clauses), tuple(taken_over), tuple(to_review))
