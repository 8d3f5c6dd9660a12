"""Forms of the first visit and of an institution's own accounts. They validate; they never save."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core import signing
from django.utils.translation import gettext_lazy as _

from agency.codes import credit_code_fault
from agency.enums import RegionLevel, Role
from agency.forms.files import OneFileField, OneFileInput
from agency.models import Region
from agency.rules import Obstacle
from agency.services.asked_accounts import asking_obstacles
from agency.services.attachments import MEGABYTE
from institutions.codes import national_code_fault
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.register import Kind
from institutions.forms.inputs import search_input
from institutions.models import AccountRequest
from institutions.services.account_requests import Asked

KEPT_SALT = "institutions.licence"
# As long as a file that belongs to nothing is kept.
KEPT_SECONDS = 24 * 60 * 60
_FIELD_OF = {
    "username_invalid": "username",
    "username_taken": "username",
    "password_weak": "password",
}


class LicenceInput(OneFileInput):
    """A file that comes with the form: strangers send nothing in pieces."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["limits"] = replace(widget["limits"], megabytes=widget["form_bytes"] // MEGABYTE)
        widget["max_bytes"] = widget["form_bytes"]
        return context


def kept_token(pk: int, name: str) -> str:
    """Return what a page says of a file that was received with a form that had other faults."""
    return signing.dumps([pk, name], salt=KEPT_SALT)


class AccountRequestForm(forms.Form):
    """Who asks for an account, of which institution, and by which licence."""

    institution_name = forms.CharField(
        label=_("Name of the institution"),
        max_length=200,
        help_text=_("As on the licence, in full."),
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters; letters and figures without I, O, S, V, Z."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    national_code = forms.CharField(
        label=_("National code, if there is one"),
        max_length=40,
        required=False,
        help_text=_("The letter H and 11 figures, given by the national insurance platform."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    licence_no = forms.CharField(label=_("Licence number"), max_length=40)
    kind = forms.ChoiceField(label=_("Type"), choices=[("", "—"), *Kind.choices])
    region = forms.ModelChoiceField(
        label=_("County or district"),
        queryset=Region.objects.filter(level=RegionLevel.COUNTY).order_by("code"),
        empty_label="—",
        help_text=_("Where the registered address lies."),
    )
    address = forms.CharField(label=_("Registered address"), max_length=200)
    licence = OneFileField(
        label=_("Scan or photo of the licence"),
        widget=LicenceInput(),
        error_messages={
            "required": _("The scan of the licence is missing. A clear photo of it will do (C-08).")
        },
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput())
    contact_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.RegexField(
        label=_("Telephone"),
        regex=r"^[0-9+() -]{5,40}$",
        max_length=40,
        error_messages={"invalid": _("Figures, blanks and + ( ) - only, at least five of them.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Messages about your matters are mailed there as well."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("What you type to log in; it never changes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["licence"].required = self.kept_pk is None
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    INSTITUTION = (
        "institution_name",
        "credit_code",
        "national_code",
        "licence_no",
        "kind",
        "region",
        "address",
        "licence",
    )
    PERSON = ("contact_name", "phone", "email")
    ACCOUNT = ("username", "password", "password_again")

    def sections(self) -> Iterator[dict[str, Any]]:
        """Yield the parts of the page: heading and fields."""
        for title, names in (
            (_("The institution"), self.INSTITUTION),
            (_("You"), self.PERSON),
            (_("Your account"), self.ACCOUNT),
        ):
            yield {"title": title, "fields": [self[name] for name in names]}

    def clean_credit_code(self) -> str:
        return self._code("credit_code", credit_code_fault, "GB 32100")

    def clean_national_code(self) -> str:
        return self._code("national_code", national_code_fault, "")

    def _code(self, name: str, fault_of: Any, rule: str) -> str:
        value = "".join(self.cleaned_data[name].split()).upper()
        if value and (fault := fault_of(value)):
            self.add_error(
                name,
                _("%(value)s: %(fault)s%(rule)s. Copy it from the certificate again.")
                % {"value": value, "fault": fault, "rule": f" ({rule})" if rule else ""},
            )
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password, again = data.get("password"), data.get("password_again")
        if password and again and password != again:
            self.add_error(
                "password_again",
                _("The two passwords are not the same. Type both once more."),
            )
        if data.get("username"):
            obstacles = asking_obstacles(
                username=data["username"],
                name=data.get("contact_name", ""),
                email=data.get("email", ""),
                password=password or "",
            )
            for each in obstacles:
                # One that was not typed, or lost with another fault, is no weak one.
                if password or each.code != "password_weak":
                    self._show(each)
        return data

    def _show(self, obstacle: Obstacle) -> None:
        self.add_error(_FIELD_OF.get(obstacle.code), str(obstacle))

    def _kept(self) -> tuple[int, str] | None:
        token = self.data.get("kept", "") if self.is_bound else ""
        try:
            pk, name = signing.loads(token, salt=KEPT_SALT, max_age=KEPT_SECONDS)
        except (signing.BadSignature, ValueError):
            return None
        return int(pk), str(name)

    @property
    def kept_pk(self) -> int | None:
        """The key of the scan that was received before, with a form that had other faults."""
        kept = self._kept()
        return kept[0] if kept else None

    @property
    def kept_name(self) -> str:
        kept = self._kept()
        return kept[1] if kept else ""

    def asked(self) -> Asked:
        """Return what is asked, as the service takes it."""
        data = self.cleaned_data
        return Asked(
            institution_name=data["institution_name"],
            credit_code=data["credit_code"],
            national_code=data["national_code"],
            licence_no=data["licence_no"],
            kind=Kind(data["kind"]),
            region=data["region"],
            address=data["address"],
            contact_name=data["contact_name"],
            phone=data["phone"],
            email=data["email"],
            username=data["username"],
        )


class OwnAccountForm(forms.Form):
    """A colleague's account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("What the person types to log in; it never changes."),
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Role.INSTITUTION_CLERK.value, Role.INSTITUTION_CLERK.label),
            (Role.INSTITUTION_ADMINISTRATOR.value, Role.INSTITUTION_ADMINISTRATOR.label),
        ],
        help_text=_("A clerk reads and drafts; an administrator also files and manages accounts."),
    )


class AccountRequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number, name, pinyin or code")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=AccountRequestState.choices, empty_label=_("all")
    )

    class Meta:
        model = AccountRequest
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)
