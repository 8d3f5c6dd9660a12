"""Forms and filters of the pages of batches, findings and the knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.services.attachments import MEGABYTE
from settlements.enums import BatchState, Check, FileKind, FindingStatus, KnowledgeKind
from settlements.forms.filters import InstitutionOrNumberFilter, MonthFilter
from settlements.models import ClaimBatch, Finding, KnowledgeRow
from settlements.querysets import KnowledgeRowQuerySet
from settlements.services.submission import UPLOAD_LIMIT

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_REASON_ROWS = {"rows": 3}


def _limited(text: Promise) -> _StrPromise:
    most = format_lazy(_("At most {limit} MB."), limit=UPLOAD_LIMIT // MEGABYTE)
    return format_lazy("{text} {most}", text=text, most=most)


class UploadForm(forms.Form):
    """The two files of a month, or one ZIP that holds both."""

    settlements = forms.FileField(
        label="setl_d",
        required=False,
        help_text=_limited(_("The settlements: CSV or Excel workbook.")),
    )
    lines = forms.FileField(
        label="fee_list_d",
        required=False,
        help_text=_limited(_("The charge lines: CSV or Excel workbook.")),
    )
    archive = forms.FileField(
        label="ZIP",
        required=False,
        help_text=_limited(_("Or one ZIP archive that holds both files.")),
    )
    month = forms.DateField(
        label=_("Month of settlement"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
        help_text=_("Left empty, the month of most settlements in the file is taken."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pair = [cleaned.get("settlements"), cleaned.get("lines")]
        if cleaned.get("archive"):
            if any(pair):
                raise forms.ValidationError(_("Give either the two files or one ZIP, not both."))
        elif not all(pair) and not self.errors:
            raise forms.ValidationError(_("Give both files, setl_d and fee_list_d, or one ZIP."))
        return cleaned

    def pair(self) -> dict[FileKind, Any]:
        return {
            FileKind.SETTLEMENTS: self.cleaned_data["settlements"],
            FileKind.LINES: self.cleaned_data["lines"],
        }


class OwnBatchFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=BatchState.choices, empty_label=_("All")
    )
    month = MonthFilter(label=_("Month"), field_name="month")

    class Meta:
        model = ClaimBatch
        fields: list[str] = []


class BatchFilter(OwnBatchFilter, InstitutionOrNumberFilter):
    """What the office may look for among all batches."""


class FindingFilter(django_filters.FilterSet):
    check_name = django_filters.ChoiceFilter(
        label=_("Check"), choices=Check.choices, empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=FindingStatus.choices, empty_label=_("All")
    )
    q = django_filters.CharFilter(
        label="setl_id / bkkp_sn",
        method="matching",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    def matching(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(setl_id=value) | Q(bkkp_sn=value))


class DecisionOnFindings(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Confirm or clear"),
        choices=[
            (FindingStatus.CONFIRMED.value, _("Confirm: deduct")),
            (FindingStatus.CLEARED.value, _("Clear: pay")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs=_REASON_ROWS)
    )


class Confirmation(forms.Form):
    """An act that asks for nothing but the confirmation."""


class KnowledgeRowFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=KnowledgeKind.choices, empty_label=_("All")
    )
    q = django_filters.CharFilter(
        label=_("Code or name"),
        method="matching",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    class Meta:
        model = KnowledgeRow
        fields: list[str] = []

    def matching(self, rows: KnowledgeRowQuerySet, name: str, value: str) -> QuerySet:
        return rows.matching(value)
