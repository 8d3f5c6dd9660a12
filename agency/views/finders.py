from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import OfficialLetter, ServiceBundle, User
from agency.permissions import VIEW_BUNDLES, VIEW_LETTERS


@finder(_("Letters"), VIEW_LETTERS, order=80)
def letters(text: str, user: User) -> Iterator[Found]:
    rows = OfficialLetter.objects.visible_to(user)
    return by_number(rows, text, lambda letter: f"{letter.title} · {letter.addressee}")


@finder(_("Service matters"), VIEW_BUNDLES, order=45)
def service_matters(text: str, user: User) -> Iterator[Found]:
    rows = ServiceBundle.objects.visible_to(user)
    return by_number(rows, text, lambda matter: str(matter.get_kind_display()))
