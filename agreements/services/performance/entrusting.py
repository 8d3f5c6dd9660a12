"""A qualified third party assesses in the agency's place (Order 2 art. 36): entrusted with
institutions it has no tie to, and its report entered by the officer.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, Refusal, refuse_if
from agreements.enums.performance import PerformanceState
from agreements.models import PerformanceAssessment, PerformanceEntrustment, PerformanceRound
from agreements.permissions.performance import ENTRUST, round_obstacles
from agreements.rules.performance import RULE
from agreements.services.performance.history import record_all
from institutions.models import Institution, ResponsiblePerson, ThirdParty, ThirdPartyTie

_ENTRUSTABLE = (PerformanceState.OPEN, PerformanceState.SELF_ASSESSED)


@transaction.atomic
def entrust(
    *,
    round_id: int,
    third_party_id: int,
    contract: str,
    contract_from: date,
    contract_to: date,
    assessors: str,
    assessment_ids: Collection[int],
    by: User,
    at: datetime,
) -> PerformanceEntrustment:
    """Entrust a third party with assessments of a round. Refuses one that is not qualified over
    its whole contract, and every institution it is tied to.
    """
    round_ = PerformanceRound.objects.locked(round_id)
    third_party = ThirdParty.objects.select_for_update(of=("self",)).get(pk=third_party_id)
    on = timezone.localdate(at)
    rows = list(
        PerformanceAssessment.objects.filter(round=round_, pk__in=assessment_ids)
        .select_for_update(of=("self",), no_key=True)
        .select_related("institution")
        .order_by("pk")
    )
    held = PerformanceEntrustment.objects.filter(round=round_, third_party=third_party).first()
    obstacles = round_obstacles(round_, by)
    obstacles += _contract_obstacles(
        third_party, contract, contract_from, contract_to, assessors, on=on
    )
    checks = {
        Obstacle("nothing_chosen", _("No assessment is chosen."), RULE): not rows,
        Obstacle(
            "entrusted_already",
            _("%(name)s is entrusted in this round already.") % {"name": third_party},
            RULE,
            _("It keeps what it has; choose another third party for the rest."),
        ): held is not None,
        Obstacle("not_entitled", _("Agreement officers entrust.")): not ENTRUST.allows(by),
    }
    obstacles += [each for each, applies in checks.items() if applies]
    conflicts = conflicts_of(third_party, [each.institution for each in rows], on=on)
    for each in rows:
        if each.state not in _ENTRUSTABLE or each.entrustment_id:
            text = _("%(institution)s: it is assessed or entrusted already.")
            shown = {"institution": each.institution}
            obstacles.append(Obstacle("not_free", text % shown, RULE, _("Leave it out.")))
        for why in conflicts.get(each.institution_id, ()):
            text = _("%(institution)s: %(name)s has a conflict of interest: %(why)s.")
            shown = {"institution": each.institution, "name": third_party, "why": why}
            obstacles.append(
                Obstacle("conflict_of_interest", text % shown, RULE, _("Leave it out."))
            )
    refuse_if(obstacles)
    made = PerformanceEntrustment.objects.create(
        round=round_,
        third_party=third_party,
        contract=contract.strip(),
        contract_from=contract_from,
        contract_to=contract_to,
        qualified_from=third_party.qualified_from,
        qualified_to=third_party.qualified_to,
        assessors=assessors.strip(),
        entrusted_at=at,
        entrusted_by=by,
    )
    PerformanceAssessment.objects.filter(pk__in=[each.pk for each in rows]).update(
        entrustment=made, entrusted_on=on
    )
    steps = [(each, str(each.state)) for each in rows]
    record_all(steps, act="entrust", on=on, at=at, by=by, reason=str(made))
    return made


def found_in(round_id: int, names: Sequence[str]) -> list[int]:
    """Return the assessments of a round that are named by their number or by the national code
    of their institution; refuses a name that none has.
    """
    rows = PerformanceAssessment.objects.under_way().filter(
        Q(number__in=names) | Q(institution__code__in=names), round=round_id
    )
    found = list(rows.values_list("pk", "number", "institution__code"))
    known = {name for _pk, *own in found for name in own}
    unknown = [each for each in names if each not in known]
    if unknown:
        text = _("This round has no assessment under way of: %(names)s.") % {
            "names": ", ".join(unknown[:10])
        }
        remedy = _("Name national codes or numbers of assessments, one a line.")
        raise Refusal([Obstacle("unknown_names", text, RULE, remedy)])
    return [pk for pk, *_own in found]


def _contract_obstacles(
    third_party: ThirdParty, contract: str, first: date, last: date, assessors: str, *, on: date
) -> list[Obstacle]:
    shown = {
        "name": third_party,
        "from": third_party.qualified_from,
        "to": third_party.qualified_to,
        "first": first,
        "last": last,
    }
    checks = {
        Obstacle(
            "contract_missing", _("The number of the contract is missing."), RULE
        ): not contract.strip(),
        Obstacle(
            "assessors_missing",
            _("The assessors are missing."),
            RULE,
            _("Name each person who assesses, one a line."),
        ): not assessors.strip(),
        Obstacle(
            "contract_not_running",
            _("The contract runs from %(first)s to %(last)s: not today.") % shown,
            RULE,
        ): not first <= on <= last,
        Obstacle(
            "not_qualified",
            _("%(name)s is qualified from %(from)s to %(to)s only.") % shown,
            RULE,
            _("Shorten the contract or entrust another one."),
        ): first < third_party.qualified_from or last > third_party.qualified_to,
    }
    return [each for each, applies in checks.items() if applies]


def conflicts_of(
    third_party: ThirdParty, institutions: Collection[Institution], *, on: date
) -> Mapping[int, list[str]]:
    """Return what ties a third party to institutions: ties declared, the same code, its
    controller in a post there. Two queries, however many institutions.
    """
    found: dict[int, list[str]] = defaultdict(list)
    ties = ThirdPartyTie.objects.in_force_on(on).filter(
        third_party=third_party, institution__in=institutions
    )
    for tie in ties:
        found[tie.institution_id].append(str(tie.get_kind_display()))
    for each in institutions:
        if each.credit_code and each.credit_code == third_party.credit_code:
            found[each.pk].append(_("it has the same unified social credit code"))
    if third_party.controller_id:
        posts = ResponsiblePerson.objects.in_post_on(on).filter(
            institution__in=institutions, person=third_party.controller_id
        )
        for post in posts:
            found[post.institution_id].append(
                _("its controller is %(post)s there") % {"post": post.get_post_display()}
            )
    return found
