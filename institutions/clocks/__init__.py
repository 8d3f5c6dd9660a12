"""The deadlines of the register's matters, entered in the office's register of clocks."""

from institutions.clocks import changes, letters

__all__ = ["changes", "letters"]
