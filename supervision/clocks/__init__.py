"""The deadlines of the app, entered in the office's register of clocks."""

from supervision.clocks import cases, orders, proceedings

__all__ = ["cases", "orders", "proceedings"]
