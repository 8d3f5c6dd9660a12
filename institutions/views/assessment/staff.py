"""Assessments at the desk: the list, one assessment, its draws, and what is overdue."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.enums import Role
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.views.pages import ActRequired, KeysetList
from institutions.application_panels import application_buttons, application_panel
from institutions.enums.assessment import AssessmentState, ExpertField
from institutions.enums.designation import ApplicationState
from institutions.forms.assessment import AssessmentFilter
from institutions.models import (
    Assessment,
    AssessmentDelay,
    AssessmentDraw,
    AssessmentMember,
    AssessmentOpinion,
    DesignationApplication,
    OpinionFinding,
)
from institutions.permissions.assessment import (
    BEGIN_WORK,
    BREAK_OFF,
    DECIDE_RESULT,
    DRAW_GROUP,
    ENGAGE_THIRD_PARTY,
    ENTER_REPORT,
    EXCUSE_MEMBER,
    GRANT_RECUSAL,
    OPEN_ASSESSMENT,
    VIEW_ASSESSMENTS,
    step_obstacles,
)
from institutions.services.assessment.deciding import decision_obstacles, tally_of
from institutions.services.assessment.drawing import (
    beginning_obstacles,
    excuse_obstacles,
    replayed,
    seated,
)
from institutions.services.assessment.opening import TO_ASSESS, opening_obstacles
from institutions.services.assessment.overdue import standing_delays

navigation(
    "desk",
    _("Assessments"),
    "institutions_desk:assessments",
    VIEW_ASSESSMENTS,
    order=17,
    rules=("A-06", "A-06a", "A-07"),
)

QUEUE_LENGTH = 50
SHOWN = 50
_NEXT = {
    AssessmentState.OPENED: _("Draw or engage"),
    AssessmentState.DRAWN: _("Begin the work"),
    AssessmentState.ENGAGED: _("Enter the report"),
}


@desk_queue
def assessments_waiting(user: User, on: date) -> Iterator[Matter]:
    """What the organiser has to do next, and results the head decides."""
    heads = user.has_role(Role.AGENCY_HEAD)
    states = [each.value for each in _NEXT] if OPEN_ASSESSMENT.allows(user) else []
    states += [AssessmentState.COMPLETE.value] if heads else []
    if not states:
        return
    rows = Assessment.objects.filter(state__in=states).with_matter().order_by("opened_at", "pk")
    for each in rows[:QUEUE_LENGTH]:
        due = each.application and each.application.assessment_due_on
        basis = each.application.assessment_due_basis if each.application else {}
        yield Matter(
            title=gettext("Assessment %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=AssessmentState(each.state),
            url=each.get_absolute_url(),
            act=_NEXT.get(AssessmentState(each.state), _("Decide")),
            due_on=ends_on(due, basis),
            provisional=bool(basis.get("provisional")),
        )


@desk_queue
def applications_to_assess(user: User, on: date) -> Iterator[Matter]:
    """Accepted applications, and those to be assessed again, without an open assessment."""
    if not OPEN_ASSESSMENT.allows(user):
        return
    under_way = Assessment.objects.open().filter(application=OuterRef("pk"))
    rows = (
        DesignationApplication.objects.filter(state__in=TO_ASSESS)
        .exclude(Exists(under_way))
        .select_related("institution")
        .order_by("assessment_due_on", "pk")
    )
    for each in rows[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Application %(number)s") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=each.get_absolute_url(),
            act=_("Open the assessment"),
            due_on=ends_on(each.assessment_due_on, each.assessment_due_basis),
            provisional=bool(each.assessment_due_basis.get("provisional")),
        )


@application_buttons()
def assessment_buttons(application: DesignationApplication, user: User) -> list[dict[str, Any]]:
    if not OPEN_ASSESSMENT.allows(user) or application.state not in TO_ASSESS:
        return []
    url = reverse("institutions_desk:assessment_open", args=[application.number])
    obstacles = opening_obstacles(application, user, on=timezone.localdate())
    return [{"act": OPEN_ASSESSMENT, "url": url, "obstacles": obstacles}]


@application_panel("institutions/desk/assessment_panel.html", order=40)
def assessment_panel(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    rows = list(application.assessments.select_related("opened_by").order_by("-opened_at"))
    delays = list(application.delays.all())
    return {"assessments": rows, "delays": delays} if rows or delays else None


class AssessmentList(ActRequired, KeysetList):
    act = VIEW_ASSESSMENTS
    template_name = "institutions/desk/assessments.html"
    order_field = "-opened_at"
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Assessment]:
        return Assessment.objects.visible_to(self.user).with_matter()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overdue = standing_delays().exists()
        return super().get_context_data(overdue=overdue, **kwargs)


class OverdueList(ActRequired, KeysetList):
    """What was not assessed in time: the list the administration supervises (art. 47)."""

    act = VIEW_ASSESSMENTS
    template_name = "institutions/desk/assessments_overdue.html"
    order_field = "-entered_on"

    def get_queryset(self) -> QuerySet[AssessmentDelay]:
        return AssessmentDelay.objects.select_related("application__institution")


class AssessmentPage(ActRequired, DetailView):
    act = VIEW_ASSESSMENTS
    template_name = "institutions/desk/assessment.html"
    context_object_name = "assessment"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Assessment]:
        return (
            Assessment.objects.visible_to(self.user)
            .with_matter()
            .select_related("checklist", "decided_by", "result_letter")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment, user = self.object, self.user
        members = list(members_of_group(assessment))
        may_excuse = EXCUSE_MEMBER.allows(user)
        for each in members:
            obstacles = excuse_obstacles(assessment, each, user) if may_excuse else [None]
            each.may_be_excused = not obstacles  # type: ignore[attr-defined]
        active = [each for each in members if each.is_active]
        return super().get_context_data(
            buttons=list(self._buttons()),
            members=members,
            signed=sum(each.has_signed for each in active),  # type: ignore[attr-defined]
            active=len(active),
            draws=assessment.draws.select_related("drawn_by", "replaces__expert__person"),
            recusals=assessment.recusals.select_related("filed_by", "decided_by", "expert__person"),
            may_decide_recusals=GRANT_RECUSAL.allows(user),
            engagement=getattr(assessment, "engagement", None),
            opinions=opinions_for(assessment, user),
            tally=tally_of(assessment),
            **kwargs,
        )

    def _buttons(self) -> Iterator[dict[str, Any]]:
        assessment, user = self.object, self.user
        by_group = assessment.is_by_group
        offered = {
            AssessmentState.OPENED: DRAW_GROUP if by_group else ENGAGE_THIRD_PARTY,
            AssessmentState.DRAWN: BEGIN_WORK,
            AssessmentState.ENGAGED: ENTER_REPORT,
            AssessmentState.COMPLETE: DECIDE_RESULT,
        }
        act = offered.get(AssessmentState(assessment.state))
        if act is not None and act.allows(user):
            obstacles = {
                BEGIN_WORK: beginning_obstacles,
                DECIDE_RESULT: decision_obstacles,
            }.get(act)
            found = (
                obstacles(assessment, user) if obstacles else step_obstacles(assessment, act, user)
            )
            url = reverse(f"institutions_desk:assessment_{_PAGES[act]}", args=[assessment.number])
            yield {"act": act, "url": url, "obstacles": found}
        if BREAK_OFF.allows(user) and assessment.is_open:
            url = reverse("institutions_desk:assessment_break_off", args=[assessment.number])
            yield {"act": BREAK_OFF, "url": url, "obstacles": []}


_PAGES = {
    DRAW_GROUP: "draw",
    ENGAGE_THIRD_PARTY: "engage",
    BEGIN_WORK: "begin",
    ENTER_REPORT: "report",
    DECIDE_RESULT: "decide",
}


def members_of_group(assessment: Assessment) -> QuerySet[AssessmentMember]:
    """Return the group with the one thing everybody may know of the opinions: that one is signed.
    One query.
    """
    signed = AssessmentOpinion.objects.filter(member=OuterRef("pk"), signed_at__isnull=False)
    return (
        assessment.members.annotate(has_signed=Exists(signed))
        .select_related("expert__person", "expert__account", "draw", "excused_by", "opinion")
        .order_by("place")
    )


def opinions_for(assessment: Assessment, user: User) -> Iterable[AssessmentOpinion]:
    """Return the opinions the user may read; four queries."""
    findings = OpinionFinding.objects.select_related("item").prefetch_related("evidence")
    return (
        AssessmentOpinion.objects.visible_to(user)
        .filter(member__assessment=assessment)
        .select_related("member__expert__person")
        .prefetch_related(Prefetch("findings", findings.order_by("item__place")))
        .order_by("member__place")
    )


class DrawPage(ActRequired, DetailView):
    """A draw as it is stored: its seed, its pool, who was left out and why; on request it is done
    again and compared.
    """

    act = VIEW_ASSESSMENTS
    template_name = "institutions/desk/assessment_draw.html"
    context_object_name = "draw"

    def get_object(self, queryset: Any = None) -> AssessmentDraw:
        rows = AssessmentDraw.objects.select_related(
            "assessment__institution", "drawn_by", "replaces__expert__person"
        )
        found = rows.filter(
            assessment__in=Assessment.objects.visible_to(self.user),
            assessment__number=self.kwargs["number"],
            place=self.kwargs["place"],
        ).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draw = self.object
        by_key = {each["id"]: each for each in draw.pool}
        labels = dict(ExpertField.choices)
        for each in (*draw.pool, *draw.left_out):
            each["field_label"] = labels[each["field"]]
        again = replayed(draw) if "replay" in self.request.GET else None
        return super().get_context_data(
            assessment=draw.assessment,
            outcome=[by_key[key] for key in draw.outcome],
            again=None if again is None else [by_key[key] for key in again],
            matches=again == tuple(draw.outcome) == seated(draw),
            **kwargs,
        )
