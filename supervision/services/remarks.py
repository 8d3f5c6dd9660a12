"""What the administration notes on an exception its supervision view shows (Order 2 art. 47)."""

from datetime import datetime

from django.db import transaction

from agency.models import User
from agency.rules import refuse_if
from institutions.models import Institution
from supervision.models import SupervisionRemark
from supervision.permissions.cases import not_permitted
from supervision.permissions.orders import NOTE_EXCEPTION


@transaction.atomic
def note_exception(
    *,
    area: str,
    exception: str,
    matter: str,
    text: str,
    by: User,
    at: datetime,
    url: str = "",
    institution: Institution | None = None,
) -> SupervisionRemark:
    """Keep a remark; it binds nobody, it says that somebody has looked."""
    refuse_if(not_permitted(NOTE_EXCEPTION, by))
    return SupervisionRemark.objects.create(
        area=area,
        exception=exception,
        matter=matter[:200],
        url=url[:300],
        institution=institution,
        text=text,
        at=at,
        by=by,
    )
