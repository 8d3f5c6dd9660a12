"""From a result to its negotiation: filed, posted, objected to, settled."""

from institutions.services.notices import failure

__all__ = ["failure"]
