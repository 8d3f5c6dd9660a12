"""What is known of a number of the rule catalogue, whoever fixed it. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from agency.enums import Evidence, ParameterUnit, RuleSet
from agency.reasons import Text
from agency.regions import rule_set_of

_DECIMALS = {ParameterUnit.RATIO: 4, ParameterUnit.RATIO_A_DAY: 4, ParameterUnit.CNY: 2}


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: `key` is what code asks for, `default` what the catalogue says.

    Of a number of law `article` says where it stands; it is shown, and nobody changes it.
    """

    rules: tuple[str, ...]
    key: str
    default: Decimal
    unit: ParameterUnit
    evidence: Evidence
    minimum: Decimal
    maximum: Decimal
    label: Text
    article: Text = ""
    help: Text = ""

    def __str__(self) -> str:
        return str(self.label)

    @property
    def is_law(self) -> bool:
        return self.evidence.is_law

    @property
    def rule(self) -> str:
        """The first rule that reads it, empty where none does."""
        return self.rules[0] if self.rules else ""

    @property
    def rule_set(self) -> RuleSet:
        """The set whose profile decides which value a region reads."""
        return rule_set_of(self.rule) or RuleSet.OFFICE

    @property
    def decimals(self) -> int:
        """How many decimals a value may have: none where things are counted."""
        return _DECIMALS.get(self.unit, 0)


def shown(value: Decimal) -> str:
    """Write a value as people do: thousands apart, no zeros behind the point."""
    return f"{value.normalize():,f}" if value else "0"
