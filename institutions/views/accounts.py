"""Bank accounts shown for a purpose, and who was shown them."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext

from agency.enums import ReadingKind
from agency.forms.audit import OwnPurposeForm
from agency.models import ReadLog
from agency.services.reading import key_of
from agency.views.pages import ActRequired, KeysetList
from agency.views.reading import RevealPage
from institutions.models import ChangeRequest, Institution
from institutions.models.institution import label_of
from institutions.permissions.register import READ_ACCOUNT, READ_OWN_ACCOUNT, VIEW_OWN_INSTITUTION
from institutions.services.registry import account_on
from institutions.views.days import chosen_day


class AccountPage(RevealPage):
    """The account of an institution as on a day."""

    kind = ReadingKind.ACCOUNT
    fields = ("bank_name", "bank_account")
    object: Institution

    def label(self) -> str:
        _form, on = chosen_day(self.request)
        return f"{self.object.name} · {on:%Y-%m-%d}"

    def owner(self) -> Institution:
        return self.object

    def values(self) -> Sequence[tuple[str, str]]:
        _form, on = chosen_day(self.request)
        account = account_on(self.object, on)
        return [
            (label_of("bank_name"), account.bank_name),
            (label_of("bank_account"), account.bank_account),
            (gettext("As of"), f"{on:%Y-%m-%d}"),
        ]

    def masked(self) -> Sequence[tuple[str, str]]:
        return [(label_of("bank_account"), self.object.masked_account)]


class ShowAccount(AccountPage):
    act = READ_ACCOUNT

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user), pk=self.kwargs["pk"])


class ShowOwnAccount(AccountPage):
    act = READ_OWN_ACCOUNT
    area = "portal"
    form_class = OwnPurposeForm

    def subject(self) -> Institution:
        found = Institution.objects.visible_to(self.user).first()
        if found is None:
            raise Http404
        return found

    def consequences(self) -> Sequence[str | Promise]:
        return super().consequences()[:2]


class ShowChangedAccount(RevealPage):
    """The account that a filing changes, before and after."""

    act = READ_ACCOUNT
    kind = ReadingKind.ACCOUNT
    fields = ("old_value", "new_value")
    object: ChangeRequest

    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user).with_content()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def label(self) -> str:
        return f"{self.object.number} · {self.object.institution.name}"

    def owner(self) -> Institution:
        return self.object.institution

    def values(self) -> Sequence[tuple[str, str]]:
        return [
            (f"{item.get_field_display()}: {label}", value or "—")
            for item in self.object.items.all()
            if item.is_secret
            for label, value in (
                (gettext("Value before"), item.old_value),
                (gettext("New value"), item.new_value),
            )
        ]


class OwnReadings(ActRequired, KeysetList):
    """Who was shown the institution's own account, and what for."""

    act = VIEW_OWN_INSTITUTION
    template_name = "institutions/portal/readings.html"
    order_field = "-at"

    def get_queryset(self) -> QuerySet[ReadLog]:
        own = [key_of(each) for each in Institution.objects.visible_to(self.user)]
        return ReadLog.objects.filter(owner__in=own).select_related("user", "acting_for")
