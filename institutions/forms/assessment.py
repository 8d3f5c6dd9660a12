"""Forms and filters of assessments. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.forms import ReasonForm
from agency.forms.files import FilesField, FilesInput
from institutions.enums.assessment import (
    AssessmentKind,
    AssessmentState,
    BasicCondition,
    ExcuseKind,
    FindingResult,
    SiteMode,
    Verdict,
)
from institutions.forms.inputs import search_input
from institutions.models import Assessment, Expert, ThirdParty
from institutions.services.assessment.opinions import FindingDraft

_CHOOSE = [("", _("choose"))]


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class AssessmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number or institution")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=AssessmentState.choices, empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=AssessmentKind.choices, empty_label=_("all")
    )
    result = django_filters.ChoiceFilter(
        label=_("Result"), choices=Verdict.choices, empty_label=_("all")
    )

    class Meta:
        model = Assessment
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


# --- organising -------------------------------------------------------------------------------


class OpenForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AssessmentKind.choices,
        initial=AssessmentKind.ON_SITE,
        widget=forms.RadioSelect,
    )
    site_mode = forms.ChoiceField(
        label=_("Facilities looked at"),
        choices=SiteMode.choices,
        initial=SiteMode.VISIT,
        widget=forms.RadioSelect,
        help_text=_("Counts for a written and on-site assessment only."),
    )


class ExcuseForm(ReasonForm):
    kind = forms.ChoiceField(label=_("Why"), choices=[*_CHOOSE, *ExcuseKind.choices])

    field_order = ("kind", "reason")


class GrantForm(ReasonForm):
    expert = forms.ModelChoiceField(
        label=_("Expert kept out"),
        queryset=Expert.objects.none(),
        required=False,
        empty_label=_("nobody of this name is in the pool"),
    )

    field_order = ("expert", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        experts: Any = self.fields["expert"]
        experts.queryset = Expert.objects.select_related("person").order_by("person__name", "pk")
        experts.label_from_instance = lambda each: f"{each.person.name} · {each.unit}"


class EngageForm(forms.Form):
    third_party = forms.ModelChoiceField(
        label=_("Third party"), queryset=ThirdParty.objects.order_by("name")
    )
    contract = forms.CharField(label=_("Number of the contract"), required=False, max_length=80)


class ResultForm(forms.Form):
    result = forms.ChoiceField(label=_("Result"), choices=Verdict.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), widget=_long(4), max_length=4000)
    advice = forms.CharField(
        label=_("Advice to rectify"), required=False, widget=_long(4), max_length=4000
    )
    deviation_reason = forms.CharField(
        label=_("Why the result differs from the majority"),
        required=False,
        widget=_long(2),
        max_length=2000,
    )


class ReportForm(forms.Form):
    proposal = forms.ChoiceField(
        label=_("Proposed result"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    reasons = forms.CharField(label=_("Reasons"), widget=_long(4), max_length=4000)
    advice = forms.CharField(
        label=_("Advice to rectify"), required=False, widget=_long(4), max_length=4000
    )
    failed_conditions = forms.MultipleChoiceField(
        label=_("Basic conditions not met"),
        choices=[(each.value, f"{each.value} {each.label}") for each in BasicCondition],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    report = FilesField(label=pgettext_lazy("assessment", "Report"))


# --- the expert's room ------------------------------------------------------------------------


class FindingFilesInput(FilesInput):
    """The files of one item: small ones, sent with the form."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)

    template_name = "django/forms/widgets/file.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return forms.FileInput.get_context(self, name, None, attrs)


class OpinionForm(forms.Form):
    """An opinion as far as it is written: nothing is required before it is signed. `initial` gives
    the items; of the cleaned data, `findings` is what the service takes.
    """

    verdict = forms.ChoiceField(
        label=_("Result"), choices=Verdict.choices, required=False, widget=forms.RadioSelect
    )
    reasons = forms.CharField(label=_("Reasons"), required=False, widget=_long(4), max_length=4000)
    advice = forms.CharField(
        label=_("Advice to rectify"), required=False, widget=_long(4), max_length=4000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = self.initial.get("items", [])
        for item in self.items:
            self.fields[f"result_{item.pk}"] = forms.ChoiceField(
                label=item.label,
                choices=[("", _("no finding yet")), *FindingResult.choices],
                required=False,
                widget=forms.Select(attrs={"aria-label": item.label}),
            )
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=pgettext_lazy("checklist", "Note"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(
                    attrs={
                        "rows": 1,
                        "aria-label": gettext("Note on item %(n)d") % {"n": item.place},
                    }
                ),
            )
            self.fields[f"files_{item.pk}"] = FilesField(
                label=pgettext_lazy("checklist", "Evidence"),
                widget=FindingFilesInput(
                    attrs={"aria-label": gettext("Evidence of item %(n)d") % {"n": item.place}}
                ),
            )

    def rows(self) -> list[dict[str, Any]]:
        """The items with their fields, for the table."""
        kept = self.initial.get("evidence", {})
        return [
            {
                "item": item,
                "own": item.field == self.initial.get("own_field"),
                "result": self[f"result_{item.pk}"],
                "note": self[f"note_{item.pk}"],
                "files": self[f"files_{item.pk}"],
                "kept": kept.get(item.pk, []),
            }
            for item in self.items
        ]

    def plain(self) -> list[Any]:
        return [self[name] for name in ("verdict", "reasons", "advice")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        data: Any = self.data
        dropped = [int(key) for key in data.getlist("drop") if key.isdigit() and len(key) < 19]
        cleaned["findings"] = [
            FindingDraft(
                item_id=item.pk,
                result=cleaned.get(f"result_{item.pk}", ""),
                note=cleaned.get(f"note_{item.pk}", ""),
                files=cleaned.get(f"files_{item.pk}", []),
                dropped=dropped,
            )
            for item in self.items
        ]
        return cleaned


class SignByCodeForm(forms.Form):
    signed_name = forms.CharField(
        label=_("Your name, as a signature"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SignForm(SignByCodeForm):
    password = forms.CharField(
        label=_("Your password, once more"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


# --- the institution --------------------------------------------------------------------------


class RecusalForm(forms.Form):
    person_name = forms.CharField(label=_("Name of the expert"), max_length=80)
    unit = forms.CharField(label=_("Unit of the expert"), required=False, max_length=120)
    reason = forms.CharField(
        label=_("What ties the person to the matter"), widget=_long(), max_length=2000
    )


class ReassessForm(forms.Form):
    statement = forms.CharField(
        label=_("What has been rectified"), widget=_long(5), max_length=4000
    )
