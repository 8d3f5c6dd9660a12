"""Who may see and do what with agreements, and why not now. The officer prepares, the head of
the agency signs and holds. A mandatory suspension and a dissolution are decided in a case.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from agreements.enums.life import AgreementState, SuspensionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agency.models import User
    from agreements.models import Agreement, AgreementRequest, Suspension

VIEW_AGREEMENTS = act(
    "agreements.desk.view", _("See the agreements"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
VIEW_OWN_AGREEMENTS = act("agreements.own.view", _("See the own agreements"), *INSTITUTION_STAFF)
READ_AGREEMENTS = act(
    "agreements.read.view",
    _("Read agreements"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
DRAFT_AGREEMENT = act("agreements.draft", _("Draw up an agreement"), Role.AGREEMENT_OFFICER)
CANCEL_AGREEMENT = act(
    "agreements.cancel",
    pgettext_lazy("agreement", "Cancel"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
SIGN_AGREEMENT = act("agreements.sign", _("Sign"), Role.AGENCY_HEAD)
RESUME_AGREEMENT = act("agreements.resume", _("Resume"), Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
HOLD_TERMINATION = act("agreements.hold", _("Hold the termination"), Role.AGENCY_HEAD)
RENEW_AGREEMENT = act("agreements.renew", _("Renew"), Role.AGREEMENT_OFFICER)
ISSUE_RENEWAL_NOTICE = act(
    "agreements.issue_renewal_notice", _("Issue the notice of renewal"), Role.AGREEMENT_OFFICER
)
ISSUE_END_NOTICE = act(
    "agreements.issue_end_notice", _("Issue the notice of the end"), Role.AGREEMENT_OFFICER
)
ACCEPT_REQUEST = act(
    "agreements.accept_request", pgettext_lazy("agreement", "Accept"), Role.AGREEMENT_OFFICER
)
REFUSE_REQUEST = act("agreements.refuse_request", _("Refuse"), Role.AGREEMENT_OFFICER)
PAUSE_REQUEST = act("agreements.pause_request", _("Wait for a supplement"), Role.AGREEMENT_OFFICER)
RESUME_REQUEST = act("agreements.resume_request", _("Supplement received"), Role.AGREEMENT_OFFICER)
FILE_REQUEST = act("agreements.file_request", _("File a request"), Role.INSTITUTION_ADMINISTRATOR)
WITHDRAW_REQUEST = act(
    "agreements.withdraw_request", _("Withdraw the request"), Role.INSTITUTION_ADMINISTRATOR
)

_NOT_AGENCY = Obstacle(
    "not_entitled",
    _("Only the agency acts under the agreement."),
    remedy=_("Ask the agency's agreement officer."),
)


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _wrong_state(agreement: Agreement) -> Obstacle:
    label = AgreementState(agreement.state).label
    return Obstacle(
        "wrong_state",
        gettext("The agreement is “%(state)s”: that does not allow it.") % {"state": label},
    )


def signing_obstacles(agreement: Agreement, user: User) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(agreement): agreement.state != AgreementState.DRAFT,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def cancelling_obstacles(agreement: Agreement, user: User) -> list[Obstacle]:
    before = (AgreementState.DRAFT, AgreementState.SIGNED)
    return _applying(
        {
            _wrong_state(agreement): agreement.state not in before,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def suspending_obstacles(agreement: Agreement, user: User) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(agreement): agreement.state != AgreementState.EFFECTIVE,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def resuming_obstacles(agreement: Agreement, user: User, *, on: date) -> list[Obstacle]:
    """Return why a suspended agreement cannot be in force again from the day."""
    over = Obstacle(
        "validity_over",
        gettext("The validity ended on %(day)s: what was suspended then expires.")
        % {"day": agreement.valid_to},
        rule="B-13",
        remedy=_("Draw up a new agreement."),
    )
    return _applying(
        {
            _wrong_state(agreement): agreement.state != AgreementState.SUSPENDED,
            over: on > agreement.valid_to,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def holding_obstacles(
    agreement: Agreement, suspension: Suspension | None, user: User, *, on: date
) -> list[Obstacle]:
    """Return why the automatic termination of a suspension cannot be held on the day (B-13)."""
    if agreement.state != AgreementState.SUSPENDED or suspension is None:
        return [_wrong_state(agreement)]
    due = suspension.termination_due_on
    return _applying(
        {
            Obstacle(
                "not_voluntary",
                _("Only a voluntary suspension ends the agreement by itself."),
                rule="B-13",
            ): suspension.kind != SuspensionKind.VOLUNTARY,
            Obstacle(
                "held_already", _("The termination is held already."), rule="B-13"
            ): suspension.held_at is not None,
            Obstacle(
                "termination_not_due",
                gettext("The limit, %(day)s, has not passed yet.") % {"day": suspension.limit_on},
                rule="B-13",
                remedy=_("Wait until the termination is due, or resume the agreement."),
            ): on <= suspension.limit_on,
            Obstacle(
                "hold_too_late",
                gettext("The last day for a hold was %(day)s.") % {"day": due},
                rule="B-13",
            ): due is not None and on > due,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def dissolving_obstacles(agreement: Agreement, user: User) -> list[Obstacle]:
    return _applying(
        {_wrong_state(agreement): not agreement.is_running, _NOT_AGENCY: not user.is_agency_staff}
    )


def effective_day_obstacles(agreement: Agreement, *, day: date, on: date) -> list[Obstacle]:
    """Return why an act of the day `on` cannot take effect on `day`."""
    return _applying(
        {
            Obstacle(
                "day_to_come",
                gettext("%(day)s has not come yet.") % {"day": day},
                remedy=_("Act on that day."),
            ): day > on,
            Obstacle(
                "outside_term",
                gettext("%(day)s is outside the term, %(first)s to %(last)s.")
                % {"day": day, "first": agreement.valid_from, "last": agreement.valid_to},
                rule="T-07",
            ): not agreement.valid_from <= day <= agreement.valid_to,
        }
    )


def renewing_obstacles(
    agreement: Agreement, suspension: Suspension | None, user: User, *, is_renewed: bool
) -> list[Obstacle]:
    """Return why the agreement cannot be renewed (B-15)."""
    planned_to = suspension.planned_to if suspension else None
    outlasts = agreement.state == AgreementState.SUSPENDED and (
        planned_to is None or planned_to > agreement.valid_to
    )
    return _applying(
        {
            _wrong_state(agreement): not agreement.is_running,
            Obstacle(
                "renewed_already", _("A renewal has been drawn up already."), rule="B-15"
            ): is_renewed,
            Obstacle(
                "suspended_beyond_validity",
                _("It is suspended, and the suspension does not end within its validity."),
                rule="B-15",
                remedy=_("Resume it first."),
            ): outlasts,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def renewal_notice_obstacles(agreement: Agreement, user: User, *, on: date) -> list[Obstacle]:
    """Return why no letter about renewal can be issued on the day (B-15)."""
    first, last = agreement.renewal_remind_on, agreement.renewal_apply_by
    return _applying(
        {
            _wrong_state(agreement): not agreement.is_running,
            Obstacle(
                "renewal_too_early",
                gettext("The reminder of renewal is due from %(day)s.") % {"day": first},
                rule="B-15",
            ): first is not None and on < first,
            Obstacle(
                "renewal_too_late",
                gettext("Renewal was to be applied for by %(day)s.") % {"day": last},
                rule="B-15",
            ): last is not None and on > last,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def end_notice_obstacles(agreement: Agreement, user: User) -> list[Obstacle]:
    """Return why no letter about the end can be issued: it has not ended by itself."""
    ended = agreement.state in (AgreementState.EXPIRED, AgreementState.AUTO_TERMINATED)
    return _applying({_wrong_state(agreement): not ended, _NOT_AGENCY: not user.is_agency_staff})


def decision_obstacles(request: AgreementRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot decide the request, be it yes or no."""
    return _applying(
        {
            Obstacle(
                "request_not_open",
                _("This request has already been decided or withdrawn."),
                remedy=_("Look at its history."),
            ): not request.is_open,
            _NOT_AGENCY: not user.is_agency_staff,
        }
    )


def withdrawal_obstacles(request: AgreementRequest, user: User) -> list[Obstacle]:
    return _applying(
        {
            Obstacle(
                "request_not_open",
                _("This request has already been decided or withdrawn."),
                remedy=_("Look at its history."),
            ): not request.is_open,
            Obstacle(
                "not_entitled", _("Only an administrator of the institution may do this.")
            ): not WITHDRAW_REQUEST.allows(user),
        }
    )
