"""The decisions about agreements, entered in the office's report of decisions; the results of
performance assessment as a table.
"""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agency.decisions import decision_source
from agency.models import User
from agency.reports import Column, Kind, Params, choice_labels, report
from agreements.enums.performance import Grade, PerformanceState
from agreements.forms.performance import ResultsForm
from agreements.models import (
    AgreementRequestTransition,
    AgreementTransition,
    DissolutionReviewTransition,
    PerformanceAssessment,
    PerformanceAssessmentTransition,
)
from agreements.permissions.performance import VIEW_PERFORMANCE
from agreements.services.performance.listing import results_of, with_points

_OF = "subject__agreement__institution__name"

decision_source(AgreementTransition, institution="subject__institution__name")
decision_source(AgreementRequestTransition, institution=_OF)
decision_source(DissolutionReviewTransition, institution=_OF)
decision_source(PerformanceAssessmentTransition, institution="subject__institution__name")


def performance(params: Params, user: User, on: date) -> QuerySet[PerformanceAssessment]:
    return results_of(year=params["year"], region=params["region"].strip())


report(
    "performance",
    _("Performance assessment"),
    _("The assessments of a year: scores, grades, and the points of every indicator."),
    VIEW_PERFORMANCE,
    columns=(
        Column(key="number", label=_("Number"), url="url"),
        Column(key="code", label=_("National code")),
        Column(key="institution", label=_("Institution")),
        Column(key="region", label=_("Region")),
        Column(key="year", label=_("Year")),
        Column(
            key="state", label=_("State"), kind=Kind.STATE, labels=choice_labels(PerformanceState)
        ),
        Column(key="self_score", label=_("Own score"), kind=Kind.DECIMAL),
        Column(key="proposed_score", label=_("Proposed score"), kind=Kind.DECIMAL),
        Column(key="score", label=_("Final score"), kind=Kind.DECIMAL),
        Column(key="grade", label=_("Grade"), labels=choice_labels(Grade)),
        Column(key="third_party", label=_("Third party")),
        Column(key="published_on", label=_("Published on"), kind=Kind.DAY),
        Column(key="points", label=_("Points of each indicator")),
    ),
    rows=performance,
    complete=with_points,
    form_class=ResultsForm,
    rules=("B-09",),
    group=_("Agreements"),
)
