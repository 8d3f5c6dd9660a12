"""The pool of experts, the third parties and the checklists at the desk."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView

from agency.forms import NoForm
from agency.home import navigation
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.assessment import ExpertField, TieKind
from institutions.forms.experts import (
    ChecklistForm,
    ExpertEditForm,
    ExpertFilter,
    ExpertForm,
    ThirdPartyFilter,
    ThirdPartyForm,
    TieForm,
)
from institutions.models import Checklist, Expert, ExpertTie, ThirdParty
from institutions.permissions.assessment import (
    ADD_EXPERT,
    ADD_THIRD_PARTY,
    DECLARE_THIRD_PARTY_TIE,
    DECLARE_TIE,
    EDIT_EXPERT,
    END_TIE,
    PUBLISH_CHECKLIST,
    RETIRE_EXPERT,
    RETURN_EXPERT,
    VIEW_CHECKLISTS,
    VIEW_EXPERTS,
)
from institutions.services.assessment import checklists, pool

navigation("desk", _("Experts"), "institutions_desk:experts", VIEW_EXPERTS, order=18)

SEATS_SHOWN = 20


class NewPage(ActPage):
    """An act that makes something new: there is no object yet, only the list it goes to."""

    list_name = ""
    noun: str | Promise = ""

    def subject(self) -> Any:
        return self.noun

    def stamp(self) -> str:
        return "new"

    def back_url(self) -> str:
        return reverse(self.list_name)


class ExpertList(ActRequired, KeysetList):
    act = VIEW_EXPERTS
    template_name = "institutions/desk/experts.html"
    order_field = "field"
    filterset_class = ExpertFilter

    def get_queryset(self) -> QuerySet[Expert]:
        return Expert.objects.select_related("person", "region", "account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = timezone.localdate()
        fields = Expert.objects.active_on(on).values_list("field", flat=True)
        counted = list(fields)
        return super().get_context_data(
            counts=[(each.label, counted.count(each.value)) for each in ExpertField],
            buttons=[
                {"act": ADD_EXPERT, "url": reverse("institutions_desk:expert_new")},
            ]
            if ADD_EXPERT.allows(self.user)
            else [],
            **kwargs,
        )


class ExpertPage(ActRequired, DetailView):
    act = VIEW_EXPERTS
    template_name = "institutions/desk/expert.html"
    context_object_name = "expert"

    def get_queryset(self) -> QuerySet[Expert]:
        return Expert.objects.select_related(
            "person", "region", "account", "unit_institution", "added_by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        expert = self.object
        leave = RETIRE_EXPERT if expert.active_to is None else RETURN_EXPERT
        name = "expert_retire" if expert.active_to is None else "expert_return"
        buttons = [
            {"act": act, "url": reverse(f"institutions_desk:{page}", args=[expert.pk])}
            for act, page in (
                (EDIT_EXPERT, "expert_edit"),
                (DECLARE_TIE, "expert_tie"),
                (leave, name),
            )
            if act.allows(self.user)
        ]
        return super().get_context_data(
            buttons=buttons,
            ties=expert.ties.select_related("institution", "declared_by"),
            may_end=END_TIE.allows(self.user),
            seats=expert.seats.select_related("assessment__institution").order_by("-pk")[
                :SEATS_SHOWN
            ],
            **kwargs,
        )


def _facts(data: dict[str, Any]) -> pool.ExpertFacts:
    return pool.ExpertFacts(
        field=ExpertField(data["field"]),
        unit=data["unit"],
        unit_institution=data["unit_institution"],
        title=data["title"],
        region=data["region"],
        phone=data["phone"],
        account=data["account"],
        note=data["note"],
    )


class AddExpert(NewPage):
    act = ADD_EXPERT
    form_class: Any = ExpertForm
    list_name = "institutions_desk:experts"
    noun = _("Experts")

    def consequences(self) -> Sequence[str | Promise]:
        return [_("From today on the expert can be drawn, once they have an account.")]

    def perform(self, form: ExpertForm) -> Expert:
        data = form.cleaned_data
        now = timezone.now()
        return pool.add_expert(
            name=data["name"],
            id_number=data["id_number"],
            facts=_facts(data),
            by=self.user,
            at=now,
            on=timezone.localdate(now),
        )


class ExpertAct(ActPage):
    form_class: Any = NoForm

    def subject(self) -> Expert:
        return get_object_or_404(Expert.objects.select_related("person"), pk=self.kwargs["pk"])

    def stamp(self) -> str:
        expert = self.object
        return f"{expert.active_from}.{expert.active_to}.{expert.account_id}.{expert.field}"


class EditExpert(ExpertAct):
    act = EDIT_EXPERT
    form_class: Any = ExpertEditForm

    def initial(self) -> dict[str, Any]:
        expert = self.object
        return {
            "field": expert.field,
            "unit": expert.unit,
            "unit_institution": expert.unit_institution.name if expert.unit_institution else "",
            "title": expert.title,
            "region": expert.region_id,
            "phone": expert.phone,
            "account": expert.account_id,
            "note": expert.note,
        }

    def perform(self, form: ExpertEditForm) -> Expert:
        return pool.edit_expert(
            expert_id=self.object.pk, facts=_facts(form.cleaned_data), by=self.user
        )


class RetireExpert(ExpertAct):
    act = RETIRE_EXPERT
    danger = True

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Today is the last day on which the expert can be drawn."),
            _("Assessments they sit in go on with them."),
        ]

    def perform(self, form: Any) -> Expert:
        return pool.retire_expert(expert_id=self.object.pk, by=self.user, on=timezone.localdate())


class ReturnExpert(ExpertAct):
    act = RETURN_EXPERT

    def perform(self, form: Any) -> Expert:
        return pool.return_expert(expert_id=self.object.pk, by=self.user, on=timezone.localdate())


class DeclareTie(ExpertAct):
    act = DECLARE_TIE
    form_class: Any = TieForm

    def stamp(self) -> str:
        return str(self.object.ties.count())

    def initial(self) -> dict[str, Any]:
        return {"held_from": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("While it lasts, the expert is not drawn for this institution.")]

    def perform(self, form: TieForm) -> Expert:
        data = form.cleaned_data
        return pool.declare_tie(
            expert_id=self.object.pk,
            institution=data["institution"],
            kind=TieKind(data["kind"]),
            held_from=data["held_from"],
            held_to=data["held_to"],
            note=data["note"],
            by=self.user,
            at=timezone.now(),
        ).expert


class EndTie(ActPage):
    act = END_TIE
    form_class: Any = NoForm

    def subject(self) -> ExpertTie:
        rows = ExpertTie.objects.select_related("expert__person", "institution")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.held_to)

    def perform(self, form: Any) -> ExpertTie:
        return pool.end_tie(tie_id=self.object.pk, by=self.user, on=timezone.localdate())


class ThirdPartyList(ActRequired, KeysetList):
    act = VIEW_EXPERTS
    template_name = "institutions/desk/third_parties.html"
    order_field = "name"
    filterset_class = ThirdPartyFilter

    def get_queryset(self) -> QuerySet[ThirdParty]:
        return ThirdParty.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        buttons = [{"act": ADD_THIRD_PARTY, "url": reverse("institutions_desk:third_party_new")}]
        shown = buttons if ADD_THIRD_PARTY.allows(self.user) else []
        return super().get_context_data(buttons=shown, today=timezone.localdate(), **kwargs)


class ThirdPartyPage(ActRequired, DetailView):
    act = VIEW_EXPERTS
    template_name = "institutions/desk/third_party.html"
    context_object_name = "third_party"

    def get_queryset(self) -> QuerySet[ThirdParty]:
        return ThirdParty.objects.select_related("controller", "added_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        party = self.object
        url = reverse("institutions_desk:third_party_tie", args=[party.pk])
        buttons = [{"act": DECLARE_THIRD_PARTY_TIE, "url": url}]
        return super().get_context_data(
            buttons=buttons if DECLARE_THIRD_PARTY_TIE.allows(self.user) else [],
            ties=party.ties.select_related("institution"),
            engagements=party.engagements.select_related("assessment__institution")[:SEATS_SHOWN],
            **kwargs,
        )


class AddThirdParty(NewPage):
    act = ADD_THIRD_PARTY
    form_class: Any = ThirdPartyForm
    list_name = "institutions_desk:third_parties"
    noun = _("Third parties")

    def perform(self, form: ThirdPartyForm) -> ThirdParty:
        return pool.add_third_party(by=self.user, at=timezone.now(), **form.cleaned_data)


class DeclareThirdPartyTie(ActPage):
    act = DECLARE_THIRD_PARTY_TIE
    form_class: Any = TieForm

    def subject(self) -> ThirdParty:
        return get_object_or_404(ThirdParty, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.ties.count())

    def initial(self) -> dict[str, Any]:
        return {"held_from": timezone.localdate(), "kind": TieKind.CONTRACT}

    def perform(self, form: TieForm) -> ThirdParty:
        data = form.cleaned_data
        return pool.declare_third_party_tie(
            third_party_id=self.object.pk,
            institution=data["institution"],
            kind=TieKind(data["kind"]),
            held_from=data["held_from"],
            held_to=data["held_to"],
            note=data["note"],
            by=self.user,
            at=timezone.now(),
        ).third_party


class ChecklistList(ActRequired, ListView):
    act = VIEW_CHECKLISTS
    template_name = "institutions/desk/checklists.html"

    def get_queryset(self) -> QuerySet[Checklist]:
        return Checklist.objects.select_related("published_by").order_by("-effective_from")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        buttons = [{"act": PUBLISH_CHECKLIST, "url": reverse("institutions_desk:checklist_new")}]
        return super().get_context_data(
            buttons=buttons if PUBLISH_CHECKLIST.allows(self.user) else [],
            in_force=Checklist.objects.in_force_on(timezone.localdate()),
            **kwargs,
        )


class ChecklistPage(ActRequired, DetailView):
    act = VIEW_CHECKLISTS
    template_name = "institutions/desk/checklist.html"
    context_object_name = "checklist"
    slug_field = slug_url_kwarg = "version"

    def get_queryset(self) -> QuerySet[Checklist]:
        return Checklist.objects.prefetch_related("items").select_related("published_by")


class PublishChecklist(NewPage):
    act = PUBLISH_CHECKLIST
    form_class: Any = ChecklistForm
    list_name = "institutions_desk:checklists"
    noun = _("Checklists")

    def initial(self) -> dict[str, Any]:
        present = Checklist.objects.in_force_on(timezone.localdate())
        items = list(present.items.all()) if present else []
        return {"items": checklists.as_text(items)}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Assessments opened from that day on use it; those under way keep theirs.")]

    def perform(self, form: ChecklistForm) -> Checklist:
        data = form.cleaned_data
        now = timezone.now()
        return checklists.publish_checklist(
            effective_from=data["effective_from"],
            text=data["items"],
            note=data["note"],
            by=self.user,
            at=now,
            on=timezone.localdate(now),
        )
