"""What decisions rest on: the facts that bar, the resource plan, the list of documents."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import navigation
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.designation import NotAcceptedGround
from institutions.enums.register import Kind
from institutions.forms.bars import (
    EndFactForm,
    EndItemForm,
    FactFilter,
    FactForm,
    ItemFilter,
    ItemForm,
    PerformForm,
    PlanFilter,
    PlanForm,
)
from institutions.models import MaterialItem, RefusalFact, ResourcePlan
from institutions.permissions.designation import (
    END_BAR,
    END_MATERIAL,
    PERFORM_BAR,
    PUBLISH_MATERIAL,
    PUBLISH_PLAN,
    RECORD_BAR,
    VIEW_BARS,
    VIEW_MATERIAL_LIST,
    VIEW_PLANS,
    end_material_obstacles,
    ending_obstacles,
    performing_obstacles,
)
from institutions.services.designation import plans, recording

navigation("desk", _("Bars"), "institutions_desk:bars", VIEW_BARS, order=13, rules=("A-05",))
navigation(
    "desk", _("Resource plan"), "institutions_desk:plans", VIEW_PLANS, order=14, rules=("A-01",)
)


class NewEntry(ActPage):
    """A page that adds to a list; a second entry since it was opened may have been this one."""

    what: str | Promise = ""

    def subject(self) -> Any:
        return self.what

    def back_url(self) -> str:
        return self.next_url(None)


# --- facts that bar -----------------------------------------------------------------------------


class BarList(ActRequired, KeysetList):
    act = VIEW_BARS
    template_name = "institutions/desk/bars.html"
    order_field = "-recorded_at"
    filterset_class = FactFilter

    def get_queryset(self) -> QuerySet[RefusalFact]:
        return RefusalFact.objects.select_related("institution", "person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_record=RECORD_BAR.allows(self.user), record_act=RECORD_BAR, **kwargs
        )


class BarPage(ActRequired, DetailView):
    act = VIEW_BARS
    template_name = "institutions/desk/bar.html"
    context_object_name = "fact"

    def get_queryset(self) -> QuerySet[RefusalFact]:
        return RefusalFact.objects.select_related(
            "institution", "person", "recorded_by", "ended_by"
        ).prefetch_related("evidence")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fact, user = self.object, self.user
        entries = (
            (PERFORM_BAR, "bar_perform", performing_obstacles(fact, user)),
            (END_BAR, "bar_end", ending_obstacles(fact, user)),
        )
        buttons = [
            {"act": act, "url": reverse(f"institutions_desk:{name}", args=[fact.pk])}
            for act, name, obstacles in entries
            if act.allows(user) and not obstacles
        ]
        return super().get_context_data(buttons=buttons, **kwargs)


class RecordBar(NewEntry):
    act = RECORD_BAR
    what = _("Bars")
    form_class = FactForm

    def stamp(self) -> str:
        last = RefusalFact.objects.order_by("-pk").values_list("pk", flat=True).first()
        return str(last or 0)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Applications of the institution, or with the person, are not accepted meanwhile."),
            _("The fact stays on record; it can be performed and ended, not changed."),
        ]

    def perform(self, form: FactForm) -> RefusalFact:
        data = dict(form.cleaned_data)
        data["ground"] = NotAcceptedGround(data["ground"])
        return recording.record_fact(by=self.user, at=timezone.now(), **data)

    def next_url(self, result: Any) -> str:
        return result.get_absolute_url() if result else reverse("institutions_desk:bars")


class BarAct(ActPage):
    def subject(self) -> RefusalFact:
        return get_object_or_404(RefusalFact, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.performed_on}.{self.object.ended_on}"


class PerformBar(BarAct):
    act = PERFORM_BAR
    form_class = PerformForm

    def obstacles(self) -> Sequence[Obstacle]:
        return performing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It bars nothing from the day after, or from the end of its period.")]

    def perform(self, form: PerformForm) -> RefusalFact:
        return recording.perform_fact(
            fact_id=self.object.pk,
            performed_on=form.cleaned_data["performed_on"],
            by=self.user,
            at=timezone.now(),
        )


class EndBar(BarAct):
    act = END_BAR
    form_class = EndFactForm

    def obstacles(self) -> Sequence[Obstacle]:
        return ending_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It bars nothing any more, whatever its period; it stays on record.")]

    def perform(self, form: EndFactForm) -> RefusalFact:
        return recording.end_fact(
            fact_id=self.object.pk,
            ended_on=form.cleaned_data["ended_on"],
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


# --- the resource plan --------------------------------------------------------------------------


class PlanList(ActRequired, KeysetList):
    act = VIEW_PLANS
    template_name = "institutions/desk/plans.html"
    page_size = 20
    filterset_class = PlanFilter

    def get_queryset(self) -> QuerySet[ResourcePlan]:
        return ResourcePlan.objects.select_related("region", "published_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            may_publish=PUBLISH_PLAN.allows(self.user), publish_act=PUBLISH_PLAN, **kwargs
        )
        context["statuses"] = plans.statuses(context["object_list"], timezone.localdate())
        return context


class PublishPlan(NewEntry):
    act = PUBLISH_PLAN
    what = _("Resource plan")
    form_class = PlanForm

    def stamp(self) -> str:
        return str(ResourcePlan.objects.count())

    def initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year, **self.request.GET.dict()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("An application over the plan carries a warning; it is not refused for it."),
            _("What was published before for the same is replaced; it stays on record."),
        ]

    def perform(self, form: PlanForm) -> ResourcePlan:
        data = dict(form.cleaned_data)
        data["kind"] = Kind(data["kind"])
        return plans.publish_plan(by=self.user, at=timezone.now(), **data)

    def next_url(self, result: Any) -> str:
        return reverse("institutions_desk:plans")


# --- the published list of documents ------------------------------------------------------------


class MaterialList(ActRequired, KeysetList):
    act = VIEW_MATERIAL_LIST
    template_name = "institutions/desk/materials.html"
    order_field = "position"
    filterset_class = ItemFilter

    def get_queryset(self) -> QuerySet[MaterialItem]:
        return MaterialItem.objects.select_related("region", "published_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_publish=PUBLISH_MATERIAL.allows(self.user),
            publish_act=PUBLISH_MATERIAL,
            may_end=END_MATERIAL.allows(self.user),
            today=timezone.localdate(),
            **kwargs,
        )


class PublishMaterial(NewEntry):
    act = PUBLISH_MATERIAL
    what = _("List of documents")
    form_class = ItemForm

    def stamp(self) -> str:
        return str(MaterialItem.objects.count())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From its first day on applicants of the region hand it in."),
            _("It cannot be changed, only taken off the list."),
        ]

    def perform(self, form: ItemForm) -> MaterialItem:
        return recording.publish_item(by=self.user, at=timezone.now(), **form.cleaned_data)

    def next_url(self, result: Any) -> str:
        return reverse("institutions_desk:materials")


class EndMaterial(ActPage):
    act = END_MATERIAL
    form_class = EndItemForm

    def subject(self) -> MaterialItem:
        return get_object_or_404(MaterialItem, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.valid_to)

    def obstacles(self) -> Sequence[Obstacle]:
        return end_material_obstacles(self.object, self.user, timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [_("From the day after, nobody hands it in and it cannot be asked for.")]

    def perform(self, form: EndItemForm) -> MaterialItem:
        return recording.end_item(
            item_id=self.object.pk,
            valid_to=form.cleaned_data["valid_to"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: MaterialItem) -> str:
        return gettext("“%(item)s” is on the list through %(day)s.") % {
            "item": result.label,
            "day": result.valid_to,
        }

    def next_url(self, result: Any) -> str:
        return reverse("institutions_desk:materials")
