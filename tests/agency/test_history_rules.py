"""Every subject with a state has its history, and the database guards it: found by walking the
models, so that a new one is covered unasked.
"""

import pgtrigger
import pytest
from django.apps import apps
from django.db import InternalError, connection, models, transaction

from agency.audit import audit_sources, is_append_only
from agency.models import StateField, TransitionRecord
from tests.institutions.factories import InstitutionFactory

# Money, agreements, registry, parameters, permissions.
TRACKED = {
    "agency.PolicyParameter",
    "agency.Region",
    "agency.RoleHolding",
    "agency.RuleSetChoice",
    "agency.User",
    "agreements.Agreement",
    "agreements.Suspension",
    "institutions.Institution",
    "institutions.InstitutionFact",
    "institutions.Membership",
    "settlements.CollectiveDecision",
    "settlements.PaymentOrder",
    "settlements.PotentialBreach",
    "settlements.Statement",
    "supervision.Case",
    "supervision.CaseMeasure",
}

OWN_MODELS = [
    each
    for each in apps.get_models()
    if each._meta.managed and each.__module__.split(".")[1:2] == ["models"]
]
# What is a part of another subject, in whose history its steps stand: an attempt to serve in the
# letter's, a part of a service matter in the matter's, an objection to an expert in the
# assessment's, what was signed for a new address and found there in the change's, a wording
# proposed for a clause in the text's, an appeal against points in the performance assessment's.
PARTS = {
    "agency.BundlePart": "agency.ServiceBundle",
    "agency.LetterService": "agency.OfficialLetter",
    "agreements.ClauseProposal": "agreements.AgreementText",
    "agreements.PerformanceAppeal": "agreements.PerformanceAssessment",
    "institutions.AddressCommitment": "institutions.ChangeRequest",
    "institutions.RecusalRequest": "institutions.Assessment",
}
# Proposed, then taken or left: the row itself names who did which and when.
OF_ONE_STEP = {"agency.CalendarImport"}
TRANSITIONS = [each for each in OWN_MODELS if issubclass(each, TransitionRecord)]
EVENTS = [
    each for each in apps.get_models() if each._meta.managed and hasattr(each, "pgh_tracked_model")
]
SUBJECTS = [
    each
    for each in OWN_MODELS
    if any(isinstance(field, StateField) for field in each._meta.concrete_fields)
    and each._meta.label not in PARTS
]


def tracked() -> set[str]:
    return {each.pgh_tracked_model._meta.label for each in EVENTS if each.pgh_tracked_model}


@pytest.mark.parametrize("model", SUBJECTS, ids=lambda each: each._meta.label)
def test_a_subject_with_a_state_has_one_table_of_transitions(model):
    own = [each for each in TRANSITIONS if each._meta.get_field("subject").related_model is model]
    assert len(own) == 1
    key = own[0]._meta.get_field("subject")
    assert key.remote_field.on_delete is models.PROTECT
    assert key.remote_field.related_name == "transitions"
    assert not key.null
    assert is_append_only(own[0])


def test_there_are_subjects_at_all():
    assert len(SUBJECTS) >= 7 and len(TRANSITIONS) >= len(SUBJECTS)


def test_what_has_a_state_machine_without_transitions_is_tracked():
    """A state that only the program moves is kept by the database itself."""
    machines = {
        each._meta.label
        for each in OWN_MODELS
        if any(
            isinstance(trigger, pgtrigger.FSM) for trigger in getattr(each._meta, "triggers", [])
        )
    }
    with_transitions = {
        each._meta.get_field("subject").related_model._meta.label for each in TRANSITIONS
    }
    assert machines - with_transitions - tracked() - set(PARTS) - OF_ONE_STEP == set()
    assert set(PARTS.values()) <= with_transitions


def test_the_database_keeps_money_agreements_registry_parameters_and_permissions():
    assert TRACKED - tracked() == set()


@pytest.mark.parametrize("model", EVENTS, ids=lambda each: each._meta.label)
def test_what_the_database_keeps_is_written_once(model):
    assert is_append_only(model)


@pytest.mark.django_db
def test_every_source_of_the_audit_refuses_changes_in_the_database():
    """Not only the models say so: the triggers are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'pgtrigger_append_only%' AND t.tgenabled = 'O'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert {each.table for each in audit_sources()} - guarded == set()


def test_sources_of_the_audit():
    tables = {each.table for each in audit_sources()}
    assert {each._meta.db_table for each in [*TRANSITIONS, *EVENTS]} <= tables
    assert {"agency_readlog", "agency_loginrecord", "agency_accountrecord"} <= tables
    assert not {"agency_audithead", "agency_auditseal"} & tables
    for each in audit_sources():
        model = next(m for m in apps.get_models() if m._meta.db_table == each.table)
        assert isinstance(model._meta.pk, models.AutoField), each.table


@pytest.mark.django_db
def test_an_event_cannot_be_rewritten_or_deleted():
    institution = InstitutionFactory()
    event = institution.events.get()
    event.name = "别的名字"
    for act in (event.save, event.delete):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            act()
    assert institution.events.get().name == institution.name
