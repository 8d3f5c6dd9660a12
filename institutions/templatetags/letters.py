"""The letters of a matter on its pages, at the desk and in the portal."""

from typing import Any

from django import template

from institutions.models import InstitutionLetter

register = template.Library()


@register.inclusion_tag("institutions/parts/letters.html")
def matter_letters(subject: Any, area: str = "desk") -> dict[str, Any]:
    """Draw the letters that the steps of a matter have issued: number, state of service, and the
    period that runs. One query.
    """
    issued = subject.transitions.filter(letter__isnull=False).values("letter")
    letters = InstitutionLetter.objects.with_letter().issued_by_steps(issued)
    return {"letters": list(letters.order_by("pk")), "portal": area == "portal"}
