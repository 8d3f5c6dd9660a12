"""Who decided what and when, over the histories that the apps have entered."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from agency.decisions import DECISION_SOURCES, DecisionSource, decision_source
from agency.enums import Actor
from agency.models import (
    PolicyParameterTransition,
    RuleSetChoiceTransition,
    ServiceBundleTransition,
    User,
)
from agency.reports import Column, Kind, Params, Row, report
from institutions.forms.reports import DecisionsForm
from institutions.models import (
    AccountRequestTransition,
    ApplicationTransition,
    AssessmentTransition,
    ChangeTransition,
    FaqTransition,
    InquiryTransition,
    ObjectionTransition,
    ProcedureTransition,
    PublicNoticeTransition,
    ResultFilingTransition,
    RosterImportTransition,
    TrainingTransition,
)
from institutions.permissions.reports import SEE_DECISIONS

OFFICE: Any = [Actor.AGENCY.value, Actor.ADMINISTRATION.value]

decision_source(ApplicationTransition, institution="subject__institution__name")
decision_source(AssessmentTransition, institution="subject__institution__name")
decision_source(ChangeTransition, institution="subject__institution__name")
decision_source(AccountRequestTransition, institution="subject__institution__name")
decision_source(ObjectionTransition, institution="subject__entry__application__institution__name")
decision_source(InquiryTransition, institution="subject__institution__name")
decision_source(RosterImportTransition, institution="subject__institution__name")
decision_source(PublicNoticeTransition)
decision_source(ResultFilingTransition)
decision_source(ProcedureTransition, number="subject__procedure__title")
decision_source(TrainingTransition, number="subject__title")
decision_source(FaqTransition, number="subject__question")
decision_source(ServiceBundleTransition)
decision_source(PolicyParameterTransition, number="subject__key")
decision_source(RuleSetChoiceTransition, number="subject__rule_set")


def decisions(params: Params, user: User, on: date) -> QuerySet[Any, Any]:
    """Return the acts of the office by which a matter moved from one state to another, the latest
    first: one query over the histories wanted.
    """
    wanted = params["kind"]
    sources = [DECISION_SOURCES[wanted]] if wanted else list(DECISION_SOURCES.values())
    parts = [_rows(each, params) for each in sources]
    return parts[0].union(*parts[1:], all=True).order_by("-at", "kind", "number")


def _rows(source: DecisionSource, params: Params) -> QuerySet[Any, Any]:
    rows: Any = source.model._default_manager.filter(
        at__date__gte=params["first"],
        at__date__lte=params["last"],
        by__actor__in=OFFICE,
    )
    rows = rows.exclude(source="").exclude(source=F("target"))
    if params["person"]:
        rows = rows.filter(by__name__icontains=params["person"])
    nothing = Value("", output_field=TextField())
    institution = Cast(source.institution, TextField()) if source.institution else nothing
    return rows.order_by().values(
        "at",
        "reason",
        "rule",
        kind=Value(source.code, output_field=TextField()),
        number=Cast(source.number, TextField()),
        institution=institution,
        before=Cast("source", TextField()),
        after=Cast("target", TextField()),
        person=Cast("by__name", TextField()),
    )


def in_words(rows: Sequence[Any], on: date) -> Iterator[Row]:
    """Give each row the words of its kind of matter."""
    words = {code: each.states for code, each in DECISION_SOURCES.items()}
    for row in rows:
        states = words[row["kind"]]
        yield {
            **row,
            "label": DECISION_SOURCES[row["kind"]].label,
            "before": states.get(row["before"], row["before"]),
            "decision": states.get(row["after"], row["after"]),
        }


report(
    "decisions",
    _("Who decided what"),
    _("Every act of the office that moved a matter on: person, act, day and reason."),
    SEE_DECISIONS,
    columns=(
        Column(key="at", label=_("When"), kind=Kind.INSTANT),
        Column(key="person", label=_("Person")),
        Column(key="label", label=_("Kind of matter")),
        Column(key="number", label=_("Matter")),
        Column(key="institution", label=_("Institution")),
        Column(key="before", label=_("Before")),
        Column(key="decision", label=_("Decision")),
        Column(key="reason", label=_("Reason")),
        Column(key="rule", label=_("Rule")),
    ),
    rows=decisions,
    complete=in_words,
    form_class=DecisionsForm,
    personal=("person",),
    rules=("B-02",),
    group=_("Supervision"),
)
