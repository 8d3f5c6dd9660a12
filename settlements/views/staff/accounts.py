"""The account of a payment order, shown for a purpose."""

from collections.abc import Sequence

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.enums import ReadingKind
from agency.views.reading import RevealPage
from institutions.models import Institution
from institutions.permissions.register import READ_ACCOUNT
from settlements.models import PaymentOrder, Statement


class ShowOrderAccount(RevealPage):
    act = READ_ACCOUNT
    kind = ReadingKind.ACCOUNT
    fields = ("payee_bank", "payee_account")
    object: PaymentOrder

    def subject(self) -> PaymentOrder:
        return get_object_or_404(
            PaymentOrder.objects.select_related("statement__institution"),
            number=self.kwargs["number"],
            statement__in=Statement.objects.visible_to(self.user),
        )

    def back_url(self) -> str:
        return reverse("settlements_desk:statement_detail", args=[self.object.statement.number])

    def label(self) -> str:
        return f"{self.object.number} · {self.object.payee_name}"

    def owner(self) -> Institution:
        return self.object.statement.institution

    def values(self) -> Sequence[tuple[str, str]]:
        order = self.object
        return [
            (_("Payee"), order.payee_name),
            (_("Bank"), order.payee_bank),
            (_("Account"), order.payee_account),
        ]

    def masked(self) -> Sequence[tuple[str, str]]:
        return [(_("Account"), self.object.masked_account)]
