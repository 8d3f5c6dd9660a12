"""The supervision pages of the app, by subject."""

from agreements.admin import life, measures, templates

__all__ = ["life", "measures", "templates"]
