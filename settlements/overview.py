"""What the administration sees of internal control, review and payment (art. 47, B-02)."""

from functools import reduce
from itertools import combinations
from operator import or_

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from agency.models import StandIn
from agency.overview import Line, flag, measure
from agency.services.overview import day_of
from settlements.enums import OPEN_STATEMENT_STATES, BatchState, FindingStatus, StatementState
from settlements.models import ClaimBatch, Finding, PaymentOrder, Statement

_REGION = "institution__region__code"
# The four posts (B-02): review, settlement, audit, payment; whoever records the payment included.
POSTS = ("reviewer", "settlement_officer", "audit_officer", "payment_officer")


def _of_statement(row: Statement) -> Line:
    return Line(
        row.number, row.get_absolute_url(), row.institution, row.due_on, row.get_state_display()
    )


def _of_batch(row: ClaimBatch) -> Line:
    return Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.declared_on,
        row.get_state_display(),
    )


# --- internal control -----------------------------------------------------------------------------

flag(
    area="control",
    key="one_hand",
    label=_("Statements with two posts in one hand"),
    rows=lambda asked: Statement.objects.filter(
        reduce(or_, (Q(**{one: F(other)}) for one, other in combinations(POSTS, 2))),
        declared_on__range=(asked.first, asked.last),
    ),
    region=_REGION,
    line=_of_statement,
    related=("institution",),
)
flag(
    area="control",
    key="stand_ins",
    label=_("Stand-ins in the period"),
    rows=lambda asked: StandIn.objects.filter(starts_on__lte=asked.last, ends_on__gte=asked.first),
    region="delegator__region__code",
    line=lambda row: Line(
        _text("%(delegate)s for %(delegator)s")
        % {"delegate": row.delegate, "delegator": row.delegator},
        day=row.ends_on,
        note=row.reason,
    ),
    related=("delegator", "delegate"),
)
flag(
    area="control",
    key="major_without_decision",
    label=_("Major expenses without a collective decision"),
    rows=lambda asked: PaymentOrder.objects.annotate(issued=day_of("issued_at")).filter(
        amount__gte=F("decision_threshold"),
        decision__isnull=True,
        issued__range=(asked.first, asked.last),
    ),
    region="statement__institution__region__code",
    line=lambda row: Line(
        row.number,
        row.statement.get_absolute_url(),
        row.statement.institution,
        note=f"{row.amount:,.2f}",
    ),
    related=("statement__institution",),
)


# --- review and payment ---------------------------------------------------------------------------

measure(
    area="audit",
    key="batches",
    label=_("Batches reviewed"),
    rows=lambda: ClaimBatch.objects.filter(declared_on__isnull=False),
    started="declared_on",
    done=day_of("reviewed_at"),
    open=Q(state__in=[BatchState.ACCEPTED, BatchState.REVIEWING]),
    finished=Q(state=BatchState.REVIEWED),
    region=_REGION,
    line=_of_batch,
    related=("institution",),
)
flag(
    area="audit",
    key="undecided",
    label=_("Findings undecided when the payment is due"),
    rows=lambda asked: ClaimBatch.objects.filter(
        Exists(Finding.objects.filter(batch=OuterRef("pk"), status=FindingStatus.FLAGGED)),
        statement__due_on__lt=asked.on,
    ),
    region=_REGION,
    line=_of_batch,
    related=("institution",),
)
measure(
    area="payment",
    key="statements",
    label=_("Statements paid"),
    rows=Statement.objects.all,
    started="declared_on",
    done="paid_on",
    due="due_on",
    open=Q(state__in=OPEN_STATEMENT_STATES),
    finished=Q(state__in=[StatementState.PAID, StatementState.CLOSED]),
    region=_REGION,
    line=_of_statement,
    related=("institution",),
)
flag(
    area="payment",
    key="overdue",
    label=_("Payments overdue"),
    rows=lambda asked: Statement.objects.filter(
        state__in=OPEN_STATEMENT_STATES, due_on__lt=asked.on
    ),
    region=_REGION,
    line=_of_statement,
    related=("institution",),
)
flag(
    area="payment",
    key="late_unexplained",
    label=_("Paid late, and the reason not approved"),
    rows=lambda asked: Statement.objects.filter(
        paid_on__range=(asked.first, asked.last),
        paid_on__gt=F("due_on"),
        late_approved_at__isnull=True,
    ),
    region=_REGION,
    line=_of_statement,
    related=("institution",),
)
