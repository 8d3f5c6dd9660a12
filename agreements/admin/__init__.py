"""The supervision pages of the app, by subject."""

from agreements.admin import life

__all__ = ["life"]
