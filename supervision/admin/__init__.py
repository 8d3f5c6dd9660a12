"""The supervision pages of the app, by subject."""

from supervision.admin import cases, interviews, orders, proceedings

__all__ = ["cases", "interviews", "orders", "proceedings"]
