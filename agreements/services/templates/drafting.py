"""Drawing up a version of a text: from nothing, from an earlier one, from the national one."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agreements.enums.templates import ConsultationState, TextKind, VersionOrigin, VersionState
from agreements.models import AgreementTemplate, TemplateVersion
from agreements.models.templates import IN_WORK
from agreements.permissions.templates import WRITE_TEXT, writing_obstacles
from agreements.rules.templates import Rebased, rebased
from agreements.services.templates.history import record_version
from agreements.services.templates.wording import copy_variables, texts_of, write_clauses

WRITING = ("draft", "write", "import", "rebase")


@transaction.atomic
def draft_version(
    *,
    kind: TextKind,
    region: Region | None,
    title: str,
    by: User,
    at: datetime,
    based_on_id: int | None = None,
    reason: str = "",
    origin: VersionOrigin = VersionOrigin.AGENCY,
    document: str = "",
    institution_kinds: list[str] | None = None,
) -> TemplateVersion:
    """Begin a version. It takes over the clauses of the version it is based on, if any; a
    region's refines the national version in force. Refuses a second one in work.
    """
    on = timezone.localdate(at)
    template = _template(TextKind(kind), region, institution_kinds, at=at)
    based_on = (
        TemplateVersion.objects.select_related("template", "refines").get(pk=based_on_id)
        if based_on_id
        else None
    )
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    refuse_if(_drafting_obstacles(template, based_on, by, title=title, reason=reason, last=last))
    version = TemplateVersion.objects.create(
        template=template,
        number=last + 1,
        title=title.strip(),
        origin=origin,
        reason=reason.strip(),
        document=document.strip(),
        based_on=based_on,
        refines=_refined(template, based_on, on=on),
        drafted_by=by,
        drafted_at=at,
    )
    if based_on:
        write_clauses(version, texts_of(based_on))
        copy_variables(based_on, version)
    record_version(version, act="draft", source="", on=on, at=at, by=by, reason=version.reason)
    return version


@transaction.atomic
def rebase(*, version_id: int, national_id: int, by: User, at: datetime) -> Rebased:
    """Put a region's version upon a newer national one. What the region had not touched follows;
    what it had worded itself stays, and is named to be read again.
    """
    version = locked_for_writing(version_id, by)
    national = TemplateVersion.objects.select_related("template").get(pk=national_id)
    refuse_if(rebasing_obstacles(version, national))
    result = rebased(texts_of(version), texts_of(version.refines), texts_of(national))
    version.refines = national
    version.save(update_fields=["refines"])
    write_clauses(version, list(result.clauses))
    copy_variables(national, version)
    record_version(
        version,
        act="rebase",
        source=version.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=_("National version %(number)d. Followed: %(taken)s. To be read: %(review)s")
        % {
            "number": national.number,
            "taken": ", ".join(result.taken_over) or "–",
            "review": ", ".join(result.to_review) or "–",
        },
    )
    return result


def newer_national(version: TemplateVersion, *, on: date) -> TemplateVersion | None:
    """Return the national version in force that the region's could be put upon; None where it
    refines it already.
    """
    if version.template.is_national or version.is_published:
        return None
    found = national_in_force(TextKind(version.template.kind), on=on)
    return found if found and found.pk != version.refines_id else None


def national_in_force(kind: TextKind, *, on: date) -> TemplateVersion | None:
    return (
        TemplateVersion.objects.in_force_on(on)
        .filter(template__kind=kind, template__region__isnull=True)
        .select_related("template")
        .first()
    )


def rebasing_obstacles(version: TemplateVersion, national: TemplateVersion) -> list[Obstacle]:
    fits = (
        not version.template.is_national
        and national.template.is_national
        and national.template.kind == version.template.kind
        and national.is_published
    )
    checks = {
        Obstacle(
            "not_the_national_text",
            _("Only a published national version of the same kind can be refined."),
            rule="B-22",
        ): not fits,
        Obstacle(
            "refines_it_already", _("The text refines this national version already.")
        ): version.refines_id == national.pk,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def locked_for_writing(version_id: int, by: User) -> TemplateVersion:
    """Return the version, locked; refuses one that cannot be changed."""
    version = TemplateVersion.objects.locked(version_id)
    refuse_if(writing_obstacles(version, by, asks_still=asks_still(version)))
    return version


def asks_still(version: TemplateVersion) -> bool:
    return version.consultations.filter(state=ConsultationState.OPEN).exists()


def _template(
    kind: TextKind, region: Region | None, institution_kinds: list[str] | None, *, at: datetime
) -> AgreementTemplate:
    """Return the template of the kind and region, locked; made where there was none."""
    AgreementTemplate.objects.bulk_create(
        [
            AgreementTemplate(
                kind=kind,
                region=region,
                institution_kinds=institution_kinds or [],
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return (
        AgreementTemplate.objects.select_for_update(of=("self",))
        .select_related("region")
        .get(kind=kind, region=region)
    )


def _refined(
    template: AgreementTemplate, based_on: TemplateVersion | None, *, on: date
) -> TemplateVersion | None:
    if template.is_national:
        return None
    if based_on and based_on.template.is_national:
        return based_on
    if based_on and based_on.refines:
        return based_on.refines
    return national_in_force(TextKind(template.kind), on=on)


def _drafting_obstacles(
    template: AgreementTemplate,
    based_on: TemplateVersion | None,
    by: User,
    *,
    title: str,
    reason: str,
    last: int,
) -> list[Obstacle]:
    in_work = template.versions.filter(state__in=IN_WORK).first()
    strange = based_on is not None and (
        based_on.template.kind != template.kind
        or (based_on.template_id != template.pk and not based_on.template.is_national)
        or (based_on.template.is_national and based_on.state == VersionState.DRAFT)
    )
    checks = {
        Obstacle(
            "not_entitled", _("Only the agreement officer writes texts.")
        ): not WRITE_TEXT.allows(by),
        Obstacle("title_missing", _("The text needs a title.")): not title.strip(),
        Obstacle(
            "version_in_work",
            _("Version %(number)s of this text is in work already.")
            % {"number": in_work.number if in_work else ""},
            remedy=_("Work on that version, or have it published first."),
        ): in_work is not None,
        Obstacle(
            "reason_missing",
            _("A further version needs a reason: what changed in law or policy."),
            rule="B-22",
            remedy=_("Name the reason; it is shown to the institutions asked."),
        ): last > 0 and not reason.strip(),
        Obstacle(
            "strange_basis",
            _("A version is based on an earlier one of the same text, or on the national one."),
            rule="B-22",
        ): strange,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
