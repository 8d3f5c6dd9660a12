"""The supervision pages of the register and of what is filed with it, by subject."""

from institutions.admin import account_requests, register

__all__ = ["account_requests", "register"]
