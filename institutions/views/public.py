"""The public register: what everybody may know about an institution, on any day."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from agency.views.pages import KeysetList
from institutions.forms import DayForm, PublicFilter
from institutions.models import Institution
from institutions.models.institution import label_of
from institutions.panels import PUBLIC_PANELS, drawn
from institutions.services.history import as_on

PUBLIC_FACTS = ("code", "kind", "level", "nature", "registered_address")


class Register(KeysetList):
    template_name = "institutions/public/home.html"
    order_field = "name"
    filterset_class = PublicFilter

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.verified().select_related("region")


class InstitutionPage(DetailView):
    template_name = "institutions/public/detail.html"
    context_object_name = "institution"
    slug_field = slug_url_kwarg = "code"

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.verified().select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = DayForm(self.request.GET if "on" in self.request.GET else None)
        on = (form.cleaned_data["on"] if form.is_valid() else None) or today
        if on > today:
            form.add_error("on", _("That day has not come yet; shown is today."))
            on = today
        then = as_on(self.object, on)
        facts = [(label_of(column), then.shown(column)) for column in PUBLIC_FACTS]
        return super().get_context_data(
            form=form,
            on=on,
            is_today=on == today,
            then=then,
            facts=[*facts, (label_of("region"), str(self.object.region))],
            panels=drawn(PUBLIC_PANELS, then, on, self.request),
            **kwargs,
        )
