"""The assessment of applicants. Importing any part enters what results lead to."""

from institutions.services.assessment import consequences

__all__ = ["consequences"]
