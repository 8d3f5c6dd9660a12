"""The supervision pages of the app, by subject."""

from agreements.admin import cascade, life, measures, renewals, signing, templates

__all__ = ["cascade", "life", "measures", "renewals", "signing", "templates"]
