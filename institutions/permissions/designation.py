"""Who may draft, submit, see and decide applications for designation, publish the list of
documents and the resource plan, and record what bars somebody.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums.designation import PERFORMED_GROUNDS, WITHDRAWABLE, ApplicationState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import DesignationApplication, MaterialItem, RefusalFact

S = ApplicationState

VIEW_APPLICATIONS = act(
    "institutions.applications.view",
    _("See the applications"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
VIEW_OWN_APPLICATIONS = act(
    "institutions.own_applications.view", _("See the own applications"), *INSTITUTION_STAFF
)
READ_APPLICATIONS = act(
    "institutions.applications_read.view",
    _("Read applications"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
DRAFT_APPLICATION = act(
    "institutions.draft_application", _("Apply for designation"), *INSTITUTION_STAFF
)
DISCARD_DRAFT = act(
    "institutions.discard_draft", _("Discard the draft"), *INSTITUTION_STAFF, irreversible=True
)
REMOVE_FILE = act("institutions.remove_file", _("Remove the file"), *INSTITUTION_STAFF)
SUBMIT_APPLICATION = act(
    "institutions.submit_application",
    _("Submit the application"),
    Role.INSTITUTION_ADMINISTRATOR,
)
DELIVER_SUPPLEMENT = act(
    "institutions.deliver_supplement",
    _("Deliver the supplement"),
    Role.INSTITUTION_ADMINISTRATOR,
)
WITHDRAW_APPLICATION = act(
    "institutions.withdraw_application",
    _("Withdraw the application"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
ACCEPT_APPLICATION = act(
    "institutions.accept_application", _("Accept"), Role.INTAKE_CLERK, Role.AGENCY_HEAD
)
REQUIRE_SUPPLEMENT = act(
    "institutions.require_supplement",
    _("Ask for what is missing"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
)
REFUSE_APPLICATION = act(
    "institutions.refuse_application",
    _("Do not accept"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
    irreversible=True,
)
CLOSE_UNSUPPLIED = act(
    "institutions.close_unsupplied",
    _("Close: nothing was supplied"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
    irreversible=True,
)
REQUEST_IN_ASSESSMENT = act(
    "institutions.request_in_assessment",
    _("Ask for material"),
    Role.AGREEMENT_OFFICER,
    Role.INTAKE_CLERK,
)
MARK_UNREADABLE = act(
    "institutions.mark_unreadable",
    _("Mark what cannot be read"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
)
VIEW_MATERIAL_LIST = act(
    "institutions.material_list.view",
    _("See the list of documents"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
PUBLISH_MATERIAL = act(
    "institutions.publish_material", _("Publish a document"), Role.AGREEMENT_OFFICER
)
END_MATERIAL = act("institutions.end_material", _("Take it off the list"), Role.AGREEMENT_OFFICER)
VIEW_PLANS = act(
    "institutions.plans.view", _("See the resource plan"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
PUBLISH_PLAN = act("institutions.publish_plan", _("Publish a plan"), Role.SUPERVISOR)
VIEW_BARS = act(
    "institutions.bars.view",
    _("See what bars applications"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
RECORD_BAR = act(
    "institutions.record_bar", _("Record a fact"), Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER
)
PERFORM_BAR = act(
    "institutions.perform_bar",
    _("Record full performance"),
    Role.INTAKE_CLERK,
    Role.AGREEMENT_OFFICER,
)
END_BAR = act("institutions.end_bar", _("End the bar"), Role.AGENCY_HEAD)


def _not_entitled(allowed: bool, text: object) -> list[Obstacle]:
    return [] if allowed else [Obstacle("not_entitled", str(text))]


_MOVED_ON = _("Look at its history: somebody else may have acted.")


def not_in(application: DesignationApplication, *states: ApplicationState) -> list[Obstacle]:
    """Return the obstacle that the application is in none of the states."""
    if application.state in states:
        return []
    text = format_lazy(
        _("The application is in the state “{state}”: this cannot be done any more, or not yet."),
        state=application.get_state_display(),
    )
    return [Obstacle("application_state", text, remedy=_MOVED_ON)]


def draft_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    """Return why the user cannot write into the draft."""
    return [
        *not_in(application, S.DRAFT),
        *_not_entitled(
            DRAFT_APPLICATION.allows(user), _("Only the institution's own people may do this.")
        ),
    ]


def door_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    """Return why the user cannot decide at the door at all."""
    return [
        *not_in(application, S.SUBMITTED),
        *_not_entitled(
            ACCEPT_APPLICATION.allows(user),
            _("Applications are taken in by an intake clerk or the agency head."),
        ),
    ]


def refusal_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    return [
        *not_in(application, S.SUBMITTED, S.SUPPLEMENT_REQUIRED),
        *_not_entitled(
            REFUSE_APPLICATION.allows(user),
            _("Applications are taken in by an intake clerk or the agency head."),
        ),
    ]


def notice_obstacles(application: DesignationApplication, user: User, on: date) -> list[Obstacle]:
    """Return why no notice of missing material can be sent on a day."""
    obstacles = door_obstacles(application, user)
    due = application.notice_due_on
    if application.state == S.SUBMITTED and due is not None and on > due:
        obstacles.append(
            Obstacle(
                "notice_too_late",
                format_lazy(
                    _("The notice was due by {due}: the application counts as accepted."),
                    due=due,
                ),
                "A-04",
                _("Accept it; what is missing is a matter of the assessment now."),
            )
        )
    return obstacles


def closing_obstacles(application: DesignationApplication, user: User, on: date) -> list[Obstacle]:
    """Return why an application without its supplement cannot be closed on a day."""
    obstacles = [
        *not_in(application, S.SUPPLEMENT_REQUIRED),
        *_not_entitled(
            CLOSE_UNSUPPLIED.allows(user),
            _("Applications are taken in by an intake clerk or the agency head."),
        ),
    ]
    due = application.supplement_due_on
    if due is not None and on <= due:
        obstacles.append(
            Obstacle(
                "supplement_not_due",
                format_lazy(_("The applicant may deliver until {due}."), due=due),
                "A-04",
                _("Wait until the day is over."),
            )
        )
    return obstacles


def delivery_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    obstacles = _not_entitled(
        DELIVER_SUPPLEMENT.allows(user),
        _("Only an administrator of the institution may do this."),
    )
    if application.supplement_due_on is None or not application.is_open:
        obstacles.append(Obstacle("nothing_asked_for", _("The agency waits for no supplement.")))
    return obstacles


def withdrawal_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    return [
        *not_in(application, *WITHDRAWABLE),
        *_not_entitled(
            WITHDRAW_APPLICATION.allows(user),
            _("Only an administrator of the institution may do this."),
        ),
    ]


def assessment_request_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    """Return why the user cannot ask for material in the assessment."""
    obstacles = [
        *not_in(application, S.ACCEPTED, S.ASSESSING, S.REASSESSING),
        *_not_entitled(
            REQUEST_IN_ASSESSMENT.allows(user),
            _("Material is asked for by an agreement officer or an intake clerk."),
        ),
    ]
    if application.supplement_due_on is not None:
        obstacles.append(
            Obstacle(
                "supplement_open",
                _("The applicant has not delivered yet what was asked for before."),
                "A-06",
                _("Wait for it."),
            )
        )
    return obstacles


def end_material_obstacles(item: MaterialItem, user: User, on: date) -> list[Obstacle]:
    obstacles = _not_entitled(
        END_MATERIAL.allows(user), _("The list is kept by an agreement officer.")
    )
    if item.region_id is None:
        obstacles.append(
            Obstacle(
                "national_item",
                _("A document of the national list stays on it."),
                "A-04",
            )
        )
    if item.valid_to is not None and item.valid_to <= on:
        obstacles.append(Obstacle("item_ended", _("It is off the list already.")))
    return obstacles


def performing_obstacles(fact: RefusalFact, user: User) -> list[Obstacle]:
    obstacles = _not_entitled(
        PERFORM_BAR.allows(user),
        _("Performance is recorded by an intake clerk or an agreement officer."),
    )
    if fact.reason not in PERFORMED_GROUNDS:
        obstacles.append(
            Obstacle("nothing_to_perform", _("Nothing can be performed under this ground."), "A-05")
        )
    if fact.performed_on is not None:
        text = format_lazy(_("Performed on {day} already."), day=fact.performed_on)
        obstacles.append(Obstacle("performed_already", text))
    return [*obstacles, *_ended(fact)]


def ending_obstacles(fact: RefusalFact, user: User) -> list[Obstacle]:
    return [
        *_not_entitled(END_BAR.allows(user), _("A bar is ended by the agency head.")),
        *_ended(fact),
    ]


def _ended(fact: RefusalFact) -> list[Obstacle]:
    if fact.ended_on is None:
        return []
    text = format_lazy(_("It ended on {day}."), day=fact.ended_on)
    return [Obstacle("bar_ended", text)]
