"""What a matter looks like at its end: the facts and the process a record keeps of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from agency.models import Attachment, Region, TransitionRecord
from agreements.enums.life import AgreementState
from agreements.models import Agreement
from archives import rules
from archives.enums import Matter
from settlements.enums import Check, FindingStatus
from settlements.models import Finding, Statement
from supervision.enums.cases import ReviewKind
from supervision.models import AdministrationReport, Case

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a record: what its rows are about, their columns, and the rows."""

    name: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A matter as it is filed. `facts` are (key, label, value)."""

    matter: Matter
    title: str
    document_number: str
    formed_on: date
    region: Region
    institution: str
    facts: tuple[tuple[str, str, Cell], ...]
    tables: tuple[Table, ...]
    process: tuple[dict[str, Any], ...]


def process_of(subject: Any) -> tuple[dict[str, Any], ...]:
    """Return every recorded step of the subject, oldest first."""
    states = dict(subject._meta.get_field("state").flatchoices)
    rows: Iterable[TransitionRecord] = subject.transitions.select_related("by").order_by("at", "pk")
    return tuple(
        {
            "at": row.at,
            "on": row.on,
            "act": row.act,
            "from": row.source,
            "to": row.target,
            "to_label": str(states.get(row.target, row.target)),
            "by": row.by.username if row.by else None,
            "by_name": row.by.name if row.by else None,
            "reason": row.reason,
            "rule": row.rule,
        }
        for row in rows
    )


def name_of(person: Any) -> str | None:
    return person.name if person else None


def files_text(files: Iterable[Attachment]) -> str:
    """Name the files with their digests, so that the originals can be told apart."""
    return "; ".join(f"{each.name} (SHA-256 {each.sha256})" for each in files)


# --- agreements ---------------------------------------------------------------------------------


def of_agreement(agreement: Agreement) -> Snapshot:
    institution = agreement.institution
    ended_on = agreement.ended_on or agreement.last_day
    return Snapshot(
        matter=rules.matter_of_agreement(dissolved=agreement.state == AgreementState.DISSOLVED),
        title=_("Agreement of %(institution)s, %(start)s – %(end)s")
        % {
            "institution": institution.name,
            "start": agreement.valid_from,
            "end": agreement.valid_to,
        },
        document_number=agreement.number or "",
        formed_on=ended_on,
        region=agreement.region,
        institution=f"{institution.code} {institution.name}",
        facts=(
            ("number", _("Number"), agreement.number),
            ("institution_code", _("National code"), institution.code),
            ("institution_name", _("Institution"), institution.name),
            ("credit_code", _("Unified social credit code"), institution.credit_code),
            ("region", _("Region"), f"{agreement.region_id} {agreement.region}"),
            ("state", _("State"), str(agreement.get_state_display())),
            ("signed_on", _("Signed on"), agreement.signed_on),
            ("valid_from", _("Valid from"), agreement.valid_from),
            ("valid_to", _("Valid to"), agreement.valid_to),
            ("last_day", _("Last day of the agreement"), agreement.last_day),
            ("ended_on", _("Ended on"), agreement.ended_on),
            (
                "dissolution_ground",
                _("Ground of dissolution"),
                str(agreement.get_dissolution_ground_display() or ""),
            ),
        ),
        tables=(suspensions_of(agreement), requests_of(agreement)),
        process=process_of(agreement),
    )


def suspensions_of(agreement: Agreement) -> Table:
    return Table(
        "suspensions",
        _("Suspensions"),
        (_("Kind"), _("Ground"), _("From"), _("Planned to"), _("Resumed on")),
        tuple(
            (
                str(each.get_kind_display()),
                str(each.get_ground_display()),
                each.starts_on,
                each.planned_to,
                each.resumed_on,
            )
            for each in agreement.suspensions.all()
        ),
    )


def requests_of(agreement: Agreement) -> Table:
    return Table(
        "requests",
        _("Requests"),
        (_("Number"), _("Kind"), _("State"), _("Wanted from"), _("Reason")),
        tuple(
            (
                each.number,
                str(each.get_kind_display()),
                str(each.get_state_display()),
                each.wanted_on,
                each.reason,
            )
            for each in agreement.requests.all()
        ),
    )


# --- statements ---------------------------------------------------------------------------------


def of_statement(statement: Statement) -> Snapshot:
    institution = statement.institution
    formed_on = statement.paid_on or statement.declared_on
    order = getattr(statement, "order", None)
    return Snapshot(
        matter=Matter.STATEMENT,
        title=_("Settlement statement of %(institution)s for %(month)s")
        % {"institution": institution.name, "month": f"{statement.month:%Y-%m}"},
        document_number=statement.number,
        formed_on=formed_on,
        region=institution.region,
        institution=f"{institution.code} {institution.name}",
        facts=(
            ("number", _("Number"), statement.number),
            ("batch", _("Claim batch"), str(statement.batch)),
            ("institution_code", _("National code"), institution.code),
            ("institution_name", _("Institution"), institution.name),
            ("month", _("Month"), f"{statement.month:%Y-%m}"),
            ("state", _("State"), str(statement.get_state_display())),
            ("declared", _("Declared"), statement.declared),
            ("deducted", _("Deducted"), statement.deducted),
            ("payable", _("Payable"), statement.payable),
            ("declared_on", _("Declared on"), statement.declared_on),
            ("due_on", _("To be paid by"), statement.due_on),
            ("paid_on", _("Paid on"), statement.paid_on),
            ("reviewer", _("Reviewer"), name_of(statement.reviewer)),
            (
                "settlement_officer",
                _("Settlement officer"),
                name_of(statement.settlement_officer),
            ),
            ("audit_officer", _("Audit officer"), name_of(statement.audit_officer)),
            ("payment_officer", _("Payment officer"), name_of(statement.payment_officer)),
            ("late_reason", _("Reason of the delay"), statement.late_reason),
            ("payment_order", _("Payment order"), order.number if order else None),
            ("bank_reference", _("Bank reference"), order.bank_reference if order else None),
        ),
        tables=(findings_of(statement),),
        process=process_of(statement),
    )


def findings_of(statement: Statement) -> Table:
    rows = (
        Finding.objects.filter(batch=statement.batch_id)
        .order_by("check_name", "status")
        .values("check_name", "status")
        .annotate(number=Count("pk"), amount=Sum("fund_amount"))
    )
    return Table(
        "findings",
        _("Findings"),
        (_("Check"), _("State"), _("Number of findings"), _("Fund amount")),
        tuple(
            (
                str(Check(row["check_name"]).label),
                str(FindingStatus(row["status"]).label),
                row["number"],
                row["amount"],
            )
            for row in rows
        ),
    )


# --- cases --------------------------------------------------------------------------------------


def of_case(case: Case) -> Snapshot:
    """The clue stays out: an informant must not be found through the archives (E-09)."""
    institution = case.institution
    measures = list(case.measures.prefetch_related("files"))
    acted = any(each.agreement_act and each.imposed for each in measures)
    report = AdministrationReport.objects.filter(case=case).select_related("sent_by").first()
    return Snapshot(
        matter=rules.matter_of_case(acted_on_agreement=acted),
        title=_("Case of breach: %(institution)s, %(title)s")
        % {"institution": institution.name, "title": case.title},
        document_number=case.number,
        formed_on=case.closed_on or case.opened_on,
        region=case.region,
        institution=f"{institution.code} {institution.name}",
        facts=(
            ("number", _("Number"), case.number),
            ("institution_code", _("National code"), institution.code),
            ("institution_name", _("Institution"), institution.name),
            ("agreement", _("Agreement"), case.agreement.number if case.agreement else None),
            ("title", _("Case title"), case.title),
            ("origin", _("Origin"), str(case.get_origin_display())),
            ("state", _("State"), str(case.get_state_display())),
            ("facts", _("Facts"), case.facts),
            ("opened_on", _("Opened on"), case.opened_on),
            ("opened_by", _("Case officer"), name_of(case.opened_by)),
            ("notice_served_on", _("Notice served on"), case.notice_served_on),
            ("defence_due_on", _("Statement until"), case.defence_due_on),
            ("defence_outcome", _("Outcome of the hearing"), case.get_defence_outcome_display()),
            ("decided_on", _("Day of the decision"), case.decided_on),
            ("decided_by", _("Decided by"), name_of(case.decided_by)),
            ("consideration", _("How the statement was considered"), case.consideration),
            ("legal_review", _("Legal review"), case.legal_review),
            ("decision_served_on", _("Decision served on"), case.decision_served_on),
            ("reconsideration_until", _("Reconsideration until"), case.reconsideration_until),
            ("litigation_until", _("Litigation until"), case.litigation_until),
            ("performed_on", _("Performed on"), case.performed_on),
            ("performance", _("Performance of the decision"), case.performance),
            ("closed_on", _("Closed on"), case.closed_on),
            ("closed_by", _("Closed by"), name_of(case.closed_by)),
            ("report", _("Report to the administration"), report.text if report else None),
        ),
        tables=(measures_of(measures), statements_of(case), reviews_of(case), orders_of(case)),
        process=process_of(case),
    )


def measures_of(measures: Iterable[Any]) -> Table:
    return Table(
        "measures",
        _("Measures"),
        (
            _("Number of the measure"),
            _("Measure"),
            _("Breached clause"),
            _("Evidence of the breach"),
            _("Amount"),
            _("Whom"),
            _("From"),
            _("Up to and including"),
            _("Ground"),
            _("Imposed"),
            _("Files"),
        ),
        tuple(
            (
                each.rung,
                each.wording,
                each.clause,
                each.evidence,
                each.amount,
                each.target_name,
                each.starts_on,
                each.ends_on,
                each.ground,
                _("yes") if each.imposed else _("no"),
                files_text(each.files.all()),
            )
            for each in measures
        ),
    )


def statements_of(case: Case) -> Table:
    return Table(
        "statements",
        _("Statement and defence"),
        (_("Given on"), _("Given by"), _("What was stated"), _("Files")),
        tuple(
            (each.given_on, each.given_by.name, each.text, files_text(each.files.all()))
            for each in case.statements.select_related("given_by").prefetch_related("files")
        ),
    )


def reviews_of(case: Case) -> Table:
    return Table(
        "reviews",
        _("Reviews by the administration"),
        (_("Recorded at"), _("By"), _("Kind"), _("Text"), _("Due on")),
        tuple(
            (
                each.at.isoformat(),
                each.by.name,
                str(ReviewKind(each.kind).label),
                each.text,
                each.due_on,
            )
            for each in case.reviews.select_related("by").order_by("at", "pk")
        ),
    )


def orders_of(case: Case) -> Table:
    return Table(
        "orders",
        _("Orders of the administration"),
        (_("Number"), _("Ordered on"), _("Due on"), _("Text"), _("Reply")),
        tuple(
            (each.number, each.ordered_on, each.due_on, each.text, each.answer)
            for each in case.orders.order_by("ordered_on", "pk")
        ),
    )
