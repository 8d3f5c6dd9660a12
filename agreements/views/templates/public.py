"""The published texts, for everybody (Order 2 arts. 26, 50)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.views.generic import DetailView, ListView

from agreements.enums.templates import ConsultationState, TextKind
from agreements.models import TemplateVersion
from agreements.rules.clauses import ChangeKind, differences
from agreements.services.templates.wording import texts_of
from agreements.views.templates.consultations import counts_of
from agreements.views.templates.versions import counted, is_in_force, region_name


def _published() -> QuerySet[TemplateVersion]:
    rows = TemplateVersion.objects.filter(published_at__isnull=False)
    return rows.select_related("template__region", "refines", "based_on")


class PublicTexts(ListView):
    """Every text by kind, with all its versions. One query."""

    template_name = "agreements/texts/public_list.html"
    context_object_name = "versions"

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        return _published().order_by("template__region", "template", "-number")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        groups: dict[str, list[dict[str, Any]]] = {}
        for each in context["versions"]:
            row = {
                "version": each,
                "region": region_name(each.template),
                "in_force": is_in_force(each, today),
                "to_come": each.effective_from > today,
            }
            groups.setdefault(each.template.kind, []).append(row)
        return context | {
            "groups": [(kind.label, groups[kind]) for kind in TextKind if kind in groups]
        }


class PublicText(DetailView):
    """A published version, how it came about, and what it changed."""

    template_name = "agreements/texts/public_text.html"
    context_object_name = "version"

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        return _published().prefetch_related("clauses", "variables")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.object
        consultation = version.consultations.filter(state=ConsultationState.CLOSED).first()
        before = version.based_on if version.based_on and version.based_on.is_published else None
        found = differences(texts_of(before), texts_of(version)) if before else []
        return super().get_context_data(
            region=region_name(version.template),
            in_force=is_in_force(version, timezone.localdate()),
            consultation=consultation,
            counts=counts_of(consultation) if consultation else None,
            before=before,
            differences=[each for each in found if each.kind != ChangeKind.SAME],
            change_counts=counted(found),
            **kwargs,
        )
