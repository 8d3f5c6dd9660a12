"""The supervision pages of the app, by subject."""

from supervision.admin import cases, orders

__all__ = ["cases", "orders"]
