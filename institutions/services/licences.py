"""Licences that end soon: who is on the list, and who is told (A-12)."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.enums import Role
from agency.models import Notice, User
from agency.services.calendar import office
from agency.services.notices import Message, holders, tell, tell_each
from agency.topics import Topic, topic
from institutions.enums.register import Standing
from institutions.models import Institution
from institutions.querysets.register import InstitutionQuerySet
from institutions.standings import having_standing

WARNING = "licence_warning_days"
LICENCES = topic(Topic("licences", _("Licences of institutions"), prefixes=("licence.",)))


def ending_by(day: date) -> InstitutionQuerySet:
    """Return the institutions whose licence ends by the day, or has ended."""
    return Institution.objects.filter(licence_valid_to__lte=day)


def warning_days(*, on: date) -> int:
    """Return how many days before its end a licence is on the list."""
    return office(on=on).number(WARNING)


def warn_of_licences(*, on: date, at: datetime, url: str) -> int:
    """Tell the institutions in force whose licence ends soon, each once for each licence, and the
    agreement officers of how many are new. Returns how many institutions were told.
    """
    last = on + timedelta(days=warning_days(on=on))
    rows = having_standing(ending_by(last), Standing.IN_FORCE, on)
    keys = {
        pk: f"licence.ends:{pk}:{day:%Y%m%d}"
        for pk, day in rows.values_list("pk", "licence_valid_to")
    }
    people = User.objects.filter(is_active=True, membership__institution__in=list(keys))
    members = defaultdict(list)
    for user in people.select_related("membership").order_by("pk"):
        members[user.membership.institution_id].append(user)
    told = set(
        Notice.objects.filter(recipient__in=people, key__in=keys.values()).values_list(
            "key", flat=True
        )
    )
    new = {pk: key for pk, key in keys.items() if key not in told}
    with override("zh-hans"):
        messages = [
            Message(
                recipient=user,
                key=new[each.pk],
                subject=str(_("The licence of your institution ends on %(day)s."))
                % {"day": each.licence_valid_to},
                body=str(_("Renew it in time and enter the new day in the register.")),
                url=each.get_portal_url(),
            )
            for each in Institution.objects.filter(pk__in=new).order_by("licence_valid_to", "pk")
            for user in members[each.pk]
        ]
    tell_each(messages, at=at)
    reached = {message.key for message in messages}
    if reached:
        tell(
            holders(Role.AGREEMENT_OFFICER),
            key=f"licence.list:{on:%Y%m%d}",
            subject=format_lazy(
                _("Licences that end soon: {count} more institutions."), count=len(reached)
            ),
            at=at,
            url=url,
        )
    return len(reached)
