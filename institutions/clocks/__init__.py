"""The deadlines of the register's matters, entered in the office's register of clocks."""

from institutions.clocks import account_requests, changes, designation, guidance, letters, notices

__all__ = ["account_requests", "changes", "designation", "guidance", "letters", "notices"]
