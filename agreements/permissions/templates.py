"""Who may write, consult on and publish the texts of agreements, and why not now (B-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from agreements.enums.templates import Stance, VersionState

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Consultation, ConsultationComment, TemplateVersion

VIEW_TEMPLATES = act(
    "agreements.templates.view",
    _("See the texts of agreements"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
READ_TEMPLATES = act(
    "agreements.read_templates.view",
    _("Read texts and consultations"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_CONSULTATIONS = act(
    "agreements.consultations.view", _("See the consultations on texts"), *INSTITUTION_STAFF
)
WRITE_TEXT = act("agreements.write_text", _("Write a text"), Role.AGREEMENT_OFFICER)
REBASE_TEXT = act(
    "agreements.rebase_text", _("Put upon the newer national version"), Role.AGREEMENT_OFFICER
)
OPEN_CONSULTATION = act(
    "agreements.open_consultation", _("Ask the institutions"), Role.AGREEMENT_OFFICER
)
EXTEND_CONSULTATION = act(
    "agreements.extend_consultation", _("Give more time for comments"), Role.AGREEMENT_OFFICER
)
CLOSE_CONSULTATION = act(
    "agreements.close_consultation", _("Close the consultation"), Role.AGREEMENT_OFFICER
)
ANSWER_COMMENT = act("agreements.answer_comment", _("Answer the comment"), Role.AGREEMENT_OFFICER)
TAKE_BACK_TEXT = act("agreements.take_back_text", _("Back to draft"), Role.AGREEMENT_OFFICER)
PUBLISH_TEXT = act(
    "agreements.publish_text", _("Publish the text"), Role.AGENCY_HEAD, irreversible=True
)
COMMENT_ON_TEXT = act(
    "agreements.comment_on_text",
    _("Comment on a text"),
    Role.INSTITUTION_ADMINISTRATOR,
    Role.INSTITUTION_CLERK,
)


def _wrong_state(version: TemplateVersion) -> Obstacle:
    return Obstacle(
        "wrong_state",
        gettext("The version is “%(state)s”: that does not allow it.")
        % {"state": VersionState(version.state).label},
    )


def _not_entitled(allowed: bool) -> list[Obstacle]:
    obstacle = Obstacle(
        "not_entitled",
        _("Texts are written by the agreement officer and published by the agency head."),
    )
    return [] if allowed else [obstacle]


def writing_obstacles(version: TemplateVersion, user: User, *, asks_still: bool) -> list[Obstacle]:
    """Return why the wording cannot be changed."""
    if version.is_published:
        return [
            Obstacle(
                "version_published",
                _("A published version never changes."),
                rule="B-22",
                remedy=_("Draw up a new version from it."),
            )
        ]
    if asks_still:
        return [
            Obstacle(
                "consultation_open",
                _("Institutions are being asked about this wording: it stands still until then."),
                rule="B-22",
                remedy=_("Wait for the end of the consultation, or take the text back to draft."),
            )
        ]
    return _not_entitled(WRITE_TEXT.allows(user))


def opening_obstacles(version: TemplateVersion, user: User) -> list[Obstacle]:
    if version.state != VersionState.DRAFT:
        return [_wrong_state(version)]
    return _not_entitled(OPEN_CONSULTATION.allows(user))


def taking_back_obstacles(version: TemplateVersion, user: User) -> list[Obstacle]:
    if version.state != VersionState.CONSULTATION:
        return [_wrong_state(version)]
    return _not_entitled(TAKE_BACK_TEXT.allows(user))


def publishing_obstacles(version: TemplateVersion, user: User) -> list[Obstacle]:
    if version.state not in (VersionState.DRAFT, VersionState.CONSULTATION):
        return [_wrong_state(version)]
    return _not_entitled(PUBLISH_TEXT.allows(user))


def commenting_obstacles(consultation: Consultation, user: User) -> list[Obstacle]:
    checks = {
        Obstacle(
            "consultation_not_open",
            gettext("Comments were possible until %(day)s.")
            % {"day": consultation.comments_due_on},
            rule="B-22",
            remedy=_("Write to the agency."),
        ): not consultation.is_open,
        Obstacle(
            "not_entitled", _("Only an account of an institution may comment.")
        ): not COMMENT_ON_TEXT.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def answering_obstacles(comment: ConsultationComment, user: User) -> list[Obstacle]:
    version = comment.consultation.version
    checks = {
        Obstacle(
            "nothing_to_answer", _("Without an objection there is nothing to answer.")
        ): comment.stance != Stance.COMMENT,
        Obstacle(
            "consultation_open",
            _("The comment may still change while the consultation is open."),
            rule="B-22",
            remedy=_("Answer once it is closed."),
        ): comment.consultation.is_open,
        _wrong_state(version): version.state != VersionState.CONSULTATION,
    }
    obstacles = [obstacle for obstacle, applies in checks.items() if applies]
    return obstacles or _not_entitled(ANSWER_COMMENT.allows(user))
