"""The deadline of the administration's review of a notice not to renew (B-16)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import AgreementRequestTransition, ExitReview
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.services.not_renewing import REVIEW_WORKDAYS

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    """A review has the history of its request."""
    AgreementRequestTransition.objects.bulk_create(
        [
            AgreementRequestTransition(
                subject=each.row.request,
                act=each.act,
                source=each.row.request.state,
                target=each.row.request.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
        ],
        batch_size=CHUNK,
    )


def _told(rows: Sequence[ExitReview]) -> Mapping[int, list[User]]:
    people = holders(Role.AGREEMENT_OFFICER, Role.SUPERVISOR)
    return {each.pk: people for each in rows}


EXIT_REVIEWS = Matter(
    model=ExitReview,
    key="exit_review",
    record=_record,
    told=_told,
    desk_act=VIEW_AGREEMENTS,
    institution="request__agreement__institution",
    related=("request__agreement__institution",),
)

EXIT_REVIEW = clock(
    "agreements.exit_review",
    _("Review of a public institution's notice not to renew"),
    EXIT_REVIEWS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=ExitReview.objects.waiting,
    duty=Duty.ADMINISTRATION,
    parameter=REVIEW_WORKDAYS,
)
