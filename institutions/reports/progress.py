"""How matters progress: unfinished ones, days to the decision, why things came back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, ends_on
from agency.models import User
from agency.receipts import RECEIPT_KINDS, ReceiptKind
from agency.reports import Column, Kind, Params, Row, report
from agency.services.turns import days_used_of, figures_of
from institutions.forms.reports import DecidedMattersForm, MatterKindForm, PeriodForm
from institutions.permissions.reports import SEE_PROGRESS

TURNS = {
    Duty.OURS.value: _("the agency's"),
    Duty.THEIRS.value: _("the other side's"),
    Duty.BOTH.value: _("of both"),
}
GROUP = _("Progress of matters")


def _matters(kind: ReceiptKind) -> QuerySet[Any]:
    rows = kind.model._default_manager.exclude(**{f"{kind.received}__isnull": True})
    return rows.select_related(kind.institution) if kind.institution else rows


def _within(rows: QuerySet[Any], kind: ReceiptKind, region: str) -> QuerySet[Any]:
    prefix = region.strip()
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    names = {each.name for each in kind.model._meta.get_fields()}
    path = "region" if "region" in names else f"{kind.institution}__region"
    return rows.filter(**{f"{path}__code__startswith": prefix}) if prefix else rows


def unfinished(params: Params, user: User, on: date) -> QuerySet[Any]:
    """Return what has been received and is not at its end, the oldest first."""
    kind = RECEIPT_KINDS[params["kind"]]
    rows = _within(_matters(kind), kind, params["region"])
    return rows.filter(state__in=kind.open_states).order_by(kind.received, "pk")


def _kind_of(row: Any) -> ReceiptKind:
    return next(each for each in RECEIPT_KINDS.values() if each.model is type(row))


def _institution_of(kind: ReceiptKind, row: Any) -> Any:
    for part in kind.institution.split("__") if kind.institution else ():
        row = getattr(row, part) if row is not None else None
    return row if kind.institution else None


def _facts(kind: ReceiptKind, row: Any) -> dict[str, Any]:
    institution = _institution_of(kind, row)
    return {
        "number": kind.number_of(row),
        "url": kind.url(row),
        "institution": institution.name if institution is not None else "",
        "label": kind.label_of(row),
        "received_on": timezone.localdate(getattr(row, kind.received)),
        "state": row.get_state_display(),
    }


def with_turns(rows: Sequence[Any], on: date) -> Iterator[Row]:
    """Add whose turn it is and the days used: one query more for all."""
    kind = _kind_of(rows[0])
    used = days_used_of(kind, [each.pk for each in rows], on=on)
    for each in rows:
        facts, days, clock = _facts(kind, each), used.get(each.pk), kind.promised(each)
        turn = kind.turn_of(each)
        yield {
            **facts,
            "age": (on - facts["received_on"]).days,
            "turn": turn.value if turn else None,
            "ours": days.ours if days else None,
            "theirs": days.theirs if days else None,
            "due_on": ends_on(clock.due_of(each), getattr(each, clock.basis)) if clock else None,
        }


_NUMBER = Column(key="number", label=_("Number"), url="url")
_INSTITUTION = Column(key="institution", label=_("Institution"))
_LABEL = Column(key="label", label=_("Kind of matter"))
_RECEIVED = Column(key="received_on", label=_("Received on"), kind=Kind.DAY)
_STATE = Column(key="state", label=_("State"))
_OURS = Column(key="ours", label=_("Working days, ours"), kind=Kind.NUMBER)
_THEIRS = Column(key="theirs", label=_("Working days, theirs"), kind=Kind.NUMBER)

report(
    "unfinished",
    _("Unfinished matters"),
    _("What has been received and is not at its end: its age, and whose turn it is."),
    SEE_PROGRESS,
    columns=(
        _NUMBER,
        _INSTITUTION,
        _LABEL,
        _RECEIVED,
        Column(key="age", label=_("Age in days"), kind=Kind.NUMBER),
        _STATE,
        Column(key="turn", label=_("Whose turn"), labels=TURNS),
        _OURS,
        _THEIRS,
        Column(key="due_on", label=_("Due on"), kind=Kind.DAY),
    ),
    rows=unfinished,
    complete=with_turns,
    form_class=MatterKindForm,
    group=GROUP,
)


def decided(params: Params, user: User, on: date) -> QuerySet[Any]:
    """Return what the office brought to its end within the period, the latest first."""
    kind = RECEIPT_KINDS[params["kind"]]
    steps: Any = kind.model._meta.get_field(kind.transitions).related_model
    ended = steps._default_manager.filter(
        target__in=kind.answered, on__gte=params["first"], on__lte=params["last"]
    )
    rows = _matters(kind).filter(state__in=kind.answered, pk__in=ended.values("subject"))
    return rows.order_by(f"-{kind.received}", "-pk")


def with_days(rows: Sequence[Any], on: date) -> Iterator[Row]:
    """Add the days used up to the end, and its day: two queries more for all."""
    kind = _kind_of(rows[0])
    keys = [each.pk for each in rows]
    used = days_used_of(kind, keys, on=on)
    steps: Any = kind.model._meta.get_field(kind.transitions).related_model
    ended = dict(
        steps._default_manager.filter(subject__in=keys, target__in=kind.answered)
        .order_by("subject", "-at", "-pk")
        .values_list("subject", "on")
    )
    for each in rows:
        days, clock = used.get(each.pk), kind.promised(each)
        due = clock.due_of(each) if clock else None
        end = ended.get(each.pk)
        yield {
            **_facts(kind, each),
            "ended_on": end,
            "ours": days.ours if days else None,
            "theirs": days.theirs if days else None,
            "due_on": due,
            "in_time": None if due is None or end is None else end <= due,
        }


report(
    "time-to-decision",
    _("Time to decision, matter by matter"),
    _("Working days each side used until the office decided, for each matter of a period."),
    SEE_PROGRESS,
    columns=(
        _NUMBER,
        _INSTITUTION,
        _LABEL,
        _RECEIVED,
        Column(key="ended_on", label=_("Decided on"), kind=Kind.DAY),
        _STATE,
        _OURS,
        _THEIRS,
        Column(key="due_on", label=_("Due on"), kind=Kind.DAY),
        Column(key="in_time", label=_("In time")),
    ),
    rows=decided,
    complete=with_days,
    form_class=DecidedMattersForm,
    group=GROUP,
)


def figures(params: Params, user: User, on: date) -> list[Row]:
    """Return average and 90th percentile of each kind in the period: a query for each kind."""
    found: list[Row] = []
    for kind in RECEIPT_KINDS.values():
        for month, cases, average, p90, theirs, kept in figures_of(
            kind, since=params["first"], until=params["last"]
        ):
            if cases:
                found.append(
                    {
                        "label": kind.label,
                        "month": f"{month:%Y-%m}" if month else gettext("whole period"),
                        "cases": cases,
                        "average": round(float(average), 2),
                        "p90": round(float(p90), 2),
                        "theirs": round(float(theirs), 2),
                        "kept": kept,
                    }
                )
    return found


report(
    "decision-figures",
    _("Time to decision, figures"),
    _("Average and 90th percentile of our own working days, by kind and month."),
    SEE_PROGRESS,
    columns=(
        _LABEL,
        Column(key="month", label=_("Month")),
        Column(key="cases", label=_("Matters"), kind=Kind.NUMBER),
        Column(key="average", label=_("Average, ours"), kind=Kind.DECIMAL),
        Column(key="p90", label=_("90th percentile, ours"), kind=Kind.DECIMAL),
        Column(key="theirs", label=_("Average, theirs"), kind=Kind.DECIMAL),
        Column(key="kept", label=_("In time"), kind=Kind.NUMBER),
    ),
    rows=figures,
    form_class=PeriodForm,
    group=GROUP,
)
