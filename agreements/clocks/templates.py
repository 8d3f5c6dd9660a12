"""The time institutions have to comment on a text, in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import Consultation, ConsultationTransition
from agreements.notifications.templates import parties_of
from agreements.permissions.templates import VIEW_CONSULTATIONS, VIEW_TEMPLATES
from agreements.rules.templates import CONSULTATION, RULE

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    ConsultationTransition.objects.bulk_create(
        [
            ConsultationTransition(
                subject=each.row,
                act=each.act,
                source=each.row.state,
                target=each.row.state,
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


def _told(rows: Sequence[Consultation]) -> Mapping[int, list[User]]:
    """Few consultations are open at a time: one query each."""
    officers = holders(Role.AGREEMENT_OFFICER)
    return {each.pk: [*officers, *parties_of(each)] for each in rows}


CONSULTATIONS = Matter(
    model=Consultation,
    key="consultation",
    record=_record,
    told=_told,
    desk_act=VIEW_TEMPLATES,
    portal_act=VIEW_CONSULTATIONS,
    visible=lambda rows, user: rows.visible_to(user),
    related=("version__template__region",),
    name=lambda row: row.version.title,
)

COMMENTS = clock(
    "agreements.text_comments",
    _("Comments on a text in consultation"),
    CONSULTATIONS,
    due="comments_due_on",
    basis="comments_due_basis",
    provisional="comments_due_provisional",
    open=Consultation.objects.open,
    duty=Duty.THEIRS,
    parameter=CONSULTATION,
    extension=Permit(RULE, _("More time for the institutions to comment.")),
)
