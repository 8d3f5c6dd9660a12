"""What institutions say of a text, and what the agency answers (B-22)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agreements.enums.templates import CommentOutcome, Stance
from agreements.models import Consultation, ConsultationComment
from agreements.notifications import templates as notifications
from agreements.permissions.templates import answering_obstacles, commenting_obstacles
from agreements.services.templates.history import record_consultation
from institutions.models import Institution


@transaction.atomic
def comment(
    *,
    consultation_id: int,
    institution_id: int,
    by: User,
    at: datetime,
    clause_key: str = "",
    text: str = "",
    stance: Stance = Stance.COMMENT,
) -> ConsultationComment:
    """Comment on a clause, or on the whole text; saying it again replaces what was said before."""
    consultation = (
        Consultation.objects.visible_to(by).select_for_update(no_key=True).get(pk=consultation_id)
    )
    stance, text = Stance(stance), text.strip()
    known = {each["key"] for each in consultation.asked_text}
    party = consultation.parties.filter(
        institution=institution_id, institution__memberships__user=by
    ).exists()
    refuse_if(commenting_obstacles(consultation, by))
    checks = {
        Obstacle("not_asked", _("Your institution is not asked in this consultation.")): not party,
        Obstacle(
            "clause_unknown", _("The text has no clause “%(key)s”.") % {"key": clause_key}
        ): bool(clause_key) and clause_key not in known,
        Obstacle(
            "comment_empty",
            _("The comment says nothing."),
            remedy=_("Write what should change and why, or choose “No objection”."),
        ): stance == Stance.COMMENT and not text,
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    saved, _new = ConsultationComment.objects.update_or_create(
        consultation=consultation,
        institution_id=institution_id,
        clause_key=clause_key,
        defaults={
            "stance": stance,
            "text": text if stance == Stance.COMMENT else "",
            "commented_at": at,
            "commented_by": by,
        },
    )
    return saved


def own_institution(user: User) -> Institution | None:
    """Return the institution the account belongs to."""
    return Institution.objects.filter(memberships__user=user).first()


@transaction.atomic
def answer(
    *, comment_id: int, outcome: CommentOutcome, text: str, by: User, at: datetime
) -> ConsultationComment:
    """Answer a comment: adopted, in part, or not, and why. It may be answered anew until the text
    is published.
    """
    row = (
        ConsultationComment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("consultation__version__template", "institution")
        .get(pk=comment_id)
    )
    refuse_if(answering_obstacles(row, by))
    missing = _("The answer is missing: say what is changed, or why not.")
    refuse_if([Obstacle("answer_missing", missing, rule="B-22")] * (not text.strip()))
    row.outcome, row.answer = CommentOutcome(outcome), text.strip()
    row.answered_by, row.answered_at = by, at
    row.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    record_consultation(
        row.consultation,
        act="answer",
        source=row.consultation.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=f"{row.institution.name}: {row.get_outcome_display()}",
    )
    notifications.comment_answered(row, at=at)
    return row
