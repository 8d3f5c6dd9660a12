"""The departments of an institution."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.forms.practitioners import (
    AmendDepartmentForm,
    CloseDepartmentForm,
    DepartmentForm,
)
from institutions.models import Department, Institution
from institutions.permissions.practitioners import (
    AMEND_DEPARTMENT,
    CLOSE_DEPARTMENT,
    OPEN_DEPARTMENT,
    VIEW_OWN_ROSTER,
    VIEW_ROSTERS,
    closing_obstacles,
)
from institutions.services.practitioners.departments import (
    amend_department,
    close_department,
    open_department,
    rows_after,
)
from institutions.views.practitioners.acts import own_institution

SHOWN = 1000


class DepartmentPage(ActRequired, TemplateView):
    template_name = "institutions/roster/departments.html"
    area = "desk"

    def institution(self) -> Institution:
        rows = Institution.objects.visible_to(self.user)
        if self.area == "desk":
            return get_object_or_404(rows, pk=self.kwargs["pk"])
        return own_institution(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution, today = self.institution(), timezone.localdate()
        present = Q(roster__is_void=False, roster__starts_on__lte=today) & (
            Q(roster__ends_on__isnull=True) | Q(roster__ends_on__gte=today)
        )
        return super().get_context_data(
            area=self.area,
            layout=f"agency/{self.area}.html",
            institution=institution,
            today=today,
            departments=institution.departments.annotate(
                present=Count("roster", filter=present)
            ).order_by("code")[:SHOWN],
            may_keep=self.area == "portal" and OPEN_DEPARTMENT.allows(self.user),
            open_act=OPEN_DEPARTMENT,
            **kwargs,
        )


class DeskDepartments(DepartmentPage):
    act = VIEW_ROSTERS


class OwnDepartments(DepartmentPage):
    act = VIEW_OWN_ROSTER
    area = "portal"


class OpenDepartment(ActPage):
    act = OPEN_DEPARTMENT
    area = "portal"
    form_class = DepartmentForm

    def subject(self) -> Institution:
        return own_institution(self)

    def stamp(self) -> str:
        return str(self.object.departments.count())

    def perform(self, form: DepartmentForm) -> Department:
        return open_department(
            institution_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )

    def back_url(self) -> str:
        return reverse("institutions_portal:departments")


class OfDepartment(ActPage):
    area = "portal"

    def subject(self) -> Department:
        rows = Department.objects.visible_to(self.user).select_related("institution")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.name}.{self.object.subject_code}.{self.object.closed_on}"


class AmendDepartment(OfDepartment):
    act = AMEND_DEPARTMENT
    form_class = AmendDepartmentForm

    def initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "subject_code": self.object.subject_code}

    def perform(self, form: AmendDepartmentForm) -> Department:
        return amend_department(
            department_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class CloseDepartment(OfDepartment):
    act = CLOSE_DEPARTMENT
    form_class = CloseDepartmentForm

    def initial(self) -> dict[str, Any]:
        return {"department": self.object}

    def obstacles(self) -> Sequence[Obstacle]:
        return closing_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        count = rows_after(self.object, timezone.localdate()).count()
        return [
            gettext("%(n)d persons are in it today: say where they move, or that their rows end.")
            % {"n": count},
            _("Its code is never used again."),
        ]

    def perform(self, form: CloseDepartmentForm) -> int:
        data = form.cleaned_data
        return close_department(
            department_id=self.object.pk,
            closed_on=data["closed_on"],
            move_to=data["move_to"].pk if data["move_to"] else None,
            end_rows=data["end_rows"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: int) -> str:
        return gettext("Closed; %(n)d rows of the roster moved or ended.") % {"n": result}

    def next_url(self, result: Any) -> str:
        return reverse("institutions_portal:departments")
