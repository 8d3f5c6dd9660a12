"""Procedures at the desk: their versions, writing, publishing."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView

from agency.forms import NoForm
from agency.home import navigation
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.enums.guidance import ProcedureTopic, VersionState
from institutions.forms.changes import OptionalReasonForm
from institutions.forms.guidance import NewProcedureForm, VersionForm
from institutions.models import Procedure, ProcedureVersion
from institutions.permissions.guidance import (
    DISCARD_PROCEDURE,
    PUBLISH_PROCEDURE,
    VIEW_PROCEDURES,
    WRITE_PROCEDURE,
    draft_obstacles,
)
from institutions.services.procedures import (
    difference,
    discard_draft,
    draft_version,
    edit_draft,
    publication_obstacles,
    publish_version,
)

navigation(
    "desk",
    _("Procedures"),
    "institutions_desk:procedures",
    VIEW_PROCEDURES,
    order=60,
    rules=("B-01",),
)


class ProcedureList(ActRequired, ListView):
    """All procedures with the version that applies today, and the draft. Two queries."""

    act = VIEW_PROCEDURES
    template_name = "institutions/guidance/procedures.html"
    context_object_name = "procedures"

    def get_queryset(self) -> QuerySet[Procedure]:
        kept = ProcedureVersion.objects.exclude(state=VersionState.DISCARDED)
        versions = kept.defer("text").order_by("-effective_from", "-pk")
        rows = Procedure.objects.select_related("region")
        return rows.prefetch_related(Prefetch("versions", versions, to_attr="kept"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            today=timezone.localdate(),
            may_write=WRITE_PROCEDURE.allows(self.request.user),
            write_act=WRITE_PROCEDURE,
            topics=ProcedureTopic,
            **kwargs,
        )


class ProcedurePage(ActRequired, DetailView):
    """A procedure: the version in force, all others."""

    act = VIEW_PROCEDURES
    template_name = "institutions/guidance/procedure.html"
    context_object_name = "procedure"

    def get_queryset(self) -> QuerySet[Procedure]:
        return Procedure.objects.select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        versions = list(
            self.object.versions.select_related("drafted_by", "published_by").order_by(
                "-effective_from", "-pk"
            )
        )
        has_draft = any(each.is_draft for each in versions)
        url = reverse("institutions_desk:procedure_write", args=[self.object.pk])
        buttons = (
            [{"act": WRITE_PROCEDURE, "url": url}]
            if WRITE_PROCEDURE.allows(self.request.user) and not has_draft
            else []
        )
        return super().get_context_data(
            versions=versions,
            current=next((each for each in versions if each.is_in_force(today)), None),
            today=today,
            buttons=buttons,
            **kwargs,
        )


class VersionPage(ActRequired, DetailView):
    """A version as the public reads it or will read it, and what changes by it."""

    act = VIEW_PROCEDURES
    template_name = "institutions/guidance/version.html"
    context_object_name = "version"

    def get_queryset(self) -> QuerySet[ProcedureVersion]:
        return ProcedureVersion.objects.select_related(
            "procedure__region", "drafted_by", "published_by", "file"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version, user = self.object, self.request.user
        before = (
            version.procedure.versions.published()
            .filter(effective_from__lt=version.effective_from)
            .order_by("-effective_from")
            .first()
        )
        buttons = []
        if version.is_draft:
            found = publication_obstacles(version, user, on=timezone.localdate())
            for act, name, obstacles in (
                (PUBLISH_PROCEDURE, "procedure_publish", found),
                (WRITE_PROCEDURE, "procedure_edit", draft_obstacles(version, user)),
                (DISCARD_PROCEDURE, "procedure_discard", draft_obstacles(version, user)),
            ):
                if act.allows(user):
                    url = reverse(f"institutions_desk:{name}", args=[version.pk])
                    buttons.append({"act": act, "url": url, "obstacles": obstacles})
        lines = list(difference(before.text, version.text)) if before else []
        return super().get_context_data(before=before, lines=lines, buttons=buttons, **kwargs)


class WriteProcedure(ActPage):
    """The first version of a new procedure."""

    act = WRITE_PROCEDURE
    form_class: Any = NewProcedureForm

    def subject(self) -> Any:
        return _("Procedures")

    def stamp(self) -> str:
        return str(Procedure.objects.count())

    def title(self) -> str | Promise:
        return _("Write a new procedure")

    def initial(self) -> dict[str, Any]:
        return {"region": self.user.region_id, "effective_from": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("institutions_desk:procedures")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("It is kept as a draft: you see how it will look, and may change it."),
            _("A colleague reads and publishes it; whoever wrote it may not."),
        ]

    def perform(self, form: Any) -> ProcedureVersion:
        return draft_version(**form.cleaned_data, by=self.user, at=timezone.now())


class WriteVersion(WriteProcedure):
    """A further version of a procedure; it begins with the words of the last."""

    form_class: Any = VersionForm

    def subject(self) -> Procedure:
        return get_object_or_404(Procedure, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.versions.count())

    def title(self) -> str | Promise:
        return self.act.label

    def initial(self) -> dict[str, Any]:
        last = self.object.versions.published().order_by("-effective_from").first()
        return {"text": last.text if last else "", "effective_from": timezone.localdate()}

    def back_url(self) -> str:
        return self.object.get_absolute_url()

    def perform(self, form: Any) -> ProcedureVersion:
        return draft_version(
            procedure_id=self.object.pk, **form.cleaned_data, by=self.user, at=timezone.now()
        )


class VersionAct(ActPage):
    """What the acts on a draft share."""

    form_class: Any = NoForm

    def subject(self) -> ProcedureVersion:
        rows = ProcedureVersion.objects.select_related("procedure", "drafted_by", "file")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return draft_obstacles(self.object, self.user)


class EditVersion(VersionAct):
    act = WRITE_PROCEDURE
    form_class = VersionForm

    def title(self) -> str | Promise:
        return _("Change the draft")

    def initial(self) -> dict[str, Any]:
        names = ("text", "summary", "effective_from")
        return {name: getattr(self.object, name) for name in names}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You have written it then: a colleague publishes it."),
            *([_("The file stays unless you choose another.")] if self.object.file else []),
        ]

    def perform(self, form: Any) -> ProcedureVersion:
        return edit_draft(
            version_id=self.object.pk, **form.cleaned_data, by=self.user, at=timezone.now()
        )


class PublishVersion(VersionAct):
    act = PUBLISH_PROCEDURE

    def obstacles(self) -> Sequence[Obstacle]:
        return publication_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Everybody can read it on the public pages; it applies from its day on."),
            _("It never changes again; earlier versions stay to be read."),
        ]

    def perform(self, form: Any) -> ProcedureVersion:
        return publish_version(version_id=self.object.pk, by=self.user, at=timezone.now())


class DiscardVersion(VersionAct):
    act = DISCARD_PROCEDURE
    form_class = OptionalReasonForm
    danger = True

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The draft is not published; it stays in the history.")]

    def perform(self, form: Any) -> ProcedureVersion:
        return discard_draft(
            version_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
