"""Who is told what about requests for accounts. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.enums.account_requests import AccountRequestState
from institutions.models import AccountRequest

ACCOUNT_REQUESTS = topic(
    Topic("account_requests", _("Requests for accounts"), prefixes=("account_request.",))
)

_ASKED = {
    AccountRequestState.OPENED: _(
        "{contact} has opened an account for {institution}: look at the licence."
    ),
    AccountRequestState.WAITING: _("{contact} asks for an account of {institution}."),
}


def administrators_of(institution_id: int) -> list[User]:
    """Return the open accounts that administer an institution."""
    return list(
        User.objects.filter(
            is_active=True,
            membership__institution=institution_id,
            groups__name=Role.INSTITUTION_ADMINISTRATOR.value,
        ).order_by("pk")
    )


def account_asked_for(request: AccountRequest, *, at: datetime) -> None:
    """Tell the desk, and where the request waits the institution's own administrators."""
    subject = format_lazy(
        _ASKED[AccountRequestState(request.state)],
        contact=request.contact_name,
        institution=request.institution.name,
    )
    body = format_lazy(_("To be decided by {day}."), day=request.decision_due_on)
    tell(
        holders(Role.INTAKE_CLERK),
        key=f"account_request.asked:{request.number}",
        subject=subject,
        body=body,
        url=request.get_absolute_url(),
        at=at,
    )
    if request.is_waiting:
        tell(
            administrators_of(request.institution_id),
            key=f"account_request.asked:{request.number}",
            subject=subject,
            body=_("Approve it only if you know the person."),
            url=request.get_portal_url(),
            at=at,
        )


def account_decided(request: AccountRequest, *, by: User, at: datetime) -> None:
    """Tell the institution's other administrators what became of a request they were told of."""
    texts = {
        AccountRequestState.APPROVED: _("The account of {contact} has been approved by {person}."),
        AccountRequestState.REJECTED: _("The account of {contact} has been refused by {person}."),
    }
    text = texts.get(AccountRequestState(request.state))
    if text is None:
        return
    others = [
        each
        for each in administrators_of(request.institution_id)
        if each.pk not in (by.pk, request.account_id)
    ]
    tell(
        others,
        key=f"account_request.decided:{request.number}",
        subject=format_lazy(text, contact=request.contact_name, person=str(by)),
        body=request.decision_reason,
        url=request.get_portal_url(),
        at=at,
    )
