"""The texts of letters: kinds, versions, writing with a preview, releasing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView

from agency import permissions
from agency.enums import Actor, TemplateState
from agency.forms import NoForm
from agency.forms.letters import ReleaseForm, TemplateForm
from agency.letter_kinds import KINDS, LetterKind
from agency.letters.pictures import inline_pictures
from agency.models import LetterTemplate
from agency.permissions import VIEW_LETTERS, Act
from agency.rules import Obstacle, Refusal
from agency.services.laws import law_by_id
from agency.services.letters.previews import preview_letter
from agency.services.letters.templates import (
    release_obstacles,
    release_template,
    retire_template,
    retirement_obstacles,
    save_template,
    shown_template,
    writing_obstacles,
)
from agency.views.letters.template_buttons import template_acts, writing_act
from agency.views.pages import ActPage, ActRequired


def kind_or_404(code: str, language: str = "") -> LetterKind:
    kind = KINDS.get(code)
    if kind is None or (language and language not in kind.languages):
        raise Http404
    return kind


class TemplateList(ActRequired, TemplateView):
    """Every kind of letter, its languages, and which version is in force. One query."""

    act = VIEW_LETTERS
    template_name = "agency/letters/templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on, query = timezone.localdate(), self.request.GET.get("q", "").strip().lower()[:100]
        in_force: dict[tuple[str, str], LetterTemplate] = {}
        drafts: dict[tuple[str, str], LetterTemplate] = {}
        rows = LetterTemplate.objects.exclude(state=TemplateState.RETIRED).defer("body")
        for each in rows.order_by("effective_from", "version"):
            place = (each.kind, each.language)
            if each.state == TemplateState.DRAFT:
                drafts[place] = each
            elif each.effective_from and each.effective_from <= on:
                in_force[place] = each
        return super().get_context_data(
            q=query, rows=list(_rows(query, in_force, drafts)), **kwargs
        )


def _rows(query: str, in_force: Any, drafts: Any) -> Iterator[dict[str, Any]]:
    for kind in sorted(KINDS.values(), key=lambda each: (each.actor, each.group, each.code)):
        if query and query not in f"{kind.label} {kind.word} {kind.code}".lower():
            continue
        places = [(kind.code, language) for language in kind.languages]
        yield {
            "kind": kind,
            "actor": Actor(kind.actor).label,
            "languages": [_language(language) for language in kind.languages],
            "versions": [in_force[each].version if each in in_force else 1 for each in places],
            "rule": law_by_id(kind.starts) if kind.starts else None,
            "drafts": [drafts[each] for each in places if each in drafts],
        }


def _language(code: str) -> str:
    return str(get_language_info(code)["name_local"])


class KindPage(ActRequired, TemplateView):
    """One kind: its variables, its versions in each language, how it looks."""

    act = VIEW_LETTERS
    template_name = "agency/letters/kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, on = kind_or_404(self.kwargs["kind"]), timezone.localdate()
        rows = list(
            LetterTemplate.objects.filter(kind=kind.code)
            .select_related("written_by", "released_by")
            .order_by("-version")
        )
        languages = [
            {
                "code": language,
                "name": _language(language),
                "versions": [each for each in rows if each.language == language],
                "current": shown_template(kind, language, on),
                "button": writing_act(kind, language, self.user),
            }
            for language in kind.languages
        ]
        return super().get_context_data(**kwargs) | {
            "kind": kind,
            "rule": law_by_id(kind.starts) if kind.starts else None,
            "roles": "、".join(sorted(str(role.label) for role in kind.roles)),
            "variables": kind.all_variables.items(),
            "languages": languages,
        }


class TemplatePage(ActRequired, DetailView):
    """One version: its text, what it changes, how it looks with sample values."""

    act = VIEW_LETTERS
    template_name = "agency/letters/template.html"
    context_object_name = "template"
    queryset = LetterTemplate.objects.select_related(
        "written_by", "released_by", "retired_by", "docx"
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        template = self.object
        before = (
            LetterTemplate.objects.filter(
                kind=template.kind, language=template.language, version__lt=template.version
            )
            .exclude(state=TemplateState.RETIRED, released_at=None)
            .order_by("-version")
            .first()
        )
        return super().get_context_data(
            kind=KINDS.get(template.kind),
            language_name=_language(template.language),
            before=before,
            changes=list(_changes(before, template)) if before else [],
            buttons=template_acts(template, self.user),
            preview=preview_of(template),
            **kwargs,
        )


def preview_of(template: LetterTemplate) -> list[str]:
    """Return the pages of the template with sample values, none if it cannot be drawn."""
    try:
        rendered = preview_letter(template, on=timezone.localdate())
    except (Refusal, KeyError):
        return []
    return inline_pictures(rendered.pdf, rendered.pages)


def _changes(before: LetterTemplate, after: LetterTemplate) -> Iterator[tuple[str, str]]:
    """Yield the lines of both versions, each with what became of it."""
    marks = {"  ": "same", "- ": "gone", "+ ": "new"}
    lines = difflib.ndiff(
        [before.title, *before.body.splitlines()], [after.title, *after.body.splitlines()]
    )
    for line in lines:
        if line[:2] in marks:
            yield marks[line[:2]], line[2:]


class _OfSide(ActPage):
    """Acts exist twice, once for each side; a kind of the other side's is not found."""

    acts: ClassVar[tuple[Act, Act]]
    owner: ClassVar[Actor]
    object: LetterTemplate

    def of_this_side(self, kind: LetterKind) -> bool:
        return (kind.actor == Actor.ADMINISTRATION) == (self.owner == Actor.ADMINISTRATION)

    def stamp(self) -> str:
        template = self.object
        return f"{template.pk}.{template.state}.{template.written_at.timestamp()}"


