"""The desk's own pages: what waits for me."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency.home import DESK_QUEUES, gather, navigation
from agency.permissions import USE_DESK
from agency.views.pages import ActRequired

navigation("desk", _("Waiting for me"), "agency_desk:home", USE_DESK, order=0)

SOON_DAYS = 7


class Home(ActRequired, TemplateView):
    act = USE_DESK
    template_name = "agency/desk_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        matters = gather(DESK_QUEUES, self.request.user, today)
        left = [(each.due_on - today).days for each in matters if each.due_on]
        return super().get_context_data(
            matters=matters,
            overdue=sum(days < 0 for days in left),
            soon=sum(0 <= days <= SOON_DAYS for days in left),
            **kwargs,
        )
