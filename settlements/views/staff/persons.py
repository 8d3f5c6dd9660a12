"""Insured persons at the desk: masked until a reviewer or auditor says what for, then logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import ReadingKind
from agency.forms.audit import PurposeForm
from agency.views.files import handed_out
from agency.views.pages import ActPage
from agency.views.reading import Purpose, RevealPage, keep_purpose, kept_purpose, log_view
from institutions.models import Institution
from settlements.enums import FileKind
from settlements.masking import PERSON_COLUMNS
from settlements.models import BatchFile, Claim, ClaimBatch
from settlements.permissions import READ_PERSON
from settlements.views.batches import batch_of


def person_shown(request: HttpRequest, batch: ClaimBatch, claim: Claim) -> dict[str, Any]:
    """Return the insured person of a settlement as the user may see them now: whole, and then
    logged, once a purpose was given for the batch; masked before that and to everybody else.
    """
    values = {name: getattr(claim, name) or "" for name in PERSON_COLUMNS}
    purpose = kept_purpose(request, batch) if READ_PERSON.allows(request.user) else None
    url = ""
    if purpose:
        log_view(
            request,
            kind=ReadingKind.INSURED_PERSON,
            subject=f"settlements.claim:{batch.pk}.{claim.claim_no}",
            label=f"{batch.number} · {claim.setl_id}",
            fields=[name for name, value in values.items() if value],
            purpose=purpose,
            act=READ_PERSON,
            owner=batch.institution,
        )
    else:
        values = {name: PERSON_COLUMNS[name](value) for name, value in values.items()}
        if READ_PERSON.allows(request.user):
            page = reverse("settlements_desk:batch_persons", args=[batch.number])
            url = f"{page}?{urlencode({'next': request.path})}"
    return {
        "name": values["psn_name"],
        "number": values["psn_no"],
        "certificate": values["certno"],
        "is_shown": purpose is not None,
        "url": url,
    }


class ShowPersons(ActPage):
    """The purpose for which somebody works with the persons of a batch."""

    act = READ_PERSON
    form_class = PurposeForm
    object: ClaimBatch

    def subject(self) -> ClaimBatch:
        return batch_of(self.request, self.kwargs["number"])

    def initial(self) -> dict[str, Any]:
        kept = kept_purpose(self.request, self.object)
        return kept._asdict() if kept else {}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Persons of this batch are shown to you until you log out."),
            _("Each one you look at is recorded with your name, the time and this purpose."),
        ]

    def perform(self, form: PurposeForm) -> ClaimBatch:
        purpose = Purpose(form.cleaned_data["purpose"], form.cleaned_data["note"])
        keep_purpose(self.request, self.object, purpose)
        return self.object

    def success(self, result: ClaimBatch) -> str:
        return gettext("Persons of batch %s are shown to you; each reading is recorded.") % result

    def next_url(self, result: Any) -> str:
        wanted = self.request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
            return wanted
        return result.get_absolute_url()


class ReceivedFile(RevealPage):
    """A claim file as it was received: it names every person, so it is given for a purpose."""

    act = READ_PERSON
    kind = ReadingKind.CLAIM_FILE
    object: ClaimBatch

    def subject(self) -> ClaimBatch:
        if self.kwargs["kind"] not in FileKind.values:
            raise Http404
        batch = batch_of(self.request, self.kwargs["number"])
        self.file = get_object_or_404(
            BatchFile.objects.select_related("attachment"), batch=batch, kind=self.kwargs["kind"]
        )
        self.fields = (self.file.attachment.name[:40],)
        return batch

    def title(self) -> str:
        return gettext("Download %(file)s") % {"file": self.file.attachment.name}

    def owner(self) -> Institution:
        return self.object.institution

    def label(self) -> str:
        return f"{self.object.number} · {self.file.attachment.name}"

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The file names every insured person of the batch."),
            _("Your name, the time, the purpose and what was shown are recorded for good."),
        ]

    def reveal(self, form: PurposeForm) -> HttpResponse:
        return handed_out(self.file.attachment)  # type: ignore[return-value]
