"""Forms and filters of the pages of performance assessment. They validate; they never save."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile
from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from agreements.enums.performance import (
    AppealOutcome,
    Grade,
    IndicatorSource,
    PerformanceState,
    Scoring,
)
from agreements.models import Indicator, IndicatorScore, IndicatorSet, PerformanceAssessment
from agreements.services.performance.assessing import Entry
from institutions.enums.register import Kind
from institutions.models import ThirdParty


class SetForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    year = forms.IntegerField(
        label=_("First year"),
        min_value=2020,
        max_value=2100,
        help_text=_("The first calendar year judged by it."),
    )
    profile = forms.ChoiceField(label=_("Rule profile"), choices=Profile.choices)
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        required=False,
        help_text=_("Empty: for all regions of the profile."),
    )
    kind = forms.ChoiceField(
        label=_("Type of institution"),
        choices=[("", _("all types")), *Kind.choices],
        required=False,
    )
    basis = forms.CharField(label=_("Basis document"), max_length=200, required=False)
    copy_of = forms.ModelChoiceField(
        label=_("Copy the indicators of"), queryset=IndicatorSet.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["copy_of"].queryset = IndicatorSet.objects.order_by("-year", "-pk")  # type: ignore[attr-defined]

    def clean_copy_of(self) -> int | None:
        chosen = self.cleaned_data["copy_of"]
        return chosen.pk if chosen else None


class IndicatorForm(forms.ModelForm):
    bands = forms.CharField(
        label=_("Bands"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: value from which, then share of the weight, such as “80 0.8”."),
    )

    class Meta:
        model = Indicator
        fields = [
            *("code", "name", "measures", "weight", "source", "formula", "unit"),
            *("scoring", "direction", "floor", "full", "bands"),
        ]
        widgets = {"measures": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "formula": _("Arithmetic on the figures named below; empty for entered evidence."),
            "floor": _("For linear scoring: the value that earns nothing."),
            "full": _("For linear scoring: the value that earns the whole weight."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.instance.bands, list):
            self.initial["bands"] = "\n".join(" ".join(each) for each in self.instance.bands)

    def clean_bands(self) -> list[list[str]]:
        lines = [each.replace("\t", " ").split() for each in self.cleaned_data["bands"].split("\n")]
        found = [each for each in lines if each]
        if any(len(each) != 2 for each in found):
            raise forms.ValidationError(_t("Each line holds two numbers, such as “80 0.8”."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") == IndicatorSource.EVIDENCE:
            data["scoring"] = Scoring.ENTERED
        if data.get("scoring") != Scoring.BANDS:
            data["bands"] = []
        if data.get("scoring") != Scoring.LINEAR:
            data["floor"] = data["full"] = None
        return data

    def _post_clean(self) -> None:
        """The service judges and says what is wrong; the form's own row stays untouched."""


