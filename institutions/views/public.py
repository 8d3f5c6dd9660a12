"""The public register: what everybody may know about an institution, on any day."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.views.generic import DetailView

from institutions.forms import PublicFilter
from institutions.models import Institution
from institutions.models.institution import label_of
from institutions.panels import PUBLIC_PANELS, drawn
from institutions.services.history import as_on
from institutions.views.days import chosen_day
from institutions.views.register import RegisterList

PUBLIC_FACTS = (
    "code",
    "kind",
    "level",
    "nature",
    "registered_address",
    "phone",
    "opening_hours",
    "website",
)


class Register(RegisterList):
    template_name = "institutions/public/home.html"
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
        form, on = chosen_day(self.request)
        then = as_on(self.object, on)
        facts = [(label_of(column), then.shown(column)) for column in PUBLIC_FACTS]
        return super().get_context_data(
            form=form,
            on=on,
            is_today=on == timezone.localdate(),
            then=then,
            facts=[*facts, (label_of("region"), str(self.object.region))],
            panels=drawn(PUBLIC_PANELS, then, on, self.request),
            **kwargs,
        )
