"""By when to apply for renewal (B-15)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason
from agency.workdays import (
    latest_before,
)

RENEWAL_LEAD_MONTHS = 3  # Order 2 art. 41


RENEWAL_REMINDER = "renewal_reminder_months"


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalQuestion:
    valid_to: date = asked(_("Agreement valid to"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalAnswer:
    apply_by: date = told(_("Apply by"))
    remind_on: date = told(_("Reminder on"))
    expires_on: date = told(_("Expires on"))
    because: tuple[Reason, ...]


@law(
    "B-15",
    article=_("Order 2, art. 41"),
    decides=_("By when to apply for renewal, and when the agreement expires without it"),
    question=RenewalQuestion,
    answer=RenewalAnswer,
    parameters=(RENEWAL_REMINDER,),
)
def renewal(question: RenewalQuestion, office: Office) -> RenewalAnswer:
    """Return the last day to apply for renewal, the reminder before it, and the expiry.

    Law: B-15 (Order 2 art. 41).
    """
    valid_to = question.valid_to
    apply_by = latest_before(valid_to, RENEWAL_LEAD_MONTHS)
    remind_on = latest_before(valid_to, office.number(RENEWAL_REMINDER))
    return RenewalAnswer(
        apply_by=apply_by,
        remind_on=remind_on,
        expires_on=valid_to,
        because=(
            reason(
                _("To be applied for %(months)d months before %(valid_to)s, by %(apply_by)s."),
                months=RENEWAL_LEAD_MONTHS,
                valid_to=valid_to,
                apply_by=apply_by,
            ),
            reason(
                _("The institution is reminded %(months)d months before, on %(remind_on)s."),
                months=office.number(RENEWAL_REMINDER),
                remind_on=remind_on,
            ),
            reason(
                _("Not renewed, the agreement expires at the end of its validity, %(valid_to)s."),
                valid_to=valid_to,
            ),
        ),
    )
