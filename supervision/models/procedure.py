"""What must come before a grave decision: the demand to perform, the legal review, the discussion
(C-05, Order 7 art. 6).
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor
from agency.models import Attachment
from agency.powers import only_of
from supervision.enums.proceedings import LegalOutcome, Vote
from supervision.models.case import Case
from supervision.querysets.proceedings import LegalReviewQuerySet


class FormalDemand(models.Model):
    """The formal demand (催告) to perform what the agreement asks for, before a decision orders it.
    The period runs from its service.
    """

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="demands"
    )
    text = models.TextField(_("what is demanded"))
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="formal_demand",
    )
    served_on = models.DateField(_("served on"), null=True, blank=True)
    due_on = models.DateField(_("to be performed by"), null=True, blank=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    performed_on = models.DateField(_("performed on"), null=True, blank=True)
    performance = models.TextField(_("what was performed"), blank=True)

    class Meta:
        verbose_name = _("formal demand")
        verbose_name_plural = _("formal demands")
        ordering = ["issued_on", "pk"]
        constraints = [
            models.CheckConstraint(name="formaldemand_says_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="formaldemand_runs_from_service",
                condition=Q(served_on__isnull=True, due_on__isnull=True)
                | Q(served_on__isnull=False, due_on__gte=F("served_on")),
            ),
            models.CheckConstraint(
                name="formaldemand_performed_has_its_facts",
                condition=Q(performed_on__isnull=True, performance="")
                | (Q(performed_on__isnull=False) & ~Q(performance="")),
            ),
            models.UniqueConstraint(
                name="formaldemand_one_open",
                fields=["case"],
                condition=Q(served_on__isnull=True),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "issued_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.issued_on}"

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()


class LegalReview(models.Model):
    """The legal review of what is to be decided, by somebody who neither opened the case nor
    decides it (Administrative Penalty Law art. 58). Written once.
    """

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="legal_reviews"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=LegalOutcome)
    opinion = models.TextField(_("opinion"))
    reviewed_on = models.DateField(_("reviewed on"))
    reviewed_at = models.DateTimeField(_("recorded at"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = LegalReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal review")
        verbose_name_plural = _("legal reviews")
        ordering = ["reviewed_at", "pk"]
        constraints = [
            models.CheckConstraint(name="legalreview_has_its_opinion", condition=~Q(opinion=""))
        ]
        triggers = [
            only_of(Actor.AGENCY, "reviewed_by"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM supervision_case
                        WHERE id = NEW.case_id
                            AND NEW.reviewed_by_id IN (opened_by_id, verified_by_id, decided_by_id)
                    ) THEN
                        RAISE EXCEPTION 'who opened or decides a case does not review it'
                            USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'legalreview_by_another';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_outcome_display()}"


class CollectiveDiscussion(models.Model):
    """The collective discussion of a grave decision by the agency's responsible persons, after the
    legal review found it lawful (Administrative Penalty Law art. 57). Written once.
    """

    review = models.OneToOneField(
        LegalReview,
        verbose_name=_("legal review"),
        on_delete=models.PROTECT,
        related_name="discussion",
    )
    held_on = models.DateField(_("held on"))
    minutes = models.TextField(_("minutes"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("signed minutes"), blank=True, related_name="+"
    )
    members = models.PositiveSmallIntegerField(_("members"))
    in_favour = models.PositiveSmallIntegerField(_("votes in favour"))
    carried = models.BooleanField(_("carried"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("collective discussion")
        verbose_name_plural = _("collective discussions")
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="collectivediscussion_has_minutes", condition=~Q(minutes="")
            ),
            models.CheckConstraint(
                name="collectivediscussion_three_members",
                condition=Q(members__gte=3, in_favour__lte=F("members")),
            ),
            models.CheckConstraint(
                name="collectivediscussion_carried_by_majority",
                condition=Q(carried=True, in_favour__gt=F("members") - F("in_favour"))
                | Q(carried=False, in_favour__lte=F("members") - F("in_favour")),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "recorded_by"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.review.case} {self.held_on}"


class DiscussionVote(models.Model):
    """How one member of the discussion voted."""

    discussion = models.ForeignKey(
        CollectiveDiscussion,
        verbose_name=_("collective discussion"),
        on_delete=models.PROTECT,
        related_name="votes",
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    vote = models.CharField(_("vote"), max_length=10, choices=Vote)

    class Meta:
        verbose_name = _("vote in a discussion")
        verbose_name_plural = _("votes in discussions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="discussionvote_one_each", fields=["discussion", "member"])
        ]
        triggers = [
            only_of(Actor.AGENCY, "member"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_vote_display()}"
