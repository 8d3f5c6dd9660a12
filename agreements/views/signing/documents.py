"""The documents of a text, and the pages that verify one."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.home import navigation
from agency.rules import Refusal
from agency.views.files import HARMLESS, handed_out
from agency.views.letters.public import mask_addressee, tidy_code
from agency.views.pages import ActRequired
from agency.views.strangers import QUERIES, count_stranger, rate_obstacle
from agreements.forms.texts import VerifyForm
from agreements.models import AgreementText
from agreements.permissions.agreements import READ_AGREEMENTS
from agreements.permissions.texts import VERIFY_TEXT
from agreements.services.texts import verification
from agreements.services.texts.documents import document_of, print_of

navigation(
    "desk", _("Verify an agreement"), "agreements_desk:verify", VERIFY_TEXT, order=29, rules=()
)
navigation("portal", _("Verify an agreement"), "agreements_portal:verify", VERIFY_TEXT, order=29)

LARGEST = 20 * 1024 * 1024


class OfText(ActRequired, View):
    act = READ_AGREEMENTS

    def text(self, pk: int) -> AgreementText:
        rows = AgreementText.objects.visible_to(self.user).with_parts()
        return get_object_or_404(rows.select_related("version"), pk=pk)


class Print(OfText):
    """The text as a PDF to read, or once agreed to be signed by hand."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = self.text(pk)
        data = print_of(text, at=timezone.now())
        headers = {**HARMLESS, "Content-Disposition": f'inline; filename="text-{text.pk}.pdf"'}
        return HttpResponse(data, content_type="application/pdf", headers=headers)


class Document(OfText):
    """The signed document, made now if nobody has asked for it yet; or why there is none."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        text = self.text(pk)
        try:
            return handed_out(document_of(text.pk, at=timezone.now()))
        except Refusal as refusal:
            context = {
                "obstacles": refusal.obstacles,
                "text": text,
                "layout": f"agency/{'desk' if self.user.is_office_staff else 'portal'}.html",
            }
            return render(request, "agreements/no_document.html", context)


class Verify(ActRequired, View):
    """Does a number, a code or a file belong to what was signed?"""

    act = VERIFY_TEXT
    area = "desk"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(VerifyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = VerifyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.answer(form, status=400)
        upload, number = form.cleaned_data["file"], form.cleaned_data["number"]
        if upload and upload.size > LARGEST:
            said = gettext("The file has %(size).1f MB; the limit is 20 MB.")
            form.add_error("file", said % {"size": upload.size / 1024 / 1024})
            return self.answer(form, status=400)
        text = verification.by_number(number, self.user) if number else None
        verdict = verification.verify(text, upload.read() if upload else None)
        if verdict.text is not None and not self._may_see(verdict.text):
            verdict = verification.Verdict(None, file_given=True, signature=verdict.signature)
        return self.answer(form, verdict=verdict)

    def _may_see(self, text: AgreementText) -> bool:
        return AgreementText.objects.visible_to(self.user).filter(pk=text.pk).exists()

    def answer(self, form: VerifyForm, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"form": form, "layout": f"agency/{self.area}.html", "area": self.area}
        return render(self.request, "agreements/verify.html", context, status=status)


class OwnVerify(Verify):
    area = "portal"


class PublicVerify(View):
    """What everybody may know of the agreement with that code, and whether a file is the one."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.answer(request, code)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        rate = count_stranger(request, QUERIES)
        if rate.is_over:
            return self.answer(request, code, error=str(rate_obstacle(rate)), status=429)
        upload = request.FILES.get("file")
        if upload is None or (upload.size or 0) > LARGEST:
            error = gettext("Choose a file of at most 20 MB.")
            return self.answer(request, code, error=error, status=400)
        return self.answer(request, code, data=upload.read())

    def answer(
        self,
        request: HttpRequest,
        code: str,
        *,
        data: bytes | None = None,
        error: str = "",
        status: int = 200,
    ) -> HttpResponse:
        text = verification.by_code(tidy_code(code))
        context = {
            "text": text,
            "code": tidy_code(code),
            "verdict": verification.verify(text, data) if text else None,
            "institution": mask_addressee(text.institution.name) if text else "",
            "error": error,
        }
        found = status if text is not None else 404
        return render(request, "agreements/public/verified.html", context, status=found)
