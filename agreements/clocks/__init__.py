"""The deadlines of the app, entered in the office's register of clocks."""

from agreements.clocks import life

__all__ = ["life"]
