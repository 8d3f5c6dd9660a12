"""The deadlines of inquiries, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.models import Inquiry, InquiryTransition
from institutions.permissions.guidance import VIEW_INQUIRIES, VIEW_OWN_INQUIRIES
from institutions.services.inquiries import ANSWER_WORKDAYS, REPLY_WORKDAYS, RULE


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    InquiryTransition.objects.bulk_create(
        [
            InquiryTransition(
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


def _told(inquiries: Sequence[Inquiry]) -> Mapping[int, list[User]]:
    """Who answers, and the institution that asked."""
    clerks = holders(Role.INTAKE_CLERK)
    asking = [each.institution_id for each in inquiries if each.institution_id]
    members = members_by_institution(asking) if asking else {}
    return {each.pk: [*clerks, *members.get(each.institution_id or 0, [])] for each in inquiries}


INQUIRIES = Matter(
    model=Inquiry,
    key="inquiry",
    record=_record,
    told=_told,
    desk_act=VIEW_INQUIRIES,
    portal_act=VIEW_OWN_INQUIRIES,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region", "region"),
)

INQUIRY_ANSWER = clock(
    "institutions.inquiry_answer",
    _("Answer to an inquiry"),
    INQUIRIES,
    due="answer_due_on",
    basis="answer_due_basis",
    open=Inquiry.objects.waiting,
    duty=Duty.OURS,
    parameter=ANSWER_WORKDAYS,
    pause=Permit(RULE, _("The time in which whoever asked replies to a question back.")),
)

INQUIRY_REPLY = clock(
    "institutions.inquiry_reply",
    _("Reply to a question back"),
    INQUIRIES,
    due="reply_due_on",
    basis="reply_due_basis",
    open=Inquiry.objects.asked_back,
    duty=Duty.THEIRS,
    parameter=REPLY_WORKDAYS,
)
