"""The inbox, how one is told, and the outbox of the system administrator."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from agency.forms import NoForm
from agency.forms.messages import AddressForm, NoticeFilter, OutboxFilter, PreferencesForm
from agency.home import navigation
from agency.models import Notice, OutboxMessage
from agency.permissions import CANCEL_MAIL, RETRY_MAIL, SEE_OUTBOX
from agency.rules import Refusal
from agency.services import addresses, notices, outbox
from agency.topics import TOPICS
from agency.views.areas import layout_of
from agency.views.pages import ActPage, ActRequired, KeysetList

navigation("desk", gettext_lazy("Outgoing mail"), "agency_desk:outbox", SEE_OUTBOX, order=91)


class Notices(LoginRequiredMixin, KeysetList):
    """The inbox of the user who looks."""

    request: Any
    template_name = "agency/notices.html"
    order_field = "-created_at"
    filterset_class = NoticeFilter

    def get_queryset(self) -> Any:
        return Notice.objects.filter(recipient=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(layout=layout_of(self.request.user), **kwargs)
        for each in context["object_list"]:
            each.about = TOPICS.get(each.topic)
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark those named as read, or all of them; stay where one was."""
        named = request.POST.getlist("notice")
        pks = [int(each) for each in named if each.isascii() and each.isdigit() and len(each) < 19]
        notices.mark_read(user=self.request.user, at=timezone.now(), pks=pks if named else None)
        return redirect(f"{request.path}?{request.GET.urlencode()}")


class OpenNotice(LoginRequiredMixin, View):
    """Opens a notice: from now on it counts as read, for its sender too."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = get_object_or_404(Notice, pk=pk, recipient=request.user)
        notices.mark_read(user=notice.recipient, at=timezone.now(), pks=[pk])
        # Only within the office: a notice never leads elsewhere.
        if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
            return redirect(notice.url)
        return redirect("agency:notices")


class MessagePreferences(LoginRequiredMixin, View):
    """How the user wants to be told, topic by topic, and where mails go."""

    request: Any

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.preferences(), self.address())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "email" in request.POST:
            return self.post_address(AddressForm(request.POST))
        form = self.preferences(request.POST)
        if not form.is_valid():
            return self.show(form, self.address(), status=400)
        try:
            notices.set_preferences(user=self.request.user, wanted=form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, self.address(), status=409)
        messages.success(request, _("Your choices are kept."))
        return redirect("agency:message_preferences")

    def post_address(self, form: AddressForm) -> HttpResponse:
        if not form.is_valid():
            return self.show(self.preferences(), form, status=400)
        wanted = form.cleaned_data["email"]
        addresses.ask_for_address(user=self.request.user, address=wanted, at=timezone.now())
        text = (
            _("A mail with a link is on its way to %s. Until it is followed nothing changes.")
            % wanted
            if wanted
            else _("No mails go to you any more; the inbox has everything.")
        )
        messages.success(self.request, text)
        return redirect("agency:message_preferences")

    def preferences(self, data: Any = None) -> PreferencesForm:
        user = self.request.user
        return PreferencesForm(
            data, topics=notices.topics_for(user), initial=notices.preferences_of(user)
        )

    def address(self) -> AddressForm:
        return AddressForm(initial={"email": self.request.user.email})

    def show(self, form: PreferencesForm, address: AddressForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "address_form": address,
            "layout": layout_of(self.request.user),
            "hours": outbox.office_hours(timezone.now()),
        }
        return render(self.request, "agency/message_preferences.html", context, status=status)


class ConfirmAddress(LoginRequiredMixin, View):
    """The link in the mail to a new address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            addresses.confirm_address(user=request.user, token=token)  # type: ignore[arg-type]
        except signing.BadSignature:
            messages.error(request, _("This link is not valid any more. Ask for a new one."))
        else:
            messages.success(request, _("Mails go to this address from now on."))
        return redirect("agency:message_preferences")


class Outbox(ActRequired, KeysetList):
    """Mails that wait, failed, were given up or sent; with their counts while they wait."""

    act = SEE_OUTBOX
    template_name = "agency/outbox.html"
    order_field = "-created_at"
    filterset_class = OutboxFilter

    def get_queryset(self) -> Any:
        return OutboxMessage.objects.select_related("recipient", "notice")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        hours = outbox.office_hours(now)
        context = super().get_context_data(
            counts=[
                (TOPICS[code].label if code in TOPICS else code, states)
                for code, states in outbox.waiting_counts().items()
            ],
            opens_at=None if hours.is_open(now) else hours.next_opening(now),
            can_retry=RETRY_MAIL.allows(self.user),
            **kwargs,
        )
        for each in context["object_list"]:
            each.about = TOPICS.get(each.topic)
        return context


class MailAct(ActPage):
    form_class = NoForm

    def subject(self) -> OutboxMessage:
        return get_object_or_404(OutboxMessage, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.state}.{self.object.attempts}"

    def next_url(self, result: Any) -> str:
        return "/desk/outbox/"


class RetryMail(MailAct):
    act = RETRY_MAIL

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The mail to %s is tried again within a minute, with all its attempts.")
            % self.object.address
        ]

    def perform(self, form: Any) -> OutboxMessage:
        return outbox.retry(message_id=self.object.pk, by=self.user, at=timezone.now())


class CancelMail(MailAct):
    act = CANCEL_MAIL
    danger = True

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The mail to %s does not go out. Its notice stays in the inbox.")
            % self.object.address
        ]

    def perform(self, form: Any) -> OutboxMessage:
        return outbox.cancel(message_id=self.object.pk, by=self.user, at=timezone.now())
