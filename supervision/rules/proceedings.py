"""What comes before and after a grave decision: verification, demand, legal review, discussion,
filing, correction (B-11, B-14, B-20, C-05). Pure.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.proceedings import Ground

Check = tuple[bool, Obstacle]


def applying(*checks: Check) -> list[Obstacle]:
    return [obstacle for applies, obstacle in checks if applies]


def naming_obstacles(*, running: bool, in_case: str, text: str) -> list[Obstacle]:
    """Return why proceedings cannot be opened on a ground about an agreement.

    Law: B-13, B-14 (Order 2 arts. 42, 43).
    """
    number = {"number": in_case}
    return applying(
        (
            not running,
            Obstacle(
                "agreement_not_running",
                _("Only an agreement in force or suspended can be suspended or dissolved."),
                "B-14",
            ),
        ),
        (
            bool(in_case),
            Obstacle(
                "ground_in_a_case",
                _("There is already a case about this ground: %(number)s.") % number,
                "B-14",
                _("Go on with that case."),
            ),
        ),
        (
            not text.strip(),
            Obstacle(
                "ground_without_facts",
                _("A ground needs what points to it."),
                "B-14",
                _("Write down what was found, and attach the evidence."),
            ),
        ),
    )


def verification_obstacles(*, ground: str, visited_on: date | None, on: date) -> list[Obstacle]:
    """Return why a ground does not count as verified: closure needs a visit.

    Law: B-14 (Order 2 art. 43).
    """
    return applying(
        (
            ground == Ground.CLOSED and visited_on is None,
            Obstacle(
                "not_visited",
                _("That an institution has closed is verified by a visit."),
                "B-14.7",
                _("Visit it and enter the day of the visit."),
            ),
        ),
        (
            visited_on is not None and visited_on > on,
            Obstacle("visit_to_come", _("The day of the visit has not come yet."), "B-14.7"),
        ),
    )


def demand_obstacles(
    *, needed: bool, served: bool, due_on: date | None, on: date
) -> list[Obstacle]:
    """Return why performance cannot be ordered yet: it must have been demanded first, and the
    period of the demand be over.

    Law: B-11 (Order 7 art. 6).
    """
    if not needed:
        return []
    return applying(
        (
            not served,
            Obstacle(
                "not_demanded",
                _("Performance has not been formally demanded."),
                "B-11",
                _("Issue the formal demand and have it served first."),
            ),
        ),
        (
            due_on is not None and on <= due_on,
            Obstacle(
                "demand_running",
                _("The period of the formal demand runs until %(day)s.") % {"day": due_on},
                "B-11",
                _("Wait for the performance or for the end of the period."),
            ),
        ),
    )


def another_demand_obstacles(*, under_way: bool) -> list[Obstacle]:
    """Return that a demand has been issued and not been served yet.

    Law: B-11 (Order 7 art. 6).
    """
    return applying(
        (
            under_way,
            Obstacle(
                "demand_under_way",
                _("A formal demand has been issued and not been served yet."),
                "B-11",
                _("Have it served."),
            ),
        )
    )


def served_obstacles(*, served: bool) -> list[Obstacle]:
    """Return that the demand has been served already.

    Law: T-09 (Administrative Penalty Law art. 61).
    """
    return applying(
        (served, Obstacle("already_served", _("The demand has been served already."), "T-09"))
    )


def submission_obstacles(
    *, heard: bool, on: date, defence_due_on: date, grave: bool, consideration: str
) -> list[Obstacle]:
    """Return why a case cannot go to legal review.

    Law: B-11, C-05 (Order 2 art. 38; Jiujiang measures of 2025, no. 5).
    """
    return applying(
        (
            not heard and on <= defence_due_on,
            Obstacle(
                "defence_running",
                _("The institution may still state and defend, and has not done so."),
                "B-11",
                _("Wait for its statement or for the end of the period."),
            ),
        ),
        (
            not grave,
            Obstacle(
                "not_grave",
                _("None of the measures needs a legal review."),
                "C-05",
                _("Decide the case at once."),
            ),
        ),
        (
            not consideration.strip(),
            Obstacle(
                "statement_not_considered",
                _("The decision must say how the statement was considered."),
                "B-11",
            ),
        ),
    )


def legal_review_obstacles(
    *, reviewer_opened: bool, reviewed: bool, opinion: str
) -> list[Obstacle]:
    """Return why this person cannot review the case.

    Law: C-05 (Administrative Penalty Law art. 58).
    """
    return applying(
        (
            reviewer_opened,
            Obstacle(
                "reviewed_by_its_opener",
                _("Who opened or verified the case does not review it."),
                "C-05",
                _("Another legal reviewer must review it."),
            ),
        ),
        (
            reviewed,
            Obstacle(
                "already_reviewed",
                _("The legal review has found it lawful already."),
                "C-05",
                _("It is discussed next."),
            ),
        ),
        (
            not opinion.strip(),
            Obstacle("opinion_missing", _("The legal review needs its reasons."), "C-05"),
        ),
    )


def discussion_obstacles(
    *,
    reviewed_on: date | None,
    discussed: bool,
    held_on: date,
    on: date,
    members: int,
    fewest: int,
    minutes: str,
) -> list[Obstacle]:
    """Return why a collective discussion cannot be recorded so.

    Law: C-05 (Administrative Penalty Law art. 57).
    """
    few = {"members": members, "fewest": fewest}
    return applying(
        (
            reviewed_on is None,
            Obstacle(
                "not_reviewed",
                _("The legal review has not found it lawful yet."),
                "C-05",
                _("Wait for the legal review."),
            ),
        ),
        (discussed, Obstacle("already_discussed", _("It has been discussed already."), "C-05")),
        (
            held_on > on or (reviewed_on is not None and held_on < reviewed_on),
            Obstacle(
                "discussion_out_of_order",
                _("The discussion is held after the legal review, and not in the future."),
                "C-05",
            ),
        ),
        (
            members < fewest,
            Obstacle(
                "too_few_members",
                _("%(members)d members voted; at least %(fewest)d must.") % few,
                "C-05",
                _("Enter the vote of every member who took part."),
            ),
        ),
        (
            not minutes.strip(),
            Obstacle("minutes_missing", _("The discussion needs its minutes."), "C-05"),
        ),
    )


def is_carried(*, members: int, in_favour: int) -> bool:
    """Tell whether more than half of the members voted in favour.

    Law: C-05 (Administrative Penalty Law art. 57).
    """
    return in_favour > members - in_favour


def filing_obstacles(*, owed: bool) -> list[Obstacle]:
    """Return that there is nothing to file, or no longer.

    Law: C-05 (Jiujiang measures of 2025, no. 5).
    """
    return applying(
        (not owed, Obstacle("no_filing_due", _("There is no decision to be filed."), "C-05"))
    )


def filing_answer_obstacles(
    *, filed: bool, answered: bool, correction: bool, reasons: str
) -> list[Obstacle]:
    """Return why a filing cannot be answered so.

    Law: C-05 (Jiujiang measures of 2025, no. 5).
    """
    return applying(
        (
            not filed,
            Obstacle(
                "not_filed",
                _("The decision has not been filed yet."),
                "C-05",
                _("Wait for the agency's filing."),
            ),
        ),
        (answered, Obstacle("filing_answered", _("The filing has been answered."), "C-05")),
        (
            correction and not reasons.strip(),
            Obstacle(
                "correction_without_reasons",
                _("Who demands a correction says why."),
                "C-05",
            ),
        ),
    )


def correction_obstacles(*, demanded: bool, text: str) -> list[Obstacle]:
    """Return why no correction can be recorded.

    Law: C-05 (Jiujiang measures of 2025, no. 5).
    """
    return applying(
        (
            not demanded,
            Obstacle("no_correction_demanded", _("No correction is open."), "C-05"),
        ),
        (
            not text.strip(),
            Obstacle("correction_says_nothing", _("Say what was corrected."), "C-05"),
        ),
    )


def acknowledgement_obstacles(
    *, sent: bool, acknowledged: bool, question_open: bool
) -> list[Obstacle]:
    """Return why a report cannot be acknowledged, or asked about.

    Law: B-20 (Order 2 art. 47).
    """
    return applying(
        (
            not sent,
            Obstacle("report_not_sent", _("The report has not been sent."), "B-20"),
        ),
        (
            acknowledged,
            Obstacle(
                "report_acknowledged",
                _("The report has been acknowledged."),
                "B-20",
                _("Order the handling, or return the case for supplement."),
            ),
        ),
        (
            question_open,
            Obstacle(
                "question_open",
                _("A question about the report has not been answered."),
                "B-20",
                _("Wait for the agency's answer."),
            ),
        ),
    )


def no_question_obstacles(*, asked: bool) -> list[Obstacle]:
    """Return that the administration asks nothing.

    Law: B-20 (Order 2 art. 47).
    """
    return applying(
        (not asked, Obstacle("no_question", _("The administration asks nothing."), "B-20"))
    )


def still_open_obstacles(
    *, unfiled: bool, unanswered: bool, uncorrected: bool, question_open: bool
) -> list[Obstacle]:
    """Return what of the filing and the report keeps a case from being closed.

    Law: B-20, C-05 (Order 2 art. 47; Jiujiang measures of 2025, no. 5).
    """
    return applying(
        (
            unfiled,
            Obstacle(
                "filing_owed",
                _("The decision has not been filed for review."),
                "C-05",
                _("File it first."),
            ),
        ),
        (
            unanswered,
            Obstacle(
                "filing_unanswered",
                _("The filing review has not been answered."),
                "C-05",
                _("Wait for the answer of the administration."),
            ),
        ),
        (
            uncorrected,
            Obstacle(
                "correction_open",
                _("The filing review demands a correction."),
                "C-05",
                _("Correct the decision first."),
            ),
        ),
        (
            question_open,
            Obstacle(
                "question_open",
                _("A question about the report has not been answered."),
                "B-20",
                _("Answer it first."),
            ),
        ),
    )
