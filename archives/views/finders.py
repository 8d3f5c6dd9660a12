from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import User
from archives.models import Record
from archives.permissions import VIEW_RECORDS


@finder(_("Archives"), VIEW_RECORDS, order=70)
def records(text: str, user: User) -> Iterator[Found]:
    rows = Record.objects.visible_to(user)
    return by_number(rows, text, lambda record: record.title)
