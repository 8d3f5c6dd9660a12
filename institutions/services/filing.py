"""Filing a change of information, and withdrawing it: the institution's side (B-13a)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from institutions.enums.changes import ACCOUNT_FIELDS, PERSON_FIELDS, ChangeField
from institutions.models import ChangeItem, ChangeRequest, Institution
from institutions.notifications import changes as notifications
from institutions.permissions.changes import FILE_CHANGE, withdrawal_obstacles
from institutions.rules import change_basis
from institutions.rules.reevaluation import ReevaluationAnswer, Route
from institutions.services.change_history import record_step
from institutions.services.change_periods import decision_deadline
from institutions.services.change_values import (
    FieldChange,
    approval_days,
    new_values,
    value_obstacles,
)
from institutions.services.commitments import Signature, sign_commitment, signing_obstacles
from institutions.services.facts import as_text
from institutions.services.letters.changes import acceptance_letter
from institutions.services.persons import person_of
from institutions.services.reassessment import end_assessments
from institutions.services.routes import NO_CONTEXT, RouteContext, basis_of, route_of


@dataclass(frozen=True, slots=True)
class Preview:
    """What a filing would lead to: its route, and by when it had to be filed."""

    answer: ReevaluationAnswer
    due_on: date
    is_late: bool
    wait_days: int | None


@transaction.atomic
def file_change(
    *,
    institution_id: int,
    changes: Sequence[FieldChange],
    by: User,
    at: datetime,
    evidence: Sequence[UploadedFile | UploadRef] = (),
    explanation: str = "",
    context: RouteContext = NO_CONTEXT,
    signature: Signature | None = None,
) -> ChangeRequest:
    """File a change of one or several fields. A late filing is accepted and marked; the route by
    the decision table (C-09) is kept with it.

    Refuses a stranger to the institution, no change, a value that is not possible, a day to come,
    a field that waits already, a person without a valid identity number, and a move within the
    named districts without the signed commitment.
    """
    on = timezone.localdate(at)
    institution = Institution.objects.select_related("region").locked(institution_id)
    refuse_if(filing_obstacles(institution, changes, by=by, on=on))
    region_office = office(on=on, region=institution.region)
    values = new_values(changes)
    question, answer = route_of(institution, values, context, region_office)
    if answer.route is Route.NO_REEVAL_WITH_COMMITMENT:
        refuse_if(signing_obstacles(signature, by=by))
    due, basis = change_basis(_days(changes), region_office)
    decision_due, decision_basis = decision_deadline(region_office)
    key = f"{institution.region_id}-{on.year}"
    change = ChangeRequest.objects.create(
        number=f"CHG-{key}-{next_number(f'change:{key}'):04}",
        institution=institution,
        filed_at=at,
        filed_by=by,
        filing_due_on=due.on,
        filing_due_basis=basis.to_json(),
        is_late=on > due.on,
        decision_due_on=decision_due,
        decision_due_basis=decision_basis,
        explanation=explanation,
        changes_account=any(each.field in ACCOUNT_FIELDS for each in changes),
        route=answer.route.value,
        route_row=answer.row,
        route_basis=basis_of(question, answer, region_office),
    )
    _enter_items(change, changes, values, by=by, at=at)
    change.evidence.set(store_files(evidence, by=by, at=at))
    letter = acceptance_letter(change, at=at)
    record_step(
        change, act="file", source="", on=on, at=at, by=by, reason=explanation, letter=letter
    )
    if answer.route is Route.NO_REEVAL_WITH_COMMITMENT and signature is not None:
        sign_commitment(change, signature, by=by, at=at)
    notifications.change_filed(change, at=at)
    return change


def _enter_items(
    change: ChangeRequest,
    changes: Sequence[FieldChange],
    values: dict[ChangeField, Any],
    *,
    by: User,
    at: datetime,
) -> None:
    items = ChangeItem.objects.bulk_create(
        ChangeItem(
            request=change,
            field=each.field,
            old_value=as_text(getattr(change.institution, each.field.column)),
            new_value=as_text(values[each.field]),
            approved_on=each.approved_on,
            person=person_of(name=each.value, id_number=each.id_number)
            if each.field in PERSON_FIELDS
            else None,
        )
        for each in changes
    )
    for item, each in zip(items, changes, strict=True):
        if each.evidence:
            item.evidence.set(store_files(each.evidence, by=by, at=at))


def preview_change(
    *,
    institution: Institution,
    changes: Sequence[FieldChange],
    context: RouteContext,
    on: date,
) -> Preview:
    """Return what filing the changes on the day would lead to. Refuses impossible values."""
    refuse_if(value_obstacles(institution, changes, on=on))
    region_office = office(on=on, region=institution.region)
    _question, answer = route_of(institution, new_values(changes), context, region_office)
    due, _basis = change_basis(_days(changes), region_office)
    moves_money = any(each.field in ACCOUNT_FIELDS for each in changes)
    wait = region_office.number("account_change_wait_days") if moves_money else None
    return Preview(answer, due.on, on > due.on, wait)


@transaction.atomic
def withdraw_change(*, change_id: int, by: User, at: datetime, reason: str = "") -> ChangeRequest:
    """Take a filing back while nobody has decided it."""
    change = ChangeRequest.objects.visible_to(by).locked(change_id)
    refuse_if(withdrawal_obstacles(change, by))
    source = change.state
    change.withdraw()
    change.save(update_fields=["state"])
    end_assessments(change, reason=reason, by=by, at=at)
    record_step(
        change,
        act="withdraw",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
    )
    notifications.change_withdrawn(change, at=at)
    return change


def _days(changes: Sequence[FieldChange]) -> Any:
    return approval_days((each.field, each.approved_on) for each in changes)


def filing_obstacles(
    institution: Institution, changes: Sequence[FieldChange], *, by: User, on: date
) -> list[Obstacle]:
    """Return why the changes cannot be filed."""
    obstacles = []
    if not FILE_CHANGE.allows(by) or not institution.memberships.filter(user=by).exists():
        text = _("Only an administrator of the institution may do this.")
        obstacles.append(Obstacle("not_entitled", text))
    return obstacles + value_obstacles(institution, changes, on=on)
