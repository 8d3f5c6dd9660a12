"""The reports of the register, entered in the office's register of reports."""

from institutions.reports import decisions, lists, progress, returns

__all__ = ["decisions", "lists", "progress", "returns"]
