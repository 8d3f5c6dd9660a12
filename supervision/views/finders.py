from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import User
from supervision.models import AdministrationOrder, AgencyBreach, Case, CorrectionDemand, Dispute
from supervision.permissions.cases import VIEW_CASES
from supervision.permissions.disputes import VIEW_DISPUTES


@finder(_("Cases"), VIEW_CASES, order=60)
def cases(text: str, user: User) -> Iterator[Found]:
    rows = Case.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda case: f"{case.institution} · {case.title}")


@finder(_("Orders of the administration"), VIEW_CASES, order=61)
def orders(text: str, user: User) -> Iterator[Found]:
    rows = AdministrationOrder.objects.select_related("institution")
    return by_number(rows, text, lambda order: f"{order.institution} · {order.text[:60]}")


@finder(_("Disputes"), VIEW_DISPUTES, order=62)
def disputes(text: str, user: User) -> Iterator[Found]:
    rows = Dispute.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda row: f"{row.institution} · {row.get_route_display()}")


@finder(_("Demands for correction"), VIEW_DISPUTES, order=63)
def demands(text: str, user: User) -> Iterator[Found]:
    rows = CorrectionDemand.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda row: str(row.institution))


@finder(_("Breaches by the agency"), VIEW_DISPUTES, order=64)
def breaches(text: str, user: User) -> Iterator[Found]:
    rows = AgencyBreach.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda row: f"{row.institution} · {row.matter}")
