"""The expert's room at the desk: their own assessments, nothing else."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.services.second_factor import has_factor
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.assessment import AssessmentState
from institutions.forms.assessment import OpinionForm, SignByCodeForm, SignForm
from institutions.models import Assessment, AssessmentMember, AssessmentOpinion
from institutions.permissions.assessment import SIGN_OPINION, USE_EXPERT_ROOM, WRITE_OPINION
from institutions.services.assessment import opinions
from institutions.views.assessment.staff import QUEUE_LENGTH, opinions_for

navigation(
    "desk",
    _("My assessments"),
    "institutions_desk:expert_rooms",
    USE_EXPERT_ROOM,
    order=1,
    rules=("A-06",),
)


@desk_queue
def opinions_to_write(user: User, on: date) -> Iterator[Matter]:
    if not USE_EXPERT_ROOM.allows(user):
        return
    rows = (
        Assessment.objects.of_expert(user)
        .filter(state=AssessmentState.OPINIONS)
        .exclude(
            members__in=AssessmentMember.objects.filter(
                expert__account=user, opinion__signed_at__isnull=False
            )
        )
        .with_matter()
        .order_by("begun_at", "pk")
    )
    for each in rows[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Assessment %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=AssessmentState(each.state),
            url=each.get_room_url(),
            act=_("Write the opinion"),
            due_on=each.application.assessment_due_on if each.application else None,
        )


class RoomList(ActRequired, KeysetList):
    act = USE_EXPERT_ROOM
    template_name = "institutions/desk/expert_rooms.html"
    order_field = "-opened_at"

    def get_queryset(self) -> QuerySet[Assessment]:
        return Assessment.objects.of_expert(self.user).with_matter()


class Own:
    """The assessment of the address, if the user sits in it."""

    user: User
    kwargs: dict[str, Any]

    def own(self) -> Assessment:
        rows = Assessment.objects.of_expert(self.user).with_matter().select_related("checklist")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def seat(self, assessment: Assessment) -> AssessmentMember:
        return assessment.members.active().get(expert__account=self.user)


class RoomPage(Own, ActRequired, DetailView):
    act = USE_EXPERT_ROOM
    template_name = "institutions/desk/expert_room.html"
    context_object_name = "assessment"

    def get_object(self, queryset: Any = None) -> Assessment:
        return self.own()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment = self.object
        member = self.seat(assessment)
        opinion = AssessmentOpinion.objects.filter(member=member).first()
        buttons = []
        if assessment.state == AssessmentState.OPINIONS and not (opinion and opinion.is_signed):
            for act, name in ((WRITE_OPINION, "opinion_write"), (SIGN_OPINION, "opinion_sign")):
                url = reverse(f"institutions_desk:{name}", args=[assessment.number])
                missing = act == SIGN_OPINION and opinion is None
                obstacles = [NOTHING_WRITTEN] if missing else []
                buttons.append({"act": act, "url": url, "obstacles": obstacles})
        materials = []
        if assessment.application and assessment.is_open:
            rows = assessment.application.materials.select_related("item")
            materials = list(rows.prefetch_related("files"))
        changes = []
        if assessment.change and assessment.is_open:
            changes = list(assessment.change.items.prefetch_related("evidence"))
        return super().get_context_data(
            member=member,
            opinion=opinion,
            buttons=buttons,
            materials=materials,
            changed=changes,
            opinions=opinions_for(assessment, self.user),
            **kwargs,
        )


NOTHING_WRITTEN = Obstacle(
    "opinion_missing", _("Nothing has been written yet."), "A-06", _("Write the opinion first.")
)


class OpinionAct(Own, ActPage):
    """An act on one's own opinion."""

    def subject(self) -> Assessment:
        assessment = self.own()
        self.member = self.seat(assessment)
        self.opinion = AssessmentOpinion.objects.filter(member=self.member).first()
        return assessment

    def stamp(self) -> str:
        # Of one's own opinion alone: others sign meanwhile.
        opinion = self.opinion
        written = opinion and (opinion.saved_at, opinion.signed_at)
        return f"{self.object.state}.{written}"

    def next_url(self, result: Any) -> str:
        return self.object.get_room_url()

    def obstacles(self) -> Sequence[Obstacle]:
        found = opinions.writing_obstacles(self.object, self.member, self.user)
        return found + (opinions.signed_obstacles(self.opinion) if self.opinion else [])


class WriteOpinion(OpinionAct):
    act = WRITE_OPINION
    form_class: Any = OpinionForm
    template_name = "institutions/desk/opinion_write.html"

    def title(self) -> str | Promise:
        return _("My opinion")

    def initial(self) -> dict[str, Any]:
        known: dict[str, Any] = {
            "items": opinions.items_for(self.object),
            "own_field": self.member.field,
        }
        if self.opinion is None:
            return known
        findings = list(self.opinion.findings.prefetch_related("evidence"))
        known |= {
            "verdict": self.opinion.verdict,
            "reasons": self.opinion.reasons,
            "advice": self.opinion.advice,
            "evidence": {each.item_id: list(each.evidence.all()) for each in findings},
        }
        for each in findings:
            known[f"result_{each.item_id}"] = each.result
            known[f"note_{each.item_id}"] = each.note
        return known

    def extra(self) -> dict[str, Any]:
        return {"saved": self.opinion, "member": self.member}

    def success(self, result: Any) -> str:
        return gettext("The draft is kept. Sign it when it is complete.")

    def perform(self, form: OpinionForm) -> AssessmentOpinion:
        data = form.cleaned_data
        return opinions.save_opinion(
            member_id=self.member.pk,
            verdict=data["verdict"],
            reasons=data["reasons"],
            advice=data["advice"],
            findings=data["findings"],
            by=self.user,
            at=timezone.now(),
        )


class SignOpinion(OpinionAct):
    act = SIGN_OPINION
    form_class: Any = SignForm
    template_name = "institutions/desk/opinion_sign.html"

    def asks_for_code(self) -> bool:
        """Who has a second factor signs with it; everybody else with the password."""
        return has_factor(self.user)

    def _form(self, *data: Any) -> Any:
        self.form_class = SignByCodeForm if self.asks_for_code() else SignForm
        return super()._form(*data)

    def obstacles(self) -> Sequence[Obstacle]:
        if self.opinion is None:
            return [NOTHING_WRITTEN]
        found = list(super().obstacles())
        return found or opinions.content_obstacles(self.object, self.opinion)

    def extra(self) -> dict[str, Any]:
        shown = opinions_for(self.object, self.user)
        return {"opinions": [each for each in shown if each.member_id == self.member.pk]}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The opinion is fixed with its fingerprint; nobody can change it any more."),
            _("When the last of the group has signed, group and office can read all opinions."),
        ]

    def perform(self, form: SignForm) -> AssessmentOpinion:
        return opinions.sign_opinion(
            member_id=self.member.pk,
            signed_name=form.cleaned_data["signed_name"],
            password=form.cleaned_data.get("password", ""),
            code_was_spent=self.asks_for_code(),
            by=self.user,
            at=timezone.now(),
        )
