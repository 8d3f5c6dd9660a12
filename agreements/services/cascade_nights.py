"""What the night does about cascades: who was signed or has begun since follows as well (B-17)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from agreements.enums.cascade import CascadeKind, CascadeOutcome
from agreements.enums.life import AgreementState
from agreements.models import Agreement, CascadeReceipt, Suspension
from agreements.rules import CascadeAct
from agreements.rules.following import follows_suspension, lasted_on
from agreements.services.cascade import (
    as_it_stands,
    following,
    propose,
    suspend_follower,
)
from agreements.services.cascade_receipts import deliver, record


@transaction.atomic
def join_cascades(*, on: date, at: datetime) -> int:
    """Let agreements that were signed while the home region's suspension lasts follow it."""
    signed = Agreement.objects.filter(
        institution=OuterRef("agreement__institution"),
        state__in=[AgreementState.SIGNED, AgreementState.EFFECTIVE],
        signed_on__gte=OuterRef("starts_on"),
    ).exclude(region=OuterRef("agreement__region"))
    causes = (
        Suspension.objects.running()
        .filter(Exists(signed), cascade__isnull=True)
        .select_related("agreement__institution", "agreement__region")
    )
    done = 0
    for cause in causes.order_by("pk"):
        home = cause.agreement
        told = CascadeReceipt.objects.filter(cause=cause, kind=CascadeKind.SUSPEND)
        rows = (
            Agreement.objects.filter(
                institution=home.institution_id,
                state__in=[AgreementState.SIGNED, AgreementState.EFFECTIVE],
                signed_on__gte=cause.starts_on,
            )
            .exclude(region=home.region_id)
            .exclude(pk__in=told.values("agreement"))
            .select_related("institution", "region")
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
        )
        for agreement in following(home, cause.starts_on, rows, CascadeAct.SUSPEND):
            verdict = follows_suspension(as_it_stands(agreement), cause.starts_on)
            receipt = deliver(
                home, agreement, verdict, kind=CascadeKind.SUSPEND, cause=cause, by=None, at=at
            )
            if verdict.outcome == CascadeOutcome.FOLLOWED:
                suspend_follower(receipt, agreement, verdict.on, at=at)
            done += 1
    return done


@transaction.atomic
def follow_up(*, on: date, at: datetime) -> int:
    """Suspend followers whose term has begun since, from its first day, if the home suspension
    lasted on it. The dates of the law count, not the day of the run.
    """
    rows = CascadeReceipt.objects.filter(
        outcome=CascadeOutcome.TO_COME, undone_on__isnull=True, effective_on__lte=on
    ).exclude(agreement__state=AgreementState.SIGNED)
    done = 0
    for pk, agreement in list(rows.order_by("agreement_id", "pk").values_list("pk", "agreement")):
        follower = Agreement.objects.locked(agreement)
        receipt = CascadeReceipt.objects.locked(pk)
        cause, home = receipt.cause, receipt.home
        assert cause is not None, "the database has it for every suspension"  # noqa: S101
        lasted = lasted_on((cause.starts_on, cause.resumed_on), home.last_day, receipt.effective_on)
        verdict = follows_suspension(as_it_stands(follower), receipt.effective_on)
        outcome = verdict.outcome if lasted else CascadeOutcome.ENDED
        receipt.outcome = outcome
        receipt.save(update_fields=["outcome"])
        record(receipt, "follow", source=receipt.state, on=receipt.effective_on, at=at, by=None)
        if outcome == CascadeOutcome.FOLLOWED:
            suspend_follower(receipt, follower, verdict.on, at=at)
            if cause.resumed_on is not None:
                propose(home, cause, follower, by=None, at=at)
        done += 1
    return done
