"""Acts on service matters at the desk: one page each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.bundles import BundleKind
from agency.forms.bundles import (
    BundleForm,
    MissingForm,
    NoteForm,
    PartTypeForm,
    ReturnForm,
    SupplementForm,
)
from agency.models import BundlePart, BundlePartType, ServiceBundle
from agency.permissions import (
    ASK_SUPPLEMENT,
    FINISH_PART,
    RECORD_BUNDLE,
    RETURN_PART,
    SET_PART,
    TAKE_SUPPLEMENT,
)
from agency.rules import Obstacle
from agency.services.bundle_parts import (
    ask_supplement,
    finish_part,
    return_part,
    set_part,
    settling_obstacles,
)
from agency.services.bundles import deliver_supplement, file_bundle
from agency.views.bundles import kind_named
from agency.views.pages import ActPage


class PartAct(ActPage):
    """An act on one part of a matter."""

    object: BundlePart

    def subject(self) -> BundlePart:
        rows = BundlePart.objects.select_related("bundle", "type")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.state}.{self.object.due_on}"

    def obstacles(self) -> Sequence[Obstacle]:
        return settling_obstacles(self.object, self.act, self.user)

    def moment(self) -> dict[str, Any]:
        return {"part_id": self.object.pk, "by": self.user, "at": timezone.now()}

    def next_url(self, result: Any) -> str:
        return self.object.bundle.get_absolute_url()


class FinishPart(PartAct):
    act = FINISH_PART
    form_class = NoteForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("%(part)s is done; whoever has the receipt sees it.")
            % {"part": self.object.type},
            _("With its last part the matter is completed."),
        ]

    def perform(self, form: Any) -> ServiceBundle:
        return finish_part(**form.cleaned_data, **self.moment())


class ReturnPart(PartAct):
    act = RETURN_PART
    form_class = ReturnForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The applicant sees the reason and what to do, on the status page."),
            _("The note stays inside the office."),
        ]

    def perform(self, form: Any) -> ServiceBundle:
        return return_part(**form.cleaned_data, **self.moment())


class AskSupplement(PartAct):
    act = ASK_SUPPLEMENT
    form_class = MissingForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The applicant sees what is missing, on the status page, and can send it there."),
            _("The promise of this part stands still until it has come."),
        ]

    def perform(self, form: Any) -> ServiceBundle:
        return ask_supplement(**form.cleaned_data, **self.moment())


class TakeSupplement(ActPage):
    """What was brought to the counter."""

    act = TAKE_SUPPLEMENT
    form_class = SupplementForm
    object: ServiceBundle

    def subject(self) -> ServiceBundle:
        rows = ServiceBundle.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The promise of the parts that waited runs again from today.")]

    def perform(self, form: Any) -> ServiceBundle:
        return deliver_supplement(
            bundle_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class RecordBundle(ActPage):
    """A matter recorded at the counter, of the kind that the address names."""

    act = RECORD_BUNDLE
    template_name = "agency/bundles/record.html"

    def subject(self) -> Any:
        return kind_named(self.kwargs["kind"]).label

    @property
    def kind(self) -> BundleKind:
        return kind_named(self.kwargs["kind"])

    def stamp(self) -> str:
        return str(self.kind)

    def _form(self, *data: Any) -> BundleForm:
        return BundleForm(*data, initial=self.initial(), kind=self.kind)

    def initial(self) -> dict[str, Any]:
        return {"region": self.user.region_id}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The matter has its receipt at once: print it for the applicant.")]

    def perform(self, form: BundleForm) -> ServiceBundle:
        return file_bundle(
            kind=self.kind,
            region=form.cleaned_data["region"],
            applicant=form.applicant(),
            parts=form.cleaned_data["parts"],
            files=form.cleaned_data["files"],
            key=form.cleaned_data["form_key"],
            by=self.user,
            at=timezone.now(),
        )

    def next_url(self, result: Any) -> str:
        return str(result.get_absolute_url())

    def back_url(self) -> str:
        return reverse("agency_desk:bundles")


class SetPart(ActPage):
    """A part of a kind of matter, for what is filed from now on."""

    act = SET_PART
    form_class = PartTypeForm
    object: BundlePartType

    def subject(self) -> BundlePartType:
        return get_object_or_404(BundlePartType, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        each = self.object
        return f"{each.code}.{each.promise_wd}.{each.is_offered}.{each.name}"

    def initial(self) -> dict[str, Any]:
        names = ("code", "name", "name_en", "material", "promise_wd", "is_offered")
        return {name: getattr(self.object, name) for name in names}

    def _form(self, *data: Any) -> PartTypeForm:
        form = super()._form(*data)
        if self.object is not None and getattr(self.object, "pk", None):
            form.fields["code"].disabled = True
        return form

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("It holds for matters filed from now on; those filed before keep their promise."),
            _("The public page shows it at once."),
        ]

    def perform(self, form: Any) -> Any:
        return set_part(bundle=BundleKind(self.object.bundle), by=self.user, **form.cleaned_data)

    def next_url(self, result: Any) -> str:
        return reverse("agency_desk:bundle_kinds")


class AddPart(SetPart):
    object: Any

    def subject(self) -> Any:
        return kind_named(self.kwargs["kind"]).label

    def stamp(self) -> str:
        return str(BundlePartType.objects.filter(bundle=self.kwargs["kind"]).count())

    def initial(self) -> dict[str, Any]:
        return {"promise_wd": 10, "is_offered": True}

    def title(self) -> str | Promise:
        return _("Add a part")

    def perform(self, form: Any) -> Any:
        return set_part(bundle=kind_named(self.kwargs["kind"]), by=self.user, **form.cleaned_data)
