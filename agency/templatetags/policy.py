"""How the pages of regions and parameters write a value and its evidence."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agency.enums import Evidence, ParameterUnit
from agency.parameters import shown

register = template.Library()


@register.simple_tag
def value_of(value: Decimal | None, unit: str) -> SafeString | str:
    """Write a value with its unit."""
    if value is None:
        return "—"
    return format_html(
        '<span class="nowrap">{} <span class="muted">{}</span></span>',
        shown(value),
        ParameterUnit(unit).label,
    )


@register.simple_tag
def evidence(tag: str) -> SafeString:
    """Write an evidence tag with what it means."""
    return format_html('<abbr title="{}" class="rule">{}</abbr>', Evidence(tag).label, tag)


@register.filter
def bare(value: Decimal | None) -> str:
    return "—" if value is None else shown(value)
