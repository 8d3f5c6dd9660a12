from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import User
from supervision.models import AdministrationOrder, Case
from supervision.permissions.cases import VIEW_CASES


@finder(_("Cases"), VIEW_CASES, order=60)
def cases(text: str, user: User) -> Iterator[Found]:
    rows = Case.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda case: f"{case.institution} · {case.title}")


@finder(_("Orders of the administration"), VIEW_CASES, order=61)
def orders(text: str, user: User) -> Iterator[Found]:
    rows = AdministrationOrder.objects.select_related("institution")
    return by_number(rows, text, lambda order: f"{order.institution} · {order.text[:60]}")
