"""The forms of an application: its steps in the portal, the acts at the desk, the filters of both.
They validate; they never save.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.codes import credit_code_fault, id_number_fault
from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from institutions.enums.designation import (
    ApplicationState,
    MaterialDefect,
    NotAcceptedGround,
)
from institutions.enums.persons import Post
from institutions.enums.register import Kind
from institutions.forms.inputs import search_input
from institutions.models import DesignationApplication, Institution
from institutions.services.designation.asking import AskedFor
from institutions.services.designation.checks import ListedItem

SUBMITTED_STATES = [each for each in ApplicationState.choices if each[0] != ApplicationState.DRAFT]


class StartForm(forms.Form):
    licence_no = forms.CharField(
        label=_("Licence number"),
        max_length=40,
        help_text=_(
            "As it stands on the practice licence or the filing certificate. There is one "
            "application for each licence."
        ),
    )


class StepForm(forms.Form):
    """Some of the fields of an application; a draft may leave any of them empty."""

    names: Sequence[str] = ()
    widgets: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = forms.fields_for_model(
            DesignationApplication, fields=list(self.names), widgets=self.widgets
        )
        for name, field in made.items():
            field.required = False
            self.fields.setdefault(name, field)
        self.order_fields(list(self.names))

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}


class InstitutionStepForm(StepForm):
    names = (
        "licence_kind",
        "licence_no",
        "licence_valid_to",
        "credit_code",
        "kind",
        "is_internet_hospital",
        "parent",
        "nature",
        "level",
        "beds",
        "subjects",
        "contact_name",
        "contact_phone",
    )
    widgets = {"licence_valid_to": DayInput()}

    licence_no = forms.CharField(label=_("Licence number"), max_length=40)
    parent = forms.CharField(
        label=_("Physical institution"),
        required=False,
        max_length=12,
        help_text=_("Of an internet hospital: the national code of the institution it belongs to."),
    )
    beds = forms.IntegerField(label=_("Beds"), min_value=0, max_value=100_000, required=False)

    def clean_beds(self) -> int:
        return self.cleaned_data["beds"] or 0

    def clean_credit_code(self) -> str:
        code = "".join(self.cleaned_data["credit_code"].split()).upper()
        if fault := credit_code_fault(code) if code else None:
            raise ValidationError(
                gettext("%(code)s: %(fault)s (GB 32100). Compare it with the licence."),
                params={"code": code, "fault": fault},
            )
        return code

    def clean_parent(self) -> Institution | None:
        code = self.cleaned_data["parent"].strip().upper()
        if not code:
            return None
        found = Institution.objects.verified().filter(code=code).first()
        if found is None:
            raise ValidationError(
                gettext(
                    "No institution has the national code %(code)s. Look it up in the public "
                    "register."
                ),
                params={"code": code},
            )
        return found


class PersonsStepForm(forms.Form):
    """Name and identity number of whoever holds each post. A number once saved is not shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.initial.get("saved", {})
        for post in Post:
            person = saved.get(post.value)
            self.fields[f"name_{post}"] = forms.CharField(
                label=_("Name"),
                max_length=80,
                required=False,
                initial=person.name if person else "",
            )
            masked = person.masked_number if person and person.id_number else ""
            self.fields[f"id_{post}"] = forms.CharField(
                label=_("Identity number"),
                max_length=24,
                required=False,
                widget=forms.TextInput(
                    attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": masked}
                ),
                help_text=_("Saved; leave it empty to keep it.") if masked else "",
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        for post in Post:
            yield {"post": post, "fields": [self[f"name_{post}"], self[f"id_{post}"]]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for post in Post:
            number = "".join(data.get(f"id_{post}", "").split()).upper()
            if fault := id_number_fault(number) if number else None:
                text = gettext("%(fault)s (GB 11643). Compare it with the identity card.")
                self.add_error(f"id_{post}", text % {"fault": fault})
            if number and not data.get(f"name_{post}", "").strip():
                self.add_error(f"name_{post}", gettext("Whose number is it?"))
        return data

    @property
    def persons(self) -> dict[Post, tuple[str, str]]:
        data = self.cleaned_data
        return {post: (data[f"name_{post}"], data[f"id_{post}"]) for post in Post}


class ConditionsStepForm(StepForm):
    names = (
        "opened_on",
        "own_physicians",
        "insurance_staff",
        "principal_in_charge",
        "systems",
        "information_system",
        "other_conditions",
        "mainly_non_basic",
        "expected_fund_use",
        "statement",
    )
    widgets = {"opened_on": DayInput(), "statement": forms.Textarea(attrs={"rows": 3})}


class DocumentsStepForm(forms.Form):
    """A field of files for each document of the list that applies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed: list[ListedItem] = self.initial.get("listed", [])
        for each in self.listed:
            self.fields[f"files_{each.item.pk}"] = FilesField(label=each.item.label)

    def rows(self) -> Iterator[dict[str, Any]]:
        for each in self.listed:
            yield {"listed": each, "field": self[f"files_{each.item.pk}"]}

    @property
    def given(self) -> dict[int, list[Any]]:
        """The files given for each document, by its key."""
        return {
            each.item.pk: files
            for each in self.listed
            if (files := self.cleaned_data.get(f"files_{each.item.pk}"))
        }


# --- the desk ---------------------------------------------------------------------------------


class RefuseForm(ReasonForm):
    grounds = forms.MultipleChoiceField(
        label=_("Grounds"),
        choices=[(each.value, f"{each.value} · {each.label}") for each in NotAcceptedGround],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those the records show are ticked."),
    )
    field_order = ["grounds", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The applicant reads this in the letter.")
        self.fields["grounds"].choices = [  # type: ignore[attr-defined]
            (each.value, f"{each.value} · {each.label}") for each in NotAcceptedGround
        ]


class SupplementForm(forms.Form):
    """Everything that is missing, in one notice: a row for each document of the list."""

    explanation = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The applicant reads this in the letter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed: list[ListedItem] = self.initial.get("listed", [])
        choices = [("", _("in order")), *MaterialDefect.choices]
        for each in self.listed:
            key = each.item.pk
            self.fields[f"defect_{key}"] = forms.ChoiceField(
                label=each.item.label,
                choices=choices,
                required=False,
                initial=each.defect.value if each.defect else "",
            )
            self.fields[f"remark_{key}"] = forms.CharField(
                label=_("Remark"),
                required=False,
                max_length=300,
                widget=forms.TextInput(attrs={"aria-label": f"{each.item.label}: {_('Remark')}"}),
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        for each in self.listed:
            key = each.item.pk
            yield {
                "listed": each,
                "defect": self[f"defect_{key}"],
                "remark": self[f"remark_{key}"],
            }

    @property
    def items(self) -> list[AskedFor]:
        data = self.cleaned_data
        return [
            AskedFor(each.item.pk, MaterialDefect(defect), data.get(f"remark_{each.item.pk}", ""))
            for each in self.listed
            if (defect := data.get(f"defect_{each.item.pk}"))
        ]


class UnreadableForm(forms.Form):
    items = forms.TypedMultipleChoiceField(
        label=_("Cannot be read"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked counts as readable."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (each.item.pk, each.item.label) for each in self.initial.get("listed", []) if each.files
        ]


class ApplicationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number, licence or institution")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=SUBMITTED_STATES, empty_label=_("all")
    )
    region = django_filters.ModelChoiceFilter(
        label=_("Region"),
        queryset=Region.objects.order_by("code"),
        method="inside",
        empty_label=_("all"),
    )
    kind = django_filters.ChoiceFilter(label=_("Type"), choices=Kind.choices, empty_label=_("all"))
    overdue = django_filters.BooleanFilter(
        label=_("Overdue"),
        method="only_overdue",
        widget=forms.CheckboxInput,
    )

    class Meta:
        model = DesignationApplication
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def inside(self, rows: Any, name: str, region: Region) -> Any:
        return rows.within(region.code)

    def only_overdue(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.overdue_on(timezone.localdate()) if wanted else rows


class OwnApplicationFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ApplicationState.choices, empty_label=_("all")
    )

    class Meta:
        model = DesignationApplication
        fields: list[str] = []
