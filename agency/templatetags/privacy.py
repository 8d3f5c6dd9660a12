"""Masks in templates."""

from django import template

from agency.privacy import MASKS

register = template.Library()


@register.filter
def masked(value: str | None, kind: str) -> str:
    """Hide most of a value: `name`, `certificate`, `phone`, `account` or `address`."""
    return MASKS[kind](value) if value else ""
