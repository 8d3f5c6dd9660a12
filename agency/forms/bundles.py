"""Forms of service matters: the public's, the counter's, and those of their parts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.bundles import BundleKind, BundlePartState, BundleState, ReturnGround
from agency.codes import credit_code_fault, id_number_fault
from agency.enums import RegionLevel
from agency.forms.files import FilesField
from agency.models import BundlePart, BundlePartType, Region, ServiceBundle
from agency.services.bundles import OF_UNITS, PUBLIC_FILES, Applicant

_PLAIN = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class BundleForm(forms.Form):
    """One form for all parts of a matter."""

    person_name = forms.CharField(label=_("Name of the insured person"), max_length=80)
    id_number = forms.CharField(
        label=_("Identity number of the insured person"),
        max_length=24,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("18 characters; the last one is a figure or X."),
    )
    contact_name = forms.CharField(label=_("Your name"), max_length=80)
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 \-]{5,19}$",
        label=_("Telephone"),
        max_length=24,
        error_messages={"invalid": _("A telephone number has figures, blanks and hyphens only.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    credit_code = forms.CharField(
        label=_("Unified credit code of the unit"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("18 characters, as on the business licence."),
    )
    region = forms.ModelChoiceField(
        label=_("County or district"),
        queryset=Region.objects.filter(level=RegionLevel.COUNTY).order_by("code"),
        help_text=_("Where the person is insured."),
    )
    parts = forms.ModelMultipleChoiceField(
        label=_("What is to be done"),
        queryset=BundlePartType.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    details = forms.CharField(
        label=_("Particulars"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    files = FilesField(purpose=PUBLIC_FILES)  # type: ignore[assignment]
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, kind: BundleKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        offered = BundlePartType.objects.filter(bundle=kind, is_offered=True)
        parts: Any = self.fields["parts"]
        parts.queryset = offered
        self.initial.setdefault("parts", [each.pk for each in offered])
        self.initial.setdefault("form_key", str(uuid4()))
        if kind in OF_UNITS:
            self.fields["credit_code"].required = True
        else:
            del self.fields["credit_code"]
        if kind == BundleKind.IDENTITY_CHANGE:
            self.fields["details"].required = True
            self.fields["details"].label = _("What is to be changed, and into what")

    def clean_id_number(self) -> str:
        number = "".join(self.cleaned_data["id_number"].split()).upper()
        if fault := id_number_fault(number):
            raise forms.ValidationError(
                _("Identity number: %(fault)s. Compare it with the identity card."),
                params={"fault": fault},
            )
        return number

    def clean_credit_code(self) -> str:
        code = "".join(self.cleaned_data["credit_code"].split()).upper()
        if code and (fault := credit_code_fault(code)):
            raise forms.ValidationError(
                _("Unified credit code: %(fault)s. Compare it with the business licence."),
                params={"fault": fault},
            )
        return code

    def applicant(self) -> Applicant:
        given = self.cleaned_data
        return Applicant(
            person_name=given["person_name"],
            id_number=given["id_number"],
            contact_name=given["contact_name"],
            phone=given["phone"],
            credit_code=given.get("credit_code", ""),
            details=given["details"],
        )


class SupplementForm(forms.Form):
    note = forms.CharField(
        label=_("What you want to say"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    files = FilesField(purpose=PUBLIC_FILES)  # type: ignore[assignment]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note for the office"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Not shown to the applicant."),
    )


class ReturnForm(NoteForm):
    ground = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *ReturnGround.choices])
    field_order = ["ground", "note"]


class MissingForm(forms.Form):
    missing = forms.CharField(
        label=_("What is missing"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown to whoever has the receipt: name no person."),
    )


class PartTypeForm(forms.Form):
    """A part of a kind of matter, as offered from now on."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small letters, figures, hyphens.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    material = forms.CharField(label=_("Material"), max_length=300, required=False)
    promise_wd = forms.IntegerField(
        label=_("Promised working days"),
        min_value=0,
        help_text=_("0 is the same day; the law allows at most 10."),
    )
    is_offered = forms.BooleanField(label=_("Offered"), required=False, initial=True)


class BundleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, identity number or credit code"),
        method="matching",
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Number, identity number or credit code")}
        ),
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=BundleKind.choices, empty_label=_("all")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=BundleState.choices, empty_label=_("all")
    )
    late = django_filters.ChoiceFilter(
        label=_("Promise"),
        choices=[("1", _("a part is overdue"))],
        method="overdue",
        empty_label=_("all"),
    )

    class Meta:
        model = ServiceBundle
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def overdue(self, rows: Any, name: str, value: str) -> Any:
        late = BundlePart.objects.filter(
            state=BundlePartState.FILED, due_on__lt=timezone.localdate()
        )
        return rows.filter(pk__in=late.values("bundle"))
