"""Trainings at the desk: planned, held, and who came."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, View

from agency.forms import NoForm, ReasonForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.enums.guidance import Presence, TrainingState
from institutions.forms.guidance import (
    AttendanceForm,
    InvitationForm,
    TrainingFilter,
    TrainingForm,
)
from institutions.models import TrainingEvent
from institutions.permissions.guidance import (
    CANCEL_TRAINING,
    CHANGE_TRAINING,
    HOLD_TRAINING,
    INVITE_TO_TRAINING,
    PLAN_TRAINING,
    RECORD_ATTENDANCE,
    VIEW_TRAININGS,
    attendance_obstacles,
    invitation_obstacles,
    planned_obstacles,
)
from institutions.services.training_lists import (
    attendance_counts,
    attendance_lines,
    import_attendance,
)
from institutions.services.trainings import (
    cancel_training,
    change_training,
    hold_training,
    holding_obstacles,
    invite,
    plan_training,
)

navigation(
    "desk",
    _("Trainings"),
    "institutions_desk:trainings",
    VIEW_TRAININGS,
    order=62,
    rules=("B-01",),
)

QUEUE_LENGTH = 50
SHOWN_ATTENDANCES = 200


@desk_queue
def trainings_to_record(user: User, on: date) -> Iterator[Matter]:
    """Trainings whose day is over, and nobody has said whether they were held."""
    if not HOLD_TRAINING.allows(user):
        return
    rows = TrainingEvent.objects.filter(state=TrainingState.PLANNED, held_on__lt=on)
    for event in rows.order_by("held_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Training: %(title)s") % {"title": event.title},
            institution="",
            state=TrainingState(event.state),
            url=event.get_absolute_url(),
            act=_("Record"),
            due_on=event.held_on,
            plain=gettext("Training"),
        )


class TrainingList(ActRequired, KeysetList):
    act = VIEW_TRAININGS
    template_name = "institutions/guidance/trainings.html"
    order_field = "-held_on"
    filterset_class = TrainingFilter

    def get_queryset(self) -> QuerySet[TrainingEvent]:
        return TrainingEvent.objects.visible_to(self.user).select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            may_plan=PLAN_TRAINING.allows(self.user), plan_act=PLAN_TRAINING, **kwargs
        )
        counts = attendance_counts(context["object_list"])
        rows = [(each, counts.get(each.pk, (0, 0))) for each in context["object_list"]]
        return context | {"rows": rows}


class TrainingPage(ActRequired, DetailView):
    act = VIEW_TRAININGS
    template_name = "institutions/guidance/training.html"
    context_object_name = "event"

    def get_queryset(self) -> QuerySet[TrainingEvent]:
        rows = TrainingEvent.objects.visible_to(self.request.user)
        return rows.select_related("region", "created_by").prefetch_related("materials")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, user, today = self.object, self.request.user, timezone.localdate()
        planned = planned_obstacles(event, user)
        acts: list[Any] = []
        if event.is_planned:
            acts = [
                (HOLD_TRAINING, "training_hold", holding_obstacles(event, user, on=today)),
                (INVITE_TO_TRAINING, "training_invite", planned),
                (CHANGE_TRAINING, "training_change", planned),
                (CANCEL_TRAINING, "training_cancel", planned),
            ]
        elif event.is_held:
            acts = [(RECORD_ATTENDANCE, "training_attendance", [])]
        buttons = [
            {
                "act": act,
                "url": reverse(f"institutions_desk:{name}", args=[event.pk]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in acts
            if act.allows(user)
        ]
        shown = Presence.values
        wanted = self.request.GET.get("presence", "")
        rows = event.attendances.select_related("institution", "recorded_by", "confirmed_by")
        rows = rows.filter(presence=wanted) if wanted in shown else rows
        attendances = list(rows.order_by("institution__name", "pk")[: SHOWN_ATTENDANCES + 1])
        counts = dict(
            event.attendances.order_by().values_list("presence").annotate(count=Count("pk"))
        )
        return super().get_context_data(
            attendances=attendances[:SHOWN_ATTENDANCES],
            more=len(attendances) > SHOWN_ATTENDANCES,
            counts=[(each, counts.get(each.value, 0)) for each in Presence],
            wanted=wanted,
            buttons=buttons,
            **kwargs,
        )


class AttendanceList(ActRequired, View):
    """Who was invited and who came, as the CSV that can be filled in and read again."""

    act = VIEW_TRAININGS

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        event = get_object_or_404(TrainingEvent.objects.visible_to(self.user), pk=pk)
        response = StreamingHttpResponse(
            attendance_lines(event), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="training-{event.pk}.csv"'
        return response


class PlanTraining(ActPage):
    act = PLAN_TRAINING
    form_class: Any = TrainingForm

    def subject(self) -> Any:
        return _("Trainings")

    def stamp(self) -> str:
        # One more since the page was opened may have been this one, sent twice.
        latest = TrainingEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        return str(latest or "")

    def initial(self) -> dict[str, Any]:
        return {"region": self.user.region_id}

    def back_url(self) -> str:
        return reverse("institutions_desk:trainings")

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Nobody is told yet; invite the institutions on its page.")]

    def perform(self, form: Any) -> TrainingEvent:
        return plan_training(
            facts=form.facts(),
            materials=form.cleaned_data["materials"],
            by=self.user,
            at=timezone.now(),
        )


class TrainingAct(ActPage):
    """What the acts on a training share."""

    form_class: Any = NoForm

    def subject(self) -> TrainingEvent:
        rows = TrainingEvent.objects.visible_to(self.user).select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return planned_obstacles(self.object, self.user)


class ChangeTraining(TrainingAct):
    act = CHANGE_TRAINING
    form_class = TrainingForm

    def initial(self) -> dict[str, Any]:
        names = ("title", "topic", "held_on", "mode", "place", "audience", "region")
        return {name: getattr(self.object, name) for name in names}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Materials you add stand beside those there are.")]

    def perform(self, form: Any) -> TrainingEvent:
        return change_training(
            event_id=self.object.pk,
            facts=form.facts(),
            materials=form.cleaned_data["materials"],
            by=self.user,
            at=timezone.now(),
        )


class InviteToTraining(TrainingAct):
    act = INVITE_TO_TRAINING
    form_class = InvitationForm

    def obstacles(self) -> Sequence[Obstacle]:
        return invitation_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The accounts of the institutions are told, and see the materials."),
            _("Who is invited already is not told again."),
        ]

    def perform(self, form: Any) -> TrainingEvent:
        self.invited = invite(
            event_id=self.object.pk,
            institution_ids=form.cleaned_data["institution_ids"],
            by=self.user,
            at=timezone.now(),
        )
        return self.object

    def success(self, result: Any) -> str:
        return gettext("Institutions invited: %(count)d") % {"count": self.invited}


class HoldTraining(TrainingAct):
    act = HOLD_TRAINING

    def obstacles(self) -> Sequence[Obstacle]:
        return holding_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("From now on attendance is recorded, and institutions may confirm theirs."),
            _("Title, day and audience do not change any more."),
        ]

    def perform(self, form: Any) -> TrainingEvent:
        return hold_training(event_id=self.object.pk, by=self.user, at=timezone.now())


class CancelTraining(TrainingAct):
    act = CANCEL_TRAINING
    form_class = ReasonForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Those who were invited are told.")]

    def perform(self, form: Any) -> TrainingEvent:
        return cancel_training(
            event_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class RecordAttendance(TrainingAct):
    """The whole list at once, as CSV."""

    act = RECORD_ATTENDANCE
    form_class = AttendanceForm

    def obstacles(self) -> Sequence[Obstacle]:
        return attendance_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("All lines are recorded, or none: each fault is named with its line."),
            _("What the list says replaces what is recorded of the institutions it names."),
        ]

    def perform(self, form: Any) -> TrainingEvent:
        self.recorded = import_attendance(
            event_id=self.object.pk,
            content=form.cleaned_data["file"].read(),
            by=self.user,
            at=timezone.now(),
        )
        return self.object

    def success(self, result: Any) -> str:
        return gettext("Lines recorded: %(count)d") % {"count": self.recorded}
