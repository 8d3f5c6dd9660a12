"""The parts every page is made of: badge, money, deadline, history, acts, facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Choices
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.enums import Actor, Role
from agency.home import NAVIGATION, SECTIONS, section_of
from agency.models import Notice
from agency.receipts import kind_of_number, receipt_facts
from agency.services.stand_ins import name_doers
from agency.services.status import used_of

register = template.Library()

# State -> tone. One table for all apps, so that the same word always has the same colour.
TONES = {
    "good": "corrected excellent good pass "
    "effective in_force approved accepted paid reviewed passed released done performed "
    "verified published ok true qualified met granted acknowledged held attended answered "
    "adopted added",
    "warn": "appealed taken unsettled shortened "
    "suspended unverified provisional due_soon returned notified at_risk running "
    "asked_back partly changed supplement_required rectifying objection demanded_more "
    "renewal_due",
    "bad": "fail not_qualified not_met not_agreed dissolved rejected refused overdue "
    "auto_terminated failed confirmed potential wrong_password wrong_code locked absent false "
    "stopped upheld not_accepted terminated missed failed_final removed",
    "wait": "self_assessed assessed appeal_decided preparing reported under_way "
    "filed drawn opinions engaged complete received checking reviewing declared audited "
    "signed clue notice defence ordered opened decided served issued settled flagged "
    "coming to_call called contested proposed waiting checked reassessing "
    "undecided open "
    "planned invited submitted assessing public_notice negotiating applied central consultation",
    "end": "annulled ended "
    "expired renewed withdrawn closed dismissed draft cleared cancelled superseded "
    "discarded logged_out inadmissible over retired no_agreement "
    "void declined",
}
# So many pages stand side by side; more are put under the names of their sections.
FLAT_NAVIGATION = 9

_TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


@register.simple_tag
def badge(state: Any, label: Any = None) -> SafeString:
    """Draw a state (an enum member, or an object with `state`) as a dot and its word."""
    if not isinstance(state, str) and hasattr(state, "state"):
        state, label = state.state, label or state.get_state_display()
    if label is None:
        label = state.label if isinstance(state, Choices) else state
    tone = _TONE_OF.get(str(getattr(state, "value", state)), "end")
    return format_html('<span class="state state-{}">{}</span>', tone, label)


@register.filter
def money(amount: Decimal | None) -> SafeString | str:
    """Write an amount of CNY with thousands separators and two decimals."""
    if amount is None:
        return "—"
    text = f"{amount:,.2f}"
    if amount < 0:
        return format_html('<span class="money money-minus">−{}</span>', text.lstrip("-"))
    return format_html('<span class="money">{}</span>', text)


@register.filter
def number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


@register.inclusion_tag("agency/parts/deadline.html", takes_context=True)
def deadline(
    context: dict[str, Any],
    due_on: date | None,
    provisional: bool = False,
    basis: dict | None = None,
    running: bool = True,
    clock: str = "",
    row: Any = None,
) -> dict[str, Any]:
    """Draw a deadline: the day, the days left in words, whether provisional, and why.

    `running` is false once the matter is done: then only the day is shown. With the name of its
    `clock` and the `row`, “why” leads to the matter's own explanation.
    """
    days = (due_on - timezone.localdate()).days if due_on else None
    tone, words = "", ""
    paused_from = basis.get("paused_from") if basis else None
    if paused_from and running:
        tone, words = "calm", _("stands still since %(day)s") % {"day": paused_from}
    elif days is not None and running:
        if days < 0:
            tone, words = "bad", ngettext("%d day overdue", "%d days overdue", -days) % -days
        elif days == 0:
            tone, words = "bad", _("today")
        else:
            tone = "warn" if days <= 7 else "calm"
            words = ngettext("in %d day", "in %d days", days) % days
    return {
        "due_on": due_on,
        "tone": tone,
        "words": words,
        "provisional": provisional,
        "basis": basis,
        "extended": bool(basis and basis.get("extensions")),
        "why": _why(context, basis, clock, row),
    }


def _why(context: dict[str, Any], basis: dict | None, clock: str, row: Any) -> str:
    """The page that explains the deadline: the matter's own for those it concerns."""
    user = context.get("user")
    if clock and row is not None and user is not None and user.is_authenticated:
        area = "desk" if user.is_office_staff else "portal"
        return reverse(f"agency_{area}:matter_deadline", args=[clock, row.pk])
    if not basis:
        return ""
    asked = {key: str(basis[key]) for key in ("rule", "start", "n", "unit") if key in basis}
    return f"{reverse('agency:deadline')}?{urlencode(asked)}"