class WriteTemplate(_OfSide):
    """The editor. “Preview” draws what is typed and keeps nothing."""

    acts = (permissions.WRITE_TEMPLATE, permissions.WRITE_ADM_TEMPLATE)
    form_class = TemplateForm
    template_name = "agency/letters/editor.html"
    preview: Sequence[str] = ()

    def subject(self) -> LetterTemplate:
        kind = kind_or_404(self.kwargs["kind"], self.kwargs["language"])
        if not self.of_this_side(kind):
            raise Http404
        draft = LetterTemplate.objects.filter(
            kind=kind.code, language=self.kwargs["language"], state=TemplateState.DRAFT
        ).first()
        return draft or shown_template(kind, self.kwargs["language"], timezone.localdate())

    def obstacles(self) -> Sequence[Obstacle]:
        return writing_obstacles(KINDS[self.object.kind], self.object.language, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It is kept as a draft until somebody else releases it.")]

    def initial(self) -> dict[str, Any]:
        return {"title": self.object.title, "body": self.object.body}

    def extra(self) -> dict[str, Any]:
        kind = KINDS[self.object.kind]
        return {
            "kind": kind,
            "language_name": _language(self.object.language),
            "variables": kind.all_variables.items(),
            "preview": self.preview,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.form_class(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            rendered = preview_letter(
                self.object,
                on=timezone.localdate(),
                title=form.cleaned_data["title"],
                body=form.cleaned_data["body"],
                docx=form.cleaned_data["docx"],
            )
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        self.preview = inline_pictures(rendered.pdf, rendered.pages)
        return self.show(form)

    def perform(self, form: Any) -> LetterTemplate:
        return save_template(
            kind=self.object.kind,
            language=self.object.language,
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )

    def back_url(self) -> str:
        return f"../../{self.object.kind}/" if self.object.pk is None else super().back_url()


class ReleaseTemplate(_OfSide):
    acts = (permissions.RELEASE_TEMPLATE, permissions.RELEASE_ADM_TEMPLATE)
    form_class: type[Any] = ReleaseForm

    def subject(self) -> LetterTemplate:
        template = get_object_or_404(LetterTemplate, pk=self.kwargs["pk"])
        if template.kind not in KINDS or not self.of_this_side(KINDS[template.kind]):
            raise Http404
        return template

    def initial(self) -> dict[str, Any]:
        return {"effective_from": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        on = timezone.localdate()
        return release_obstacles(self.object, self.user, effective_from=on, on=on)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("Letters “%(kind)s” issued from that day on use this version.")
            % {"kind": KINDS[self.object.kind].label},
            _("Its text can no longer be changed; a change is a new version."),
        ]

    def perform(self, form: Any) -> LetterTemplate:
        at = timezone.now()
        return release_template(
            template_id=self.object.pk,
            by=self.user,
            at=at,
            on=timezone.localdate(at),
            **form.cleaned_data,
        )


class RetireTemplate(ReleaseTemplate):
    acts = (permissions.RETIRE_TEMPLATE, permissions.RETIRE_ADM_TEMPLATE)
    form_class = NoForm

    def initial(self) -> dict[str, Any]:
        return {}

    def obstacles(self) -> Sequence[Obstacle]:
        return retirement_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("No letter is issued with this version any more; issued ones keep it.")]

    def perform(self, form: Any) -> LetterTemplate:
        return retire_template(template_id=self.object.pk, by=self.user, at=timezone.now())


def both_sides(page: type[_OfSide]) -> tuple[type[_OfSide], type[_OfSide]]:
    """Return the page of an act for the agency and for the administration."""
    agency, administration = (
        type(f"{page.__name__}{owner.title()}", (page,), {"act": act, "owner": owner})
        for owner, act in zip((Actor.AGENCY, Actor.ADMINISTRATION), page.acts, strict=True)
    )
    return agency, administration
