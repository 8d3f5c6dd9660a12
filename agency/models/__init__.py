from agency.models.access import (
    AccountRecord,
    LogInRecord,
    PasswordRecord,
    RoleHolding,
    StandIn,
)
from agency.models.attachments import Attachment, InfectedFile
from agency.models.audit import AuditCheck, AuditHead, AuditSeal, ReadLog
from agency.models.bundles import (
    BundlePart,
    BundlePartType,
    ServiceBundle,
    ServiceBundleTransition,
)
from agency.models.calendar import CalendarDay, CalendarImport, CalendarYear, ClosingDay
from agency.models.feeds import FeedToken
from agency.models.fields import EncryptedCharField
from agency.models.figures import ServiceFigure
from agency.models.history import Lifecycle, StateField, TransitionRecord
from agency.models.idempotency import IdempotentRequest
from agency.models.jobs import JobRun, JobWatch
from agency.models.letters import (
    LetterHead,
    LetterService,
    LetterTemplate,
    LetterTemplateTransition,
    LetterTransition,
    OfficialLetter,
)
from agency.models.notices import MessagePreference, Notice
from agency.models.numbers import Counter
from agency.models.outbox import OutboxMessage
from agency.models.parameters import PolicyParameter, PolicyParameterTransition
from agency.models.people import User
from agency.models.regions import Region, RuleSetChoice, RuleSetChoiceTransition
from agency.models.uploads import Upload

__all__ = [
    "AccountRecord",
    "Attachment",
    "AuditCheck",
    "AuditHead",
    "AuditSeal",
    "BundlePart",
    "BundlePartType",
    "CalendarDay",
    "CalendarImport",
    "CalendarYear",
    "ClosingDay",
    "Counter",
    "EncryptedCharField",
    "FeedToken",
    "IdempotentRequest",
    "InfectedFile",
    "JobRun",
    "JobWatch",
    "LetterHead",
    "LetterService",
    "LetterTemplate",
    "LetterTemplateTransition",
    "LetterTransition",
    "Lifecycle",
    "LogInRecord",
    "MessagePreference",
    "Notice",
    "OfficialLetter",
    "OutboxMessage",
    "PasswordRecord",
    "PolicyParameter",
    "PolicyParameterTransition",
    "ReadLog",
    "Region",
    "RoleHolding",
    "RuleSetChoice",
    "RuleSetChoiceTransition",
    "ServiceBundle",
    "ServiceBundleTransition",
    "ServiceFigure",
    "StandIn",
    "StateField",
    "TransitionRecord",
    "Upload",
    "User",
]
