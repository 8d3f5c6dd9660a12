"""The supervision pages of the register and of what is filed with it, by subject."""

from institutions.admin import (
    account_requests,
    assessments,
    changes,
    designation,
    guidance,
    notices,
    practitioners,
    register,
)

__all__ = [
    "account_requests",
    "assessments",
    "changes",
    "designation",
    "guidance",
    "notices",
    "practitioners",
    "register",
]
