"""Which days of a stay the institution's agreements leave payable, as the review counts them."""

from datetime import date

from agency.periods import ONE_DAY
from agreements.enums.life import AgreementState
from agreements.models import Agreement, Suspension
from settlements.rules.stays import StayPart, split_stay

_NEVER = [AgreementState.DRAFT, AgreementState.SIGNED, AgreementState.CANCELLED]


def parts_of_stay(institution_id: int, begin: date, end: date) -> tuple[StayPart, ...]:
    """Split a stay at the boundaries of the institution's agreements. With several regions a day
    is payable if one of the agreements was in force, as in the review. Two queries.
    """
    agreements = Agreement.objects.filter(
        institution=institution_id, valid_from__lte=end, last_day__gte=begin
    ).exclude(state__in=_NEVER)
    terms = {
        each.pk: (each.valid_from, each.last_day)
        for each in agreements.only("valid_from", "last_day")
    }
    spans: dict[int, list[tuple[date, date]]] = {pk: [] for pk in terms}
    rows = Suspension.objects.standing().filter(agreement__in=terms, starts_on__lte=end)
    for agreement, start, resumed in rows.values_list("agreement", "starts_on", "resumed_on"):
        last = resumed - ONE_DAY if resumed else terms[agreement][1]
        spans[agreement].append((start, last))
    in_force = [
        (each.first, each.last)
        for pk, term in terms.items()
        for each in split_stay(begin, end, periods=[term], suspensions=spans[pk])
        if each.payable
    ]
    return split_stay(begin, end, periods=in_force, suspensions=[])
