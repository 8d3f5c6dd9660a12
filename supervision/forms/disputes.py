"""What the acts on demands, measures on the agency and disputes ask for. Nothing is decided."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from agreements.models import Agreement
from institutions.services.search import about
from supervision.enums.disputes import (
    AgencyBreachState,
    AgencyMeasureKind,
    AgencyMeasureState,
    DemandState,
    DisputeResult,
    DisputeRoute,
    DisputeState,
    DisputeSubject,
    StepKind,
)
from supervision.models import AgencyBreach, AgencyMeasure, CorrectionDemand, Dispute
from supervision.rules.disputes import results_of
from supervision.services.disputes.course import kinds_for

LONG_TEXT = 5000


def text_area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _text(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        widget=text_area(rows),
        max_length=LONG_TEXT,
        required=required,
        help_text=help_text,
    )


class DemandForm(forms.Form):
    text = _text(
        _("What you demand"),
        rows=6,
        help_text=_(
            "What the agency did or failed to do, under which clause, and what it is to do."
        ),
    )
    attachments = FilesField(label=_("Evidence files"))


class OtherDemandForm(DemandForm):
    """A demand about something the program has not recorded."""

    agreement = forms.ModelChoiceField(
        label=_("Agreement"), queryset=Agreement.objects.none(), required=False
    )
    field_order = ["agreement", "text", "attachments"]

    def __init__(self, *args: Any, agreements: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].queryset = agreements  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = _text(_("Answer"), rows=6, help_text=_("It goes into the letter to the institution."))


class AcceptDemandForm(AnswerForm):
    correct_by_on = forms.DateField(label=_("To be corrected by"), widget=DayInput())


class CorrectionForm(forms.Form):
    corrected_on = forms.DateField(label=_("Corrected on"), widget=DayInput())
    correction = _text(_("What was corrected"))


class DisputeForm(forms.Form):
    claim = _text(_("What you ask for"), rows=3)
    grounds = _text(_("Facts and grounds"), rows=6)
    attachments = FilesField(label=_("Evidence files"))


class OutsideDisputeForm(DisputeForm):
    """A dispute that an authority or a court decides: it is filed there, and recorded here."""

    body = forms.CharField(
        label=_("Authority or court"),
        max_length=120,
        help_text=_("Where the application or the action was filed."),
    )
    filed_on = forms.DateField(
        label=_("Filed there on"), widget=DayInput(), help_text=_("This day counts for the period.")
    )
    body_reference = forms.CharField(label=_("Its file number"), max_length=80, required=False)
    field_order = ["body", "filed_on", "body_reference", "claim", "grounds", "attachments"]


class AcceptanceForm(forms.Form):
    accepted_on = forms.DateField(label=_("Accepted on"), widget=DayInput())
    body_reference = forms.CharField(label=_("Its file number"), max_length=80, required=False)
    note = _text(_("Note"), rows=2, required=False)


class InvitationForm(forms.Form):
    meets_at = forms.DateTimeField(
        label=_("Time of the meeting"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label=_("Place"), max_length=120)
    text = _text(_("What to bring and who is to come"))


class ProposalForm(forms.Form):
    text = _text(_("Proposal"), rows=6)
    attachments = FilesField(label=_("Files"))


class ProposalAnswerForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("We agree")), ("no", _("We do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = _text(_("Reasons and conditions"))


class StepForm(forms.Form):
    kind = forms.TypedChoiceField(label=_("Kind"), coerce=StepKind)
    text = _text(_("Text"), rows=5)
    attachments = FilesField(label=_("Files"))

    def __init__(self, *args: Any, dispute: Dispute, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(dispute, by)
        self.fields["kind"].choices = [(each.value, each.label) for each in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].value
            self.fields["kind"].widget = forms.HiddenInput()


class ChangeFields(forms.Form):
    """What a change changes: the end of a suspension, the amount of one measure."""

    new_end_on = forms.DateField(
        label=_("New last day of the suspension"),
        widget=DayInput(),
        required=False,
        help_text=_("Only where the suspension becomes shorter."),
    )
    new_measure_id = forms.TypedChoiceField(
        label=_("Measure whose amount changes"), coerce=int, empty_value=None, required=False
    )
    new_amount = forms.DecimalField(
        label=_("New amount (CNY)"),
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("Zero takes the measure away."),
    )

    def __init__(self, *args: Any, dispute: Dispute, suspends: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures = []
        if dispute.case:
            rows = dispute.case.measures.filter(imposed=True, amount__isnull=False)
            measures = [(each.pk, f"{each.wording} · {each.amount:,.2f}") for each in rows]
        if not measures:
            del self.fields["new_measure_id"], self.fields["new_amount"]
        else:
            self.fields["new_measure_id"].choices = [("", "—"), *measures]  # type: ignore[attr-defined]
        if not suspends:
            del self.fields["new_end_on"]


class ResultForm(ChangeFields):
    result = forms.TypedChoiceField(label=_("Result"), coerce=DisputeResult)
    decided_on = forms.DateField(
        label=_("Decided on"), widget=DayInput(), help_text=_("The day of the decision.")
    )
    result_served_on = forms.DateField(
        label=_("Result served on"), widget=DayInput(), required=False
    )
    text = _text(_("What was decided"), rows=6)
    attachments = FilesField(label=_("Document of the result"))
    field_order = [
        "result",
        "decided_on",
        "result_served_on",
        "text",
        "attachments",
        "new_end_on",
        "new_measure_id",
        "new_amount",
    ]

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, dispute=dispute, **kwargs)
        choices = [(each.value, each.label) for each in results_of(DisputeRoute(dispute.route))]
        self.fields["result"].choices = choices  # type: ignore[attr-defined]


class ConclusionForm(forms.Form):
    """How a coordination ended."""

    result = forms.TypedChoiceField(
        label=_("Result"),
        coerce=DisputeResult,
        choices=[
            (each.value, each.label) for each in (DisputeResult.SETTLED, DisputeResult.UNSETTLED)
        ],
    )
    text = _text(_("What was agreed, or why nothing was"), rows=6)
    attachments = FilesField(label=_("Record of the coordination"))


class CarryOutForm(ChangeFields):
    how = forms.ChoiceField(
        label=_("What the agency does"),
        choices=[
            ("annul", _("It annuls its act from the beginning")),
            ("change", _("It changes its act")),
            ("other", _("It does something else, described below")),
        ],
        widget=forms.RadioSelect,
    )
    reason = _text(_("What is done"), rows=4)
    field_order = ["how", "new_end_on", "new_measure_id", "new_amount", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") != "change":
            for name in ("new_end_on", "new_measure_id", "new_amount"):
                cleaned[name] = None
        elif cleaned.get("new_end_on") is None and cleaned.get("new_amount") is None:
            self.add_error("how", _("Say what is changed: the end or an amount."))
        return cleaned


class AgencyMeasureForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("Kind"), coerce=AgencyMeasureKind, choices=AgencyMeasureKind.choices
    )
    text = _text(_("Facts, and what is to be done"), rows=6)
    due_on = forms.DateField(
        label=_("To be reported by"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty: for a rectification the period of the parameter, else no report."),
    )


class RegionMeasureForm(AgencyMeasureForm):
    """A measure that no recorded breach gave rise to."""

    region = forms.ModelChoiceField(label=_("Region of the agency"), queryset=Region.objects.all())
    field_order = ["region", "kind", "text", "due_on"]


class ReportForm(forms.Form):
    report = _text(_("Report"), rows=6)


class ReturnReportForm(ReasonForm):
    due_on = forms.DateField(label=_("To be reported again by"), widget=DayInput())


class ClosingForm(forms.Form):
    closing = _text(_("Result of the follow-up"), rows=4)


# --- filters --------------------------------------------------------------------------------------


class _Searched(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or institution"), method="search", max_length=100)

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(number__icontains=value.strip()) | about(value))


class DisputeFilter(_Searched):
    route = django_filters.ChoiceFilter(label=_("Way"), choices=DisputeRoute.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=DisputeState.choices)
    result = django_filters.ChoiceFilter(label=_("Result"), choices=DisputeResult.choices)
    subject = django_filters.ChoiceFilter(
        label=_("What is disputed"), choices=DisputeSubject.choices
    )

    class Meta:
        model = Dispute
        fields: list[str] = []


class BreachFilter(_Searched):
    state = django_filters.ChoiceFilter(label=_("State"), choices=AgencyBreachState.choices)

    class Meta:
        model = AgencyBreach
        fields: list[str] = []


class DemandFilter(_Searched):
    state = django_filters.ChoiceFilter(label=_("State"), choices=DemandState.choices)

    class Meta:
        model = CorrectionDemand
        fields: list[str] = []


class AgencyMeasureFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=AgencyMeasureKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=AgencyMeasureState.choices)

    class Meta:
        model = AgencyMeasure
        fields: list[str] = []


class InstitutionSearch(forms.Form):
    q = forms.CharField(label=_("Name or code of the institution"), max_length=100, required=False)
