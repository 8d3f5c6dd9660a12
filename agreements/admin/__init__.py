"""The supervision pages of the app, by subject."""

from agreements.admin import cascade, life, measures, performance, renewals, signing, templates

__all__ = ["cascade", "life", "measures", "performance", "renewals", "signing", "templates"]
