"""Statements in the portal: my money, its deadline, and what was deducted why."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import navigation, portal_panel
from agency.services.calendar import office_calendar
from agency.views.pages import ActRequired, KeysetList
from agreements.services.obligations import open_for
from institutions.models import Institution
from settlements.forms.statements import OwnStatementFilter
from settlements.models import Finding, PaymentOrder, Statement
from settlements.permissions import VIEW_OWN_STATEMENTS
from settlements.rules import reconsideration_until
from settlements.views.money import SHOWN_OBLIGATIONS, marked_overdue, money_facts

navigation(
    "portal", _("Statements"), "settlements_portal:statement_list", VIEW_OWN_STATEMENTS, order=40
)

SHOWN_ON_PAPER = 2000


@portal_panel("settlements/portal/money_panel.html")
def money_this_month(institution: Institution, on: date) -> dict[str, Any] | None:
    """What is on its way to the institution, by when, and what came this month."""
    mine = Statement.objects.filter(institution=institution)
    sums = mine.aggregate(
        coming=Sum("payable", filter=Q(pk__in=mine.open().values("pk"))),
        paid=Sum("payable", filter=Q(paid_on__gte=on.replace(day=1), paid_on__lte=on)),
    )
    nearest = list(mine.open().filter(payable__gt=0).order_by("due_on", "pk")[:5])
    to_net = list(open_for(institution.pk, on)[:SHOWN_OBLIGATIONS])
    if not nearest and not to_net and not any(sums.values()):
        return None
    return {
        **sums,
        "nearest": [(each, each.is_overdue(on)) for each in nearest],
        "to_net": to_net,
    }


class StatementList(ActRequired, KeysetList):
    act = VIEW_OWN_STATEMENTS
    template_name = "settlements/portal/statement_list.html"
    order_field = "-declared_on"
    filterset_class = OwnStatementFilter

    def get_queryset(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return marked_overdue(super().get_context_data(**kwargs))


class OwnStatement(ActRequired, DetailView):
    """What the two pages of one statement share."""

    act = VIEW_OWN_STATEMENTS
    context_object_name = "statement"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user).select_related(
            "batch", "institution__region"
        )


class StatementPage(OwnStatement):
    template_name = "settlements/portal/statement_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = money_facts(self.object)
        breach = facts["breach"]
        until = None
        if breach:
            until = reconsideration_until(breach.began_on, office_calendar())
        return super().get_context_data(
            **facts,
            order=PaymentOrder.objects.filter(statement=self.object).first(),
            steps=[(post, at) for post, _person, at in self.object.holders()],
            reconsideration_until=until,
            **kwargs,
        )


class DeductionsOnPaper(OwnStatement):
    """Each confirmed finding with its reason, to be printed and kept (B-06)."""

    template_name = "settlements/portal/deductions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        findings = list(
            Finding.objects.filter(batch=self.object.batch_id)
            .confirmed()
            .order_by("setl_id", "bkkp_sn", "-fund_amount", "pk")[: SHOWN_ON_PAPER + 1]
        )
        place = None
        for each in findings:
            each.counts = (each.setl_id, each.bkkp_sn) != place
            place = (each.setl_id, each.bkkp_sn)
        return super().get_context_data(
            findings=findings[:SHOWN_ON_PAPER],
            is_cut=len(findings) > SHOWN_ON_PAPER,
            limit=SHOWN_ON_PAPER,
            today=timezone.localdate(),
            **kwargs,
        )
