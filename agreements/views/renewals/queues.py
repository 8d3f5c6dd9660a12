"""What waits for somebody about renewals."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from agency.home import Matter, desk_queue
from agency.models import User
from agency.workdays import add_months
from agreements.enums.renewals import RenewalState
from agreements.forms.renewals import state_condition
from agreements.models import Agreement, ExitReview
from agreements.permissions.agreements import RENEW_AGREEMENT
from agreements.permissions.renewals import REVIEW_EXIT
from agreements.rules import RENEWAL_LEAD_MONTHS

QUEUE_LENGTH = 50


@desk_queue
def without_renewal(user: User, on: date) -> Iterator[Matter]:
    """One matter for all agreements of the region that end soon and nobody renews."""
    if not RENEW_AGREEMENT.allows(user) or user.region_id is None:
        return
    last = add_months(on, RENEWAL_LEAD_MONTHS)
    rows = (
        Agreement.objects.filter(region=user.region_id, valid_to__gte=on, valid_to__lte=last)
        .filter(state_condition(RenewalState.RENEWAL_DUE))
        .select_related("institution")
        .order_by("valid_to", "pk")
    )
    found = list(rows[: QUEUE_LENGTH + 1])
    if not found:
        return
    count = f"{QUEUE_LENGTH}+" if len(found) > QUEUE_LENGTH else str(len(found))
    query = f"ends_from={on}&ends_to={last}&state={RenewalState.RENEWAL_DUE.value}"
    yield Matter(
        title=gettext("Agreements that end soon and are not renewed: %(count)s") % {"count": count},
        institution=found[0].institution.name,
        state=RenewalState.RENEWAL_DUE,
        url=f"{reverse('agreements_desk:renewals')}?{query}",
        act=RENEW_AGREEMENT.label,
        due_on=found[0].valid_to,
    )


@desk_queue
def exits_to_review(user: User, on: date) -> Iterator[Matter]:
    """Notices of public institutions that wait for the administration (B-16)."""
    if not REVIEW_EXIT.allows(user):
        return
    rows = ExitReview.objects.waiting().select_related("request__agreement__institution")
    for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Notice not to renew: request %(number)s")
            % {"number": each.request.number},
            institution=each.request.agreement.institution.name,
            state=RenewalState.NOT_AGREED,
            url=each.request.get_absolute_url(),
            act=REVIEW_EXIT.label,
            due_on=each.due_on,
            provisional=each.due_provisional,
        )
