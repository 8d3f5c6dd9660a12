"""The supervision pages of the register and of what is filed with it, by subject."""

from institutions.admin import account_requests, designation, guidance, register

__all__ = ["account_requests", "designation", "guidance", "register"]
