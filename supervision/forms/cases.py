"""What the acts on a case ask for. Nothing is decided and nothing saved here."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from agency.enums import ServiceMethod
from agency.forms import DayInput
from agency.forms.files import FilesField
from agreements.enums.life import DissolutionGround
from institutions.models import Institution
from institutions.services.search import about
from supervision.enums.cases import AgreementAct, CaseState, Origin
from supervision.enums.proceedings import Ground
from supervision.models import Case, FilingReview

LONG_TEXT = 5000


def text_area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def grounds() -> list[tuple[int, str]]:
    """Return the grounds by number; the institution's own wish is none for a case."""
    wish = DissolutionGround.REQUEST
    others = [each for each in DissolutionGround if each != wish]
    return [(each.value, f"{each.value} {each.label}") for each in others]


def institution_of_code(given: str) -> tuple[str, Institution]:
    """Return the code as it is kept, and its institution; a form error if nobody has it."""
    code = given.strip().upper()
    institution = Institution.objects.filter(code=code).first()
    if institution is None:
        raise forms.ValidationError(_("No institution has this code."))
    return code, institution


class ClueForm(forms.Form):
    title = forms.CharField(label=_("Case title"), max_length=200)
    clue = forms.CharField(
        label=_("Clue"),
        widget=text_area(),
        max_length=LONG_TEXT,
        required=False,
        help_text=_("As it was received. For the office only; the institution never sees it."),
    )
    attachments = FilesField(label=_("Evidence files"))


class ReportedClueForm(ClueForm):
    """A clue from a report: here the institution has to be named."""

    institution_code = forms.CharField(
        label=_("National code of the institution"), max_length=12, min_length=12
    )
    field_order = ["institution_code", "title", "clue", "attachments"]

    def clean_institution_code(self) -> str:
        code, institution = institution_of_code(self.cleaned_data["institution_code"])
        self.cleaned_data["institution"] = institution
        return code


class FactsForm(forms.Form):
    facts = forms.CharField(
        label=_("Facts"),
        widget=text_area(8),
        max_length=LONG_TEXT,
        help_text=_("What was done, when, and against which clause. The notice will say this."),
    )


class ServiceForm(forms.Form):
    served_on = forms.DateField(
        label=_("Served on"),
        widget=DayInput(),
        help_text=_("The day the institution received it, never the day it was written."),
    )
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[(each.value, each.label) for each in (ServiceMethod.HAND, ServiceMethod.POST)],
        help_text=_("In the portal the institution confirms the receipt itself."),
    )
    recipient = forms.CharField(
        label=_("Received by"), max_length=120, help_text=_("Who signed for it.")
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        required=False,
        help_text=_("Of registered post."),
    )
    proof = forms.FileField(
        label=_("Proof of service"),
        help_text=_("The signed receipt or the postal receipt, as PDF, PNG or JPEG."),
    )


class StatementForm(forms.Form):
    text = forms.CharField(label=_("What you state"), widget=text_area(8), max_length=LONG_TEXT)
    attachments = FilesField(label=_("Evidence files"))


class DecisionForm(forms.Form):
    """The decision: which of the noticed measures, and why. Give it the case."""

    imposed = forms.TypedMultipleChoiceField(
        label=_("Measures imposed"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    ends_on = forms.DateField(
        label=_("Act on the agreement: up to and including"), widget=DayInput(), required=False
    )
    consideration = forms.CharField(
        label=_("How the statement was considered"),
        widget=text_area(5),
        max_length=LONG_TEXT,
        help_text=_("Answer each point; if nothing was stated, say so."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures = list(case.measures.all())
        imposed: Any = self.fields["imposed"]
        imposed.choices = [(each.pk, f"({each.rung}) {each.wording}") for each in measures]
        imposed.initial = [each.pk for each in measures]
        on_agreement = next((each for each in measures if each.agreement_act), None)
        if on_agreement is None or on_agreement.agreement_act == AgreementAct.DISSOLVE:
            del self.fields["ends_on"]
        else:
            self.fields["ends_on"].initial = on_agreement.ends_on
        self.fields["consideration"].initial = case.consideration


class PerformanceForm(forms.Form):
    performed_on = forms.DateField(label=_("Performed on"), widget=DayInput())
    performance = forms.CharField(
        label=_("What was done"), widget=text_area(), max_length=LONG_TEXT
    )


class TextForm(forms.Form):
    """An act that asks for a text."""

    text = forms.CharField(label=_("Text"), widget=text_area(6), max_length=LONG_TEXT)


class NoteForm(forms.Form):
    """In the admin: what the administration writes down."""

    text = forms.CharField(
        label=_("Text"), widget=UnfoldAdminTextareaWidget(), max_length=LONG_TEXT
    )


class OrderForm(NoteForm):
    due_on = forms.DateField(
        label=_("Due on"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        required=False,
        help_text=_("Empty: by the period of rule B-20."),
    )


class NewOrderForm(OrderForm):
    institution_code = forms.CharField(
        label=_("National code of the institution"),
        max_length=12,
        min_length=12,
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ["institution_code", "text", "due_on"]

    def clean_institution_code(self) -> str:
        code, institution = institution_of_code(self.cleaned_data["institution_code"])
        self.cleaned_data["institution"] = institution
        return code


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, title or institution"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=CaseState.choices)
    origin = django_filters.ChoiceFilter(label=_("Origin"), choices=Origin.choices)
    ground = django_filters.ChoiceFilter(
        label=_("Ground"), choices=[(each.value, f"{each.value} {each.label}") for each in Ground]
    )
    waiting = django_filters.ChoiceFilter(
        label=_("Waiting for"),
        choices=[
            ("verification", _("Verification")),
            ("filing", _("Filing for review")),
            ("answer", _("Answer to the filing")),
            ("correction", _("Correction")),
            ("acknowledgement", _("Acknowledgement of the report")),
        ],
        method="lie",
    )
    is_grave = django_filters.ChoiceFilter(
        label=_("Grave measures"), choices=[("True", _("with grave measures"))]
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def lie(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Cases by what they wait for."""
        filings = FilingReview.objects
        waiting = {
            "verification": Q(state=CaseState.CLUE),
            "filing": Q(pk__in=filings.unfiled().values("case")),
            "answer": Q(pk__in=filings.unanswered().values("case")),
            "correction": Q(pk__in=filings.uncorrected().values("case")),
            "acknowledgement": Q(report__sent_at__isnull=False, report__acknowledged_at=None),
        }
        return rows.filter(waiting[value])

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(number__icontains=value) | Q(title__icontains=value) | about(value))
