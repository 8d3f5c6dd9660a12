"""Who may turn an application into an agreement, publish lists and record what was performed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act
from agency.rules import Obstacle
from agreements.enums.life import AgreementState
from institutions.enums.designation import ApplicationState

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Agreement
    from institutions.models import DesignationApplication, PublicNotice

RULE = "A-09"

DRAFT_FROM_APPLICATION = act(
    "agreements.draft_from_application",
    _("Draw up the agreement"),
    Role.AGREEMENT_OFFICER,
)
CONCLUDE_WITH_PARENT = act(
    "agreements.conclude_with_parent",
    _("Attach to the parent's agreement"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
END_NEGOTIATION = act(
    "agreements.end_negotiation",
    _("Record that no agreement was reached"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
DECLINE_AGREEMENT = act(
    "agreements.decline",
    _("Decline the agreement"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
ISSUE_DESIGNATED_LIST = act(
    "agreements.issue_designated_list",
    _("Publish the list of newly designated"),
    Role.AGREEMENT_OFFICER,
)
RECORD_PERFORMANCE = act(
    "agreements.record_performance",
    _("Record full performance"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _not_negotiating(application: DesignationApplication) -> Obstacle:
    return Obstacle(
        "not_negotiating",
        gettext("Application %(number)s is “%(state)s”: no agreement is negotiated on it.")
        % {"number": application.number, "state": application.get_state_display()},
        rule=RULE,
        remedy=_("Open the negotiation once the public notice is over."),
    )


def _not_entitled(role: Role) -> Obstacle:
    return Obstacle("not_entitled", gettext("This is done by: %(role)s.") % {"role": role.label})


def drafting_obstacles(
    application: DesignationApplication, agreement: Agreement | None, user: User
) -> list[Obstacle]:
    """Return why no agreement can be drawn up on the application."""
    return _applying(
        {
            _not_negotiating(application): application.state != ApplicationState.NEGOTIATING,
            Obstacle(
                "drafted_already",
                gettext("An agreement has been drawn up on it: %(agreement)s.")
                % {"agreement": agreement},
                rule=RULE,
                remedy=_("Sign or cancel that one."),
            ): agreement is not None,
            Obstacle(
                "internet_hospital_has_no_agreement",
                _("An internet hospital has no agreement of its own."),
                rule="A-02",
                remedy=_("Attach it to the agreement of its physical institution."),
            ): application.is_internet_hospital,
            _not_entitled(Role.AGREEMENT_OFFICER): not DRAFT_FROM_APPLICATION.allows(user),
        }
    )


def attaching_obstacles(
    application: DesignationApplication, parent: Agreement | None, user: User
) -> list[Obstacle]:
    """Return why an internet hospital cannot be attached to its parent's agreement (A-02)."""
    return _applying(
        {
            _not_negotiating(application): application.state != ApplicationState.NEGOTIATING,
            Obstacle(
                "no_internet_hospital",
                _("Only an internet hospital is attached to another institution's agreement."),
                rule="A-02",
            ): not application.is_internet_hospital,
            Obstacle(
                "parent_without_agreement",
                gettext("%(parent)s has no agreement in force.")
                % {"parent": application.parent or gettext("The physical institution")},
                rule="A-02",
                remedy=_("The physical institution needs an agreement in force first."),
            ): parent is None,
            _not_entitled(Role.AGREEMENT_OFFICER): not CONCLUDE_WITH_PARENT.allows(user),
        }
    )


def concluding_obstacles(
    application: DesignationApplication, notice: PublicNotice | None, *, undecided: int, on: date
) -> list[Obstacle]:
    """Return why nothing can be signed on the application on the day (A-08, A-09)."""
    if application.state != ApplicationState.NEGOTIATING:
        return [_not_negotiating(application)]
    return _applying(
        {
            Obstacle(
                "notice_running",
                gettext("The public notice runs until the end of %(day)s.")
                % {"day": notice.ends_on if notice else ""},
                rule="A-08",
                remedy=_("Sign on the day after, at the earliest."),
            ): notice is None or on <= notice.ends_on,
            Obstacle(
                "objections_undecided",
                gettext("Objections not decided yet: %(count)d.") % {"count": undecided},
                rule="A-08",
                remedy=_("The agency head decides each of them first."),
            ): undecided > 0,
        }
    )


def ending_obstacles(application: DesignationApplication) -> list[Obstacle]:
    """Return why the negotiation cannot end without an agreement."""
    return _applying(
        {_not_negotiating(application): application.state != ApplicationState.NEGOTIATING}
    )


def performance_obstacles(
    agreement: Agreement, *, performed_on: date, on: date, recorded: bool
) -> list[Obstacle]:
    """Return why full performance cannot be recorded for the agreement (A-05)."""
    ended = agreement.ended_on
    return _applying(
        {
            Obstacle(
                "not_dissolved",
                _("Only a dissolved agreement leaves a liability that bars an application."),
                rule="A-05",
            ): agreement.state != AgreementState.DISSOLVED,
            Obstacle(
                "performance_recorded",
                _("Full performance has been recorded already."),
                rule="A-05",
            ): recorded,
            Obstacle(
                "performed_in_future",
                gettext("%(day)s has not come yet.") % {"day": performed_on},
                rule="A-05",
                remedy=_("Record it once everything has been performed."),
            ): performed_on > on,
            Obstacle(
                "performed_before_dissolution",
                gettext("%(day)s lies before the dissolution on %(ended)s.")
                % {"day": performed_on, "ended": ended},
                rule="A-05",
                remedy=_("Name the day on which the last part was performed."),
            ): ended is not None and performed_on < ended,
        }
    )
