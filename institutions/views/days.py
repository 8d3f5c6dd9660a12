"""The day for which a page shows the register."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.forms import DayForm


def chosen_day(request: HttpRequest) -> tuple[DayForm, date]:
    """Return the form and the day it asks for; today where it asks for none that has come."""
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else None)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    if on > today:
        form.add_error("on", _("That day has not come yet; shown is today."))
        on = today
    return form, on
