"""Forms and filters of renewals. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.forms import DayInput, ReasonForm
from agency.models import Region
from agreements.enums.life import RUNNING, AgreementState, RequestKind, RequestState
from agreements.enums.renewals import (
    NotAgreedGround,
    RenewalState,
    ReviewOutcome,
    RoundState,
)
from agreements.models import (
    Agreement,
    AgreementRequest,
    RenewalDecision,
    RenewalMember,
    RenewalRound,
)
from institutions.enums.register import Kind
from institutions.services.search import about

SPOKEN = [RequestState.FILED, RequestState.ACCEPTED, RequestState.PERFORMED]
STATES = [
    RenewalState.RENEWAL_DUE,
    RenewalState.APPLIED,
    RenewalState.CENTRAL,
    RenewalState.NEGOTIATING,
    RenewalState.SIGNED,
    RenewalState.NOT_AGREED,
    RenewalState.RENEWED,
    RenewalState.EXPIRED,
]


class BoardFilter(django_filters.FilterSet):
    """The window and what else narrows the board; states as `rules.renewal_state` derives them."""

    ends_from = django_filters.DateFilter(
        field_name="valid_to", lookup_expr="gte", label=_("Ending from"), widget=DayInput()
    )
    ends_to = django_filters.DateFilter(
        field_name="valid_to", lookup_expr="lte", label=_("Ending to"), widget=DayInput()
    )
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.order_by("code"), method="in_region"
    )
    kind = django_filters.ChoiceFilter(
        label=_("Type"), field_name="institution__kind", choices=Kind.choices
    )
    state = django_filters.ChoiceFilter(
        label=_("Renewal"),
        method="in_state",
        choices=[(each.value, each.label) for each in STATES],
    )
    round = django_filters.CharFilter(
        label=pgettext_lazy("renewal", "Round"), field_name="renewal_member__round__number"
    )
    q = django_filters.CharFilter(label=_("Number or institution"), method="search")
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        method="unchanged",
        choices=[
            ("valid_to", _("First to end")),
            ("-valid_to", _("Last to end")),
            ("institution__name", _("Institution")),
        ],
        empty_label=None,
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def unchanged(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows

    def in_region(self, rows: Any, name: str, value: Region) -> QuerySet:
        return rows.within(value.code)

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(number__startswith=value.strip()) | about(value))

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state_condition(RenewalState(value)))


def state_condition(state: RenewalState) -> Q:
    """What `rules.renewal_state` asks, as a condition: the first that applies wins."""
    ended = {
        RenewalState.RENEWED: Q(state=AgreementState.RENEWED),
        RenewalState.EXPIRED: Q(state=AgreementState.EXPIRED),
    }
    if state in ended:
        return ended[state]
    requests = AgreementRequest.objects.filter(agreement=OuterRef("pk"))
    drafts = Agreement.objects.filter(renewal_of=OuterRef("pk"))
    refused = Q(Exists(RenewalDecision.objects.standing().filter(agreement=OuterRef("pk")))) | Q(
        Exists(
            requests.filter(
                kind=RequestKind.NOT_RENEW,
                state__in=[RequestState.ACCEPTED, RequestState.PERFORMED],
            )
        )
    )
    order = [
        (RenewalState.NOT_AGREED, refused),
        (RenewalState.SIGNED, Q(Exists(drafts.filter(state=AgreementState.SIGNED)))),
        (RenewalState.NEGOTIATING, Q(Exists(drafts.filter(state=AgreementState.DRAFT)))),
        (
            RenewalState.APPLIED,
            Q(Exists(requests.filter(kind=RequestKind.RENEW, state__in=SPOKEN))),
        ),
        (
            RenewalState.CENTRAL,
            Q(
                Exists(
                    RenewalMember.objects.filter(
                        agreement=OuterRef("pk"), round__state=RoundState.OPEN
                    )
                )
            ),
        ),
    ]
    condition = Q(state__in=RUNNING)
    for each, applies in order:
        if each == state:
            return condition & applies
        condition &= ~applies
    return condition & Q(renewal_remind_on__lte=timezone.localdate())


class RoundForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    ends_from = forms.DateField(label=_("Terms ending from"), widget=DayInput())
    ends_to = forms.DateField(label=_("Terms ending to"), widget=DayInput())
    kinds = forms.MultipleChoiceField(
        label=_("Types of institution"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every type."),
    )
    note = forms.CharField(
        label=_("What the institutions are told"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChooseRoundForm(forms.Form):
    round = forms.ModelChoiceField(
        label=pgettext_lazy("renewal", "Round"),
        queryset=RenewalRound.objects.none(),
        empty_label=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["round"]
        chosen.queryset = RenewalRound.objects.open().order_by("-pk")
        chosen.label_from_instance = lambda each: f"{each.number} {each.title}"


class NotRenewForm(ReasonForm):
    ground = forms.ChoiceField(label=_("Ground"), choices=NotAgreedGround)
    field_order = ["ground", "reason"]


class ExitReviewForm(ReasonForm):
    outcome = forms.ChoiceField(label=_("Outcome of the review"), choices=ReviewOutcome)
    field_order = ["outcome", "reason"]
