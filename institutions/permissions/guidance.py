"""Who writes and publishes procedures, gives trainings, answers inquiries (Order 2 arts. 26–28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums.guidance import (
    FaqState,
    InquiryState,
    Presence,
    TrainingState,
    VersionState,
)

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        FrequentQuestion,
        Inquiry,
        ProcedureVersion,
        TrainingAttendance,
        TrainingEvent,
    )

# --- procedures -----------------------------------------------------------------------------------

_WRITERS = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

VIEW_PROCEDURES = act(
    "institutions.procedures.view", _("See the procedures"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_PROCEDURES = act("institutions.procedures_public.view", _("Read the procedures"), *Role)
WRITE_PROCEDURE = act("institutions.write_procedure", _("Write a version"), *_WRITERS)
PUBLISH_PROCEDURE = act(
    "institutions.publish_procedure", _("Publish the version"), *_WRITERS, irreversible=True
)
DISCARD_PROCEDURE = act("institutions.discard_procedure", _("Discard the draft"), *_WRITERS)

_NO_DRAFT = Obstacle(
    "version_no_draft",
    _("This version is no draft any more: a published version never changes."),
    remedy=_("Write a new version."),
)


def draft_obstacles(version: ProcedureVersion, user: User) -> list[Obstacle]:
    """Return why the user cannot change or discard the draft."""
    checks = {
        _NO_DRAFT: version.state != VersionState.DRAFT,
        Obstacle(
            "not_entitled",
            _("Procedures are written by an agreement officer or the agency head."),
        ): not WRITE_PROCEDURE.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


# --- training -------------------------------------------------------------------------------------

VIEW_TRAININGS = act(
    "institutions.trainings.view", _("See the trainings"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_TRAININGS = act(
    "institutions.trainings_read.view",
    _("Read the trainings"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_OWN_TRAININGS = act(
    "institutions.own_trainings.view", _("See the own trainings"), *INSTITUTION_STAFF
)
PLAN_TRAINING = act("institutions.plan_training", _("Plan a training"), Role.AGREEMENT_OFFICER)
CHANGE_TRAINING = act(
    "institutions.change_training", _("Change the training"), Role.AGREEMENT_OFFICER
)
INVITE_TO_TRAINING = act(
    "institutions.invite_to_training", _("Invite institutions"), Role.AGREEMENT_OFFICER
)
HOLD_TRAINING = act("institutions.hold_training", _("Record as held"), Role.AGREEMENT_OFFICER)
CANCEL_TRAINING = act(
    "institutions.cancel_training",
    _("Cancel the training"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
RECORD_ATTENDANCE = act(
    "institutions.record_attendance", _("Record attendance"), Role.AGREEMENT_OFFICER
)
CONFIRM_ATTENDANCE = act(
    "institutions.confirm_attendance",
    _("Confirm attendance"),
    Role.INSTITUTION_ADMINISTRATOR,
    Role.INSTITUTION_CLERK,
)

_NOT_PLANNED = Obstacle(
    "training_not_planned", _("This training has been held or cancelled already.")
)


def planned_obstacles(event: TrainingEvent, user: User) -> list[Obstacle]:
    """Return why the user cannot change, hold or cancel the training."""
    checks = {
        _NOT_PLANNED: event.state != TrainingState.PLANNED,
        Obstacle(
            "not_entitled", _("Trainings are kept by an agreement officer.")
        ): not PLAN_TRAINING.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def invitation_obstacles(event: TrainingEvent, user: User) -> list[Obstacle]:
    """Return why nobody can be invited to the training any more."""
    return planned_obstacles(event, user)


def attendance_obstacles(event: TrainingEvent, user: User) -> list[Obstacle]:
    """Return why the user cannot record who came."""
    checks = {
        Obstacle(
            "training_not_held",
            _("Who came is recorded once the training has been held."),
            rule="B-01",
            remedy=_("Record the training as held first."),
        ): event.state != TrainingState.HELD,
        Obstacle(
            "not_entitled", _("Trainings are kept by an agreement officer.")
        ): not RECORD_ATTENDANCE.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def confirmation_obstacles(attendance: TrainingAttendance, user: User) -> list[Obstacle]:
    """Return why the institution cannot confirm that it came."""
    checks = {
        Obstacle(
            "training_not_held",
            _("Attendance is confirmed once the training has been held."),
            rule="B-01",
        ): attendance.event.state != TrainingState.HELD,
        Obstacle(
            "recorded_absent",
            _("The agency has recorded that your institution did not come."),
            remedy=_("If that is wrong, ask the agency to correct it."),
        ): attendance.presence == Presence.ABSENT,
        Obstacle(
            "confirmed_already", _("Attendance has been confirmed already.")
        ): attendance.confirmed_at is not None,
        Obstacle(
            "not_entitled", _("Only an account of the institution may do this.")
        ): not CONFIRM_ATTENDANCE.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


# --- inquiries ------------------------------------------------------------------------------------

_ANSWERERS = (Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

VIEW_INQUIRIES = act(
    "institutions.inquiries.view", _("See the inquiries"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_INQUIRIES = act(
    "institutions.inquiries_read.view",
    _("Read the inquiries"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_OWN_INQUIRIES = act(
    "institutions.own_inquiries.view", _("See the own inquiries"), *INSTITUTION_STAFF
)
FILE_INQUIRY = act("institutions.file_inquiry", _("Ask a question"), *INSTITUTION_STAFF)
REPLY_TO_INQUIRY = act("institutions.reply_to_inquiry", _("Reply"), *INSTITUTION_STAFF)
WITHDRAW_INQUIRY = act(
    "institutions.withdraw_inquiry", _("Withdraw the inquiry"), *INSTITUTION_STAFF
)
ANSWER_INQUIRY = act("institutions.answer_inquiry", _("Answer"), *_ANSWERERS, irreversible=True)
ASK_BACK = act("institutions.ask_back", _("Ask back"), *_ANSWERERS)
CLOSE_INQUIRY = act(
    "institutions.close_inquiry", _("Close without an answer"), *_ANSWERERS, irreversible=True
)
DRAFT_FAQ = act("institutions.draft_faq", _("Write for everybody"), *_ANSWERERS)
PUBLISH_FAQ = act("institutions.publish_faq", _("Publish the answer"), *_ANSWERERS)
DISCARD_FAQ = act("institutions.discard_faq", _("Discard the answer"), *_ANSWERERS)
RETIRE_FAQ = act(
    "institutions.retire_faq",
    _("Retire the answer"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    irreversible=True,
)
READ_FAQ = act("institutions.faq_public.view", _("Read the published answers"), *Role)

_NOT_OPEN = Obstacle(
    "inquiry_not_open",
    _("This inquiry has already been answered or closed."),
    remedy=_("Look at its history."),
)
_NOT_ASKED_BACK = Obstacle("inquiry_not_asked_back", _("The agency has asked nothing back."))


def answer_obstacles(inquiry: Inquiry, user: User) -> list[Obstacle]:
    """Return why the user cannot answer the inquiry."""
    checks = {
        _NOT_OPEN: inquiry.state not in (InquiryState.FILED, InquiryState.ASKED_BACK),
        Obstacle(
            "not_entitled",
            _("Inquiries are answered by an intake clerk, an agreement officer or the head."),
        ): not ANSWER_INQUIRY.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def ask_back_obstacles(inquiry: Inquiry, user: User) -> list[Obstacle]:
    checks = {
        Obstacle(
            "inquiry_asked_back_already",
            _("Something has been asked back already; the reply has not come yet."),
        ): inquiry.state == InquiryState.ASKED_BACK,
    }
    own = [obstacle for obstacle, applies in checks.items() if applies]
    return [*answer_obstacles(inquiry, user), *own]


def closing_obstacles(inquiry: Inquiry, user: User) -> list[Obstacle]:
    """Return why the user cannot close the inquiry for want of a reply, its day apart."""
    checks = {
        _NOT_ASKED_BACK: inquiry.state != InquiryState.ASKED_BACK,
        Obstacle(
            "not_entitled",
            _("Inquiries are answered by an intake clerk, an agreement officer or the head."),
        ): not CLOSE_INQUIRY.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def reply_obstacles(inquiry: Inquiry) -> list[Obstacle]:
    """Return why nothing can be replied; who may, is asked apart."""
    return [_NOT_ASKED_BACK] if inquiry.state != InquiryState.ASKED_BACK else []


def inquiry_withdrawal_obstacles(inquiry: Inquiry, user: User) -> list[Obstacle]:
    checks = {
        _NOT_OPEN: inquiry.state not in (InquiryState.FILED, InquiryState.ASKED_BACK),
        Obstacle(
            "not_entitled", _("Only an account of the institution may do this.")
        ): not WITHDRAW_INQUIRY.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def faq_draft_obstacles(inquiry: Inquiry, user: User) -> list[Obstacle]:
    """Return why the answer cannot be written for everybody."""
    checks = {
        Obstacle(
            "inquiry_not_answered", _("Only an answer that has been given can be published.")
        ): inquiry.state != InquiryState.ANSWERED,
        Obstacle(
            "not_entitled",
            _("Inquiries are answered by an intake clerk, an agreement officer or the head."),
        ): not DRAFT_FAQ.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


_FAQ_NO_DRAFT = Obstacle("faq_no_draft", _("This answer is no draft any more."))


def faq_publication_obstacles(faq: FrequentQuestion, user: User) -> list[Obstacle]:
    """Return why the user cannot publish the draft: another than who wrote it does (B-02)."""
    checks = {
        _FAQ_NO_DRAFT: faq.state != FaqState.DRAFT,
        Obstacle(
            "not_entitled",
            _("Inquiries are answered by an intake clerk, an agreement officer or the head."),
        ): not PUBLISH_FAQ.allows(user),
        Obstacle(
            "published_by_writer",
            _("Whoever wrote it may not publish it."),
            rule="B-02",
            remedy=_("Ask a colleague to read and publish it."),
        ): user.is_one_with(faq.drafted_by_id, faq.drafted_at),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def faq_discard_obstacles(faq: FrequentQuestion, user: User) -> list[Obstacle]:
    return [_FAQ_NO_DRAFT] if faq.state != FaqState.DRAFT else []


def faq_retirement_obstacles(faq: FrequentQuestion, user: User) -> list[Obstacle]:
    text = _("Only a published answer can be retired.")
    return [Obstacle("faq_not_published", text)] if faq.state != FaqState.PUBLISHED else []
