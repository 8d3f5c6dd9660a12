"""What the outbox's worker does each minute: gather the daily mails, send, raise the alarm."""

from collections import defaultdict
from datetime import datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Delivery, Role
from agency.models import Notice, OutboxMessage, User
from agency.office_hours import SHANGHAI, OfficeHours
from agency.services.in_force import parameters_on
from agency.services.notices import holders, tell
from agency.services.outbox import Delivered, Draft, deliver, office_hours, write
from agency.services.outbox_text import digest_subject, digest_text
from agency.topics import ALARMS, Topic

DIGEST_LOCK = 0xD16E57
DIGEST = Topic("digest", _("Daily mail"))


def run_outbox(*, at: datetime) -> Delivered:
    """Send what is due, the daily mails too once their hour has come, and alarm the system
    administrators, once a day, of mails that were given up.
    """
    hours = office_hours(at)
    gather_digests(at=at, hours=hours)
    done = deliver(at=at, hours=hours, at_most=settings.OUTBOX_BATCH)
    if done.given_up:
        day = timezone.localdate(at)
        tell(
            holders(Role.SYSTEM_ADMINISTRATOR),
            key=f"outbox.given_up:{day}",
            subject=_("Mails could not be sent and were given up."),
            body=format_lazy(
                _("{n} in this minute; the outbox names them, and the error of each."),
                n=len(done.given_up),
            ),
            url="/desk/outbox/?state=given_up",
            topic=ALARMS.code,
            at=at,
        )
    return done


@transaction.atomic
def gather_digests(*, at: datetime, hours: OfficeHours) -> int:
    """Write the mails of the day from what was told, for the daily mail, before its hour; return
    how many. On working days in office hours, one a day and person, none when nothing is unread.
    """
    day = timezone.localdate(at)
    hour = int(parameters_on(day)["mail_digest_hour"])
    since = datetime.combine(day, time(hour), tzinfo=SHANGHAI)
    waiting = Notice.objects.filter(
        delivery=Delivery.DAILY, digest__isnull=True, created_at__lt=since
    )
    if at < since or not hours.is_open(at) or not waiting.exists():
        return 0
    with connection.cursor() as cursor:
        # Another worker is at it already.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [DIGEST_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    waiting.filter(read_at__isnull=False).update(delivery=Delivery.NONE)
    gathered: dict[User, list[Notice]] = defaultdict(list)
    for notice in waiting.select_related("recipient").order_by("created_at", "pk"):
        gathered[notice.recipient].append(notice)
    # Those who had their mail of the day get the rest with the next one.
    keys = {f"digest:{day}:{each.pk}": each for each in gathered if each.email and each.is_active}
    had = set(OutboxMessage.objects.filter(key__in=keys).values_list("key", flat=True))
    drafts = [
        Draft(
            address=person.email,
            recipient=person,
            topic=DIGEST,
            key=key,
            subject=digest_subject(len(gathered[person])),
            body=digest_text(person, gathered[person]),
        )
        for key, person in keys.items()
        if key not in had
    ]
    write(drafts, at=at)
    for mail in OutboxMessage.objects.filter(key__in=[each.key for each in drafts]):
        notices = gathered[keys[mail.key]]
        Notice.objects.filter(pk__in=[each.pk for each in notices]).update(digest=mail)
    # Those without an address by now would be looked at again every minute.
    lost = [each.pk for person, rows in gathered.items() if not person.email for each in rows]
    Notice.objects.filter(pk__in=lost).update(delivery=Delivery.NONE)
    return len(drafts)
