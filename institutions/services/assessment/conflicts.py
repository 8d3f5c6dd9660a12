"""Which experts and third parties may not assess an institution, and why. Found from what the
system knows, not only from what they declare (A-06).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from agency.models import Region
from institutions.enums.assessment import RecusalState, TieKind
from institutions.models import (
    Assessment,
    Expert,
    ExpertTie,
    Institution,
    RecusalRequest,
    ResponsiblePerson,
    RosterEntry,
    ThirdParty,
    ThirdPartyTie,
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why somebody is left out: a stable code and, for people, the words."""

    code: str
    text: str


def pool_for(region: Region, on: date) -> list[Expert]:
    """Return the experts in the pool on a day of the coordination region a place belongs to."""
    home = region.coordination_id or region.pk
    rows = Expert.objects.active_on(on).filter(
        Q(region=home) | Q(region__coordination=home) | Q(region=region.pk)
    )
    return list(rows.select_related("person", "account").order_by("pk"))


def expert_conflicts(
    assessment: Assessment, experts: Collection[Expert], *, on: date
) -> Mapping[int, list[Conflict]]:
    """Return what keeps experts out of an assessment, by their keys: ties declared, a place in the
    roster, a post in the institution, their own unit, an objection that was granted. Five
    queries, however many experts.
    """
    found: dict[int, list[Conflict]] = defaultdict(list)
    institution = assessment.institution
    keys = [each.pk for each in experts]
    by_person = {each.person_id: each for each in experts}
    ties = ExpertTie.objects.in_force_on(on).filter(expert__in=keys, institution=institution)
    for tie in ties:
        found[tie.expert_id].append(
            Conflict("declared_tie", _("declared: %(tie)s") % {"tie": tie.get_kind_display()})
        )
    staff = RosterEntry.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        institution=institution,
        is_void=False,
        practitioner__person__in=by_person,
    ).values_list("practitioner__person", flat=True)
    for person in dict.fromkeys(staff):
        found[by_person[person].pk].append(Conflict("on_roster", _("on the roster there")))
    for person, post in _posts(assessment, by_person, on):
        found[by_person[person].pk].append(Conflict("responsible_person", post))
    names = {institution.name.strip()}
    for each in experts:
        if each.unit_institution_id == institution.pk or each.unit.strip() in names:
            found[each.pk].append(Conflict("own_unit", _("it is their unit")))
    objected = RecusalRequest.objects.filter(
        assessment=assessment, state=RecusalState.GRANTED, expert__in=keys
    ).values_list("expert", flat=True)
    for key in objected:
        found[key].append(Conflict("objected", _("the institution's objection was granted")))
    return found


def _posts(assessment: Assessment, persons: Iterable[int], on: date) -> Iterable[tuple[int, str]]:
    """Posts in the register, those named in the application, and those a change hands over."""
    keys = list(persons)
    rows = ResponsiblePerson.objects.in_post_on(on).filter(
        institution=assessment.institution_id, person__in=keys
    )
    seen = {(each.person_id, str(each.get_post_display())) for each in rows}
    if assessment.application is not None:
        named = assessment.application.persons.filter(person__in=keys)
        seen |= {(each.person_id or 0, str(each.get_post_display())) for each in named}
    if assessment.change is not None:
        items = assessment.change.items.filter(person__in=keys)
        seen |= {(each.person_id or 0, str(each.get_field_display())) for each in items}
    return sorted(seen)


def third_party_conflicts(
    third_party: ThirdParty, institution: Institution, *, on: date
) -> list[Conflict]:
    """Return what keeps a third party from assessing an institution. Two queries."""
    found = [
        Conflict("declared_tie", _("declared: %(tie)s") % {"tie": tie.get_kind_display()})
        for tie in ThirdPartyTie.objects.in_force_on(on).filter(
            third_party=third_party, institution=institution
        )
    ]
    if institution.credit_code and institution.credit_code == third_party.credit_code:
        found.append(Conflict("same_code", _("it has the same unified social credit code")))
    if (
        third_party.controller_id
        and ResponsiblePerson.objects.in_post_on(on)
        .filter(institution=institution, person=third_party.controller_id)
        .exists()
    ):
        found.append(Conflict("same_controller", str(TieKind.CONTROLLER.label)))
    return found