@register.inclusion_tag("agency/parts/receipt.html")
def receipt(number: str, matter: Any = None) -> dict[str, Any]:
    """Draw the receipt of a matter: its number, the check code, and the way to its public status
    as a link and a QR code. With the matter itself, whose turn it is and the days each side used.
    """
    if not number:
        return {}
    facts: dict[str, Any] = receipt_facts(number)
    kind = kind_of_number(number)
    if matter is not None and kind is not None:
        facts |= {
            "turn": kind.turn_of(matter),
            "used": used_of(kind, matter, on=timezone.localdate()),
        }
    return facts


@register.inclusion_tag("agency/parts/history.html")
def history(subject: Any) -> dict[str, Any]:
    """Draw everything that happened to an object, newest first. Two queries."""
    states = dict(subject._meta.get_field("state").flatchoices)
    rows = list(subject.transitions.select_related("by").order_by("-at", "-pk"))
    name_doers(rows)
    for row in rows:
        row.source_label = states.get(row.source, row.source)
        row.target_label = states.get(row.target, row.target)
    return {"rows": rows}


@register.simple_tag
def role_label(code: str) -> str:
    """Return the name of a role by its code."""
    return str(Role(code).label) if code in Role.values else code


@register.inclusion_tag("agency/parts/acts.html")
def acts(buttons: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw next acts: {act, url, obstacles}; those with obstacles are disabled, with the reason."""
    return {"buttons": buttons}


@register.inclusion_tag("agency/parts/facts.html")
def facts(rows: Any) -> dict[str, Any]:
    """Draw a list of (label, value)."""
    return {"rows": rows}


@register.inclusion_tag("agency/parts/empty.html")
def empty(text: str, remedy: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    return {"text": text, "remedy": remedy, "url": url, "label": label}


@register.inclusion_tag("agency/parts/pager.html")
def pager(links: dict[str, str]) -> dict[str, Any]:
    return {"links": links}


@register.inclusion_tag("agency/parts/filters.html", takes_context=True)
def filters(context: dict[str, Any], filterset: Any) -> dict[str, Any]:
    return {"filter": filterset, "is_filtered": context.get("is_filtered", False)}


@register.inclusion_tag("agency/parts/form.html")
def office_form(form: Any) -> dict[str, Any]:
    """Draw a form: help under the field, errors at the field and summed on top."""
    return {"form": form}


@register.inclusion_tag("agency/parts/navigation.html", takes_context=True)
def main_navigation(context: dict[str, Any], area: str) -> dict[str, Any]:
    """Draw the pages the user may open; many of them under the names of their sections."""
    request = context["request"]
    home = f"/{area}/"
    sections: dict[int, list[dict[str, Any]]] = {}
    for each in NAVIGATION[area]:
        if each.act.allows(request.user):
            url = reverse(each.url_name)
            current = request.path == url if url == home else request.path.startswith(url)
            place = section_of(area, each.order)
            sections.setdefault(place, []).append(
                {"label": each.label, "url": url, "current": current}
            )
    if sum(map(len, sections.values())) <= FLAT_NAVIGATION:
        return {"entries": [each for entries in sections.values() for each in entries]}
    drawn: list[dict[str, Any]] = []
    for place, entries in sections.items():
        if place == 0 or len(entries) == 1:
            drawn += entries
        else:
            current = any(each["current"] for each in entries)
            label = SECTIONS[area][place]
            drawn.append({"label": label, "entries": entries, "current": current})
    return {"entries": drawn}


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    user = context["request"].user
    if not user.is_authenticated:
        return 0
    return Notice.objects.filter(recipient=user, read_at=None)[:100].count()


@register.simple_tag
def home_of(user: Any) -> str:
    """Return the address of the user's own home page."""
    return reverse(
        {
            Actor.AGENCY: "agency_desk:home",
            Actor.ADMINISTRATION: "agency_desk:home",
            Actor.INSTITUTION: "institutions_portal:home",
        }.get(user.actor, "institutions_public:home")
    )
