"""Who is told what about an order of the administration; decides nothing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.reasons import Reason, reason
from agency.services.notices import holders, tell
from supervision.models import AdministrationOrder, OrderExtension
from supervision.notifications.cases import case_officers


def agency_of(order: AdministrationOrder) -> list[User]:
    """Who handles the order at the agency: the case's officer, without a case all officers."""
    return case_officers(order.case) if order.case else holders(Role.AUDIT_OFFICER)


def administration_of(order: AdministrationOrder) -> list[User]:
    """Who gave the order, or the other supervisors once that one has left."""
    giver = order.ordered_by
    return [giver] if giver.is_active else holders(Role.SUPERVISOR)


def _tell(
    order: AdministrationOrder,
    people: list[User],
    what: str,
    subject: Reason,
    body: Reason | str,
    *,
    at: datetime,
) -> None:
    tell(
        {each.pk: each for each in people}.values(),
        key=f"order.{order.pk}.{what}",
        subject=subject,
        body=body,
        url=order.get_absolute_url(),
        at=at,
    )


def order_given(order: AdministrationOrder, *, at: datetime) -> None:
    subject = reason(_("Order of the administration: %(number)s"), number=order.number)
    _tell(order, agency_of(order), "given", subject, order.text, at=at)


def order_answered(order: AdministrationOrder, *, answer: int, at: datetime) -> None:
    subject = reason(_("Order answered: %(number)s"), number=order.number)
    _tell(order, administration_of(order), f"answered.{answer}", subject, order.answer, at=at)


def answer_accepted(order: AdministrationOrder, *, at: datetime) -> None:
    subject = reason(_("Report on the order accepted: %(number)s"), number=order.number)
    _tell(order, agency_of(order), "accepted", subject, "", at=at)


def more_demanded(order: AdministrationOrder, *, text: str, at: datetime) -> None:
    subject = reason(
        _("The administration demands more: %(number)s, by %(day)s"),
        number=order.number,
        day=order.due_on,
    )
    _tell(order, agency_of(order), f"more.{at:%Y%m%d%H%M%S}", subject, text, at=at)


def extension_asked(order: AdministrationOrder, extension: OrderExtension, *, at: datetime) -> None:
    subject = reason(
        _("More time asked for: %(number)s, until %(day)s"),
        number=order.number,
        day=extension.wanted_on,
    )
    what = f"extension.{extension.pk}"
    _tell(order, administration_of(order), what, subject, extension.reason, at=at)


def extension_decided(order: AdministrationOrder, *, granted: bool, at: datetime) -> None:
    text = (
        _("More time granted: %(number)s, until %(day)s")
        if granted
        else _("More time refused: %(number)s, it stays due on %(day)s")
    )
    subject = reason(text, number=order.number, day=order.due_on)
    what = f"extension_decided.{at:%Y%m%d%H%M%S}"
    _tell(order, agency_of(order), what, subject, "", at=at)


def order_overdue(order: AdministrationOrder, *, at: datetime) -> None:
    people = [
        *holders(Role.AUDIT_OFFICER, Role.AGENCY_HEAD),
        *administration_of(order),
    ]
    subject = reason(_("Order overdue: %(number)s"), number=order.number)
    body = reason(_("It was due on %(day)s."), day=order.due_on)
    _tell(order, people, f"overdue.{order.due_on}", subject, body, at=at)
