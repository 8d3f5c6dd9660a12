"""Publishing a text, and the night on which it takes the place of the one before (B-22)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agreements.enums.templates import ConsultationState, Stance, VersionOrigin, VersionState
from agreements.models import AgreementTemplate, Consultation, TemplateVersion
from agreements.notifications import templates as notifications
from agreements.permissions.templates import publishing_obstacles
from agreements.rules.templates import PublicationFacts, publication_obstacles
from agreements.services.templates.consulting import text_obstacles
from agreements.services.templates.drafting import WRITING
from agreements.services.templates.history import record_version


@transaction.atomic
def publish_version(
    *, version_id: int, effective_from: date, by: User, at: datetime
) -> TemplateVersion:
    """Publish a version, for the agency head: from its day on agreements are made from it, and
    the one before it ends. It never changes again.
    """
    version = TemplateVersion.objects.locked(version_id)
    AgreementTemplate.objects.select_for_update().get(pk=version.template_id)
    on = timezone.localdate(at)
    refuse_if(publishing_refusals(version, by))
    refuse_if(_day_obstacles(version, effective_from, on=on))
    earlier = (
        TemplateVersion.objects.select_for_update(no_key=True)
        .filter(template=version.template, published_at__isnull=False, superseded_on__isnull=True)
        .first()
    )
    if earlier:
        earlier.superseded_on = effective_from
        earlier.save(update_fields=["superseded_on"])
        if effective_from <= on:
            _supersede(earlier, on=on, at=at)
    source = version.state
    version.publish(by=by, at=at, effective_from=effective_from)
    version.save(update_fields=["state", "published_by", "published_at", "effective_from"])
    record_version(version, act="publish", source=source, on=effective_from, at=at, by=by)
    notifications.version_published(version, that_counts(version), at=at)
    return version


def supersede_due(*, on: date, at: datetime) -> int:
    """Move the versions whose successor has taken effect."""
    due = TemplateVersion.objects.filter(state=VersionState.PUBLISHED, superseded_on__lte=on)
    moved = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = due.filter(pk=pk).select_for_update(skip_locked=True, no_key=True)
            version = rows.first()
            if version and version.superseded_on:
                _supersede(version, on=version.superseded_on, at=at)
                moved += 1
    return moved


def publishing_refusals(version: TemplateVersion, user: User) -> list[Obstacle]:
    """Return why the user cannot publish the version now, whatever the day chosen."""
    obstacles = publishing_obstacles(version, user)
    if obstacles:
        return obstacles
    writers = version.transitions.filter(act__in=WRITING).values_list("by", "at")
    by_writer = Obstacle(
        "published_by_writer",
        _("Whoever wrote or changed the text may not publish it."),
        rule="B-02",
        remedy=_("Ask a colleague to publish it."),
    )
    return [
        *publication_obstacles(facts_of(version)),
        *text_obstacles(version),
        *([by_writer] if any(user.is_one_with(each, then) for each, then in writers) else []),
    ]


def facts_of(version: TemplateVersion) -> PublicationFacts:
    consultation = that_counts(version)
    return PublicationFacts(
        changes_published=version.template.versions.filter(published_at__isnull=False)
        .exclude(pk=version.pk)
        .exists(),
        by_administration=version.origin == VersionOrigin.ADMINISTRATION,
        refines_national=version.refines_id is not None,
        clauses=version.clauses.count(),
        was_asked=consultation is not None and not consultation.is_open,
        asks_still=consultation is not None and consultation.is_open,
        comments_due_on=consultation.comments_due_on if consultation else None,
        unanswered=(
            consultation.comments.filter(stance=Stance.COMMENT, answered_at__isnull=True).count()
            if consultation
            else 0
        ),
    )


def that_counts(version: TemplateVersion) -> Consultation | None:
    """Return the consultation on the text as it is now: open or closed, not withdrawn."""
    return version.consultations.exclude(state=ConsultationState.WITHDRAWN).first()


def _day_obstacles(version: TemplateVersion, effective_from: date, *, on: date) -> list[Obstacle]:
    latest = version.template.versions.filter(published_at__isnull=False).aggregate(
        latest=Max("effective_from")
    )["latest"]
    checks = {
        Obstacle(
            "effective_before_publication",
            _("Effective from %(day)s: that day is over; a text binds nobody backwards.")
            % {"day": effective_from},
            rule="B-22",
            remedy=_("Choose today or a later day."),
        ): effective_from < on,
        Obstacle(
            "effective_before_the_last",
            _("Effective from %(day)s: the last version takes effect on %(latest)s.")
            % {"day": effective_from, "latest": latest},
            rule="B-22",
            remedy=_("Choose a later day."),
        ): latest is not None and effective_from <= latest,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _supersede(version: TemplateVersion, *, on: date, at: datetime) -> None:
    source = version.state
    version.supersede()
    version.save(update_fields=["state"])
    record_version(version, act="supersede", source=source, on=on, at=at, by=None)
