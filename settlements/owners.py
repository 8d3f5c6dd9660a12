"""Who may see the files of batches and of collective decisions."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from settlements.models import BatchFile, ClaimBatch, CollectiveDecision, Statement
from settlements.permissions import VIEW_OWN_BATCHES, VIEW_STATEMENTS


# Claim files and their errors name insured persons: the desk gets them masked, or for a purpose
# that is recorded (settlements.views.staff.persons), and so not from the one view of all files.
@file_owner(ClaimBatch, "error_report", VIEW_OWN_BATCHES)
def batches_of(user: User) -> Any:
    return ClaimBatch.objects.visible_to(user)


@file_owner(BatchFile, "attachment", VIEW_OWN_BATCHES)
def batch_files_of(user: User) -> Any:
    return BatchFile.objects.filter(batch__in=ClaimBatch.objects.visible_to(user))


@file_owner(CollectiveDecision, "attachment", VIEW_STATEMENTS)
def decisions_of(user: User) -> Any:
    return CollectiveDecision.objects.filter(statement__in=Statement.objects.visible_to(user))
