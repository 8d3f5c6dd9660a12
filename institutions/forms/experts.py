"""Forms and filters of the pool, the third parties and the checklists. They never save."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.enums import Role
from agency.forms import DayInput
from agency.models import Region, User
from institutions.enums.assessment import ExpertField, TieKind
from institutions.forms.inputs import search_input
from institutions.models import Expert, Institution, ThirdParty

_CHOOSE = [("", _("choose"))]


class ExpertFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or unit"),
        method="matching",
        max_length=100,
        widget=search_input(_("Name or unit")),
    )
    field = django_filters.ChoiceFilter(
        label=_("Speciality"), choices=ExpertField.choices, empty_label=_("all")
    )
    pool = django_filters.ChoiceFilter(
        label=_("In the pool"),
        choices=[("1", _("yes")), ("0", _("no"))],
        method="in_pool",
        empty_label=_("all"),
    )
    account = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[("1", _("yes")), ("0", _("no"))],
        method="with_account",
        empty_label=_("all"),
    )

    class Meta:
        model = Expert
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def in_pool(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(active_to__isnull=value == "1")

    def with_account(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(account__isnull=value == "0")


class ThirdPartyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or code"),
        method="matching",
        max_length=100,
        widget=search_input(_("Name or code")),
    )

    class Meta:
        model = ThirdParty
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class InstitutionField(forms.CharField):
    """An institution by its name or code, cleaned to the row; empty is none."""

    default_error_messages = {
        "unknown": _("There is no institution of this name or code."),
    }

    def clean(self, value: Any) -> Institution | None:
        text = super().clean(value)
        if not text:
            return None
        found = (
            Institution.objects.filter(name=text).first()
            or Institution.objects.filter(code=text.upper()).first()
            or Institution.objects.filter(credit_code=text.upper()).first()
        )
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found


class ExpertEditForm(forms.Form):
    field = forms.ChoiceField(label=_("Speciality"), choices=[*_CHOOSE, *ExpertField.choices])
    unit = forms.CharField(label=pgettext_lazy("employer", "Unit"), max_length=120)
    unit_institution = InstitutionField(
        label=_("Unit in the register"),
        required=False,
        max_length=120,
        help_text=_("Name or code, if the unit is an institution: it is never assessed by them."),
    )
    title = forms.CharField(label=_("Professional title"), required=False, max_length=60)
    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.order_by("code"), empty_label=_("choose")
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)
    account = forms.ModelChoiceField(
        label=_("Account"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("none yet"),
        help_text=_("Without an account an expert cannot sign, and is not drawn."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts: Any = self.fields["account"]
        accounts.queryset = User.objects.filter(
            groups__name=Role.EXPERT.value, is_active=True
        ).order_by("username")


class ExpertForm(ExpertEditForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )

    field_order = ("name", "id_number")


class DayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=DayInput())


class TieForm(forms.Form):
    institution = InstitutionField(
        label=_("Institution"), max_length=120, help_text=_("Its name or code.")
    )
    kind = forms.ChoiceField(label=_("Tie"), choices=[*_CHOOSE, *TieKind.choices])
    held_from = forms.DateField(label=_("From"), widget=DayInput())
    held_to = forms.DateField(label=_("To"), required=False, widget=DayInput())
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class ThirdPartyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=18)
    qualified_from = forms.DateField(label=_("Qualified from"), widget=DayInput())
    qualified_to = forms.DateField(label=_("Qualified to"), widget=DayInput())
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    controller_name = forms.CharField(label=_("Actual controller"), required=False, max_length=80)
    controller_id_number = forms.CharField(
        label=_("Identity number of the controller"),
        required=False,
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ChecklistForm(forms.Form):
    """A new version, one item a line: part, speciality, content, condition, what to look at."""

    effective_from = forms.DateField(label=_("Effective from"), widget=DayInput())
    items = forms.CharField(
        label=_("Items"),
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_(
            "One item a line, five values apart by “|”: written or on_site; insurance, medicine, "
            "finance or information; content 1 to 5; A-03.1 to A-03.6 or nothing; what is "
            "looked at."
        ),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
