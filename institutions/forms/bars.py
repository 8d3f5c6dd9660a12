"""The forms of what bars applications, of the resource plan and of the list of documents."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.codes import id_number_fault
from agency.enums import RegionLevel
from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from institutions.enums.designation import (
    PERFORMED_GROUNDS,
    PERSONAL_GROUNDS,
    RECORDED_GROUNDS,
)
from institutions.enums.register import Kind
from institutions.forms.inputs import search_input
from institutions.models import Institution, MaterialItem, RefusalFact, ResourcePlan

_GROUNDS = [(each.value, f"{each.value} · {each.label}") for each in RECORDED_GROUNDS]


class FactForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=[])
    institution = forms.CharField(
        label=_("Institution"),
        max_length=18,
        required=False,
        help_text=_("Its national code or unified social credit code. Not for N7 and N8."),
    )
    name = forms.CharField(
        label=_("Name of the person"),
        max_length=80,
        required=False,
        help_text=_("For N7 and N8: the ground follows the person to every institution."),
    )
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    event_on = forms.DateField(
        label=_("Day of the event"),
        widget=DayInput(),
        help_text=_("The day of the finding, the decision, the dissolution or the entry."),
    )
    performed_on = forms.DateField(
        label=_("Fully performed on"),
        widget=DayInput(),
        required=False,
        help_text=_("N3, N5 and N6: the day penalty or liability was fully performed, if it was."),
    )
    source_document = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Whose decision, and its number.")
    )
    evidence = FilesField(label=_("Copy of the source"))
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.value, f"{each.value} · {each.label}") for each in RECORDED_GROUNDS]
        self.fields["ground"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def clean_institution(self) -> Institution | None:
        code = "".join(self.cleaned_data["institution"].split()).upper()
        if not code:
            return None
        rows = Institution.objects
        found = rows.filter(code=code).first() or rows.filter(credit_code=code).first()
        if found is None:
            raise ValidationError(
                gettext("No institution of the register has the code %(code)s."),
                params={"code": code},
            )
        return found

    def clean_id_number(self) -> str:
        number = "".join(self.cleaned_data["id_number"].split()).upper()
        if fault := id_number_fault(number) if number else None:
            text = gettext("%(fault)s (GB 11643). Compare it with the identity card.")
            raise ValidationError(text, params={"fault": fault})
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ground = data.get("ground")
        if ground in [each.value for each in PERSONAL_GROUNDS]:
            for name in ("name", "id_number"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("This ground follows a person."))
        elif ground and not data.get("institution") and "institution" not in self.errors:
            self.add_error("institution", gettext("This ground is about an institution."))
        performed = data.get("performed_on")
        if performed and ground not in [each.value for each in PERFORMED_GROUNDS]:
            self.add_error("performed_on", gettext("Nothing can be performed under this ground."))
        return data


class PerformForm(forms.Form):
    performed_on = forms.DateField(label=_("Fully performed on"), widget=DayInput())


class EndFactForm(ReasonForm):
    ended_on = forms.DateField(
        label=_("Ended on"),
        widget=DayInput(),
        help_text=_("The first day on which it bars nothing any more."),
    )
    field_order = ["ended_on", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].max_length = 300  # type: ignore[attr-defined]


class FactFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Institution or source"),
        method="matching",
        max_length=100,
        widget=search_input(_("Institution or source")),
    )
    ground = django_filters.ChoiceFilter(label=_("Ground"), choices=_GROUNDS, empty_label=_("all"))
    lasting = django_filters.BooleanFilter(
        label=_("Not ended"), method="not_ended", widget=forms.CheckboxInput
    )

    class Meta:
        model = RefusalFact
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def not_ended(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.filter(ended_on__isnull=True) if wanted else rows


class PlanForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2019, max_value=2100)
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.exclude(level=RegionLevel.NATION).order_by("code"),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=[("", "—"), *Kind.choices])
    cap = forms.IntegerField(label=_("Planned number"), min_value=0, max_value=1_000_000)
    basis = forms.CharField(
        label=_("Basis"),
        required=False,
        max_length=300,
        help_text=_("Needs of the population, capacity, balance of the fund, health plan."),
    )


class PlanFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("Year"), min_value=2019, max_value=2100)
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.order_by("code"), empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(label=_("Type"), choices=Kind.choices, empty_label=_("all"))

    class Meta:
        model = ResourcePlan
        fields: list[str] = []


class ItemForm(forms.Form):
    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[a-z0-9_]{2,40}$",
        max_length=40,
        help_text=_("Small letters, figures and _, for instance fire_certificate."),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    explanation = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.exclude(level=RegionLevel.NATION).order_by("code"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Types"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: of every type."),
    )
    is_required = forms.BooleanField(label=_("Required"), required=False, initial=True)
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DayInput(),
        help_text=_("Today or later: a document is published before it is asked for."),
    )


class EndItemForm(forms.Form):
    valid_to = forms.DateField(
        label=_("Last day on the list"), widget=DayInput(), help_text=_("Today or later.")
    )


class ItemFilter(django_filters.FilterSet):
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.order_by("code"), empty_label=_("all")
    )
    in_force = django_filters.BooleanFilter(
        label=_("In force today"), method="only_in_force", widget=forms.CheckboxInput
    )

    class Meta:
        model = MaterialItem
        fields: list[str] = []

    def only_in_force(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.in_force_on(timezone.localdate()) if wanted else rows