class RoundForm(forms.Form):
    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none())
    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    first = forms.DateField(label=_("Period from"), widget=DayInput())
    last = forms.DateField(label=_("Period to"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = Region.objects.filter(agreements__isnull=False).distinct().order_by("code")
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


class EntrustForm(forms.Form):
    third_party = forms.ModelChoiceField(label=_("Third party"), queryset=ThirdParty.objects.none())
    contract = forms.CharField(label=_("Number of the contract"), max_length=80)
    contract_from = forms.DateField(label=_("Contract from"), widget=DayInput())
    contract_to = forms.DateField(label=_("Contract to"), widget=DayInput())
    assessors = forms.CharField(
        label=_("Assessors"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("Names and posts of those who assess, one a line."),
    )
    matters = forms.CharField(
        label=_("Institutions"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=20_000,
        help_text=_("National codes or numbers of assessments of this round, one a line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["third_party"].queryset = ThirdParty.objects.order_by("name")  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one indicator, for the template."""

    score: IndicatorScore
    points: BoundField | None
    text: BoundField | None
    remark: BoundField | None
    files: BoundField | None

    @property
    def shown(self) -> list[BoundField]:
        return [each for each in (self.points, self.text, self.remark, self.files) if each]


class ScoresForm(forms.Form):
    """Points, a text and files for each indicator of an assessment."""

    text_label: Any = _("Evidence")
    with_remark = False
    with_files = True

    def __init__(self, *args: Any, scores: Sequence[IndicatorScore], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scores = scores
        for each in scores:
            self._add(each)

    def takes_points(self, score: IndicatorScore) -> bool:
        return True

    def takes_files(self, score: IndicatorScore) -> bool:
        return self.with_files and score.indicator.source != IndicatorSource.FIGURE

    def proposed(self, score: IndicatorScore) -> Decimal | None:
        """The points the form begins with."""
        return None

    def _add(self, score: IndicatorScore) -> None:
        key = score.pk
        named = {"name": score.indicator.name}
        if self.takes_points(score):
            points = self.proposed(score)
            self.fields[f"points_{key}"] = forms.DecimalField(
                label=_("Points: %(name)s") % named,
                required=False,
                max_digits=14,
                decimal_places=10,
                min_value=0,
                max_value=score.weight,
                initial=None if points is None else shown(points),
                widget=forms.NumberInput(attrs={"step": "any"}),
            )
        self.fields[f"text_{key}"] = forms.CharField(
            label=f"{self.text_label}: {score.indicator.name}",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        if self.with_remark:
            self.fields[f"remark_{key}"] = forms.CharField(
                label=_("Remark: %(name)s") % named, required=False, max_length=500
            )
        if self.takes_files(score):
            self.fields[f"files_{key}"] = FilesField(
                label=_("Files: %(name)s") % named, required=False
            )

    def groups(self) -> Iterator[Group]:
        """Yield the fields indicator by indicator."""
        for each in self.scores:
            names = (f"{part}_{each.pk}" for part in ("points", "text", "remark", "files"))
            found = [self[name] if name in self.fields else None for name in names]
            yield Group(each, *found)

    def rest(self) -> list[BoundField]:
        """The fields that belong to no indicator."""
        own = ("points_", "text_", "remark_", "files_")
        return [self[name] for name in self.fields if not name.startswith(own)]

    def entries(self) -> dict[int, Entry]:
        """Return what was entered, by the keys of the scores."""
        data = self.cleaned_data
        return {
            each.pk: Entry(
                points=data.get(f"points_{each.pk}"),
                text=data.get(f"text_{each.pk}", ""),
                remark=data.get(f"remark_{each.pk}", ""),
                files=data.get(f"files_{each.pk}") or (),
            )
            for each in self.scores
        }


def shown(points: Decimal) -> str:
    return f"{points.normalize():f}"


class SelfForm(ScoresForm):
    text_label = _("Own evidence")

    def _add(self, score: IndicatorScore) -> None:
        super()._add(score)
        field: Any = self.fields[f"points_{score.pk}"]
        field.decimal_places, field.max_digits = 2, 5


class AssessForm(ScoresForm):
    with_remark = True

    def __init__(self, *args: Any, third_party: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opinion"] = forms.CharField(
            label=_("Opinion of the assessor"),
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        if third_party:
            self.fields["report"] = FilesField(label=_("Report of the third party"), required=False)
            self.fields["report_on"] = forms.DateField(
                label=_("Day of the report"), required=False, widget=DayInput()
            )

    def takes_points(self, score: IndicatorScore) -> bool:
        computed = score.computed_points is not None
        return not (score.indicator.source == IndicatorSource.FIGURE and computed)

    def proposed(self, score: IndicatorScore) -> Decimal | None:
        return score.proposed_points

    def _add(self, score: IndicatorScore) -> None:
        super()._add(score)
        self.fields[f"text_{score.pk}"].initial = score.evidence
        self.fields[f"remark_{score.pk}"].initial = score.remark


class AppealForm(ScoresForm):
    """What is left without a reason is not appealed against."""

    text_label = _("Reason of the appeal")

    def takes_files(self, score: IndicatorScore) -> bool:
        return self.with_files

    def appealed(self) -> dict[int, Entry]:
        return {
            key: each
            for key, each in self.entries().items()
            if each.text.strip() or each.points is not None or each.files
        }


class CorrectionForm(ScoresForm):
    with_files = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.scores:
            del self.fields[f"text_{each.pk}"]
        self.fields["reason"] = ReasonForm.base_fields["reason"]

    def proposed(self, score: IndicatorScore) -> Decimal | None:
        return score.final_points

    def points(self) -> Mapping[int, Decimal]:
        found = {each.pk: self.cleaned_data.get(f"points_{each.pk}") for each in self.scores}
        return {key: points for key, points in found.items() if points is not None}


class DecideForm(ReasonForm):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (AppealOutcome.GRANTED.value, AppealOutcome.GRANTED.label),
            (AppealOutcome.REFUSED.value, AppealOutcome.REFUSED.label),
        ],
        widget=forms.RadioSelect,
    )
    points = forms.DecimalField(
        label=_("Points"),
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=2,
        help_text=_("When the appeal is granted: the points instead of those proposed."),
    )
    field_order = ["outcome", "points", "reason"]


class ResultsForm(forms.Form):
    """What the report of results asks for."""

    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    region = forms.CharField(
        label=_("Region"),
        required=False,
        max_length=6,
        help_text=_("Six-digit code; empty for all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year - 1


class PerformanceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="found", label=_("Number or institution"), max_length=80)
    state = django_filters.ChoiceFilter(choices=PerformanceState.choices, label=_("State"))
    grade = django_filters.ChoiceFilter(choices=Grade.choices, label=_("Grade"))

    class Meta:
        model = PerformanceAssessment
        fields: list[str] = []

    def found(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class GradesFilter(django_filters.FilterSet):
    """What the public asks for."""

    q = django_filters.CharFilter(method="found", label=_("Institution"), max_length=80)
    year = django_filters.NumberFilter(field_name="round__year", label=_("Year"))
    region = django_filters.CharFilter(field_name="round__region", label=_("Region"), max_length=6)
    grade = django_filters.ChoiceFilter(choices=Grade.choices, label=_("Grade"))

    class Meta:
        model = PerformanceAssessment
        fields: list[str] = []

    def found(self, rows: Any, name: str, text: str) -> Any:
        return rows.filter(institution__name__icontains=text.strip())
