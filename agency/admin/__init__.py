"""The supervision pages of the ground floor, and the bases of all of them."""

from agency.admin import audit, bundles, letters, messages, office, people, policy, time
from agency.admin.base import HistoryInline, ReadAdmin, ReadInline, ReadOnly

__all__ = [
    "HistoryInline",
    "ReadAdmin",
    "ReadInline",
    "ReadOnly",
    "audit",
    "bundles",
    "letters",
    "messages",
    "office",
    "people",
    "policy",
    "time",
]
