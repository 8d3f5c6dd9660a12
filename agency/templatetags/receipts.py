"""Who was told of a matter, and who has read it."""

from typing import Any

from django import template

from agency.services.notices import receipts

register = template.Library()
ROWS_SHOWN = 20


@register.inclusion_tag("agency/parts/receipts.html")
def told_and_read(*urls: str) -> dict[str, Any]:
    """Draw who was told with a link to one of the addresses, and when they read it. One query."""
    rows = receipts(urls, at_most=ROWS_SHOWN)
    return {"rows": rows, "read_count": sum(row.read_at is not None for row in rows)}
