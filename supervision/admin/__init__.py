"""The supervision pages of the app, by subject."""

from supervision.admin import cases

__all__ = ["cases"]
