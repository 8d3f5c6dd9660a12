"""Who may file results, post public notices, decide objections and open negotiations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import FilingState, ObjectionState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        DesignationApplication,
        Objection,
        PublicNotice,
        ResultFiling,
    )

OPEN_TO_OBJECTIONS = (ApplicationState.PUBLIC_NOTICE, ApplicationState.OBJECTION)

VIEW_FILINGS = act(
    "institutions.filings.view",
    _("See filings of assessment results"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
FILE_RESULTS = act("institutions.file_results", _("File the results"), Role.AGREEMENT_OFFICER)
ACKNOWLEDGE_FILING = act(
    "institutions.acknowledge_filing", _("Acknowledge the filing"), Role.SUPERVISOR
)

VIEW_NOTICES = act(
    "institutions.notices.view", _("See public notices"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
POST_NOTICE = act(
    "institutions.post_notice",
    _("Post the public notice"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
OPEN_NEGOTIATION = act(
    "institutions.open_negotiation", _("Open the negotiation"), Role.AGREEMENT_OFFICER
)

VIEW_OBJECTIONS = act(
    "institutions.objections.view", _("See objections"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_OWN_OBJECTIONS = act(
    "institutions.own_objections.view",
    _("See objections to the own application"),
    *INSTITUTION_STAFF,
)
# The files of an objection may tell who it was: the applicant does not see them.
UPHOLD_OBJECTION = act(
    "institutions.uphold_objection",
    _("Uphold the objection"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
REJECT_OBJECTION = act("institutions.reject_objection", _("Reject the objection"), Role.AGENCY_HEAD)
DISMISS_OBJECTION = act(
    "institutions.dismiss_objection", _("Declare the objection inadmissible"), Role.AGENCY_HEAD
)
READ_OBJECTOR = act(
    "institutions.read_objector",
    _("Show who objected"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
)
COMMENT_OBJECTION = act(
    "institutions.comment_objection",
    _("Comment on the objection"),
    Role.INSTITUTION_ADMINISTRATOR,
)


def _applying(checks: dict[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _not_entitled(role: Role) -> Obstacle:
    text = gettext("This is done by: %(role)s.") % {"role": role.label}
    return Obstacle("not_entitled", text)


def filing_obstacles(user: User, *, chosen: bool) -> list[Obstacle]:
    """Return why the results cannot be filed."""
    return _applying(
        {
            _not_entitled(Role.AGREEMENT_OFFICER): not FILE_RESULTS.allows(user),
            Obstacle(
                "no_result_chosen",
                _("No result is chosen, or those chosen have been filed already."),
                rule="A-06",
                remedy=_("Choose at least one result that is to be filed."),
            ): not chosen,
        }
    )


def acknowledging_obstacles(filing: ResultFiling, user: User) -> list[Obstacle]:
    """Return why the administration cannot acknowledge the filing."""
    return _applying(
        {
            Obstacle(
                "filing_acknowledged", _("This filing has been acknowledged already.")
            ): filing.state != FilingState.FILED,
            _not_entitled(Role.SUPERVISOR): not ACKNOWLEDGE_FILING.allows(user),
        }
    )


def posting_obstacles(applications: Iterable[DesignationApplication], user: User) -> list[Obstacle]:
    """Return why the applicants cannot be posted in one public notice."""
    rows = list(applications)
    return _applying(
        {
            _not_entitled(Role.AGREEMENT_OFFICER): not POST_NOTICE.allows(user),
            Obstacle(
                "no_applicant_chosen",
                _("No applicant is chosen whose result has been filed."),
                rule="A-08",
                remedy=_("File the result with the administration first."),
            ): not rows,
            Obstacle(
                "several_regions",
                _("The applicants belong to several regions."),
                rule="A-08",
                remedy=_("Post a notice for each region."),
            ): len({each.region_id for each in rows}) > 1,
            **{
                Obstacle(
                    "result_not_filed",
                    gettext("Application %(number)s is “%(state)s”: its result is not filed.")
                    % {"number": each.number, "state": each.get_state_display()},
                    rule="A-06",
                    remedy=_("File the result with the administration first."),
                ): each.state != ApplicationState.FILED
                for each in rows
            },
        }
    )


def objecting_obstacles(
    notice: PublicNotice, application: DesignationApplication, *, on: date
) -> list[Obstacle]:
    """Return why nobody can object to the applicant on the day (A-08)."""
    last = notice.ends_on
    remedy = _("Turn to the office with a complaint instead.")
    return _applying(
        {
            Obstacle(
                "notice_over",
                gettext("Objections were possible until %(day)s, 24:00.") % {"day": last},
                rule="A-08",
                remedy=remedy,
            ): not notice.takes_objections_on(on),
            Obstacle(
                "applicant_not_on_notice",
                gettext("The application of %(name)s is not open to objections any more.")
                % {"name": application.institution.name},
                rule="A-08",
                remedy=remedy,
            ): application.state not in OPEN_TO_OBJECTIONS,
        }
    )


def deciding_obstacles(objection: Objection, user: User) -> list[Obstacle]:
    """Return why the user cannot decide the objection, whichever way."""
    return _applying(
        {
            Obstacle(
                "objection_decided",
                _("This objection has been decided already."),
                remedy=_("Look at its history."),
            ): objection.state != ObjectionState.UNDECIDED,
            _not_entitled(Role.AGENCY_HEAD): not UPHOLD_OBJECTION.allows(user),
        }
    )


def commenting_obstacles(objection: Objection, user: User) -> list[Obstacle]:
    """Return why the applicant cannot comment on the objection."""
    return _applying(
        {
            Obstacle(
                "objection_decided", _("This objection has been decided already.")
            ): objection.state != ObjectionState.UNDECIDED,
            Obstacle(
                "commented_already",
                _("Your institution has commented on this objection already."),
            ): objection.commented_at is not None,
            Obstacle(
                "not_entitled", _("Only an administrator of the institution may do this.")
            ): not COMMENT_OBJECTION.allows(user),
        }
    )


def negotiation_obstacles(
    application: DesignationApplication,
    notice: PublicNotice | None,
    user: User | None,
    *,
    undecided: int,
    on: date,
) -> list[Obstacle]:
    """Return why the negotiation cannot begin on the day; without a user the program asks."""
    wrong = Obstacle(
        "wrong_state",
        gettext("The application is “%(state)s”: that does not allow it.")
        % {"state": application.get_state_display()},
        rule="A-08",
    )
    if application.state not in OPEN_TO_OBJECTIONS or notice is None:
        return [wrong]
    return _applying(
        {
            Obstacle(
                "notice_running",
                gettext("The public notice runs until the end of %(day)s.")
                % {"day": notice.ends_on},
                rule="A-08",
                remedy=_("Wait until the day after."),
            ): on <= notice.ends_on,
            Obstacle(
                "objections_undecided",
                gettext("Objections not decided yet: %(count)d.") % {"count": undecided},
                rule="A-08",
                remedy=_("The agency head decides each of them first."),
            ): undecided > 0,
            _not_entitled(Role.AGREEMENT_OFFICER): user is not None
            and not OPEN_NEGOTIATION.allows(user),
        }
    )
