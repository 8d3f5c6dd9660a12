"""Lists of newly designated institutions at the desk (A-10)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.forms import NoForm
from agency.home import Matter, desk_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.life import AgreementState
from agreements.models import Agreement, DesignatedList
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.permissions.handover import ISSUE_DESIGNATED_LIST
from agreements.services.lists import issue_designated_list, newly_designated, publication_due

QUEUE_LENGTH = 50


def unlisted(user: User, on: date) -> list[Agreement]:
    """Return who is newly designated in the user's region and on no list."""
    return list(newly_designated(user.region, on)[:QUEUE_LENGTH]) if user.region else []


@desk_queue
def list_due(user: User, on: date) -> Iterator[Matter]:
    """One matter for the next list: due with the earliest of the newly designated."""
    if not ISSUE_DESIGNATED_LIST.allows(user):
        return
    rows = unlisted(user, on)
    if rows:
        yield Matter(
            title=gettext("Newly designated and on no list: %(count)d") % {"count": len(rows)},
            institution=rows[0].institution.name,
            state=AgreementState(rows[0].state),
            url=reverse("agreements_desk:designated_list_new"),
            act=ISSUE_DESIGNATED_LIST.label,
            due_on=publication_due(rows[0], on=on),
        )


class DesignatedLists(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/designated_lists.html"
    order_field = "-issued_at"

    def get_queryset(self) -> QuerySet[DesignatedList]:
        rows = DesignatedList.objects.select_related("region", "letter", "issued_by")
        return rows.annotate(length=Count("agreements"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=unlisted(self.user, timezone.localdate()),
            can_publish=ISSUE_DESIGNATED_LIST.allows(self.user),
            **kwargs,
        )


class DesignatedListPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/designated_list.html"
    context_object_name = "list"

    def get_queryset(self) -> QuerySet[DesignatedList]:
        return DesignatedList.objects.select_related("region", "letter", "issued_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreements = self.object.agreements.select_related("institution", "region")
        return super().get_context_data(agreements=agreements.order_by("valid_from"), **kwargs)


class PublishList(ActPage):
    act = ISSUE_DESIGNATED_LIST
    form_class = NoForm

    def subject(self) -> Any:
        self.waiting = unlisted(self.user, timezone.localdate())
        return _("Lists of designated")

    def stamp(self) -> str:
        return ".".join(str(each.pk) for each in self.waiting)

    def obstacles(self) -> Sequence[Obstacle]:
        if self.waiting:
            return []
        text = _("Nobody was newly designated in your region since the last list.")
        return [Obstacle("list_empty", text, "A-10")]

    def consequences(self) -> Sequence[str | Promise]:
        names = "、".join(each.institution.name for each in self.waiting)
        return [
            gettext("A letter publishes: %(names)s.") % {"names": names},
            _("The public register shows them from their first day on, list or no list."),
        ]

    def perform(self, form: NoForm) -> DesignatedList:
        return issue_designated_list(
            region_code=self.user.region_id or "", by=self.user, at=timezone.now()
        )

    def back_url(self) -> str:
        return reverse("agreements_desk:designated_lists")
