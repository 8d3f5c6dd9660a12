"""Letters on the public site: is this letter real, and which are served by public notice."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import View

from agency.enums import LetterState, ServiceMethod, ServiceState
from agency.forms.letters import CodeForm, CompareForm
from agency.models import LetterService, OfficialLetter
from agency.views.pages import KeysetList

MASKED_NAME = 4
LARGEST_COMPARED = 20 * 1024 * 1024
_CODE = re.compile(r"[^0-9A-Z]")
GROUP = 4


def mask_addressee(name: str) -> str:
    """Enough to recognise whom one knows, too little to learn whom the office writes to."""
    if len(name) <= MASKED_NAME:
        return f"{name[:1]}**"
    return f"{name[:2]}****{name[-2:]}"


def tidy_code(text: str) -> str:
    """Return a code as it stands on letters, however it was typed."""
    plain = _CODE.sub("", text.upper())[:40]
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


class EnterCode(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.GET if "code" in request.GET else None)
        if form.is_bound and form.is_valid() and (code := tidy_code(form.cleaned_data["code"])):
            return redirect("agency:letter_code", code=code)
        return render(request, "agency/letters/verify.html", {"form": form})


class VerifyLetter(View):
    """What the office knows of the letter with that code. Unknown is an answer too."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.answer(request, code, CompareForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = CompareForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.answer(request, code, form, status=400)
        upload = form.cleaned_data["file"]
        if upload.size > LARGEST_COMPARED:
            text = gettext("The file has %(size).1f MB; the limit is 20 MB.")
            form.add_error("file", text % {"size": upload.size / 1024 / 1024})
            return self.answer(request, code, form, status=400)
        return self.answer(request, code, form, digest=_digest(upload))

    def answer(
        self,
        request: HttpRequest,
        code: str,
        form: CompareForm,
        *,
        status: int = 200,
        digest: str = "",
    ) -> HttpResponse:
        letter = (
            OfficialLetter.objects.select_related("correction", "corrects")
            .filter(code=tidy_code(code))
            .first()
        )
        context = {
            "letter": letter,
            "form": CodeForm(initial={"code": tidy_code(code)}),
            "compare": form,
            "digest": digest,
            "same": letter is not None and digest == letter.sha256,
            "addressee": mask_addressee(letter.addressee) if letter else "",
            "is_withdrawn": letter is not None and letter.state == LetterState.WITHDRAWN,
        }
        found = status if letter is not None else 404
        return render(request, "agency/letters/verified.html", context, status=found)


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


class PublicNotices(KeysetList):
    """Letters served by public notice: those whose time runs now, the newest first."""

    template_name = "agency/letters/notices.html"
    order_field = "-sent_on"

    def get_queryset(self) -> QuerySet[LetterService]:
        on = timezone.localdate()
        return LetterService.objects.filter(
            method=ServiceMethod.NOTICE,
            state=ServiceState.PENDING,
            sent_on__lte=on,
            notice_until__gte=on,
        ).select_related("letter", "letter__region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(on=timezone.localdate(), **kwargs)
