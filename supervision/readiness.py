"""Open cases and orders, entered among what stands against a renewal (B-15)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Agreement
from agreements.readiness import Level, Light, readiness
from supervision.enums.cases import CaseState
from supervision.models import Case


@readiness("cases", gettext_lazy("Cases"), 40)
def cases(agreements: Sequence[Agreement], on: date) -> Mapping[int, Light]:
    """Cases about the institution that are not ended: grave ones in red. One query."""
    rows = (
        Case.objects.filter(institution__in={each.institution_id for each in agreements})
        .exclude(state__in=[CaseState.CLOSED, CaseState.DISMISSED])
        .only("number", "institution_id", "is_grave", "state")
        .order_by("-is_grave", "pk")
    )
    found: dict[int, list[Case]] = defaultdict(list)
    for case in rows:
        found[case.institution_id].append(case)
    lights = {}
    for each in agreements:
        if own := found.get(each.institution_id):
            text = (
                _("case %(number)s open") % {"number": own[0].number}
                if len(own) == 1
                else _("%(count)d cases open") % {"count": len(own)}
            )
            level = Level.RED if own[0].is_grave else Level.AMBER
            lights[each.pk] = Light(level, text, own[0].get_absolute_url())
    return lights
