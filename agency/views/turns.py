"""Whose turn it is: open matters of a kind that wait for us, or for the other side."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.home import navigation
from agency.permissions import SEE_DEADLINES
from agency.receipts import RECEIPT_KINDS, ReceiptKind
from agency.services.turns import days_used_of
from agency.views.pages import ActRequired, KeysetList

navigation("desk", _("Whose turn"), "agency_desk:turns", SEE_DEADLINES, order=79)
SIDES = {Duty.THEIRS: _("waiting for the other side"), Duty.OURS: _("waiting for us")}


class Turns(ActRequired, KeysetList):
    """A page for each kind and side, with the days each side has used: two queries more."""

    act = SEE_DEADLINES
    template_name = "agency/turns.html"

    @property
    def kinds(self) -> list[ReceiptKind]:
        return [
            kind
            for kind in RECEIPT_KINDS.values()
            if kind.clocks and kind.clocks[0].matter.desk_act.allows(self.user)
        ]

    @property
    def side(self) -> Duty:
        return Duty.OURS if self.request.GET.get("side") == Duty.OURS else Duty.THEIRS

    @property
    def kind(self) -> ReceiptKind | None:
        wanted = self.request.GET.get("kind", "")
        return next((each for each in self.kinds if each.code == wanted), None) or next(
            iter(self.kinds), None
        )

    @property
    def order_field(self) -> str:  # type: ignore[override]
        return self.kind.received if self.kind else "pk"

    def get_queryset(self) -> QuerySet:
        kind = self.kind
        if kind is None:
            return RECEIPT_KINDS["BND"].model._default_manager.none()
        seen = kind.clocks[0].visible_to(self.user)
        rows = seen.filter(waiting_for(kind, self.side), **{f"{kind.received}__isnull": False})
        return rows.select_related(kind.institution) if kind.institution else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kind, lines = self.kind, []
        if kind is not None:
            rows = context["object_list"]
            used = days_used_of(kind, [row.pk for row in rows], on=timezone.localdate())
            lines = [self._line(kind, row, used.get(row.pk)) for row in rows]
        tabs = [
            (side, label, [(each.code, each.label, self._is(each, side)) for each in self.kinds])
            for side, label in SIDES.items()
        ]
        return context | {"lines": lines, "tabs": tabs, "kind": kind, "side": self.side}

    def _is(self, kind: ReceiptKind, side: Duty) -> bool:
        return kind is self.kind and side == self.side

    def _line(self, kind: ReceiptKind, row: Any, used: Any) -> dict[str, Any]:
        clock = kind.promised(row)
        institution: Any = row
        for part in kind.institution.split("__") if kind.institution else ():
            institution = getattr(institution, part)
        return {
            "row": row,
            "number": kind.number_of(row),
            "url": kind.url(row),
            "label": kind.label_of(row),
            "institution": institution if kind.institution else "",
            "received_at": getattr(row, kind.received),
            "clock": clock.name if clock else "",
            "due_on": clock.due_of(row) if clock else None,
            "basis": getattr(row, clock.basis) if clock else None,
            "used": used,
        }


def waiting_for(kind: ReceiptKind, side: Duty) -> Q:
    """Return the condition that a matter waits for the side: by its state, and by whether its
    promised clock stands still.
    """
    by_state = Q(state__in=kind.states_of(side))
    if not kind.counts_pauses or not kind.clocks:
        return by_state
    paused = Q()
    for clock in kind.clocks:
        paused |= Q(**{f"{clock.basis}__has_key": "paused_from", f"{clock.due}__isnull": False})
    if side is Duty.THEIRS:
        return by_state | (Q(state__in=kind.open_states) & paused)
    return by_state & ~paused
