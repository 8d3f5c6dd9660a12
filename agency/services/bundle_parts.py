"""What the office does with the parts of a service matter: done, returned, supplement asked. And
what the kinds of matters consist of.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.bundle_rules import CEILING, RULE
from agency.bundles import BundleKind, BundlePartState, ReturnGround
from agency.models import BundlePart, BundlePartType, ServiceBundle, User
from agency.permissions import ASK_SUPPLEMENT, FINISH_PART, RETURN_PART, SET_PART, Act
from agency.rules import Obstacle, refuse_if
from agency.services.bundle_clocks import pause, resume
from agency.services.bundles import record, settle_state

SETTLED = ["state", "due_on", "due_basis", "ground", "settled_at", "settled_by"]


@transaction.atomic
def finish_part(*, part_id: int, by: User, at: datetime, note: str = "") -> ServiceBundle:
    """Record that a part is done. The matter is completed with its last part."""
    bundle, part = _locked(part_id)
    refuse_if(settling_obstacles(part, FINISH_PART, by))
    part.finish(by=by, at=at)
    return _settled(bundle, part, FINISH_PART, by=by, at=at, reason=note)


@transaction.atomic
def return_part(
    *, part_id: int, ground: ReturnGround, by: User, at: datetime, note: str = ""
) -> ServiceBundle:
    """Return a part that cannot be done, for a coded reason. The note stays inside the office."""
    bundle, part = _locked(part_id)
    refuse_if(settling_obstacles(part, RETURN_PART, by))
    ground = ReturnGround(ground)
    resume(part, on=timezone.localdate(at))
    part.send_back(by=by, at=at, ground=ground)
    reason = f"{ground.label} {note}".strip()
    return _settled(bundle, part, RETURN_PART, by=by, at=at, reason=reason)


@transaction.atomic
def ask_supplement(*, part_id: int, missing: str, by: User, at: datetime) -> ServiceBundle:
    """Ask for what is missing: the part's promise stands still until it comes."""
    bundle, part = _locked(part_id)
    refuse_if(settling_obstacles(part, ASK_SUPPLEMENT, by) + _missing_obstacles(missing))
    pause(part, on=timezone.localdate(at))
    part.require_supplement(missing=missing.strip())
    part.save(update_fields=["state", "due_on", "due_basis", "missing"])
    return _moved(bundle, part, ASK_SUPPLEMENT, by=by, at=at, reason=missing.strip())


def _locked(part_id: int) -> tuple[ServiceBundle, BundlePart]:
    """Lock the matter first, then its part: everybody in the same order."""
    bundle_id = BundlePart.objects.values_list("bundle_id", flat=True).get(pk=part_id)
    bundle = ServiceBundle.objects.locked(bundle_id)
    rows = BundlePart.objects.select_for_update(of=("self",)).select_related("type")
    part = rows.get(pk=part_id)
    part.bundle = bundle
    return bundle, part


def _settled(
    bundle: ServiceBundle, part: BundlePart, act: Act, *, by: User, at: datetime, reason: str
) -> ServiceBundle:
    part.save(update_fields=SETTLED)
    return _moved(bundle, part, act, by=by, at=at, reason=reason)


def _moved(
    bundle: ServiceBundle, part: BundlePart, act: Act, *, by: User, at: datetime, reason: str
) -> ServiceBundle:
    verb = act.code.partition(".")[2]
    on = timezone.localdate(at)
    record(
        bundle, act=verb, source=bundle.state, on=on, at=at, by=by, part=part, reason=reason.strip()
    )
    settle_state(bundle, act=verb, on=on, at=at, by=by)
    return bundle


def settling_obstacles(part: BundlePart, act: Act, by: User) -> list[Obstacle]:
    """Return why the user may not do the act on the part now."""
    if not act.allows(by):
        return [Obstacle("not_entitled", _("Only an intake clerk settles parts."))]
    state = BundlePartState(part.state)
    if act is RETURN_PART and state == BundlePartState.SUPPLEMENT:
        return []
    if state == BundlePartState.FILED:
        return []
    text = _("%(part)s: it is “%(state)s”.") % {"part": part.type, "state": state.label}
    remedy = _("Wait for the supplement.") if state == BundlePartState.SUPPLEMENT else ""
    return [Obstacle("wrong_state", text, remedy=remedy)]


def _missing_obstacles(missing: str) -> list[Obstacle]:
    if missing.strip():
        return []
    return [Obstacle("missing_empty", _("Say what is missing."))]


# --- what the kinds of matters consist of ---------------------------------------------------------


@transaction.atomic
def set_part(
    *,
    bundle: BundleKind,
    code: str,
    name: str,
    name_en: str,
    promise_wd: int,
    material: str,
    is_offered: bool,
    by: User,
) -> BundlePartType:
    """Enter a part of a kind of matter, or change it for what is filed from now on."""
    refuse_if(_part_obstacles(name=name, promise_wd=promise_wd, by=by))
    kind = BundleKind(bundle)
    last = BundlePartType.objects.filter(bundle=kind).count()
    part, is_new = BundlePartType.objects.select_for_update().get_or_create(
        bundle=kind,
        code=code,
        defaults={
            "name": name.strip(),
            "name_en": name_en.strip() or name.strip(),
            "promise_wd": promise_wd,
            "material": material.strip(),
            "is_offered": is_offered,
            "position": last + 1,
        },
    )
    if not is_new:
        part.name, part.name_en = name.strip(), name_en.strip() or name.strip()
        part.promise_wd, part.material = promise_wd, material.strip()
        part.is_offered = is_offered
        part.save(update_fields=["name", "name_en", "promise_wd", "material", "is_offered"])
    return part


def _part_obstacles(*, name: str, promise_wd: int, by: User) -> list[Obstacle]:
    obstacles = []
    if not SET_PART.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Only the head of the agency sets parts.")))
    if not name.strip():
        obstacles.append(Obstacle("name_missing", _("The part has no name.")))
    if not 0 <= promise_wd <= CEILING:
        text = _("A promise of %(days)d working days: the law allows at most %(most)d.")
        facts = {"days": promise_wd, "most": CEILING}
        remedy = _("Promise a shorter time.")
        obstacles.append(Obstacle("promise_too_long", text % facts, RULE, remedy))
    return obstacles
