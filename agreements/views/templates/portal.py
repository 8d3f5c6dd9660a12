"""The institution's side of a consultation: read the text, say something, read the answers."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.forms import NoForm
from agency.home import Matter, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.templates import ConsultationState, Stance
from agreements.forms.templates import CommentForm, ConsultationFilter
from agreements.models import Consultation, ConsultationComment
from agreements.permissions.templates import (
    COMMENT_ON_TEXT,
    VIEW_CONSULTATIONS,
    commenting_obstacles,
)
from agreements.rules.clauses import changes
from agreements.services.templates.commenting import comment, own_institution
from agreements.views.templates.consultations import (
    asked_texts,
    counts_of,
    texts_of_asked,
)
from agreements.views.templates.versions import region_name

SHOWN = 20

navigation(
    "portal",
    _("Consultations on texts"),
    "agreements_portal:consultations",
    VIEW_CONSULTATIONS,
    order=24,
)


@portal_queue
def consultations_open(user: User, on: date) -> Iterator[Matter]:
    """Texts the institution is asked about and has said nothing of. One query."""
    if not COMMENT_ON_TEXT.allows(user):
        return
    said = ConsultationComment.objects.filter(
        consultation=OuterRef("pk"), institution__memberships__user=user
    )
    rows = Consultation.objects.visible_to(user).open().exclude(Exists(said))
    for each in rows.select_related("version__template__region").order_by("comments_due_on")[
        :SHOWN
    ]:
        yield Matter(
            title=gettext("You are asked: %(title)s") % {"title": each.version.title},
            institution=region_name(each.version.template),
            state=ConsultationState(each.state),
            url=each.get_portal_url(),
            act=COMMENT_ON_TEXT.label,
            due_on=ends_on(each.comments_due_on, each.comments_due_basis),
            provisional=each.comments_due_provisional,
        )


def _rows(user: User) -> QuerySet[Consultation]:
    return Consultation.objects.visible_to(user).select_related(
        "version__template__region", "version__based_on"
    )


class OwnConsultations(ActRequired, KeysetList):
    act = VIEW_CONSULTATIONS
    template_name = "agreements/texts/own_consultations.html"
    order_field = "-opened_at"
    filterset_class = ConsultationFilter

    def get_queryset(self) -> QuerySet[Consultation]:
        return _rows(self.user)


class OwnConsultation(ActRequired, DetailView):
    """The text asked about, what changes in it, the institution's words and the answers."""

    act = VIEW_CONSULTATIONS
    template_name = "agreements/texts/own_consultation.html"
    context_object_name = "consultation"

    def get_queryset(self) -> QuerySet[Consultation]:
        return _rows(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation, user = self.object, self.user
        own = {
            each.clause_key: each
            for each in consultation.comments.filter(institution__memberships__user=user)
        }
        may = not commenting_obstacles(consultation, user)
        version = consultation.version
        before = version.based_on
        found = (
            {each.key: each for each in changes(texts_of_asked(before), asked_texts(consultation))}
            if before
            else {}
        )
        asked = {each["key"] for each in consultation.asked_text}
        clauses = [
            {**each, "comment": own.get(each["key"]), "change": found.get(each["key"])}
            for each in consultation.asked_text
        ]
        return super().get_context_data(
            region=region_name(version.template),
            clauses=clauses,
            gone=[each for key, each in found.items() if key not in asked],
            before=before,
            whole=own.get(""),
            may_comment=may,
            counts=None if consultation.is_open else counts_of(consultation),
            comment_act=COMMENT_ON_TEXT,
            said=bool(own),
            **kwargs,
        )


class CommentPage(ActPage):
    """A comment on a clause, or, without a key, on the text as a whole."""

    act = COMMENT_ON_TEXT
    form_class: Any = CommentForm
    template_name = "agreements/texts/comment.html"
    area = "portal"

    def subject(self) -> Consultation:
        found = get_object_or_404(_rows(self.user), pk=self.kwargs["pk"])
        self.key = self.kwargs.get("key", "")
        self.clause = next((each for each in found.asked_text if each["key"] == self.key), None)
        if self.key and self.clause is None:
            raise Http404
        return found

    def stamp(self) -> str:
        return self.object.state

    def obstacles(self) -> Sequence[Obstacle]:
        return commenting_obstacles(self.object, self.user)

    def title(self) -> str | Promise:
        return _("Comment on the clause") if self.key else _("Comment on the text as a whole")

    def initial(self) -> dict[str, Any]:
        own = self.object.comments.filter(
            institution__memberships__user=self.user, clause_key=self.key
        ).first()
        return {"stance": own.stance, "text": own.text} if own else {}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("You may change it until the end of %(day)s.")
            % {"day": self.object.comments_due_on},
            _("The agency answers each comment, and says what it adopts."),
        ]

    def extra(self) -> dict[str, Any]:
        return {"clause": self.clause}

    def success(self, result: Any) -> str:
        return gettext("Your comment is recorded.")

    def next_url(self, result: Any) -> str:
        return f"{self.object.get_portal_url()}#{self.key}"

    def perform(self, form: Any) -> ConsultationComment:
        return self.said(form.cleaned_data["stance"], form.cleaned_data["text"])

    def said(self, stance: str, text: str) -> ConsultationComment:
        institution = own_institution(self.user)
        return comment(
            consultation_id=self.object.pk,
            institution_id=institution.pk if institution else 0,
            clause_key=self.key,
            stance=Stance(stance),
            text=text,
            by=self.user,
            at=timezone.now(),
        )


class NoObjection(CommentPage):
    """The shortest answer: to the whole text there is no objection."""

    form_class = NoForm

    def title(self) -> str | Promise:
        return _("No objection")

    def perform(self, form: Any) -> ConsultationComment:
        return self.said(Stance.NO_OBJECTION, "")
