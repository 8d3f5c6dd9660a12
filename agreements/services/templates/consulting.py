"""Asking the institutions concerned about a text (B-22, Order 2 art. 52)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agreements.enums.templates import ConsultationState, Stance
from agreements.models import (
    Agreement,
    AgreementTemplate,
    Consultation,
    ConsultationParty,
    TemplateVersion,
)
from agreements.notifications import templates as notifications
from agreements.permissions.templates import (
    CLOSE_CONSULTATION,
    opening_obstacles,
    taking_back_obstacles,
)
from agreements.rules.clauses import unknown_variables
from agreements.rules.templates import consultation_basis, refinement_obstacles
from agreements.services.templates.history import record_consultation, record_version
from agreements.services.templates.wording import known_names, texts_of, wordings


@transaction.atomic
def open_consultation(
    *,
    version_id: int,
    by: User,
    at: datetime,
    explanation: str = "",
    is_urgent: bool = False,
    urgency_reason: str = "",
) -> Consultation:
    """Ask every institution with a running agreement that the text concerns. From then on the
    wording stands still until the consultation is closed.
    """
    version = TemplateVersion.objects.locked(version_id)
    on = timezone.localdate(at)
    refuse_if(opening_obstacles(version, by) + text_obstacles(version))
    no_reason = is_urgent and not urgency_reason.strip()
    text = _("A shorter time needs its reason: which change of the law is urgent.")
    refuse_if([Obstacle("urgency_reason_missing", text, rule="B-22")] * no_reason)
    due, basis = consultation_basis(
        on, office(on=on, region=version.template.region), urgent=is_urgent
    )
    source = version.state
    version.consult()
    version.save(update_fields=["state"])
    consultation = Consultation.objects.create(
        version=version,
        explanation=explanation.strip() or version.reason,
        is_urgent=is_urgent,
        urgency_reason=urgency_reason.strip() if is_urgent else "",
        opened_at=at,
        opened_on=on,
        opened_by=by,
        comments_due_on=due.on,
        comments_due_basis=basis.to_json(),
        comments_due_provisional=due.provisional,
        asked_text=[
            {"key": each.key, "heading": each.heading, "body": each.body, "damages": each.damages}
            for each in texts_of(version)
        ],
    )
    ConsultationParty.objects.bulk_create(
        (
            ConsultationParty(consultation=consultation, institution_id=each)
            for each in concerned(version.template).iterator()
        ),
        batch_size=5000,
    )
    record_version(version, act="consult", source=source, on=on, at=at, by=by, reason=explanation)
    record_consultation(
        consultation, act="open", source="", on=on, at=at, by=by, reason=explanation
    )
    notifications.consultation_opened(consultation, at=at)
    return consultation


def concerned(template: AgreementTemplate) -> QuerySet[Agreement, int]:
    """Return the keys of the institutions with a running agreement in the template's region, and
    in those that lie in it or share its fund; all for the national one.
    """
    rows = Agreement.objects.running()
    region = template.region
    if region is not None:
        prefix = region.code
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        rows = rows.filter(Q(region__code__startswith=prefix) | Q(region__coordination=region.code))
    if template.institution_kinds:
        rows = rows.filter(institution__kind__in=template.institution_kinds)
    return rows.order_by("institution").values_list("institution", flat=True).distinct()


def text_obstacles(version: TemplateVersion) -> list[Obstacle]:
    """Return what is wrong with the text itself, whether asked about or published."""
    clauses = texts_of(version)
    empty = Obstacle(
        "no_clauses", _("The version has no clauses."), remedy=_("Write the clauses first.")
    )
    return [
        *([] if clauses else [empty]),
        *unknown_variables(wordings(clauses), known_names(version)),
        *refinement_obstacles(texts_of(version.refines), clauses),
    ]


@transaction.atomic
def close_consultation(*, consultation_id: int, by: User | None, at: datetime) -> Consultation:
    """Close a consultation whose last day is over; by the night or by the officer."""
    consultation = Consultation.objects.locked(consultation_id)
    on, source = timezone.localdate(at), consultation.state
    refuse_if(closing_obstacles(consultation, by, on=on))
    consultation.close(at=at)
    consultation.save(update_fields=["state", "closed_at", "closed_on"])
    record_consultation(consultation, act="close", source=source, on=on, at=at, by=by)
    unanswered = consultation.comments.filter(
        stance=Stance.COMMENT, answered_at__isnull=True
    ).count()
    notifications.consultation_closed(consultation, unanswered=unanswered, at=at)
    return consultation


def close_due(*, on: date, at: datetime) -> int:
    """Close what is over; one that a person holds locked is left for the next night."""
    due = Consultation.objects.open().filter(comments_due_on__lt=on)
    closed = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            free = due.filter(pk=pk).select_for_update(skip_locked=True, no_key=True)
            if free.exists():
                close_consultation(consultation_id=pk, by=None, at=at)
                closed += 1
    return closed


def closing_obstacles(consultation: Consultation, by: User | None, *, on: date) -> list[Obstacle]:
    checks = {
        Obstacle(
            "consultation_over", _("The consultation is closed or withdrawn.")
        ): not consultation.is_open,
        Obstacle(
            "comments_still_possible",
            _("Comments are possible to the end of %(day)s.")
            % {"day": consultation.comments_due_on},
            rule="B-22",
            remedy=_("Close it on a later day; the program does so by itself."),
        ): on <= consultation.comments_due_on,
        Obstacle("not_entitled", _("Only the agreement officer may do this.")): by is not None
        and not CLOSE_CONSULTATION.allows(by),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


@transaction.atomic
def take_back(*, version_id: int, by: User, at: datetime, reason: str) -> TemplateVersion:
    """Take a text back to draft, to write it anew; the institutions will be asked again."""
    version = TemplateVersion.objects.locked(version_id)
    refuse_if(taking_back_obstacles(version, by))
    text = _("The reason is missing: it is told to the institutions.")
    refuse_if([Obstacle("reason_missing", text)] * (not reason.strip()))
    on = timezone.localdate(at)
    counting = [ConsultationState.OPEN, ConsultationState.CLOSED]
    for row in version.consultations.filter(state__in=counting):
        consultation = Consultation.objects.locked(row.pk)
        source = consultation.state
        consultation.withdraw()
        consultation.save(update_fields=["state"])
        record_consultation(
            consultation, act="withdraw", source=source, on=on, at=at, by=by, reason=reason
        )
        notifications.consultation_withdrawn(consultation, reason=reason, at=at)
    source = version.state
    version.take_back()
    version.save(update_fields=["state"])
    record_version(version, act="take_back", source=source, on=on, at=at, by=by, reason=reason)
    return version
