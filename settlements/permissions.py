"""Who may see and do what with batches, findings, statements and payments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, Act, act
from agency.rules import Obstacle
from settlements.enums import BatchState, FindingStatus, Post, StatementState
from settlements.rules import segregation_obstacles

if TYPE_CHECKING:
    from agency.models import User
    from settlements.models import ClaimBatch, Finding, KnowledgeVersion, Statement

# --- statements and payments ------------------------------------------------------------------

VIEW_STATEMENTS = act(
    "settlements.statements.view", _("See statements"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
VIEW_OWN_STATEMENTS = act(
    "settlements.own_statements.view", _("See own statements"), *INSTITUTION_STAFF
)
READ_STATEMENTS = act(
    "settlements.statements_read.view",
    _("Read statements"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
AUDIT_STATEMENT = act("settlements.audit_statement", _("Audit the statement"), Role.CLAIM_REVIEWER)
APPROVE_STATEMENT = act(
    "settlements.approve_statement",
    _("Approve for settlement"),
    Role.SETTLEMENT_OFFICER,
    moves_money=True,
)
VERIFY_STATEMENT = act(
    "settlements.verify_statement", _("Verify the statement"), Role.AUDIT_OFFICER, moves_money=True
)
ISSUE_ORDER = act(
    "settlements.issue_order", _("Issue payment order"), Role.PAYMENT_OFFICER, moves_money=True
)
RECORD_PAYMENT = act(
    "settlements.record_payment",
    _("Record payment"),
    Role.PAYMENT_OFFICER,
    irreversible=True,
    moves_money=True,
)
CLOSE_STATEMENT = act(
    "settlements.close_statement",
    _("Close without payment"),
    Role.PAYMENT_OFFICER,
    irreversible=True,
    moves_money=True,
)
EXPLAIN_DELAY = act(
    "settlements.explain_delay",
    _("Explain the delay"),
    Role.PAYMENT_OFFICER,
    Role.SETTLEMENT_OFFICER,
)
APPROVE_DELAY = act("settlements.approve_delay", _("Approve the reason of delay"), Role.AGENCY_HEAD)
RECORD_DECISION = act(
    "settlements.record_decision",
    _("Record collective decision"),
    Role.SETTLEMENT_OFFICER,
    Role.AGENCY_HEAD,
)

_POST_ACTS = {
    Post.REVIEW: AUDIT_STATEMENT,
    Post.SETTLEMENT: APPROVE_STATEMENT,
    Post.VERIFICATION: VERIFY_STATEMENT,
    Post.PAYMENT: ISSUE_ORDER,
}


def _entitlement_obstacles(wanted: Act, user: User) -> list[Obstacle]:
    if wanted.allows(user):
        return []
    roles = "、".join(str(role.label) for role in Role if role in wanted.roles)
    return [
        Obstacle(
            "not_entitled",
            _("“%(act)s” is done by: %(roles)s.") % {"act": wanted.label, "roles": roles},
            rule="B-02",
        )
    ]


def _state_obstacles(statement: Statement, needed: StatementState) -> list[Obstacle]:
    if statement.state == needed:
        return []
    text = _("The statement is “%(state)s”; this needs “%(needed)s”.")
    return [
        Obstacle(
            "wrong_state",
            text % {"state": statement.get_state_display(), "needed": needed.label},
            rule="B-04",
        )
    ]


def post_obstacles(
    post: Post, statement: Statement, user: User, needed: StatementState
) -> list[Obstacle]:
    """Return why the user cannot act in the post now: role, state of the matter, and whether
    another post of the same batch was theirs (B-02).
    """
    held = [
        each
        for each in Post
        if user.is_one_with(
            getattr(statement, f"{each.field}_id"), getattr(statement, each.time_field)
        )
    ]
    return [
        *_entitlement_obstacles(_POST_ACTS[post], user),
        *_state_obstacles(statement, needed),
        *segregation_obstacles(post=post, held=held),
    ]


def audit_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    return post_obstacles(Post.REVIEW, statement, user, StatementState.DECLARED)


def approval_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    return post_obstacles(Post.SETTLEMENT, statement, user, StatementState.AUDITED)


def verification_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    return post_obstacles(Post.VERIFICATION, statement, user, StatementState.APPROVED)


def payment_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    """What stands against issuing the order, recording its payment, or closing without one."""
    return post_obstacles(Post.PAYMENT, statement, user, StatementState.VERIFIED)


def delay_obstacles(statement: Statement, user: User, on: date) -> list[Obstacle]:
    """Return why the user cannot explain a delay now."""
    checks = {
        Obstacle(
            "not_overdue",
            _("The payment is not overdue: there is no delay to explain."),
            rule="B-04",
        ): not statement.is_overdue(on),
        Obstacle(
            "delay_already_approved", _("The reason of the delay has been approved already.")
        ): statement.late_approved_by_id is not None,
    }
    obstacles = [obstacle for obstacle, applies in checks.items() if applies]
    return _entitlement_obstacles(EXPLAIN_DELAY, user) + obstacles


def delay_approval_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    """Return why the user cannot approve the reason of the delay now."""
    checks = {
        Obstacle(
            "delay_not_explained",
            _("No reason of the delay has been given yet."),
            rule="B-04",
            remedy=_("The payment or settlement officer explains it first."),
        ): not statement.late_reason,
        Obstacle(
            "delay_already_approved", _("The reason of the delay has been approved already.")
        ): statement.late_approved_by_id is not None,
        Obstacle("already_done", _("The statement is settled already.")): not statement.is_open,
        Obstacle(
            "own_reason",
            _("Nobody approves a reason they gave themselves."),
            rule="B-02",
            remedy=_("Leave it to another head of the agency."),
        ): user.is_one_with(statement.late_explained_by_id, statement.late_explained_at),
    }
    obstacles = [obstacle for obstacle, applies in checks.items() if applies]
    return _entitlement_obstacles(APPROVE_DELAY, user) + obstacles


def decision_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    """Return why the user cannot record a collective decision on the statement now."""
    checks = {
        Obstacle(
            "not_audited",
            _("The amount is not fixed before the audit; there is nothing to decide on yet."),
            rule="B-02",
        ): statement.state == StatementState.DECLARED,
        Obstacle("already_done", _("The statement is settled already.")): not statement.is_open,
    }
    obstacles = [obstacle for obstacle, applies in checks.items() if applies]
    return _entitlement_obstacles(RECORD_DECISION, user) + obstacles


def can_audit(statement: Statement, user: User) -> bool:
    return not audit_obstacles(statement, user)


def can_approve(statement: Statement, user: User) -> bool:
    return not approval_obstacles(statement, user)


def can_verify(statement: Statement, user: User) -> bool:
    return not verification_obstacles(statement, user)


def can_pay(statement: Statement, user: User) -> bool:
    return not payment_obstacles(statement, user)


def can_explain_delay(statement: Statement, user: User, on: date) -> bool:
    return not delay_obstacles(statement, user, on)


def can_approve_delay(statement: Statement, user: User) -> bool:
    return not delay_approval_obstacles(statement, user)


# --- claim batches, findings, knowledge base ----------------------------------------------------

VIEW_BATCHES = act(
    "settlements.batches.view", _("See claim batches"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
VIEW_OWN_BATCHES = act(
    "settlements.own_batches.view", _("See own claim batches"), *INSTITUTION_STAFF
)
READ_BATCHES = act(
    "settlements.batches_read.view",
    _("Read claim batches"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
SUBMIT_BATCH = act("settlements.submit_batch", _("Hand in claims"), *INSTITUTION_STAFF)
REVIEW_BATCH = act("settlements.review_batch", _("Review again"), Role.CLAIM_REVIEWER)
READ_PERSON = act(
    "settlements.read_person",
    _("Show the insured person"),
    Role.CLAIM_REVIEWER,
    Role.AUDIT_OFFICER,
)
DECIDE_FINDINGS = act("settlements.decide_findings", _("Decide findings"), Role.CLAIM_REVIEWER)
VIEW_KNOWLEDGE = act(
    "settlements.knowledge.view", _("See the knowledge base"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
RELEASE_KNOWLEDGE = act(
    "settlements.release_knowledge",
    _("Release the knowledge base"),
    Role.CLAIM_REVIEWER,
    Role.AGENCY_HEAD,
    irreversible=True,
)


def _audited_obstacles(batch: ClaimBatch) -> list[Obstacle]:
    statement = getattr(batch, "statement", None)
    if statement is None or statement.state == StatementState.DECLARED:
        return []
    return [
        Obstacle(
            "statement_audited",
            _("The statement of the batch is audited: its findings are fixed."),
            rule="B-03",
        )
    ]


def review_obstacles(batch: ClaimBatch) -> list[Obstacle]:
    """Return why the batch cannot be reviewed now, by whomever."""
    if batch.state not in (BatchState.ACCEPTED, BatchState.REVIEWED):
        text = _("The batch is “%(state)s”; only an accepted one is reviewed.")
        return [Obstacle("not_accepted", text % {"state": batch.get_state_display()}, rule="B-03")]
    return _audited_obstacles(batch)


def review_again_obstacles(batch: ClaimBatch, user: User) -> list[Obstacle]:
    return _entitlement_obstacles(REVIEW_BATCH, user) + review_obstacles(batch)


def decision_on_findings_obstacles(batch: ClaimBatch, user: User) -> list[Obstacle]:
    """Return why the user cannot decide findings of the batch now."""
    obstacles = _entitlement_obstacles(DECIDE_FINDINGS, user)
    if batch.state != BatchState.REVIEWED:
        obstacles.append(
            Obstacle(
                "not_reviewed",
                _("The batch is not reviewed: its findings are not complete."),
                rule="B-03",
                remedy=_("Wait until its review has ended."),
            )
        )
    return obstacles + _audited_obstacles(batch)


def finding_obstacles(finding: Finding, user: User) -> list[Obstacle]:
    """Return why the user cannot decide this finding now."""
    obstacles = decision_on_findings_obstacles(finding.batch, user)
    if finding.status != FindingStatus.FLAGGED:
        obstacles.append(
            Obstacle("already_decided", _("The finding has been decided already."), rule="B-03")
        )
    return obstacles


def release_obstacles(version: KnowledgeVersion, user: User) -> list[Obstacle]:
    """Return why the user cannot release the version: it takes a second person."""
    obstacles = _entitlement_obstacles(RELEASE_KNOWLEDGE, user)
    if version.released_on is not None:
        obstacles.append(Obstacle("already_released", _("The version is in use already.")))
    if user.is_one_with(version.imported_by_id, version.imported_at):
        obstacles.append(
            Obstacle(
                "second_person_needed",
                _("Whoever imported a version does not release it."),
                rule="B-02",
                remedy=_("Ask a colleague to look at it and release it."),
            )
        )
    return obstacles


def can_decide_finding(finding: Finding, user: User) -> bool:
    return not finding_obstacles(finding, user)


def can_release(version: KnowledgeVersion, user: User) -> bool:
    return not release_obstacles(version, user)
