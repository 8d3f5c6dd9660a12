"""Units of time in words."""

from django import template
from django.utils.functional import Promise

from agency.workdays import Unit
from institutions.rules import UNIT_WORDS

register = template.Library()


@register.simple_tag
def unit_words(unit: str) -> str | Promise:
    """Return what a unit of time is called."""
    return UNIT_WORDS[Unit(unit)]
