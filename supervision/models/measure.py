import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment
from agreements.enums.life import DissolutionGround, SuspensionGround
from agreements.models import TextClause
from institutions.models import Department, Practitioner
from supervision.enums.cases import AgreementAct, Rung, Target
from supervision.enums.interviews import MoneyAct
from supervision.models.case import Case

_WITH_AMOUNT = [Rung.WITHHOLD, Rung.REFUSE, Rung.DAMAGES]


@pghistory.track()
class CaseMeasure(models.Model):
    """One measure of the ladder of Order 2 art. 38: intended in the notice, and then imposed by
    the decision or not (`imposed` is empty until then).
    """

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="measures"
    )
    rung = models.PositiveSmallIntegerField(_("measure"), choices=Rung)
    clause = models.CharField(_("breached clause"), max_length=120)
    text_clause = models.ForeignKey(
        TextClause,
        verbose_name=_("clause of the signed text"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    clause_note = models.CharField(
        _("why no clause of a signed text"),
        max_length=200,
        blank=True,
        help_text=_("For agreements signed before their texts were kept here."),
    )
    evidence = models.TextField(_("evidence of the breach"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("evidence files"), blank=True, related_name="+"
    )
    amount = models.DecimalField(
        _("amount"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    money_act = models.CharField(_("act on the money"), max_length=12, choices=MoneyAct, blank=True)
    reckoning = models.TextField(
        _("how the amount was reckoned"),
        blank=True,
        help_text=_("What the clause proposes, and what was decided instead."),
    )
    release_when = models.CharField(_("withheld until"), max_length=200, blank=True)
    target = models.CharField(_("whom"), max_length=10, choices=Target, blank=True)
    target_name = models.CharField(_("name of person or department"), max_length=80, blank=True)
    practitioner = models.ForeignKey(
        Practitioner,
        verbose_name=_("practitioner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    starts_on = models.DateField(_("first day of the measure"), null=True, blank=True)
    ends_on = models.DateField(_("last day of the measure"), null=True, blank=True)
    agreement_act = models.CharField(
        _("act on the agreement"), max_length=10, choices=AgreementAct, blank=True
    )
    suspension_ground = models.CharField(
        _("ground of suspension"),
        max_length=10,
        choices=[each for each in SuspensionGround.choices if each[0] != SuspensionGround.REQUEST],
        blank=True,
    )
    dissolution_ground = models.PositiveSmallIntegerField(
        _("ground of dissolution"), choices=DissolutionGround, null=True, blank=True
    )
    imposed = models.BooleanField(_("imposed"), null=True, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["rung", "pk"]
        constraints = [
            models.CheckConstraint(
                name="casemeasure_amount_where_it_applies",
                condition=Q(rung__in=_WITH_AMOUNT, amount__isnull=False, amount__gt=0)
                | (~Q(rung__in=_WITH_AMOUNT) & Q(amount__isnull=True)),
            ),
            models.CheckConstraint(
                name="casemeasure_fifth_names_whom",
                condition=(Q(rung=Rung.PERSON) & ~Q(target="") & ~Q(target_name=""))
                | (~Q(rung=Rung.PERSON) & Q(target="", target_name="")),
            ),
            models.CheckConstraint(
                # Measures laid out before the roster was kept here name whom in words only.
                name="casemeasure_fifth_on_the_roster",
                condition=Q(practitioner__isnull=True, department__isnull=True)
                | Q(target=Target.PERSON, practitioner__isnull=False, department__isnull=True)
                | Q(target=Target.DEPARTMENT, practitioner__isnull=True, department__isnull=False),
            ),
            models.CheckConstraint(
                name="casemeasure_money_act_of_its_rung",
                condition=Q(money_act="")
                | Q(rung=Rung.WITHHOLD, money_act__in=[MoneyAct.WITHHOLD, MoneyAct.REFUSE_PAYMENT])
                | Q(rung=Rung.REFUSE, money_act__in=[MoneyAct.REFUSE_FEES, MoneyAct.RECOVER]),
            ),
            models.CheckConstraint(
                name="casemeasure_withheld_says_until_when",
                condition=(Q(money_act=MoneyAct.WITHHOLD) & ~Q(release_when=""))
                | (~Q(money_act=MoneyAct.WITHHOLD) & Q(release_when="")),
            ),
            models.CheckConstraint(
                name="casemeasure_sixth_names_the_act",
                condition=(
                    Q(rung=Rung.AGREEMENT, agreement_act=AgreementAct.SUSPEND)
                    & ~Q(suspension_ground="")
                    & Q(dissolution_ground__isnull=True)
                )
                | Q(
                    rung=Rung.AGREEMENT,
                    agreement_act=AgreementAct.DISSOLVE,
                    suspension_ground="",
                    dissolution_ground__isnull=False,
                )
                | (
                    ~Q(rung=Rung.AGREEMENT)
                    & Q(agreement_act="", suspension_ground="", dissolution_ground__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="casemeasure_dated_where_it_lasts",
                condition=Q(rung__in=[Rung.PERSON, Rung.AGREEMENT], starts_on__isnull=False)
                | (
                    ~Q(rung__in=[Rung.PERSON, Rung.AGREEMENT])
                    & Q(starts_on__isnull=True, ends_on__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="casemeasure_suspension_has_its_end",
                condition=~Q(agreement_act=AgreementAct.SUSPEND) | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="casemeasure_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="casemeasure_has_clause_and_evidence",
                condition=~Q(clause="") & ~Q(evidence=""),
            ),
            models.UniqueConstraint(
                name="casemeasure_one_act_on_the_agreement",
                fields=["case"],
                condition=Q(rung=Rung.AGREEMENT),
                violation_error_message=_(
                    "An agreement is suspended or dissolved, not both and not twice."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.wording)

    @property
    def wording(self) -> str:
        """What the measure is called in the notice and the decision."""
        if self.rung == Rung.AGREEMENT:
            return str(AgreementAct(self.agreement_act).label)
        if self.money_act:
            return str(MoneyAct(self.money_act).label)
        return str(Rung(self.rung).label)

    @property
    def ground(self) -> str:
        if self.dissolution_ground:
            return f"{self.dissolution_ground} {self.get_dissolution_ground_display()}"
        return str(self.get_suspension_ground_display()) if self.suspension_ground else ""
