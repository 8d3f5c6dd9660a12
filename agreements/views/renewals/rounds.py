"""Central rounds of renewal at the desk."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from agency.forms import ReasonForm
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage, ActRequired, KeysetList
from agency.workdays import add_months
from agreements.enums.renewals import RenewalState
from agreements.forms.renewals import STATES, RoundForm, state_condition
from agreements.models import Agreement, RenewalRound
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.permissions.renewals import CLOSE_ROUND, OPEN_ROUND, closing_round_obstacles
from agreements.services.renewal_rounds import close_round, open_round
from agreements.views.renewals.board import WINDOW_MONTHS


class RoundList(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/renewals/rounds.html"
    order_field = "-opened_at"

    def get_queryset(self) -> QuerySet[RenewalRound]:
        rows = RenewalRound.objects.select_related("region", "opened_by")
        return rows.annotate(length=Count("members"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=OPEN_ROUND.allows(self.user), **kwargs)


class RoundPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/renewals/round.html"
    context_object_name = "round"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[RenewalRound]:
        return RenewalRound.objects.select_related("region", "opened_by", "closed_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made = self.object
        return super().get_context_data(
            facts=[
                (_("Region"), made.region),
                (_("Terms ending from"), made.ends_from),
                (_("Terms ending to"), made.ends_to),
                (_("Types of institution"), made.kinds_as_text or _("every type")),
                (_("What the institutions are told"), made.note),
                (_("Round opened on"), made.opened_on),
                (_("Opened by"), made.opened_by),
                (_("Round closed on"), made.closed_on),
                (_("Round closed by"), made.closed_by),
            ],
            progress=progress(made),
            board_url=f"{reverse('agreements_desk:renewals')}?round={made.number}",
            buttons=self._buttons(),
            **kwargs,
        )

    def _buttons(self) -> list[dict[str, Any]]:
        if not CLOSE_ROUND.allows(self.user) or not self.object.is_open:
            return []
        url = reverse("agreements_desk:renewal_round_close", args=[self.object.number])
        obstacles = closing_round_obstacles(self.object, self.user)
        return [{"act": CLOSE_ROUND, "url": url, "obstacles": obstacles}]


def progress(made: RenewalRound) -> list[dict[str, Any]]:
    """Return how many agreements of the round stand where. One query."""
    rows = Agreement.objects.filter(renewal_member__round=made)
    counts = rows.aggregate(
        total=Count("pk"),
        **{each.value: Count("pk", filter=state_condition(each)) for each in STATES},
    )
    board = reverse("agreements_desk:renewals")
    return [
        {
            "state": RenewalState(each),
            "count": counts[each.value],
            "url": f"{board}?round={made.number}&state={each.value}",
        }
        for each in STATES
        if counts[each.value]
    ]


class OpenRound(ActPage):
    act = OPEN_ROUND
    form_class = RoundForm

    def subject(self) -> Any:
        return _("Rounds of renewal")

    def stamp(self) -> str:
        return ""

    def initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"ends_from": today, "ends_to": add_months(today, WINDOW_MONTHS)}

    def obstacles(self) -> Sequence[Obstacle]:
        if self.user.region_id is not None:
            return []
        text = _("Your account belongs to no region.")
        return [Obstacle("no_region", text, remedy=_("Ask the system administrator."))]

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every agreement of your region that ends in the window is taken in."),
            _("Their institutions are told that they need not apply."),
        ]

    def perform(self, form: Any) -> RenewalRound:
        region = self.user.region
        if region is None:
            raise Refusal(list(self.obstacles()))
        return open_round(region=region, by=self.user, at=timezone.now(), **form.cleaned_data)

    def success(self, result: RenewalRound) -> str:
        return _("%(round)s is open with %(count)d agreements.") % {
            "round": result,
            "count": result.members.count(),
        }

    def back_url(self) -> str:
        return reverse("agreements_desk:renewal_rounds")


class CloseRound(ActPage):
    act = CLOSE_ROUND
    form_class = ReasonForm

    def subject(self) -> RenewalRound:
        rows = RenewalRound.objects.select_related("region")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return closing_round_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("What has been drawn up goes on."),
            _("The others apply one by one, or their agreements expire."),
        ]

    def perform(self, form: Any) -> RenewalRound:
        return close_round(
            round_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
