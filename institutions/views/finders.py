from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import SHOWN, Found, by_number, finder
from agency.models import User
from institutions.models import ChangeRequest, Institution
from institutions.permissions.changes import VIEW_CHANGES
from institutions.permissions.register import VIEW_INSTITUTIONS
from institutions.services.search import search_register


@finder(_("Institutions"), VIEW_INSTITUTIONS, order=10)
def institutions(text: str, user: User) -> Iterator[Found]:
    rows = Institution.objects.visible_to(user)
    for hit in search_register(rows, text, size=SHOWN):
        yield Found(
            hit.institution.name, hit.institution.get_absolute_url(), hit.institution.code or ""
        )


@finder(_("Changes"), VIEW_CHANGES, order=20)
def changes(text: str, user: User) -> Iterator[Found]:
    rows = ChangeRequest.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda change: change.institution.name)
