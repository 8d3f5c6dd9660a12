"""Django's mails go into the outbox too: password resets, reports of errors."""

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from agency.models import User
from agency.services.outbox import Draft, write
from agency.topics import ACCOUNT, TOPICS

KEY = "X-Office-Key"
TOPIC = "X-Office-Topic"


class OutboxBackend(BaseEmailBackend):
    """Writes each mail into the outbox, once per address, in the transaction of its sender.

    The headers X-Office-Key and X-Office-Topic say what makes it once-only and what it is about;
    without them it is a message about an account, and goes out at once. The outbox carries plain
    text only: a file is handed out by the office itself, to those who may see it.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()
        for mail in email_messages:
            if mail.attachments:
                raise ValueError("The outbox carries no files: link to them.")
            addresses = list(dict.fromkeys(mail.recipients()))
            known = {each.email: each for each in User.objects.filter(email__in=addresses)}
            key = mail.extra_headers.get(KEY) or f"mail:{uuid.uuid4()}"
            topic = TOPICS[mail.extra_headers.get(TOPIC, ACCOUNT.code)]
            write(
                [
                    Draft(
                        address=address,
                        recipient=known.get(address),
                        topic=topic,
                        key=key,
                        subject=str(mail.subject),
                        body=str(mail.body),
                        sender=mail.from_email,
                    )
                    for address in addresses
                ],
                at=now,
            )
        return len(email_messages)
