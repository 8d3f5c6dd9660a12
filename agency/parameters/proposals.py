"""Why a value of a parameter cannot be proposed: what is wrong with it, and what to do. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from agency.parameters.catalogue import CHAINS, DEFINITIONS
from agency.parameters.definition import Definition, shown
from agency.rules import Obstacle, Refusal

LONGEST_VALUE = 30


def definition_of(key: str) -> Definition:
    """Return what is known of a key; refuses one that no rule knows and one that the law fixed."""
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise Refusal(
            [
                Obstacle(
                    "unknown_key",
                    _("There is no parameter “%(key)s”.") % {"key": key[:60]},
                    remedy=_("Choose one of the list of parameters."),
                )
            ]
        )
    if definition.is_law:
        text = _("%(label)s: %(value)s is fixed by law (%(article)s).")
        raise Refusal(
            [
                Obstacle(
                    "fixed_by_law",
                    text
                    % {
                        "label": definition.label,
                        "value": shown(definition.default),
                        "article": definition.article,
                    },
                    rule=definition.rule,
                    remedy=_("Only a change of the law changes it."),
                )
            ]
        )
    return definition


def parse_value(text: str) -> Decimal:
    """Return the number that was typed; refuses what is no number."""
    try:
        value = Decimal(text.strip().replace(",", "")) if len(text) <= LONGEST_VALUE else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        raise Refusal(
            [
                Obstacle(
                    "no_number",
                    _("Value: “%(text)s” is no number.") % {"text": text[:LONGEST_VALUE]},
                    remedy=_("Enter digits, such as 7 or 0.05."),
                )
            ]
        )
    return value


def value_obstacles(
    definition: Definition, value: Decimal, in_force: Mapping[str, Decimal]
) -> list[Obstacle]:
    """Return what is wrong with a value, given all values in force on the wanted day."""
    rule = definition.rule
    said = {
        "value": shown(value),
        "unit": definition.unit.label,
        "minimum": shown(definition.minimum),
        "maximum": shown(definition.maximum),
        "decimals": definition.decimals,
    }
    remedy = _("Enter a value from %(minimum)s to %(maximum)s %(unit)s.") % said
    whole = _("Value: %(value)s is no whole number, and %(unit)s are counted.") % said
    finer = _("Value: %(value)s has more than %(decimals)s decimals.") % said
    checks = {
        Obstacle(
            "wrong_unit" if definition.decimals == 0 else "too_fine",
            whole if definition.decimals == 0 else finer,
            rule,
            remedy,
        ): value != round(value, definition.decimals),
        Obstacle(
            "below_minimum",
            _("Value: %(value)s %(unit)s is below the lowest value, %(minimum)s.") % said,
            rule,
            remedy,
        ): value < definition.minimum,
        Obstacle(
            "above_maximum",
            _("Value: %(value)s %(unit)s is above the highest value, %(maximum)s.") % said,
            rule,
            remedy,
        ): value > definition.maximum,
        Obstacle(
            "unchanged",
            _("Value: %(value)s %(unit)s is in force already on the chosen day.") % said,
            rule,
            _("Enter another value, or choose another day."),
        ): value == in_force.get(definition.key),
    }
    found = [obstacle for obstacle, applies in checks.items() if applies]
    return found or chain_obstacles(definition, value, in_force)


def chain_obstacles(
    definition: Definition, value: Decimal, in_force: Mapping[str, Decimal]
) -> list[Obstacle]:
    """Return where the value would overtake one that must not lie below or above it."""
    return [
        obstacle
        for chain in CHAINS
        if definition.key in chain
        for obstacle in _overtaken(definition, value, chain, in_force)
    ]


def _overtaken(
    definition: Definition, value: Decimal, chain: tuple[str, ...], in_force: Mapping[str, Decimal]
) -> list[Obstacle]:
    place = chain.index(definition.key)
    found = []
    for position, key in enumerate(chain):
        other = in_force.get(key, DEFINITIONS[key].default)
        said = {
            "value": shown(value),
            "other": DEFINITIONS[key].label,
            "limit": shown(other),
        }
        if position < place and value < other:
            text = _("Value: %(value)s is below “%(other)s”, which is %(limit)s.") % said
            remedy = _("Enter at least %(limit)s, or change the other parameter first.") % said
        elif position > place and value > other:
            text = _("Value: %(value)s is above “%(other)s”, which is %(limit)s.") % said
            remedy = _("Enter at most %(limit)s, or change the other parameter first.") % said
        else:
            continue
        found.append(Obstacle("out_of_order", text, definition.rule, remedy))
    return found
