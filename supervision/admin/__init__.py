"""The supervision pages of the app, by subject."""

from supervision.admin import cases, disputes, interviews, orders, proceedings

__all__ = ["cases", "disputes", "interviews", "orders", "proceedings"]
