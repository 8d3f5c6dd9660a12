from agency.models.attachments import Attachment
from agency.models.calendar import CalendarDay, CalendarYear
from agency.models.history import Lifecycle, StateField, TransitionRecord
from agency.models.jobs import JobRun
from agency.models.notices import Notice
from agency.models.numbers import Counter
from agency.models.parameters import PolicyParameter
from agency.models.people import User
from agency.models.regions import Region

__all__ = [
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Counter",
    "JobRun",
    "Lifecycle",
    "Notice",
    "PolicyParameter",
    "Region",
    "StateField",
    "TransitionRecord",
    "User",
]
