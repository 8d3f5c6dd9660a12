"""Publishing who was newly designated since the list before (A-10, Order 2 art. 11)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import issue_letter
from agreements.models import Agreement, DesignatedList

RULE = "A-10"
UPDATE_WORKDAYS = "list_update_wd"


def newly_designated(region: Region, on: date) -> QuerySet[Agreement]:
    """Return the agreements that began since the region's last list and are on none. A renewal
    designates nobody anew.
    """
    last = DesignatedList.objects.filter(region=region).order_by("-as_on", "-pk").first()
    since = Q(application__isnull=False)
    if last is not None:
        since |= Q(valid_from__gt=last.as_on)
    return (
        Agreement.objects.in_term_on(on)
        .filter(since, region=region, renewal_of__isnull=True, designated_lists__isnull=True)
        .select_related("institution", "region")
        .order_by("valid_from", "pk")
    )


def publication_due(agreement: Agreement, *, on: date) -> date:
    """Return the day by which a newly designated institution is to be on a list."""
    region_office = office(on=on, region=agreement.region)
    days = region_office.number(UPDATE_WORKDAYS)
    return region_office.calendar.workdays_after(agreement.valid_from, days).on


@transaction.atomic
def issue_designated_list(*, region_code: str, by: User, at: datetime) -> DesignatedList:
    """Publish by letter who is newly designated in the region. Refuses an empty list."""
    region = Region.objects.select_for_update().filter(code=region_code).first()
    on = timezone.localdate(at)
    agreements = list(newly_designated(region, on)) if region else []
    refuse_if(_empty_obstacles(agreements))
    region = agreements[0].region
    with translation.override(CHINESE):
        lines = (
            f"{place}. {each.institution.name}　{each.institution.code}　"
            f"{each.institution.get_kind_display()}　{each.institution.get_level_display()}　"
            f"{each.institution.registered_address}　"
            + _("%(first)s to %(last)s")
            % {"first": each.valid_from, "last": each.valid_to}
            for place, each in enumerate(agreements, 1)
        )
        letter = issue_letter(
            kind="designated_list",
            context={"as_on": on, "listing": "\n".join(lines)},
            addressee=_("The public"),
            matter=str(agreements[0]),
            url=reverse("agreements_desk:designated_lists"),
            by=by,
            at=at,
            on=on,
            region=region,
        )
    published = DesignatedList.objects.create(
        number=letter.number,
        region=region,
        letter=letter,
        as_on=on,
        issued_at=at,
        issued_by=by,
    )
    published.agreements.set(agreements)
    return published


def _empty_obstacles(agreements: list[Agreement]) -> list[Obstacle]:
    if agreements:
        return []
    text = _("Nobody was newly designated since the last list.")
    return [Obstacle("list_empty", text, RULE, _("Publish one when an agreement begins."))]
