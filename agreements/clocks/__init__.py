"""The deadlines of the app, entered in the office's register of clocks."""

from agreements.clocks import life, performance, templates

__all__ = ["life", "performance", "templates"]
