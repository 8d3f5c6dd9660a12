"""The deadlines of the app, entered in the office's register of clocks."""

from supervision.clocks import cases, disputes, orders, proceedings

__all__ = ["cases", "disputes", "orders", "proceedings"]
