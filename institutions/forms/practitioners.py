"""Forms and filters of rosters. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.codes import id_number_fault
from agency.forms import DayInput
from agency.forms.files import FilesField, OneFileField
from institutions.codes import national_code_fault
from institutions.enums.practitioners import (
    Category,
    CommitmentKind,
    Employment,
    ImportState,
    Qualification,
)
from institutions.forms.inputs import search_input
from institutions.models import (
    Department,
    Institution,
    Practitioner,
    RosterEntry,
    RosterImport,
)
from institutions.services.persons import clean_number
from institutions.services.practitioners.files import FileFacts, FirstPlace
from institutions.services.practitioners.places import EntryFacts
from institutions.services.practitioners.previewing import ROSTER_FILE

LONGEST_TEXT = 40
CHOOSE = ("", _("choose"))


class PlaceFields(forms.Form):
    """The first place of registration: here, another institution by its code, or in words."""

    first_place = forms.ChoiceField(
        label=_("First place of registration"),
        required=False,
        choices=[
            ("", _("not known, or as the file says")),
            ("here", _("this institution")),
            ("other", _("another institution, by its national code")),
            ("outside", _("a place outside the register, in words")),
        ],
    )
    place = forms.CharField(label=_("Code or name of that place"), required=False, max_length=120)

    def first(self) -> FirstPlace | None:
        """Return the place that was chosen; adds an error where it says too little."""
        chosen, text = self.cleaned_data.get("first_place"), self.cleaned_data.get("place", "")
        text = text.strip()
        if not chosen:
            return None
        if chosen == "here":
            return FirstPlace(institution_id=self.initial["institution"].pk)
        if chosen == "outside":
            if not text:
                self.add_error("place", gettext("Write the name of the place."))
            return FirstPlace(place=text)
        if fault := national_code_fault(text.upper()):
            self.add_error("place", str(fault))
            return None
        found = Institution.objects.filter(code=text.upper()).first()
        if found is None:
            self.add_error("place", gettext("No institution on the register has this code."))
            return None
        return FirstPlace(institution_id=found.pk)


class FileFields(PlaceFields):
    """What a person's file says besides name and identity number."""

    staff_code = forms.CharField(
        label=_("National staff code"),
        required=False,
        max_length=20,
        help_text=_("A letter and 12 figures, such as D360403000001."),
    )
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[CHOOSE, *Category.choices]
    )
    qualification = forms.ChoiceField(
        label=_("Qualification"), required=False, choices=[CHOOSE, *Qualification.choices]
    )
    licence_no = forms.CharField(label=_("Certificate number"), required=False, max_length=40)

    def file_facts(self, *, name: str, id_number: str = "") -> FileFacts:
        data = self.cleaned_data
        return FileFacts(
            name=name,
            id_number=id_number,
            staff_code=data.get("staff_code", ""),
            category=Category(data["category"]) if data.get("category") else None,
            qualification=(
                Qualification(data["qualification"]) if data.get("qualification") else None
            ),
            licence_no=data.get("licence_no", ""),
            first_place=data.get("first"),
        )


