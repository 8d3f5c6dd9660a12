"""What a decision has set off, on the pages of its case."""

from typing import Any

from django.utils import timezone

from agency.models import User
from agreements.models import Obligation, ServiceBlock
from supervision.models import Case, Interview


def effects_of(case: Case, user: User, *, portal: bool = False) -> dict[str, Any]:
    """Return interviews, obligations and blocks of a case, as far as the user may see them. Five
    queries.
    """
    if case.decided_on is None:
        return {}
    today = timezone.localdate()
    interviews = list(Interview.objects.visible_to(user).filter(case=case))
    for each in interviews:
        each.case = case
    obligations = Obligation.objects.visible_to(user).filter(basis=case.number)
    blocks = list(ServiceBlock.objects.visible_to(user).with_targets().filter(basis=case.number))
    for block in blocks:
        block.word = block.word_on(today)  # type: ignore[attr-defined]
    return {
        "interviews": interviews,
        "obligations": list(obligations.prefetch_related("entries")),
        "blocks": blocks,
        "portal": portal,
    }
