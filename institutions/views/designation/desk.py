"""Applications at the desk: the queue, the list, the page, the acts at the door."""

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

from agency.forms import ReasonForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.application_panels import buttons_for, drawn
from institutions.enums.designation import AT_THE_DOOR, ApplicationState
from institutions.forms import OptionalReasonForm
from institutions.forms.designation import (
    ApplicationFilter,
    RefuseForm,
    SupplementForm,
    UnreadableForm,
)
from institutions.models import DesignationApplication
from institutions.permissions.designation import (
    ACCEPT_APPLICATION,
    CLOSE_UNSUPPLIED,
    MARK_UNREADABLE,
    REFUSE_APPLICATION,
    REQUEST_IN_ASSESSMENT,
    REQUIRE_SUPPLEMENT,
    VIEW_APPLICATIONS,
    assessment_request_obstacles,
    closing_obstacles,
    door_obstacles,
    notice_obstacles,
    refusal_obstacles,
)
from institutions.services.designation import asking, checks, closing, deciding
from institutions.services.designation.grounds import Evaluation, chosen, evaluate
from institutions.services.designation.plans import plans_for

navigation(
    "desk",
    _("Applications"),
    "institutions_desk:applications",
    VIEW_APPLICATIONS,
    order=12,
    rules=("A-02", "A-03", "A-04", "A-05", "A-07"),
)

QUEUE_LENGTH = 50


@desk_queue
def applications_at_the_door(user: User, on: date) -> Iterator[Matter]:
    """Applications to be accepted, refused, or answered with what is missing."""
    if not ACCEPT_APPLICATION.allows(user):
        return
    rows = DesignationApplication.objects.waiting_for_notice().select_related("institution")
    for each in rows.order_by("notice_due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Application %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=each.get_absolute_url(),
            act=_("Decide"),
            due_on=each.notice_due_on,
            provisional=bool(each.notice_due_basis.get("provisional")),
        )


@desk_queue
def applications_unsupplied(user: User, on: date) -> Iterator[Matter]:
    """Applications whose supplement did not come in time."""
    if not CLOSE_UNSUPPLIED.allows(user):
        return
    rows = DesignationApplication.objects.filter(
        state=ApplicationState.SUPPLEMENT_REQUIRED, supplement_due_on__lt=on
    )
    for each in rows.select_related("institution").order_by("supplement_due_on")[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Application %(number)s: nothing was supplied") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=each.get_absolute_url(),
            act=_("Decide"),
            due_on=each.supplement_due_on,
            provisional=bool(each.supplement_due_basis.get("provisional")),
        )


class ApplicationList(ActRequired, KeysetList):
    act = VIEW_APPLICATIONS
    template_name = "institutions/desk/applications.html"
    order_field = "-submitted_at"
    filterset_class = ApplicationFilter

    def get_queryset(self) -> QuerySet[DesignationApplication]:
        rows = DesignationApplication.objects.visible_to(self.user)
        return rows.select_related("institution", "region")


class ApplicationPage(ActRequired, DetailView):
    act = VIEW_APPLICATIONS
    template_name = "institutions/desk/application.html"
    context_object_name = "application"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[DesignationApplication]:
        rows = DesignationApplication.objects.visible_to(self.user)
        return rows.select_related(
            "institution__region", "region", "parent", "submitted_by", "decided_by"
        ).prefetch_related("persons__person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application, today = self.object, timezone.localdate()
        submitted_on = timezone.localdate(application.submitted_at)
        waits = application.state in AT_THE_DOOR
        return super().get_context_data(
            buttons=[
                *self._buttons(application, today),
                *buttons_for("desk", application, self.user),
            ],
            waits=waits,
            # Of a matter decided long ago nobody asks what would bar it today.
            evaluation=evaluate(application, today) if waits else None,
            plans=plans_for(application.region, application.kind, today)
            if application.is_open
            else [],
            listed=checks.checklist(application, submitted_on),
            conditions=checks.conditions(application, submitted_on),
            supplements=application.supplements.select_related("requested_by").prefetch_related(
                "items__item"
            ),
            panels=drawn("desk", application, today, self.request),
            **kwargs,
        )

    def _buttons(self, application: DesignationApplication, on: date) -> list[dict[str, Any]]:
        """The acts that fit the state; those with an obstacle say which."""
        user, state = self.user, application.state
        entries: list[tuple[Act, str, Sequence[Obstacle]]] = []
        if state == ApplicationState.SUBMITTED:
            obstacles = deciding.acceptance_obstacles(application, user, on)
            entries = [
                (ACCEPT_APPLICATION, "accept", obstacles),
                (REQUIRE_SUPPLEMENT, "ask", notice_obstacles(application, user, on)),
                (MARK_UNREADABLE, "unreadable", ()),
            ]
        if state in AT_THE_DOOR:
            entries.append((REFUSE_APPLICATION, "refuse", ()))
        if state == ApplicationState.SUPPLEMENT_REQUIRED:
            entries.append((CLOSE_UNSUPPLIED, "close", closing_obstacles(application, user, on)))
        if state in (
            ApplicationState.ACCEPTED,
            ApplicationState.ASSESSING,
            ApplicationState.REASSESSING,
        ):
            obstacles = assessment_request_obstacles(application, user)
            entries.append((REQUEST_IN_ASSESSMENT, "request", obstacles))
        return [
            {
                "act": act,
                "url": reverse(f"institutions_desk:application_{name}", args=[application.number]),
                "obstacles": list(obstacles),
            }
            for act, name, obstacles in entries
            if act.allows(user)
        ]


class ApplicationAct(ActPage):
    """What the acts on one application share."""

    template_name = "institutions/desk/application_act.html"

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user)
        rows = rows.select_related("institution__region", "region")
        return get_object_or_404(rows, number=self.kwargs["number"])

    @property
    def today(self) -> date:
        return timezone.localdate()

    def listed(self) -> list[checks.ListedItem]:
        return checks.checklist(self.object, self.today)


