"""The time rules of the lawbook, T-01 to T-12: `agency.workdays` as questions and answers."""

from agency.time_rules import amounts, bans, periods, procedure

__all__ = ["amounts", "bans", "periods", "procedure"]
