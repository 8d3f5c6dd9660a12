import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord
from institutions.enums.guidance import Presence, TrainingMode, TrainingState, TrainingTopic
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.querysets.guidance import TrainingAttendanceQuerySet, TrainingEventQuerySet

_STATE = TrainingState


class TrainingEvent(Lifecycle):
    """A training the agency gives (Order 2 art. 27): the record keeps its day, its audience, the
    institutions and the materials (B-01).
    """

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=120)
    topic = models.CharField(_("topic"), max_length=12, choices=TrainingTopic)
    mode = models.CharField(_("mode"), max_length=8, choices=TrainingMode)
    place = models.CharField(
        pgettext_lazy("training", "place"),
        max_length=200,
        blank=True,
        help_text=_("The room, or the address online."),
    )
    held_on = models.DateField(_("held on"))
    audience = models.CharField(
        _("audience"), max_length=200, help_text=_("For whom it is, in words.")
    )
    materials = models.ManyToManyField(
        Attachment, verbose_name=_("materials"), blank=True, related_name="+"
    )
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.PLANNED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("entered at"))

    objects = TrainingEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="trainingevent_has_its_facts", condition=~Q(title="") & ~Q(audience="")
            ),
        ]
        indexes = [models.Index(name="trainingevent_by_day", fields=["-held_on", "-id"])]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.PLANNED.value, _STATE.HELD.value),
                    (_STATE.PLANNED.value, _STATE.CANCELLED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:training", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:training", args=[self.pk])

    @property
    def is_planned(self) -> bool:
        return self.state == _STATE.PLANNED

    @property
    def is_held(self) -> bool:
        return self.state == _STATE.HELD

    @transition(field=state, source=_STATE.PLANNED, target=_STATE.HELD)
    def hold(self) -> None:
        pass

    @transition(field=state, source=_STATE.PLANNED, target=_STATE.CANCELLED)
    def cancel(self) -> None:
        pass


class TrainingAttendance(models.Model):
    """An institution's part in a training: invited, come or not, and who came for it."""

    event = models.ForeignKey(
        TrainingEvent,
        verbose_name=_("training"),
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="trainings",
    )
    presence = models.CharField(
        _("presence"), max_length=8, choices=Presence, default=Presence.INVITED
    )
    attendees = models.CharField(
        _("who came"), max_length=300, blank=True, help_text=_("Names, separated by commas.")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by the institution's"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = TrainingAttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance of a training")
        verbose_name_plural = _("attendances of trainings")
        ordering = ["event", "institution"]
        constraints = [
            models.UniqueConstraint(
                name="trainingattendance_once", fields=["event", "institution"]
            ),
            models.CheckConstraint(
                name="trainingattendance_confirmed_by_somebody",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="trainingattendance_attendees_came",
                condition=Q(attendees="") | Q(presence=Presence.ATTENDED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.institution}"


class TrainingTransition(TransitionRecord):
    subject = models.ForeignKey(TrainingEvent, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a training")
        verbose_name_plural = _("transitions of trainings")
