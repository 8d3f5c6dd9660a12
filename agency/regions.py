"""Division codes, and which rules a region switches together. Pure."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile, RegionLevel, RuleSet
from agency.rules import Obstacle

NATION = "000000"
CODE_LENGTH = 6
PROVINCE_DIGITS = 2
PREFECTURE_DIGITS = 4


def _numbered(chapter: str, *numbers: int | str) -> tuple[str, ...]:
    return tuple(f"{chapter}-{number:0>2}" for number in numbers)


# The rules of time (T) are the Civil Code's: they are the same everywhere, no set holds them.
RULES_OF: Mapping[RuleSet, tuple[str, ...]] = MappingProxyType(
    {
        RuleSet.DESIGNATION: _numbered("A", *range(1, 14)),
        RuleSet.AGREEMENTS: _numbered("B", 1, 9, 13, "13a", *range(14, 20), 22),
        RuleSet.CLAIMS: _numbered("B", *range(3, 8)),
        RuleSet.CONTROL: _numbered("B", 2, 8, 11, 12, 20, 21),
        RuleSet.INSPECTION: _numbered("C", 1, 2),
        RuleSet.DOUBTS: _numbered("C", 3),
        RuleSet.ENFORCEMENT: _numbered("C", 4, 5, 6, 17, 18, 19),
        RuleSet.SERVICE: _numbered("C", 7, 8),
        RuleSet.CHANGES: _numbered("C", 9, 10),
        RuleSet.ENTERPRISES: _numbered("C", 11, 12),
        RuleSet.PROCUREMENT: _numbered("C", 13),
        RuleSet.PARTICIPATION: _numbered("C", 14, 15),
        RuleSet.POINTS: (*_numbered("D", *range(1, 9)), "C-16"),
        RuleSet.PENALTIES: _numbered("E", *range(1, 8)),
        RuleSet.REWARDS: _numbered("E", 8, 9),
        RuleSet.CREDIT: _numbered("F", *range(1, 17)),
        RuleSet.FUND: _numbered("G", *range(1, 13)),
        RuleSet.PAYMENT: ("B-10", *_numbered("J", *range(1, 15))),
        RuleSet.ARCHIVES: _numbered("H", *range(1, 25)),
        # Not law but the office's own housekeeping: files, messages, sessions.
        RuleSet.OFFICE: (),
    }
)
_SET_OF = {rule: rule_set for rule_set, rules in RULES_OF.items() for rule in rules}

# Chapters made of one place's rules: only a region that follows the profile applies them.
HOME_OF: Mapping[str, Profile] = MappingProxyType(
    {"C": Profile.JIUJIANG, "F": Profile.JIAXING, "G": Profile.QUXIAN}
)


def rule_set_of(rule: str) -> RuleSet | None:
    """Return the set that holds a rule; None for the rules of time."""
    return _SET_OF.get(rule)


def home_of(rule: str) -> Profile | None:
    """Return the profile a rule comes from; None where it is in force everywhere."""
    return HOME_OF.get(rule[:1])


def is_local(rule_set: RuleSet) -> bool:
    """Tell whether the whole set comes from one place."""
    return all(map(home_of, RULES_OF[rule_set])) and bool(RULES_OF[rule_set])


def level_of(code: str) -> RegionLevel | None:
    """Return the level a code belongs to, None if it is no division code (GB/T 2260)."""
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()):
        return None
    if code == NATION:
        return RegionLevel.NATION
    if code[0] == "0":
        return None
    if code.endswith("0000"):
        return RegionLevel.PROVINCE
    return RegionLevel.PREFECTURE if code.endswith("00") else RegionLevel.COUNTY


def regions_above(code: str) -> tuple[str, ...]:
    """Return the codes that may stand directly above a region, the nearest first.

    A county without a prefecture (Jiyuan 419001, the districts of Beijing) stands under its
    province.
    """
    match level_of(code):
        case RegionLevel.PROVINCE:
            return (NATION,)
        case RegionLevel.PREFECTURE:
            return (f"{code[:PROVINCE_DIGITS]}0000",)
        case RegionLevel.COUNTY:
            return (f"{code[:PREFECTURE_DIGITS]}00", f"{code[:PROVINCE_DIGITS]}0000")
        case _:
            return ()


def region_obstacles(
    *, code: str, name: str, level: str, parent: str | None, known: Collection[str]
) -> list[Obstacle]:
    """Return why a region cannot be entered; `known` are the codes already there."""
    own = level_of(code)
    if own is None:
        return [
            Obstacle(
                "code_no_division",
                _("%(code)s is no division code.") % {"code": code},
                remedy=_("Enter the six digits of GB/T 2260, such as 360400."),
            )
        ]
    obstacles = []
    if code in known:
        obstacles.append(
            Obstacle(
                "code_taken",
                _("%(code)s is already entered.") % {"code": code},
                remedy=_("Open the region in the list."),
            )
        )
    if not name.strip():
        obstacles.append(Obstacle("name_missing", _("The region has no name.")))
    if level != own:
        obstacles.append(
            Obstacle(
                "code_against_level",
                _("%(code)s is the code of a %(level)s.")
                % {"code": code, "level": str(own.label).lower()},
                remedy=_("Choose that level, or correct the code."),
            )
        )
    obstacles += parent_obstacles(code=code, parent=parent, known=known)
    return obstacles


def parent_obstacles(*, code: str, parent: str | None, known: Collection[str]) -> list[Obstacle]:
    """Return why a region cannot stand under the parent: the nearest known one above it."""
    above = [each for each in regions_above(code) if each in known]
    nearest = above[0] if above else None
    if parent == nearest:
        return []
    remedy: str | Promise
    if nearest is None:
        remedy = _("Enter the parent first, or leave the parent empty.")
    else:
        remedy = _("Choose %(code)s.") % {"code": nearest}
    return [
        Obstacle(
            "parent_wrong",
            _("%(code)s does not lie directly in %(parent)s.")
            % {"code": code, "parent": parent or _("no region")},
            remedy=remedy,
        )
    ]


def coordination_obstacles(*, code: str, coordination: str | None) -> list[Obstacle]:
    """Return why a region cannot share the fund of the coordination region (统筹地区)."""
    if coordination is None or coordination in regions_above(code):
        return []
    text = _("%(code)s cannot be coordinated by %(other)s: it does not lie in it.")
    return [
        Obstacle(
            "coordination_wrong",
            text % {"code": code, "other": coordination},
            remedy=_("Choose its prefecture or its province, or none."),
        )
    ]


def choice_obstacles(*, profile: str, followed: str, document: str) -> list[Obstacle]:
    """Return why a region's change of profile in a rule set says nothing new or rests on nothing.

    `followed` is the profile in force on the wanted day.
    """
    checks = {
        Obstacle(
            "unchanged",
            _("Rule profile: the region follows it already on the chosen day."),
            remedy=_("Choose another profile or another day."),
        ): profile == followed,
        Obstacle(
            "document_missing",
            _("Document: it is missing."),
            remedy=_("Name the decision the change rests on, with its number."),
        ): not document.strip(),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
