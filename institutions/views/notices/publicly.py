"""Public notices for everybody: who is to be designated, and how to object (A-08)."""

from collections.abc import Sequence
from typing import Any

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.receipts import status_url
from agency.views.pages import KeysetList
from agency.views.strangers import StrangerPage
from institutions.enums.notices import NoticeState
from institutions.forms.notices import NoticeFilter, ObjectionForm
from institutions.models import NoticeEntry, Objection, PublicNotice
from institutions.permissions.notices import OPEN_TO_OBJECTIONS
from institutions.services.notices.objections import file_objection


class Notices(KeysetList):
    """Notices by the day they were posted, those open to objections named as such."""

    template_name = "institutions/notices/public_notices.html"
    order_field = "-posted_on"
    filterset_class = NoticeFilter

    def get_queryset(self) -> QuerySet[PublicNotice]:
        return PublicNotice.objects.select_related("region").prefetch_related("entries")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(today=timezone.localdate(), **kwargs)


class NoticePage(StrangerPage):
    """One notice, to read and to print, with the form to object on the same page while it lasts."""

    form_class = ObjectionForm
    template_name = "institutions/notices/public_notice.html"
    title = _("Public notice of institutions to be designated")
    submit_label = _("File the objection")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = PublicNotice.objects.select_related("region", "letter")
        self.notice = get_object_or_404(rows, pk=kwargs["pk"])

    def open_entries(self) -> QuerySet[NoticeEntry]:
        """Applicants that can still be objected to."""
        return self.notice.entries.filter(application__state__in=OPEN_TO_OBJECTIONS)

    @property
    def is_open(self) -> bool:
        return self.notice.takes_objections_on(timezone.localdate())

    def initial(self) -> dict[str, Any]:
        # What was sent is judged by the service, which says why it comes too late.
        sent = self.request.method == "POST"
        return {"entries": self.notice.entries.all() if sent else self.open_entries()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("You get a receipt number with a check code at once; nobody is asked for a name."),
            _("The agency head decides it, with a reason, before any agreement is signed."),
            _("The applicant may comment on what you say, but is not told who you are."),
        ]

    def extra(self) -> dict[str, Any]:
        notice = self.notice
        address = f"{settings.PUBLIC_URL}{notice.get_public_url()}"
        entries = notice.entries.select_related("application")
        return {
            "notice": notice,
            "entries": entries,
            "is_open": self.is_open and self.open_entries().exists(),
            "is_over": notice.state == NoticeState.OVER or timezone.localdate() > notice.ends_on,
            "address": address,
            "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=3, border=2),
        }

    def perform(self, form: ObjectionForm) -> Objection:
        data = form.cleaned_data
        return file_objection(
            entry_id=data["entry"].pk,
            text=data["text"],
            objector=data["objector"],
            contact=data["contact"],
            evidence=data["evidence"],
            at=timezone.now(),
        )

    def next_url(self, result: Objection) -> str:
        return status_url(result.number)