class Accept(ApplicationAct):
    act = ACCEPT_APPLICATION
    form_class = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return deciding.acceptance_obstacles(self.object, self.user, self.today)

    def consequences(self) -> Sequence[str | Promise]:
        missing = [each.item.label for each in checks.defects(self.object, self.today)]
        lines: list[str | Promise] = [
            gettext("Accepted as of %(day)s: the period of the assessment runs from that day.")
            % {"day": deciding.received_on(self.object)},
            _("The persons of the form hold their posts in the register from that day."),
            _("The notice of acceptance is issued and the applicant told."),
        ]
        if missing:
            text = gettext("Missing or not readable: %(items)s. It is accepted all the same.")
            lines.insert(0, text % {"items": "、".join(missing)})
        return lines

    def perform(self, form: OptionalReasonForm) -> DesignationApplication:
        return deciding.accept_application(
            application_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class Ask(ApplicationAct):
    """The one notice of missing material."""

    act = REQUIRE_SUPPLEMENT
    form_class = SupplementForm
    template_name = "institutions/desk/application_ask.html"

    def obstacles(self) -> Sequence[Obstacle]:
        return notice_obstacles(self.object, self.user, self.today)

    def initial(self) -> dict[str, Any]:
        listed, asked = self.listed(), self._asked_before()
        # Of a supplement only its own defects are told; otherwise what nobody asked for yet.
        return {"listed": [each for each in listed if not asked or each.item.pk in asked]}

    def _asked_before(self) -> set[int]:
        last = self.object.supplements.filter(phase="acceptance").order_by("-pk").first()
        return set(last.items.values_list("item", flat=True)) if last else set()

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The notice is sent once: what it leaves out cannot be asked for any more."),
            _("A later notice may only name defects of what is supplied."),
            _("The applicant has its own period to deliver; ours begins anew then."),
        ]

    def perform(self, form: SupplementForm) -> DesignationApplication:
        request = asking.require_supplement(
            application_id=self.object.pk,
            items=form.items,
            explanation=form.cleaned_data["explanation"],
            by=self.user,
            at=timezone.now(),
        )
        return request.application


class Request(Ask):
    """Material asked for while the application is assessed."""

    act = REQUEST_IN_ASSESSMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return assessment_request_obstacles(self.object, self.user)

    def initial(self) -> dict[str, Any]:
        asked = set(
            self.object.supplements.filter(items__isnull=False).values_list(
                "items__item", flat=True
            )
        )
        listed = [each for each in self.listed() if each.item.pk not in asked]
        return {"listed": listed}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The clock of the assessment stands still until everything is delivered."),
            _("What was asked for before is not asked for again."),
        ]

    def perform(self, form: SupplementForm) -> DesignationApplication:
        request = asking.request_supplement_in_assessment(
            application_id=self.object.pk,
            items=form.items,
            explanation=form.cleaned_data["explanation"],
            by=self.user,
            at=timezone.now(),
        )
        return request.application


class Refuse(ApplicationAct):
    act = REFUSE_APPLICATION
    form_class = RefuseForm
    danger = True

    def evaluation(self) -> Evaluation:
        return evaluate(self.object, self.today)

    def obstacles(self) -> Sequence[Obstacle]:
        return refusal_obstacles(self.object, self.user)

    def initial(self) -> dict[str, Any]:
        evaluation = self.evaluation()
        reason = "\n".join(f"{each.ground.value}：{each.source}" for each in evaluation.found)
        return {"grounds": evaluation.grounds, "reason": reason}

    def consequences(self) -> Sequence[str | Promise]:
        evaluation = self.evaluation()
        day = chosen(evaluation, evaluation.grounds) if evaluation.grounds else None
        lines: list[str | Promise] = [
            _("The application ends; the decision with its grounds is issued as a letter.")
        ]
        if day:
            text = gettext("By the records a new application is possible from %(day)s.")
            lines.append(text % {"day": day})
        return lines

    def perform(self, form: RefuseForm) -> DesignationApplication:
        return deciding.refuse_application(
            application_id=self.object.pk,
            grounds=form.cleaned_data["grounds"],
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class Close(ApplicationAct):
    act = CLOSE_UNSUPPLIED
    form_class = ReasonForm
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return closing_obstacles(self.object, self.user, self.today)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The application ends as withdrawn: nothing was supplied in time."),
            _("The applicant is told and may apply again."),
        ]

    def perform(self, form: ReasonForm) -> DesignationApplication:
        return closing.close_unsupplied(
            application_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )


class MarkUnreadable(ApplicationAct):
    act = MARK_UNREADABLE
    form_class = UnreadableForm

    def obstacles(self) -> Sequence[Obstacle]:
        return door_obstacles(self.object, self.user)

    def initial(self) -> dict[str, Any]:
        listed = self.listed()
        ticked = [each.item.pk for each in listed if each.material and each.material.is_unreadable]
        return {"listed": listed, "items": ticked}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("What is ticked is proposed for the notice of what is missing.")]

    def perform(self, form: UnreadableForm) -> DesignationApplication:
        return closing.mark_unreadable(
            application_id=self.object.pk,
            item_ids=set(form.cleaned_data["items"]),
            by=self.user,
            at=timezone.now(),
        )
