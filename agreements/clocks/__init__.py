"""The deadlines of the app, entered in the office's register of clocks."""

from agreements.clocks import cascade, life, measures, performance, renewals, signing, templates

__all__ = ["cascade", "life", "measures", "performance", "renewals", "signing", "templates"]
