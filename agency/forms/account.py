"""Forms of one's own account and of the accounts of others."""

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role
from agency.forms import DayInput, ReasonForm
from agency.models import Region, User

LONGEST_CODE = 20


class CodeInput(forms.TextInput):
    """A one-time code: offered by the phone, never given back to the page."""

    def __init__(self) -> None:
        super().__init__(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        )

    def format_value(self, value: Any) -> None:
        return None


class CodeField(forms.CharField):
    widget = CodeInput

    def __init__(self, **kwargs: Any) -> None:
        defaults = {
            "label": _("One-time code"),
            "help_text": _("The six digits your app shows now, or one of your recovery codes."),
            "max_length": LONGEST_CODE,
        }
        super().__init__(**{**defaults, **kwargs})


class CodeForm(forms.Form):
    code = CodeField()


class SetUpForm(forms.Form):
    code = CodeField(help_text=_("The six digits the app shows now."))


class UserChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user.name} · {user.username} · {user.role_labels or '—'}"


class StandInForm(forms.Form):
    delegator = UserChoice(
        label=_("Stands in for"),
        queryset=User.objects.none(),
        help_text=_("Whose roles are lent."),
    )
    delegate = UserChoice(
        label=_("Stand-in"),
        queryset=User.objects.none(),
        help_text=_("Who has these roles too, in addition to their own."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(
            is_active=True, actor__in=[Actor.AGENCY, Actor.ADMINISTRATION]
        ).order_by("actor", "name", "pk")
        staff = staff.prefetch_related("groups")
        self.fields["delegator"].queryset = staff  # type: ignore[attr-defined]
        self.fields["delegate"].queryset = staff  # type: ignore[attr-defined]


class RolesForm(ReasonForm):
    """Exactly the roles somebody shall have, of the side the account acts for."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is taken away."),
    )
    field_order = ["roles", "reason"]

    def for_actor(self, actor: str) -> None:
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in Role if role.actor == actor
        ]


class OpenAccountForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("What the person types to log in; it never changes."),
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    actor = forms.ChoiceField(
        label=_("acts for"),
        choices=[
            (each.value, each.label) for each in (Actor.AGENCY, Actor.ADMINISTRATION, Actor.PUBLIC)
        ],
        help_text=_("It never changes. Accounts of institutions are added at the institution."),
    )
    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.order_by("code"), required=False
    )
