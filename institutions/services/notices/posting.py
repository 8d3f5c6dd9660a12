"""Posting who passed the assessment, so that anybody may object (A-08, Order 2 art. 9)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, Region, User
from agency.rules import refuse_if
from agency.services.calendar import office
from agency.services.letters import issue_letter
from institutions.models import DesignationApplication, NoticeEntry, PublicNotice
from institutions.notifications import notices as notifications
from institutions.permissions.notices import posting_obstacles
from institutions.rules import public_notice_basis
from institutions.services.designation.history import record_step
from institutions.services.notices.history import record

RULE = "A-08"


@transaction.atomic
def post_notice(*, application_ids: Collection[int], by: User, at: datetime) -> PublicNotice:
    """Post applicants whose results are filed in one public notice of their region; it lasts
    through the last of its working days, whatever is posted later.

    Refuses applicants of several regions, and those whose result is not filed.
    """
    on = timezone.localdate(at)
    applications = list(
        DesignationApplication.objects.select_for_update(of=("self",))
        .select_related("institution", "region")
        .filter(pk__in=application_ids)
        .order_by("pk")
    )
    refuse_if(posting_obstacles(applications, by))
    region = applications[0].region
    ends, basis = public_notice_basis(on, office(on=on, region=region))
    letter = _letter(applications, region, ends_on=ends.on, by=by, at=at)
    notice = PublicNotice.objects.create(
        number=letter.number,
        region=region,
        letter=letter,
        posted_on=on,
        posted_at=at,
        posted_by=by,
        ends_on=ends.on,
        ends_basis=basis.to_json(),
    )
    record(notice, act="post", source="", on=on, at=at, by=by, rule=RULE, letter=letter)
    NoticeEntry.objects.bulk_create(_entry(notice, each) for each in applications)
    for application in applications:
        source = application.state
        application.post_notice()
        application.save(update_fields=["state"])
        record_step(
            application,
            act="post_notice",
            source=source,
            on=on,
            at=at,
            by=by,
            reason=_("Public notice %(number)s, until %(day)s")
            % {"number": notice.number, "day": notice.ends_on},
            rule=RULE,
            letter=letter,
        )
    notifications.notice_posted(notice, applications, at=at)
    return notice


def _entry(notice: PublicNotice, application: DesignationApplication) -> NoticeEntry:
    """What stands on the notice, as it was filed on that day."""
    institution = application.institution
    return NoticeEntry(
        notice=notice,
        application=application,
        name=institution.name,
        address=institution.registered_address,
        kind=application.kind or institution.kind,
        level=application.level or institution.level,
    )


def _letter(
    applications: Sequence[DesignationApplication],
    region: Region,
    *,
    ends_on: date,
    by: User,
    at: datetime,
) -> OfficialLetter:
    on = timezone.localdate(at)
    with translation.override(CHINESE):
        lines = (
            f"{place}. {each.institution.name}　{each.get_kind_display()}　"
            f"{each.get_level_display()}　{each.institution.registered_address}"
            for place, each in enumerate(applications, 1)
        )
        context: dict[str, Value] = {
            "listing": "\n".join(lines),
            "notice_from": on,
            "notice_to": ends_on,
        }
        return issue_letter(
            kind="assessment_public_notice",
            context=context,
            addressee=_("The public"),
            matter=str(applications[0]),
            url=reverse("institutions_desk:notices"),
            by=by,
            at=at,
            on=on,
            region=region,
        )
