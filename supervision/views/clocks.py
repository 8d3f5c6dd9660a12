"""Making the period of statement and defence longer on a reasoned request."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from agency.services.clocks import EXTEND
from agency.views.clock_acts import ExtendClock, clock_act
from supervision.clocks.cases import DEFENCE
from supervision.models import Case
from supervision.permissions.cases import EXTEND_DEFENCE

clock_act(
    DEFENCE,
    EXTEND,
    EXTEND_DEFENCE,
    lambda row: reverse("supervision_desk:extend_defence", args=[row.number]),
)


class ExtendDefence(ExtendClock):
    act = EXTEND_DEFENCE
    clock = DEFENCE

    def subject(self) -> Case:
        return get_object_or_404(self.clock.visible_to(self.user), number=self.kwargs["number"])
