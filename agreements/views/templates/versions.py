"""Texts and their versions at the desk: found, read, compared, previewed, exported."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView, View

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActRequired
from agreements.enums.templates import ConsultationState, TextKind, VersionState
from agreements.models import AgreementTemplate, Consultation, TemplateVersion
from agreements.models.templates import IN_WORK
from agreements.permissions.templates import (
    OPEN_CONSULTATION,
    PUBLISH_TEXT,
    REBASE_TEXT,
    TAKE_BACK_TEXT,
    VIEW_TEMPLATES,
    WRITE_TEXT,
    opening_obstacles,
    taking_back_obstacles,
    writing_obstacles,
)
from agreements.rules.clauses import (
    ChangeKind,
    ClauseText,
    differences,
    filled,
    names_in,
    unknown_variables,
    unused_variables,
)
from agreements.services.templates.drafting import newer_national
from agreements.services.templates.files import exported
from agreements.services.templates.publishing import publishing_refusals
from agreements.services.templates.wording import BUILT_IN, known_names, samples, texts_of, wordings

QUEUE_LENGTH = 50

navigation(
    "desk",
    _("Texts of agreements"),
    "agreements_desk:templates",
    VIEW_TEMPLATES,
    order=22,
    rules=("B-15", "B-22"),
)


@desk_queue
def texts_to_publish(user: User, on: date) -> Iterator[Matter]:
    """Texts whose consultation is closed and answered: for the head. One query."""
    if not PUBLISH_TEXT.allows(user):
        return
    rows = (
        Consultation.objects.filter(
            state=ConsultationState.CLOSED, version__state=VersionState.CONSULTATION
        )
        .exclude(pk__in=Consultation.objects.with_unanswered().values("pk"))
        .select_related("version__template__region")
    )
    for each in rows.order_by("pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Text to publish: %(title)s") % {"title": each.version.title},
            institution=region_name(each.version.template),
            state=VersionState(each.version.state),
            url=each.version.get_absolute_url(),
            act=PUBLISH_TEXT.label,
        )


def region_name(template: AgreementTemplate) -> str:
    return template.region.name if template.region else pgettext("template", "National")


def versions_of_desk() -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.select_related(
        "template__region", "refines", "based_on", "drafted_by", "published_by"
    )


class TemplateList(ActRequired, ListView):
    """Every text with its versions, by kind; few of them, so on one page. Two queries."""

    act = VIEW_TEMPLATES
    template_name = "agreements/texts/templates.html"
    context_object_name = "templates"

    def get_queryset(self) -> QuerySet[AgreementTemplate]:
        rows = AgreementTemplate.objects.select_related("region").order_by("region", "pk")
        versions = TemplateVersion.objects.order_by("-number")
        return rows.prefetch_related(Prefetch("versions", versions, to_attr="all_versions"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        groups: dict[str, list[dict[str, Any]]] = {}
        for each in context["templates"]:
            groups.setdefault(each.kind, []).append(template_row(each, today))
        return context | {
            "groups": [(kind.label, groups[kind]) for kind in TextKind if kind in groups],
            "may_write": WRITE_TEXT.allows(self.user),
            "write_act": WRITE_TEXT,
        }


def template_row(template: AgreementTemplate, today: date) -> dict[str, Any]:
    versions: list[TemplateVersion] = template.all_versions  # type: ignore[attr-defined]
    return {
        "template": template,
        "region": region_name(template),
        "in_force": next((each for each in versions if is_in_force(each, today)), None),
        "in_work": next((each for each in versions if each.state in IN_WORK), None),
        "count": len(versions),
    }


def is_in_force(version: TemplateVersion, on: date) -> bool:
    first, end = version.effective_from, version.superseded_on
    return version.is_published and first is not None and first <= on and (end is None or end > on)


class TemplatePage(ActRequired, DetailView):
    """One text: all its versions."""

    act = VIEW_TEMPLATES
    template_name = "agreements/texts/template.html"
    context_object_name = "template"

    def get_queryset(self) -> QuerySet[AgreementTemplate]:
        return AgreementTemplate.objects.select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        template, today = self.object, timezone.localdate()
        versions = list(
            template.versions.select_related("drafted_by", "published_by", "refines").order_by(
                "-number"
            )
        )
        in_work = any(each.state in IN_WORK for each in versions)
        url = reverse("agreements_desk:template_draft", args=[template.pk])
        may_draft = WRITE_TEXT.allows(self.user) and not in_work
        return super().get_context_data(
            versions=versions,
            region=region_name(template),
            kinds=[label for kind, label in _kinds() if kind in template.institution_kinds],
            current=next((each for each in versions if is_in_force(each, today)), None),
            buttons=[{"act": WRITE_TEXT, "url": url}] if may_draft else [],
            **kwargs,
        )


def _kinds() -> list[tuple[str, Any]]:
    field: Any = AgreementTemplate._meta.get_field("institution_kinds")
    return list(field.base_field.choices)


class OfVersion(ActRequired, DetailView):
    """What the pages of a version share."""

    act = VIEW_TEMPLATES
    context_object_name = "version"

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        return versions_of_desk().prefetch_related("clauses", "variables")


class VersionPage(OfVersion):
    """A version: its clauses and variables, where it stands, what comes next."""

    template_name = "agreements/texts/version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version, user = self.object, self.user
        consultations = list(version.consultations.select_related("opened_by"))
        asks = any(each.is_open for each in consultations)
        clauses = texts_of(version)
        declared = [each.name for each in version.variables.all()]
        named = names_in(*wordings(clauses))
        unknown = unknown_variables(wordings(clauses), known_names(version))
        national = newer_national(version, on=timezone.localdate())
        return super().get_context_data(
            region=region_name(version.template),
            consultations=consultations,
            current=is_in_force(version, timezone.localdate()),
            buttons=version_buttons(version, user, asks_still=asks, national=national),
            may_write=WRITE_TEXT.allows(user)
            and not writing_obstacles(version, user, asks_still=asks),
            unknown=[] if version.is_published else unknown,
            unused=unused_variables(wordings(clauses), declared),
            built_in=[(name, BUILT_IN[name]) for name in named if name in BUILT_IN],
            national=national,
            others=_others(version),
            write_act=WRITE_TEXT,
            **kwargs,
        )


def version_buttons(
    version: TemplateVersion, user: User, *, asks_still: bool, national: TemplateVersion | None
) -> list[dict[str, Any]]:
    """Return the next acts on the version for a person, with what stands in the way."""
    if version.is_published:
        return []
    writing = writing_obstacles(version, user, asks_still=asks_still)
    entries: list[tuple[Act, str, list[Obstacle], bool]] = [
        (
            OPEN_CONSULTATION,
            "version_consult",
            opening_obstacles(version, user),
            version.state == VersionState.DRAFT,
        ),
        (
            PUBLISH_TEXT,
            "version_publish",
            publishing_refusals(version, user) if PUBLISH_TEXT.allows(user) else [],
            True,
        ),
        (REBASE_TEXT, "version_rebase", writing, national is not None),
        (
            TAKE_BACK_TEXT,
            "version_take_back",
            taking_back_obstacles(version, user),
            version.state == VersionState.CONSULTATION,
        ),
    ]
    return [
        {
            "act": act,
            "url": reverse(f"agreements_desk:{name}", args=[version.pk]),
            "obstacles": obstacles,
        }
        for act, name, obstacles, applies in entries
        if applies and act.allows(user)
    ]


def _others(version: TemplateVersion) -> list[TemplateVersion]:
    """The versions it can be compared with: of the same text, and of the national one."""
    rows = TemplateVersion.objects.filter(template__kind=version.template.kind).exclude(
        pk=version.pk
    )
    national = rows.filter(template__region__isnull=True).exclude(state=VersionState.DRAFT)
    own = rows.filter(template=version.template_id)
    return list((own | national).select_related("template__region").order_by("template", "-number"))


class PreviewPage(OfVersion):
    """The text as an institution will get it, filled with sample values; for printing too."""

    template_name = "agreements/texts/preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.object
        return super().get_context_data(
            region=region_name(version.template),
            clauses=filled_clauses(texts_of(version), samples(version)),
            **kwargs,
        )


def filled_clauses(clauses: list[ClauseText], values: dict[str, str]) -> list[dict[str, Any]]:
    """Fill what is known; a name nobody declared stays visible as it is."""
    return [
        {
            "key": each.key,
            "heading": _filled(each.heading, values),
            "body": _filled(each.body, values),
            "damages": _filled(each.damages, values),
        }
        for each in clauses
    ]


def _filled(text: str, values: dict[str, str]) -> str:
    return text if unknown_variables([text], values) else filled(text, values)


class DifferencePage(OfVersion):
    """Clause by clause what a version changes against another."""

    template_name = "agreements/texts/difference.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version, others = self.object, _others(self.object)
        asked = self.request.GET.get("with", "")
        other = next((each for each in others if str(each.pk) == asked), None) or _first(
            version, others
        )
        found = differences(texts_of(other), texts_of(version)) if other else []
        return super().get_context_data(
            region=region_name(version.template),
            other=other,
            others=others,
            differences=[each for each in found if each.kind != ChangeKind.SAME],
            same=sum(1 for each in found if each.kind == ChangeKind.SAME),
            counts=counted(found),
            **kwargs,
        )


def _first(version: TemplateVersion, others: list[TemplateVersion]) -> TemplateVersion | None:
    """What it is compared with unasked: what it began with, else the version before it."""
    wanted = [version.based_on_id, version.refines_id]
    earlier = [
        each
        for each in others
        if each.template_id == version.template_id and each.number < version.number
    ]
    chosen = [each for pk in wanted for each in others if pk and each.pk == pk]
    return next(iter([*chosen, *earlier]), None)


def counted(found: list[Any]) -> list[tuple[ChangeKind, int]]:
    return [
        (kind, sum(1 for each in found if each.kind == kind))
        for kind in (ChangeKind.CHANGED, ChangeKind.ADDED, ChangeKind.REMOVED)
    ]


class ExportVersion(ActRequired, View):
    """A version as a file that can be read in again."""

    act = VIEW_TEMPLATES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(versions_of_desk(), pk=pk)
        answer = HttpResponse(exported(version), content_type="application/json; charset=utf-8")
        name = f"{version.template.kind}-{version.template.region_id or 'national'}"
        answer["Content-Disposition"] = f'attachment; filename="{name}-v{version.number}.json"'
        return answer
