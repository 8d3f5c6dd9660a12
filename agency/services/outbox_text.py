"""What stands in the office's mails. Pure text: the office's language, no layout."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from agency.models import Notice, User


def mail_text(recipient: User, subject: str, body: str, url: str) -> str:
    """Return the text of a mail about one notice."""
    with translation.override("zh-hans"):
        parts = [_greeting(recipient), subject]
        if body:
            parts.append(body)
        if url:
            parts.append(_("To look at it: %s") % address(url))
        return "\n\n".join([*parts, _foot()])


def digest_text(recipient: User, notices: Iterable[Notice]) -> str:
    """Return the text of the daily mail."""
    with translation.override("zh-hans"):
        lines = []
        for number, notice in enumerate(notices, start=1):
            lines.append(f"{number}. {notice.subject}")
            if notice.body:
                lines.append(f"   {notice.body}")
            if notice.url:
                lines.append(f"   {address(notice.url)}")
        return "\n\n".join([_greeting(recipient), "\n".join(lines), _foot()])


def digest_subject(count: int) -> str:
    with translation.override("zh-hans"):
        return _("Your messages of the day: %d") % count


def address(url: str) -> str:
    return f"{settings.PUBLIC_URL}{url}"


def _greeting(recipient: User) -> str:
    return _("%s, good day,") % recipient.name


def _foot() -> str:
    return _(
        "This mail was written by the program; nobody reads answers to it. How you are told"
        " is up to you: %s"
    ) % address(reverse("agency:message_preferences"))
