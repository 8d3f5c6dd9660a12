"""Orders of the administration, the reports back, and remarks, in the admin."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from agency.admin import ReadAdmin
from supervision import models
from supervision.admin.cases import act_page, doer
from supervision.forms.cases import NewOrderForm
from supervision.permissions.orders import ORDER_HANDLING
from supervision.services import orders


@admin.register(models.AdministrationOrder)
class AdministrationOrderAdmin(ReadAdmin):
    list_display = ["number", "institution", "kind", "state", "case", "ordered_on", "due_on"]
    list_filter = ["state", "kind", "ordered_on"]
    list_select_related = ["institution", "case"]
    search_fields = ["number", "institution__name", "institution__code", "text"]
    actions_list = ["order_anew"]

    def has_order_anew_permission(self, request: HttpRequest) -> bool:
        return ORDER_HANDLING.allows(request.user)

    @action(
        description=gettext_lazy("Order the handling of a breach"),
        url_path="order-anew",
        permissions=["order_anew"],
        icon="gavel",
    )
    def order_anew(self, request: HttpRequest) -> HttpResponse:
        now = timezone.localtime()
        return act_page(
            self,
            request,
            act=ORDER_HANDLING,
            form_class=NewOrderForm,
            perform=lambda data: orders.order_handling(
                institution=data["institution"],
                text=data["text"],
                due_on=data["due_on"],
                by=doer(request),
                on=now.date(),
                at=now,
            ),
            back_url=reverse("admin:supervision_administrationorder_changelist"),
        )


@admin.register(models.OrderAnswer)
class OrderAnswerAdmin(ReadAdmin):
    list_display = ["order", "given_by", "given_at", "outcome", "judged_by", "judged_at"]
    list_filter = ["outcome"]
    list_select_related = ["order", "given_by", "judged_by"]
    search_fields = ["order__number", "text", "judgement"]


@admin.register(models.OrderExtension)
class OrderExtensionAdmin(ReadAdmin):
    list_display = ["order", "wanted_on", "asked_by", "asked_at", "outcome", "due_after"]
    list_filter = ["outcome"]
    list_select_related = ["order", "asked_by"]
    search_fields = ["order__number", "reason"]


@admin.register(models.SupervisionRemark)
class SupervisionRemarkAdmin(ReadAdmin):
    list_display = ["matter", "area", "institution", "by", "at"]
    list_filter = ["area"]
    list_select_related = ["institution", "by"]
    search_fields = ["matter", "text", "institution__name"]


@admin.register(models.AdministrationOrderTransition)
class AdministrationOrderTransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "by", "at"]
    list_filter = ["act"]
    list_select_related = ["subject", "by"]
    search_fields = ["subject__number", "reason"]
