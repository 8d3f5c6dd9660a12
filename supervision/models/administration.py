import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.enums import Actor
from agency.powers import only_of
from supervision.enums.cases import ReviewKind
from supervision.enums.proceedings import ReportWord
from supervision.models.case import Case
from supervision.models.orders import AdministrationOrder
from supervision.querysets.cases import AdministrationReportQuerySet


class AdministrationReport(models.Model):
    """The agency's report of a grave measure to the administration (Order 2 art. 47)."""

    case = models.OneToOneField(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="report"
    )
    due_on = models.DateField(_("due on"), db_index=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    text = models.TextField(_("text of the report"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("report", "sent by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="administration_report",
    )
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)
    acknowledge_due_on = models.DateField(_("to be acknowledged by"), null=True, blank=True)
    acknowledge_due_basis = models.JSONField(
        _("basis of the acknowledgement"), default=dict, blank=True
    )
    acknowledge_due_provisional = models.BooleanField(
        _("acknowledgement is provisional"), default=False
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = AdministrationReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report to the administration")
        verbose_name_plural = _("reports to the administration")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="administrationreport_sent_has_its_facts",
                condition=(Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(text=""))
                | Q(sent_at__isnull=True, sent_by__isnull=True, text=""),
            ),
            models.CheckConstraint(
                name="administrationreport_acknowledged_once_sent",
                condition=Q(
                    sent_at__isnull=False,
                    acknowledged_at__gte=F("sent_at"),
                    acknowledged_by__isnull=False,
                )
                | Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "sent_by"),
            only_of(Actor.ADMINISTRATION, "acknowledged_by"),
        ]

    def __str__(self) -> str:
        return str(self.case)

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()

    @property
    def word(self) -> ReportWord:
        """Where it stands, for the badge."""
        if self.acknowledged_at:
            return ReportWord.ACKNOWLEDGED
        if any(not each.answered_at for each in self.questions.all()):
            return ReportWord.ASKED
        return ReportWord.SENT if self.sent_at else ReportWord.OWED


class ReportQuestion(models.Model):
    """A question of the administration about a report, and the agency's answer."""

    report = models.ForeignKey(
        AdministrationReport,
        verbose_name=_("report to the administration"),
        on_delete=models.PROTECT,
        related_name="questions",
    )
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("question about a report")
        verbose_name_plural = _("questions about reports")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="reportquestion_asks_something", condition=~Q(text="")),
            models.UniqueConstraint(
                name="reportquestion_one_open",
                fields=["report"],
                condition=Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="reportquestion_answer_has_its_facts",
                condition=(Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""))
                | Q(answered_at__isnull=True, answered_by__isnull=True, answer=""),
            ),
        ]
        triggers = [
            only_of(Actor.ADMINISTRATION, "asked_by"),
            only_of(Actor.AGENCY, "answered_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.asked_at:%Y-%m-%d}"


class SupervisionReview(models.Model):
    """One look of the administration at a case, and what it did. Written once."""

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="reviews"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReviewKind)
    text = models.TextField(_("text"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    order = models.OneToOneField(
        AdministrationOrder,
        verbose_name=_("order of the administration"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="review",
    )
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("review by the administration")
        verbose_name_plural = _("reviews by the administration")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="supervisionreview_dated_where_something_is_due",
                condition=Q(kind=ReviewKind.NOTED, due_on__isnull=True)
                | (~Q(kind=ReviewKind.NOTED) & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="supervisionreview_order_where_ordered",
                condition=Q(kind=ReviewKind.ORDERED, order__isnull=False)
                | (~Q(kind=ReviewKind.ORDERED) & Q(order__isnull=True)),
            ),
        ]
        triggers = [
            only_of(Actor.ADMINISTRATION, "by"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
