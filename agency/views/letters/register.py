"""The register of letters, one letter, its pages and files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, View

from agency.enums import Actor, LetterState, ServiceState
from agency.forms.letters import LetterFilter, served_kinds
from agency.home import Matter, desk_queue, navigation
from agency.letters.pictures import page_picture
from agency.models import LetterHead, LetterService, LetterTemplate, OfficialLetter, User
from agency.owners import file_owner
from agency.permissions import SERVE_ADM_BY_HAND, SERVE_BY_HAND, VIEW_LETTERS
from agency.views.letters.buttons import next_acts
from agency.views.pages import ActRequired, KeysetList

navigation(
    "desk", _("Letters"), "agency_desk:letters", VIEW_LETTERS, order=70, rules=("T-09", "B-11")
)
QUEUE_LENGTH = 50
WEEK = 7 * 24 * 60 * 60


@desk_queue
def letters_to_serve(user: User, on: date) -> Iterator[Matter]:
    """Letters the user issued that must be served and wait for the office to do something."""
    act = SERVE_ADM_BY_HAND if user.actor == Actor.ADMINISTRATION else SERVE_BY_HAND
    if not act.allows(user):
        return
    under_way = LetterService.objects.filter(state=ServiceState.PENDING).values("letter")
    rows = OfficialLetter.objects.filter(
        issued_by=user, state=LetterState.ISSUED, kind__in=served_kinds(), correction=None
    ).exclude(pk__in=under_way)
    for letter in rows.order_by("issued_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=f"{letter.number} {letter.title}",
            institution=letter.addressee,
            state=LetterState(letter.state),
            url=letter.get_absolute_url(),
            act=_("Serve"),
        )


@file_owner(LetterService, "proof", VIEW_LETTERS)
def proofs_visible_to(user: User) -> QuerySet[LetterService]:
    return LetterService.objects.filter(letter__in=OfficialLetter.objects.visible_to(user))


@file_owner(LetterTemplate, "docx", VIEW_LETTERS)
def templates_visible_to(user: User) -> QuerySet[LetterTemplate]:
    return LetterTemplate.objects.all()


@file_owner(LetterHead, "seal", VIEW_LETTERS)
def heads_visible_to(user: User) -> QuerySet[LetterHead]:
    return LetterHead.objects.filter(actor=user.actor)


class LetterList(ActRequired, KeysetList):
    act = VIEW_LETTERS
    template_name = "agency/letters/list.html"
    order_field = "-issued_at"
    filterset_class = LetterFilter

    def get_queryset(self) -> QuerySet[OfficialLetter]:
        services = LetterService.objects.exclude(state=ServiceState.FAILED).order_by("-pk")
        return (
            OfficialLetter.objects.visible_to(self.user)
            .select_related("correction")
            .prefetch_related(Prefetch("services", services, to_attr="live_services"))
            .defer("body", "context", "withdrawal_reason")
        )


class LetterPage(ActRequired, DetailView):
    act = VIEW_LETTERS
    template_name = "agency/letters/detail.html"
    context_object_name = "letter"

    def get_queryset(self) -> QuerySet[OfficialLetter]:
        return OfficialLetter.objects.visible_to(self.user).select_related(
            "region", "issued_by", "withdrawn_by", "corrects", "correction", "template"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letter = self.object
        services = list(
            letter.services.select_related("proof", "sent_by", "confirmed_by").order_by("-pk")
        )
        return super().get_context_data(
            services=services,
            buttons=next_acts(letter, self.user),
            pages=range(1, letter.pages + 1),
            facts=_facts(letter),
            verify_path=reverse("agency:letter_code", args=[letter.code]),
            **kwargs,
        )


def _facts(letter: OfficialLetter) -> list[tuple[Any, Any]]:
    return [
        (_("Kind"), letter.kind_label),
        (_("Issued for"), letter.get_actor_display()),
        (_("Addressee"), letter.addressee),
        (_("Address"), letter.address),
        (_("Issued on"), letter.issued_on),
        (_("Issued by"), letter.issued_by or _("by the program")),
        (_("Served on"), letter.served_on),
        (_("Region"), letter.region),
        (_("Template"), letter.template),
        (_("Verification code"), letter.code),
        ("SHA-256", letter.sha256),
    ]


class _OfLetter(ActRequired, View):
    act = VIEW_LETTERS

    def letter(self, pk: int) -> OfficialLetter:
        return get_object_or_404(OfficialLetter.objects.visible_to(self.user), pk=pk)


class LetterPdf(_OfLetter):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return pdf_response(self.letter(pk), inline="inline" in request.GET)


class LetterDocx(_OfLetter):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        letter = self.letter(pk)
        if not letter.docx:
            raise Http404
        return FileResponse(
            letter.docx.open("rb"), as_attachment=True, filename=f"{letter.number}.docx"
        )


class LetterPicture(_OfLetter):
    def get(self, request: HttpRequest, pk: int, page: int) -> HttpResponse:
        return picture_response(self.letter(pk), page)


def pdf_response(letter: OfficialLetter, *, inline: bool) -> FileResponse:
    """Hand out the letter as it was issued. Who may have it, the caller has asked."""
    return FileResponse(
        letter.pdf.open("rb"),
        as_attachment=not inline,
        filename=f"{letter.number}.pdf",
        content_type="application/pdf",
    )


def picture_response(letter: OfficialLetter, page: int) -> HttpResponse:
    """Hand out a page of the letter as a picture; it never changes, so browsers may keep it."""
    if not 1 <= page <= letter.pages:
        raise Http404
    with letter.pdf.open("rb") as source:
        picture = page_picture(source.read(), page)
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = f"private, max-age={WEEK}, immutable"
    return response
