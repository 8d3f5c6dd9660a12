"""Why filings came back, counted by coded reason."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, Func
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.models import User
from agency.reports import Column, Kind, Params, Row, choice_labels, report
from institutions.enums.changes import ChangeField, ChangeState
from institutions.enums.designation import ApplicationState, MaterialDefect, NotAcceptedGround
from institutions.enums.register import Kind as InstitutionKind
from institutions.forms.reports import PeriodForm
from institutions.models import ChangeTransition, DesignationApplication, SupplementItem
from institutions.permissions.reports import SEE_PROGRESS
from institutions.reports.progress import GROUP


class Unnest(Func):
    """Each element of an array as a row of its own."""

    function = "UNNEST"
    output_field = CharField()


RETURNS = {
    "supplement": _("Documents asked for"),
    "not_accepted": _("Application not accepted"),
    "change_rejected": _("Change rejected"),
}
REASONS = {
    **choice_labels(MaterialDefect),
    **choice_labels(NotAcceptedGround),
    **choice_labels(ChangeField),
}


def returns(params: Params, user: User, on: date) -> list[Row]:
    """Return how often what was filed came back, by month, type of institution and coded reason;
    changes by their fields. Three queries.
    """
    counts: Counter[tuple[Any, ...]] = Counter()
    first, last = params["first"], params["last"]
    asked = SupplementItem.objects.filter(
        request__requested_at__date__gte=first, request__requested_at__date__lte=last
    )
    for month, kind, reason, count in (
        asked.annotate(month=TruncMonth("request__requested_at"))
        .order_by()
        .values_list("month", "application__kind", "defect")
        .annotate(count=Count("pk"))
    ):
        counts[month.date(), "supplement", kind, reason] += count
    refused = DesignationApplication.objects.filter(
        state=ApplicationState.NOT_ACCEPTED, decided_at__date__gte=first, decided_at__date__lte=last
    )
    for month, kind, reason, count in (
        refused.annotate(month=TruncMonth("decided_at"), ground=Unnest(F("refusal_grounds")))
        .order_by()
        .values_list("month", "kind", "ground")
        .annotate(count=Count("pk"))
    ):
        counts[month.date(), "not_accepted", kind, reason] += count
    rejected = ChangeTransition.objects.filter(
        target=ChangeState.REJECTED, at__date__gte=first, at__date__lte=last
    ).exclude(source=ChangeState.REJECTED)
    for month, kind, field, count in (
        rejected.annotate(month=TruncMonth("at"))
        .order_by()
        .values_list("month", "subject__institution__kind", "subject__items__field")
        .annotate(count=Count("pk"))
    ):
        counts[month.date(), "change_rejected", kind, field] += count
    return [
        {"month": f"{month:%Y-%m}", "what": what, "kind": kind, "reason": reason, "count": count}
        for (month, what, kind, reason), count in sorted(
            counts.items(), key=lambda each: (each[0][0], each[0][1:], each[1])
        )
    ]


report(
    "returns",
    _("Reasons of returns"),
    _("Why filings came back, by month and type of institution: counted by coded reason."),
    SEE_PROGRESS,
    columns=(
        Column(key="month", label=_("Month")),
        Column(key="what", label=_("What came back"), labels=RETURNS),
        Column(
            key="kind",
            label=_("Type of institution"),
            labels=choice_labels(InstitutionKind),
        ),
        Column(key="reason", label=_("Coded reason"), labels=REASONS),
        Column(key="count", label=pgettext_lazy("report", "Times"), kind=Kind.NUMBER),
    ),
    rows=returns,
    form_class=PeriodForm,
    rules=("A-04", "A-05"),
    group=GROUP,
)
