"""The machine against a literal table, in Python and in the database."""

from itertools import product

import pytest
from django.db import InternalError, transaction
from django_fsm import can_proceed

from supervision.enums.cases import CaseState
from supervision.models import Case
from tests.supervision import factories as make

ALLOWED = {
    ("clue", "open"): "opened",
    ("clue", "dismiss"): "dismissed",
    ("opened", "give_notice"): "notice",
    ("opened", "dismiss"): "dismissed",
    ("opened", "send_back"): "returned",
    ("notice", "serve_notice"): "defence",
    ("defence", "hear"): "defence",
    ("defence", "submit_for_review"): "legal_review",
    ("defence", "decide"): "decided",
    ("defence", "dismiss"): "dismissed",
    ("legal_review", "return_from_review"): "defence",
    ("legal_review", "decide"): "decided",
    ("legal_review", "dismiss"): "dismissed",
    ("decided", "serve_decision"): "served",
    ("decided", "send_back"): "returned",
    ("served", "perform"): "performed",
    ("served", "send_back"): "returned",
    ("performed", "close"): "closed",
    ("performed", "send_back"): "returned",
    ("returned", "supplement"): "where it came from",
}
TRANSITIONS = [
    "open",
    "give_notice",
    "serve_notice",
    "hear",
    "submit_for_review",
    "return_from_review",
    "decide",
    "serve_decision",
    "perform",
    "close",
    "dismiss",
    "send_back",
    "supplement",
]


@pytest.mark.parametrize(("state", "name"), list(product(CaseState.values, TRANSITIONS)))
def test_only_the_lawful_transitions_are_possible(state, name):
    case = Case(state=state)
    assert can_proceed(getattr(case, name)) == ((state, name) in ALLOWED)


def test_the_table_names_every_transition():
    declared = {each.name for each in Case._meta.get_field("state").get_all_transitions(Case)}
    assert declared == set(TRANSITIONS)


MOVES = {
    ("clue", "opened"),
    ("clue", "dismissed"),
    ("opened", "notice"),
    ("opened", "dismissed"),
    ("opened", "returned"),
    ("notice", "defence"),
    ("defence", "legal_review"),
    ("legal_review", "defence"),
    ("legal_review", "decided"),
    ("legal_review", "dismissed"),
    ("defence", "decided"),
    ("defence", "dismissed"),
    ("decided", "served"),
    ("decided", "returned"),
    ("served", "performed"),
    ("served", "returned"),
    ("performed", "closed"),
    ("performed", "returned"),
    ("returned", "opened"),
    ("returned", "decided"),
    ("returned", "served"),
    ("returned", "performed"),
}
REACHED = {
    "clue": make.clue,
    "opened": make.opened,
    "notice": make.noticed,
    "defence": make.in_defence,
    "legal_review": make.in_review,
    "decided": make.decided,
    "served": make.served,
    "performed": make.performed,
    "closed": make.closed,
    "dismissed": make.dismissed,
    "returned": make.returned,
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", CaseState.values)
def test_no_bulk_update_leaves_the_machine(office, state):
    case = REACHED[state](office)
    assert case.state == state
    for target in CaseState.values:
        if target == state or (state, target) in MOVES:
            continue
        with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(state=target)
    assert Case.objects.get(pk=case.pk).state == state


@pytest.mark.django_db
def test_a_supplement_leads_back_to_where_the_case_was(office):
    for make_case, back in [(make.opened, "opened"), (make.served, "served")]:
        case = make_case(office)
        on = make.date(2025, 5, 21)
        make.administration.return_case(
            case_id=case.pk, text="请补充", by=office.supervisor, on=on, at=make.at(on)
        )
        after = make.administration.supplement_case(
            case_id=case.pk, text="补充如下", by=office.officer, on=on, at=make.at(on)
        )
        assert (after.state, after.returned_from, after.supplement_due_on) == (back, "", None)


@pytest.mark.django_db
def test_every_step_of_a_case_leaves_a_row(office):
    case = make.closed(office)
    steps = [(row.act, row.source, row.target) for row in case.transitions.all()]
    assert steps == [
        ("register_clue", "", "clue"),
        ("open_case", "clue", "opened"),
        ("give_notice", "opened", "notice"),
        ("serve_notice", "notice", "defence"),
        ("give_statement", "defence", "defence"),
        ("decide", "defence", "decided"),
        ("serve_decision", "decided", "served"),
        ("perform", "served", "performed"),
        ("close", "performed", "closed"),
    ]
    assert all(row.by_id and row.rule for row in case.transitions.all())
