"""Forms of regions, profiles and policy parameters. They validate; they never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agency.enums import Evidence, Profile, RegionLevel, RuleSet
from agency.forms import DayInput, ReasonForm
from agency.models import Region
from agency.regions import NATION, regions_above

_DOCUMENT_LENGTH = 200


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ParameterFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=60)
    profile = forms.ChoiceField(label=_("Rule profile"), required=False, choices=Profile.choices)
    rule_set = forms.ChoiceField(
        label=_("Rule set"), required=False, choices=[("", _("all")), *RuleSet.choices]
    )
    evidence = forms.ChoiceField(
        label=_("Evidence"), required=False, choices=[("", _("all")), *Evidence.choices]
    )
    on = forms.DateField(label=_("In force on"), required=False, widget=DayInput())


class DayFilter(forms.Form):
    on = forms.DateField(label=_("In force on"), required=False, widget=DayInput())


class ProposeParameterForm(ReasonForm):
    """A new value: for whom, how much, from when, and why."""

    profile = forms.ChoiceField(label=_("Rule profile"), choices=Profile.choices)
    value = forms.CharField(
        label=_("Value"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    effective_from = forms.DateField(
        label=_("Effective from"),
        widget=DayInput(),
        help_text=_("Today or later. It must be approved before that day is over."),
    )
    document = forms.CharField(
        label=_("Document"),
        required=False,
        max_length=_DOCUMENT_LENGTH,
        help_text=_("The decision it rests on, with its number, if there is one."),
    )
    field_order = ["profile", "value", "effective_from", "document", "reason"]


class ProposeChoiceForm(ReasonForm):
    """Which profile a region is to follow in a rule set."""

    rule_set = forms.ChoiceField(label=_("Rule set"), choices=RuleSet.choices)
    profile = forms.ChoiceField(label=_("Rule profile"), choices=Profile.choices)
    effective_from = forms.DateField(
        label=_("Effective from"),
        widget=DayInput(),
        help_text=_("Today or later. It must be approved before that day is over."),
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=_DOCUMENT_LENGTH,
        help_text=_("The decision it rests on, with its number."),
    )
    field_order = ["rule_set", "profile", "effective_from", "document", "reason"]


class AddRegionForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Code"),
        help_text=_("Six digits of GB/T 2260, such as 360400."),
        error_messages={"invalid": _("Enter six digits.")},
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    level = forms.ChoiceField(label=_("Level"), choices=RegionLevel.choices)
    parent = forms.ModelChoiceField(
        label=_("Parent"),
        required=False,
        queryset=Region.objects.exclude(level=RegionLevel.COUNTY),
        empty_label=_("none"),
        help_text=_("The nearest entered region in which it lies."),
    )
    profile = forms.ChoiceField(
        label=_("Rule profile"),
        choices=Profile.choices,
        help_text=_("The default, wherever the region has not chosen another for a rule set."),
    )


class CoordinationForm(ReasonForm):
    """Whose fund and rules a region shares."""

    coordination = forms.ModelChoiceField(
        label=_("Coordination region"),
        required=False,
        queryset=Region.objects.none(),
        empty_label=_("none: it stands alone"),
    )
    field_order = ["coordination", "reason"]

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = [each for each in regions_above(region.code) if each != NATION]
        field = self.fields["coordination"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Region.objects.filter(code__in=above)


class RegionFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=60)
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("all")), *RegionLevel.choices]
    )
    on = forms.DateField(label=_("In force on"), required=False, widget=DayInput())
