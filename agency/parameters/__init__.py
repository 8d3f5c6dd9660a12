"""The numbers of the rule catalogue and what may be said of changing them. Pure."""

from agency.parameters.catalogue import CHAINS, DEFINITIONS
from agency.parameters.definition import Definition, shown
from agency.parameters.proposals import (
    definition_of,
    parse_value,
    value_obstacles,
)

__all__ = [
    "CHAINS",
    "DEFINITIONS",
    "Definition",
    "definition_of",
    "parse_value",
    "shown",
    "value_obstacles",
]
