from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import User
from settlements.models import ClaimBatch, Statement
from settlements.permissions import VIEW_BATCHES, VIEW_STATEMENTS


@finder(_("Claim batches"), VIEW_BATCHES, order=40)
def batches(text: str, user: User) -> Iterator[Found]:
    rows = ClaimBatch.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda batch: batch.institution.name)


@finder(_("Statements"), VIEW_STATEMENTS, order=50)
def statements(text: str, user: User) -> Iterator[Found]:
    rows = Statement.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda statement: statement.institution.name)
