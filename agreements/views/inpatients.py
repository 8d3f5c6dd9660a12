"""Inpatients at a suspension or an end: answered in the portal, watched at the desk (B-13)."""

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

from agency.clocks import ends_on
from agency.home import Matter, desk_queue, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage
from agreements.enums.life import AgreementState
from agreements.forms.cascade import InpatientsForm
from agreements.models import InpatientWarning
from agreements.permissions.cascade import ANSWER_INPATIENTS, CHECK_RECTIFICATION, INPATIENTS
from agreements.services.inpatients import answer_warning

QUEUE_LENGTH = 50


def _waiting() -> QuerySet[InpatientWarning]:
    rows = InpatientWarning.objects.waiting().select_related("agreement__institution")
    return rows.order_by("due_on", "pk")


@desk_queue
def warnings_unanswered(user: User, on: date) -> Iterator[Matter]:
    """Institutions of the user's region that have not said in time how their inpatients were
    warned.
    """
    if not CHECK_RECTIFICATION.allows(user):
        return
    rows = _waiting().filter(due_on__lt=on)
    if user.region_id:
        rows = rows.filter(agreement__region=user.region_id)
    for each in rows[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Inpatients from %(day)s: no answer") % {"day": each.boundary_on},
            institution=each.agreement.institution.name,
            state=AgreementState(each.agreement.state),
            url=each.get_absolute_url(),
            act=_("Look"),
            due_on=ends_on(each.due_on, each.due_basis),
            provisional=each.due_provisional,
        )


@portal_queue
def warnings_to_answer(user: User, on: date) -> Iterator[Matter]:
    if not ANSWER_INPATIENTS.allows(user):
        return
    for each in _waiting().visible_to(user)[:QUEUE_LENGTH]:  # type: ignore[attr-defined]
        yield Matter(
            title=gettext("Warn the inpatients: boundary %(day)s, agreement %(number)s")
            % {"day": each.boundary_on, "number": each.agreement},
            institution=each.agreement.institution.name,
            state=AgreementState(each.agreement.state),
            url=reverse("agreements_portal:inpatients", args=[each.pk]),
            act=ANSWER_INPATIENTS.label,
            due_on=ends_on(each.due_on, each.due_basis),
            provisional=each.due_provisional,
        )


class AnswerWarning(ActPage):
    act = ANSWER_INPATIENTS
    form_class: Any = InpatientsForm
    area = "portal"

    def subject(self) -> InpatientWarning:
        rows = InpatientWarning.objects.visible_to(self.user)
        return get_object_or_404(
            rows.select_related("agreement__institution"), pk=self.kwargs["pk"]
        )

    def stamp(self) -> str:
        return str(self.object.is_open)

    def obstacles(self) -> Sequence[Obstacle]:
        if self.object.is_open:
            return []
        text = _("It has been answered, or fell away.")
        return [Obstacle("warning_answered", text, INPATIENTS)]

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("What is provided before %(day)s is settled by the day of service.")
            % {"day": self.object.boundary_on},
            gettext("What is provided from %(day)s is not settled, but for emergencies.")
            % {"day": self.object.boundary_on},
            _("Your answer is given once; the agency reads it."),
        ]

    def perform(self, form: InpatientsForm) -> InpatientWarning:
        return answer_warning(
            warning_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )
