from django import forms
from django.utils.translation import gettext_lazy as _

from agency.clocks import CLOCKS, Duty
from agency.forms import DayInput


class UploadCalendarForm(forms.Form):
    notice_no = forms.CharField(
        label=_("Notice number"),
        max_length=60,
        help_text=_("As printed on the notice of the State Council's office."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Where the file comes from: the address of the notice, or who entered it."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON in UTF-8 with “year”, “papers” and “days”; at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )


class PublishForm(forms.Form):
    confirmed = forms.BooleanField(
        label=_("I have compared the days with the printed notice."), required=True
    )


class ClosingDayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=DayInput())
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("For instance: moving of the office.")
    )
    decided_by = forms.CharField(
        label=_("Decided by"), max_length=100, help_text=_("The person or body that decided it.")
    )
    document = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("Number or title of the decision.")
    )


class RevocationForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


# --- deadlines ----------------------------------------------------------------------------------

ALL, OVERDUE, WEEK, PROVISIONAL, PAUSED = "", "overdue", "week", "provisional", "paused"


class DeadlineFilterForm(forms.Form):
    side = forms.ChoiceField(label=_("Whose turn"), required=False)
    show = forms.ChoiceField(
        label=_("Deadlines shown"),
        required=False,
        choices=[
            (ALL, _("all open ones")),
            (OVERDUE, _("overdue")),
            (WEEK, _("due within 7 days")),
            (PROVISIONAL, _("provisional")),
            (PAUSED, _("standing still")),
        ],
    )
    clock = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        sides = [("", _("both sides")), *Duty.choices]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        kinds = [(each.name, each.label) for each in CLOCKS.values() if each.listed]
        self.fields["clock"].choices = [("", _("every kind")), *kinds]  # type: ignore[attr-defined]


# --- events of a clock --------------------------------------------------------------------------


class PauseForm(forms.Form):
    from_on = forms.DateField(
        label=_("Stands still from"),
        widget=DayInput(),
        help_text=_("The first day that does not count; today or earlier."),
    )
    reason = forms.CharField(
        label=_("What the institution has to supplement"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("The institution reads this."),
    )


class ResumeForm(forms.Form):
    resumed_on = forms.DateField(
        label=_("Runs again from"),
        widget=DayInput(),
        help_text=_("The day the supplement came; it counts again."),
    )
    reason = forms.CharField(
        label=_("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )


class ExtendForm(forms.Form):
    count = forms.IntegerField(label=_("Days to be added"), min_value=1, max_value=366)
    reason = forms.CharField(
        label=_("What was asked for, and why it is granted"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("The institution reads this."),
    )