class EntryFields(forms.Form):
    """A row of the roster."""

    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), empty_label=_("choose")
    )
    position = forms.CharField(label=_("Position"), required=False, max_length=60)
    employment = forms.ChoiceField(label=_("Employment"), choices=Employment.choices)
    starts_on = forms.DateField(label=_("On the roster from"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = self.initial["institution"].departments.filter(closed_on__isnull=True)

    def entry_facts(self) -> EntryFacts:
        data = self.cleaned_data
        return EntryFacts(
            department_id=data["department"].pk,
            position=data["position"],
            employment=Employment(data["employment"]),
            starts_on=data["starts_on"],
            ends_on=data.get("ends_on"),
        )


class HireForm(EntryFields, FileFields):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    id_number = forms.CharField(
        label=_("Identity number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("May be left out for a person who is on file under the staff code."),
    )
    field_order = (
        *("id_number", "staff_code", "name", "category", "qualification", "licence_no"),
        *("first_place", "place", "department", "position", "employment", "starts_on"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("id_number") and not data.get("staff_code"):
            raise ValidationError(gettext("Enter the identity number or the staff code."))
        data["first"] = self.first()
        return data


class AmendFileForm(FileFields):
    field_order = (
        *("staff_code", "category", "qualification", "licence_no", "first_place", "place"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["first"] = self.first()
        return data


class MoveForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("New department"), queryset=Department.objects.none(), empty_label=_("choose")
    )
    on = forms.DateField(label=_("There from"), widget=DayInput())
    position = forms.CharField(
        label=_("Position"), required=False, max_length=60, help_text=_("Empty: as before.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry = self.initial["entry"]
        department: Any = self.fields["department"]
        department.queryset = entry.institution.departments.filter(closed_on__isnull=True).exclude(
            pk=entry.department_id
        )


class LeaveForm(forms.Form):
    ends_on = forms.DateField(label=_("Last day on the roster"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


class CorrectForm(EntryFields):
    ends_on = forms.DateField(label=_("On the roster through"), required=False, widget=DayInput())
    reason = forms.CharField(label=_("What was wrong"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = self.initial["institution"].departments.all()


class StrikeForm(forms.Form):
    reason = forms.CharField(label=_("What was wrong"), max_length=200)


class SignForm(forms.Form):
    kind = forms.ChoiceField(label=_("How it was signed"), choices=CommitmentKind.choices)
    signed_on = forms.DateField(label=pgettext_lazy("commitment", "Signed on"), widget=DayInput())
    file = FilesField(
        label=_("Scan of the signed page"), help_text=_("Needed for a commitment on paper.")
    )


class DepartmentForm(forms.Form):
    code = forms.CharField(
        label=pgettext_lazy("department", "Department code"),
        max_length=20,
        help_text=_("As your claim files name the department (bilg_dept_codg)."),
    )
    name = forms.CharField(label=pgettext_lazy("department", "Department name"), max_length=80)
    subject_code = forms.CharField(label=_("National subject code"), required=False, max_length=10)
    opened_on = forms.DateField(label=pgettext_lazy("department", "Opened on"), widget=DayInput())


class AmendDepartmentForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("department", "Department name"), max_length=80)
    subject_code = forms.CharField(label=_("National subject code"), required=False, max_length=10)


class CloseDepartmentForm(forms.Form):
    closed_on = forms.DateField(
        label=_("Closed from"), widget=DayInput(), help_text=_("The first day without it.")
    )
    move_to = forms.ModelChoiceField(
        label=_("Its persons move to"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("nowhere"),
    )
    end_rows = forms.BooleanField(
        label=_("Nobody moves: their rows end the day before"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = self.initial["department"]
        target: Any = self.fields["move_to"]
        target.queryset = department.institution.departments.filter(closed_on__isnull=True).exclude(
            pk=department.pk
        )


class RosterFileForm(forms.Form):
    file = OneFileField(label=_("Roster file"), purpose=ROSTER_FILE, required=True)


class FindByNumberForm(forms.Form):
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_id_number(self) -> str:
        number = clean_number(self.cleaned_data["id_number"])
        if fault := id_number_fault(number):
            raise forms.ValidationError(str(fault))
        return number


class RosterFilter(django_filters.FilterSet):
    """The day is validated here and used by the page."""

    on = django_filters.DateFilter(
        label=_("On the day"), method="left_to_the_view", widget=DayInput()
    )
    q = django_filters.CharFilter(
        label=_("Name or staff code"),
        method="matching",
        max_length=LONGEST_TEXT,
        widget=search_input(_("Name or staff code")),
    )
    department = django_filters.CharFilter(
        label=pgettext_lazy("department", "Department code"),
        field_name="department__code",
        max_length=20,
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"),
        field_name="practitioner__category",
        choices=Category.choices,
        empty_label=_("all"),
    )
    missing = django_filters.ChoiceFilter(
        label=_("To be settled"),
        method="to_be_settled",
        choices=[
            ("commitment", _("service commitment missing")),
            ("code", _("staff code missing")),
            ("doubled", _("full-time elsewhere too")),
            ("blocked", _("suspended or terminated")),
        ],
        empty_label=_("all"),
    )

    class Meta:
        model = RosterEntry
        fields: list[str] = []

    def left_to_the_view(self, rows: Any, name: str, value: Any) -> Any:
        return rows

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def to_be_settled(self, rows: Any, name: str, what: str) -> Any:
        return rows.filter(
            **{
                "commitment": {"is_committed": False},
                "code": {"practitioner__staff_code__isnull": True},
                "doubled": {"is_doubled": True},
                "blocked": {"blocked_as__isnull": False},
            }[what]
        )


class PractitionerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or staff code"),
        method="matching",
        max_length=LONGEST_TEXT,
        widget=search_input(_("Name or staff code")),
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"), choices=Category.choices, empty_label=_("all")
    )

    class Meta:
        model = Practitioner
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class ImportFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ImportState.choices, empty_label=_("all")
    )

    class Meta:
        model = RosterImport
        fields: list[str] = []
