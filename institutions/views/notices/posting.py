"""Public notices at the desk, and the negotiation that follows them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.forms import NoForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.application_panels import application_buttons, application_panel
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import ObjectionState
from institutions.forms.notices import ChosenForm, NoticeFilter
from institutions.models import DesignationApplication, NoticeEntry, Objection, PublicNotice
from institutions.permissions.notices import (
    OPEN_NEGOTIATION,
    OPEN_TO_OBJECTIONS,
    POST_NOTICE,
    VIEW_NOTICES,
    negotiation_obstacles,
    posting_obstacles,
)
from institutions.rules import public_notice_basis
from institutions.services.notices.negotiation import notice_of, open_negotiation
from institutions.services.notices.posting import post_notice

QUEUE_LENGTH = 50
MOST_AT_ONCE = 100

navigation(
    "desk",
    _("Public notices"),
    "institutions_desk:notices",
    VIEW_NOTICES,
    order=13,
    rules=("A-08",),
)


def to_be_posted() -> QuerySet[DesignationApplication]:
    rows = DesignationApplication.objects.filter(state=ApplicationState.FILED)
    return rows.select_related("institution", "region").order_by("region", "pk")


@desk_queue
def notices_waiting(user: User, on: date) -> Iterator[Matter]:
    """Applicants whose result is filed, to be posted."""
    if not POST_NOTICE.allows(user):
        return
    for each in to_be_posted()[:QUEUE_LENGTH]:
        yield Matter(
            title=gettext("Post %(number)s in a public notice") % {"number": each.number},
            institution=each.institution.name,
            state=ApplicationState(each.state),
            url=reverse("institutions_desk:notice_new"),
            act=POST_NOTICE.label,
        )


@application_panel("institutions/notices/panel.html", order=60)
def notice_panel(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    """The public notices of an applicant and the objections to it. Two queries."""
    entries = list(
        NoticeEntry.objects.filter(application=application).select_related("notice").order_by("pk")
    )
    if not entries:
        return None
    objections = Objection.objects.of_application(application.pk).order_by("pk")
    return {"entries": entries, "objections": list(objections)}


@application_buttons()
def negotiation_button(application: DesignationApplication, user: User) -> Iterator[dict[str, Any]]:
    if application.state not in OPEN_TO_OBJECTIONS or not OPEN_NEGOTIATION.allows(user):
        return
    yield {
        "act": OPEN_NEGOTIATION,
        "url": reverse("institutions_desk:application_negotiate", args=[application.number]),
        "obstacles": opening_obstacles(application, user),
    }


def opening_obstacles(application: DesignationApplication, user: User) -> list[Obstacle]:
    undecided = Objection.objects.of_application(application.pk).undecided().count()
    return negotiation_obstacles(
        application, notice_of(application), user, undecided=undecided, on=timezone.localdate()
    )


class NoticeList(ActRequired, KeysetList):
    act = VIEW_NOTICES
    template_name = "institutions/notices/notices.html"
    order_field = "-posted_on"
    filterset_class = NoticeFilter

    def get_queryset(self) -> QuerySet[PublicNotice]:
        undecided = Q(entries__objections__state=ObjectionState.UNDECIDED)
        return PublicNotice.objects.select_related("region").annotate(
            applicants=Count("entries", distinct=True),
            undecided=Count("entries__objections", filter=undecided, distinct=True),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=to_be_posted()[:QUEUE_LENGTH],
            can_post=POST_NOTICE.allows(self.user),
            **kwargs,
        )


class NoticePage(ActRequired, DetailView):
    act = VIEW_NOTICES
    template_name = "institutions/notices/notice.html"
    context_object_name = "notice"

    def get_queryset(self) -> QuerySet[PublicNotice]:
        return PublicNotice.objects.select_related("region", "letter", "posted_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = self.object.entries.select_related("application").prefetch_related("objections")
        return super().get_context_data(entries=entries, **kwargs)


class PostNotice(ActPage):
    """One notice for the applicants chosen."""

    act = POST_NOTICE
    form_class: Any = ChosenForm

    def subject(self) -> Any:
        self.waiting = list(to_be_posted()[:MOST_AT_ONCE])
        return _("Public notices")

    def initial(self) -> dict[str, Any]:
        return {
            "rows": [
                (each.pk, f"{each.number} {each.institution.name} · {each.region}")
                for each in self.waiting
            ]
        }

    def stamp(self) -> str:
        return ".".join(str(each.pk) for each in self.waiting)

    def obstacles(self) -> Sequence[Obstacle]:
        return posting_obstacles(self.waiting[:1], self.user)

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = [
            _("The notice is on the public site at once, with its letter.")
        ]
        if self.waiting:
            on = timezone.localdate()
            ends, _basis = public_notice_basis(on, office(on=on, region=self.waiting[0].region))
            facts = {"day": ends.on}
            lines.append(_("Anybody may object until %(day)s, 24:00.") % facts)
        return [*lines, _("Every objection is decided before anything is signed.")]

    def perform(self, form: ChosenForm) -> PublicNotice:
        return post_notice(
            application_ids=form.cleaned_data["chosen"], by=self.user, at=timezone.now()
        )

    def back_url(self) -> str:
        return reverse("institutions_desk:notices")


class OpenNegotiation(ActPage):
    act = OPEN_NEGOTIATION
    form_class = NoForm

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user)
        return get_object_or_404(
            rows.select_related("institution", "region"), number=self.kwargs["number"]
        )

    def obstacles(self) -> Sequence[Obstacle]:
        return opening_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("No objection can be filed any more."),
            _("An agreement can be drawn up; the applicant is told."),
            _("The nightly job does the same by itself."),
        ]

    def perform(self, form: NoForm) -> DesignationApplication:
        return open_negotiation(application_id=self.object.pk, by=self.user, at=timezone.now())
