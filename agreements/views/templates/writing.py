"""Writing at the desk: new texts and versions, clauses, variables, files."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm
from agency.rules import Obstacle, Refusal
from agency.views.pages import ActPage
from agreements.enums.templates import TextKind, VersionOrigin, VersionState
from agreements.forms.templates import (
    ClauseForm,
    ImportForm,
    MoveForm,
    NewClauseForm,
    NewTextForm,
    NewVersionForm,
    VariableForm,
)
from agreements.models import AgreementTemplate, TemplateClause, TemplateVersion
from agreements.permissions.templates import REBASE_TEXT, WRITE_TEXT, writing_obstacles
from agreements.rules.clauses import changes
from agreements.services.templates import clauses as writing
from agreements.services.templates.drafting import (
    asks_still,
    draft_version,
    newer_national,
    rebase,
)
from agreements.services.templates.files import import_text
from agreements.services.templates.wording import texts_of
from agreements.views.templates.versions import region_name, versions_of_desk


def _bases(rows: Any) -> list[tuple[int, str]]:
    found = rows.exclude(state=VersionState.DRAFT).select_related("template__region")
    return [
        (each.pk, f"{region_name(each.template)} · {each}")
        for each in found.order_by("template", "-number")
    ]


class NewText(ActPage):
    """The first version of a text of a kind and region."""

    act = WRITE_TEXT
    form_class: Any = NewTextForm

    def subject(self) -> Any:
        return _("Texts of agreements")

    def stamp(self) -> str:
        return str(AgreementTemplate.objects.count())

    def title(self) -> str | Promise:
        return _("Write a new text")

    def initial(self) -> dict[str, Any]:
        national = TemplateVersion.objects.filter(template__region__isnull=True)
        return {"region": self.user.region_id, "bases": _bases(national)}

    def back_url(self) -> str:
        return reverse("agreements_desk:templates")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("It is kept as a draft until the agency head publishes it."),
            _("A region's text refines the national one in force: its institutions are asked."),
        ]

    def perform(self, form: Any) -> TemplateVersion:
        data = form.cleaned_data
        return draft_version(
            kind=TextKind(data["kind"]),
            region=data["region"],
            title=data["title"],
            based_on_id=data["based_on"],
            reason=data["reason"],
            origin=VersionOrigin(data["origin"]),
            document=data["document"],
            institution_kinds=data["institution_kinds"],
            by=self.user,
            at=timezone.now(),
        )


class NewVersion(ActPage):
    """A further version of a text."""

    act = WRITE_TEXT
    form_class: Any = NewVersionForm

    def subject(self) -> AgreementTemplate:
        rows = AgreementTemplate.objects.select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.versions.count())

    def title(self) -> str | Promise:
        return _("Draw up a new version")

    def initial(self) -> dict[str, Any]:
        last = self.object.versions.order_by("-number").first()
        rows = TemplateVersion.objects.filter(
            Q(template=self.object) | Q(template__kind=self.object.kind, template__region=None)
        )
        return {
            "title": last.title if last else "",
            "based_on": last.pk if last else None,
            "bases": _bases(rows),
        }

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The draft takes over the clauses of what you begin with."),
            _("The institutions concerned are asked before it is published."),
        ]

    def perform(self, form: Any) -> TemplateVersion:
        data = form.cleaned_data
        return draft_version(
            kind=TextKind(self.object.kind),
            region=self.object.region,
            title=data["title"],
            based_on_id=data["based_on"],
            reason=data["reason"],
            origin=VersionOrigin(data["origin"]),
            document=data["document"],
            by=self.user,
            at=timezone.now(),
        )


class WritePage(ActPage):
    """What every act on the wording of a version shares."""

    act = WRITE_TEXT
    template_name = "agreements/texts/write.html"

    def subject(self) -> TemplateVersion:
        return get_object_or_404(versions_of_desk(), pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return writing_obstacles(self.object, self.user, asks_still=asks_still(self.object))

    @property
    def common(self) -> dict[str, Any]:
        return {"version_id": self.object.pk, "by": self.user, "at": timezone.now()}

    def next_url(self, result: Any) -> str:
        return self.object.get_absolute_url()


class NewClause(WritePage):
    form_class: Any = NewClauseForm

    def title(self) -> str | Promise:
        return _("Add a clause")

    def perform(self, form: Any) -> TemplateClause:
        return writing.save_clause(**form.cleaned_data, is_new=True, **self.common)

    def next_url(self, result: Any) -> str:
        key = getattr(result, "key", "")
        return f"{self.object.get_absolute_url()}#{key}"


class OfClause(WritePage):
    @property
    def clause(self) -> TemplateClause:
        found = self.object.clauses.filter(key=self.kwargs["key"]).first()
        if found is None:
            raise Http404
        return found

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if hasattr(self, "object"):
            self.kept = self.clause

    def next_url(self, result: Any) -> str:
        return f"{self.object.get_absolute_url()}#{self.kwargs['key']}"

    def extra(self) -> dict[str, Any]:
        refines = self.object.refines
        national = refines.clauses.filter(key=self.kept.key).first() if refines else None
        return {"clause": self.kept, "national": national}


class EditClause(OfClause):
    form_class: Any = ClauseForm

    def title(self) -> str | Promise:
        return _("Change the clause")

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.kept, name) for name in ClauseForm.base_fields}

    def perform(self, form: Any) -> TemplateClause:
        return writing.save_clause(key=self.kept.key, **form.cleaned_data, **self.common)


class RemoveClause(OfClause):
    form_class: Any = NoForm
    danger = True

    def title(self) -> str | Promise:
        return _("Take the clause out")

    def perform(self, form: Any) -> TemplateVersion:
        return writing.remove_clause(key=self.kept.key, **self.common)

    def next_url(self, result: Any) -> str:
        return self.object.get_absolute_url()


class MoveClause(OfClause):
    form_class: Any = MoveForm

    def title(self) -> str | Promise:
        return _("Move the clause")

    def initial(self) -> dict[str, Any]:
        return {"to": self.kept.position}

    def perform(self, form: Any) -> TemplateVersion:
        return writing.move_clause(key=self.kept.key, to=form.cleaned_data["to"], **self.common)


class NewVariable(WritePage):
    form_class: Any = VariableForm

    def title(self) -> str | Promise:
        return _("Declare a variable")

    def initial(self) -> dict[str, Any]:
        return {"name": self.request.GET.get("name", "")}

    def perform(self, form: Any) -> Any:
        return writing.save_variable(**form.cleaned_data, **self.common)

    def next_url(self, result: Any) -> str:
        return f"{self.object.get_absolute_url()}#variables"


class OfVariable(NewVariable):
    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if hasattr(self, "object"):
            self.kept = self.object.variables.filter(name=self.kwargs["name"]).first()
            if self.kept is None:
                raise Http404

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.kept, name) for name in VariableForm.base_fields}


class EditVariable(OfVariable):
    def title(self) -> str | Promise:
        return _("Change the variable")

    def perform(self, form: Any) -> Any:
        return writing.save_variable(**form.cleaned_data | {"name": self.kept.name}, **self.common)


class RemoveVariable(OfVariable):
    form_class: Any = NoForm
    danger = True

    def title(self) -> str | Promise:
        return _("Take the variable away")

    def perform(self, form: Any) -> Any:
        return writing.remove_variable(name=self.kept.name, **self.common)


class ImportFile(WritePage):
    form_class: Any = ImportForm
    danger = True

    def title(self) -> str | Promise:
        return _("Read the text from a file")

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The clauses of the file take the place of those written so far."),
            _("Variables that the wording names are declared where they were not."),
        ]

    def perform(self, form: Any) -> TemplateVersion:
        file = form.cleaned_data["file"]
        return import_text(content=file.read(), filename=file.name, **self.common)


class RebaseVersion(WritePage):
    """A region's text upon the national version in force."""

    act = REBASE_TEXT
    form_class: Any = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        found = writing_obstacles(self.object, self.user, asks_still=asks_still(self.object))
        text = _("There is no newer national version to follow.")
        return found or ([] if self.national else [Obstacle("nothing_newer", text)])

    @property
    def national(self) -> TemplateVersion | None:
        return newer_national(self.object, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("What the region had not touched follows the national version."),
            _("What it worded itself stays; where the nation changed it too, read it again."),
        ]

    def extra(self) -> dict[str, Any]:
        national = self.national
        found = changes(texts_of(self.object.refines), texts_of(national)) if national else []
        return {"differences": found, "newer": national}

    def perform(self, form: Any) -> TemplateVersion:
        national = self.national
        if national is None:
            raise Refusal(self.obstacles())
        rebase(national_id=national.pk, **self.common)
        return self.object
