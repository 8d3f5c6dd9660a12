"""The address a person's mails go to: theirs once they have followed the link sent there."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from agency.models import User
from agency.services.outbox import Draft, write
from agency.services.outbox_text import address as link_to
from agency.topics import ACCOUNT

SALT = "agency.address"


@transaction.atomic
def ask_for_address(*, user: User, address: str, at: datetime) -> None:
    """Send a link to the address; it becomes the person's once that link is followed. An empty
    one is taken at once.
    """
    if not address:
        User.objects.filter(pk=user.pk).update(email="")
        return
    token = signing.dumps([user.pk, user.email, address], salt=SALT)
    url = link_to(reverse("agency:confirm_address", args=[token]))
    with translation.override("zh-hans"):
        draft = Draft(
            address=address,
            recipient=user,
            topic=ACCOUNT,
            key=f"account.address:{user.pk}:{at.isoformat()}",
            subject=_("Confirm this mail address"),
            body=_("%(name)s wants to be told at this address. To agree, log in and open: %(url)s")
            % {"name": user.name, "url": url},
        )
    write([draft], at=at)


def confirm_address(*, user: User, token: str) -> None:
    """Take the address of the link. Raises BadSignature for one that is not this person's, has
    aged, or was overtaken by another address.
    """
    pk, before, address = signing.loads(token, salt=SALT, max_age=settings.PASSWORD_RESET_TIMEOUT)
    if pk != user.pk or before != user.email:
        raise signing.BadSignature("another person, or an address changed since")
    User.objects.filter(pk=user.pk).update(email=address)
