from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, JobStatus
from agency.forms import DayInput
from agency.jobs import in_order
from agency.models import JobRun, User

INTERRUPTED = "interrupted"
_UNFINISHED = [JobStatus.QUEUED, JobStatus.RUNNING]


class RunForm(forms.Form):
    """For which day a job is run, and why by hand."""

    on = forms.DateField(
        label=_("For the day"),
        widget=DayInput(),
        help_text=_("Today or an earlier day. The job acts as it would have on that day."),
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=300
    )


class WatchForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Is told"),
        queryset=User.objects.none(),
        help_text=_("An active member of the agency's staff."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(actor=Actor.AGENCY, is_active=True).order_by("name", "pk")
        self.fields["person"].queryset = staff  # type: ignore[attr-defined]


class RunFilter(django_filters.FilterSet):
    job = django_filters.ChoiceFilter(label=_("Job"), choices=[], empty_label=_("all"))
    status = django_filters.ChoiceFilter(
        label=_("Result"),
        choices=[*JobStatus.choices, (INTERRUPTED, _("Interrupted"))],
        method="having",
        empty_label=_("all"),
    )
    on = django_filters.DateFilter(label=_("For the day"), widget=DayInput())

    class Meta:
        model = JobRun
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["job"].field.choices = [
            ("", _("all")),
            *((each.name, each.label) for each in in_order()),
        ]

    def having(self, rows: Any, name: str, status: str) -> Any:
        limit = timezone.now() - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
        if status == INTERRUPTED:
            return rows.filter(status__in=_UNFINISHED, started_at__lt=limit)
        if status in _UNFINISHED:
            return rows.filter(status=status, started_at__gte=limit)
        return rows.filter(status=status)
