"""Formulas of indicators: arithmetic over named figures, and nothing else.

A formula is read by `simpleeval` after its tree was checked: only numbers, names, the four
operations, comparisons, a choice between two values and a few functions. No attributes, no
powers, no text; so a formula can neither reach the program nor occupy it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException, Overflow
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from simpleeval import InvalidExpression, SimpleEval

LONGEST_FORMULA = 300
MAX_DEPTH = 40
LARGEST = 10**15
ZERO, ONE = Decimal(0), Decimal(1)


class FormulaError(ValueError):
    """A formula that cannot be read or computed; `code` is stable, the text is for people."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def _ratio(part: Decimal, whole: Decimal, otherwise: Decimal = ZERO) -> Decimal:
    """Return part ÷ whole, or `otherwise` where there is no whole."""
    return part / whole if whole else otherwise


FUNCTIONS: Mapping[str, Callable[..., Decimal]] = {
    "ratio": _ratio,
    "min": min,
    "max": max,
    "abs": abs,
}
_ARGUMENTS = {"ratio": (2, 3), "min": (2, 10), "max": (2, 10), "abs": (1, 1)}
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_NODES = (
    *(ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call, ast.Name),
    *(ast.Constant, ast.Load, ast.And, ast.Or, *_OPERATORS),
)


class _Arithmetic(SimpleEval):
    """Exact numbers: every constant is a decimal as it was written."""

    nodes: dict[type[ast.AST], Callable[..., Any]]

    def __init__(self, names: Mapping[str, Decimal]) -> None:
        super().__init__(operators=dict(_OPERATORS), functions=dict(FUNCTIONS), names=dict(names))
        allowed = {ast.Expr, *(each for each in _NODES if each in self.nodes)}
        self.nodes = {kind: read for kind, read in self.nodes.items() if kind in allowed}

    @staticmethod
    def _eval_constant(node: ast.Constant) -> Decimal:
        return Decimal(str(node.value))

    _eval_num = _eval_constant


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: its names are those of figures."""

    text: str
    names: frozenset[str]
    tree: ast.Expr

    def value(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Return what the formula gives for these figures.

        Raises `FormulaError` where it divides by nothing or a figure is missing.
        """
        missing = sorted(self.names - figures.keys())
        if missing:
            raise FormulaError(
                "unknown_figure", _("There is no figure “%(name)s”.") % {"name": missing[0]}
            )
        try:
            found = _Arithmetic(figures).eval(self.text, previously_parsed=self.tree)
        except Overflow as error:
            raise FormulaError("too_large", _("The result is no usable number.")) from error
        except (ZeroDivisionError, DecimalException) as error:
            raise FormulaError(
                "division_by_zero",
                _("It divides by zero; write ratio(part, whole, otherwise)."),
            ) from error
        except (InvalidExpression, TypeError) as error:
            raise FormulaError("unreadable", _("It cannot be computed.")) from error
        return Decimal(int(found)) if isinstance(found, bool) else Decimal(found)


@lru_cache(maxsize=512)
def read_formula(text: str) -> Formula:
    """Return the formula; raises `FormulaError` for everything but arithmetic on figures."""
    if not text.strip():
        raise FormulaError("empty", _("The formula is empty."))
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            "too_long", _("It is longer than %(count)d characters.") % {"count": LONGEST_FORMULA}
        )
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError("unreadable", _("It is no formula: check the brackets.")) from error
    _check(tree.body, 1)
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called
    return Formula(text.strip(), frozenset(names), ast.Expr(value=tree.body))


def _check(node: ast.AST, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FormulaError("too_deep", _("It is nested too deeply."))
    if not isinstance(node, _NODES):
        raise FormulaError(
            "not_arithmetic",
            _("Only numbers, figures, + − × ÷, comparisons, “a if x else b” and %(functions)s.")
            % {"functions": ", ".join(f"{name}()" for name in FUNCTIONS)},
        )
    if isinstance(node, ast.Constant) and (
        isinstance(node.value, bool)
        or not isinstance(node.value, int | float)
        or not abs(node.value) < LARGEST
    ):
        raise FormulaError("not_arithmetic", _("A formula holds numbers only, no text."))
    if isinstance(node, ast.Call):
        _check_call(node)
    for child in ast.iter_child_nodes(node):
        _check(child, depth + 1)


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        raise FormulaError(
            "unknown_function",
            _("There is no such function; there are: %(functions)s.")
            % {"functions": ", ".join(FUNCTIONS)},
        )
    least, most = _ARGUMENTS[name]
    if node.keywords or not least <= len(node.args) <= most:
        raise FormulaError(
            "wrong_arguments",
            _("%(name)s() takes %(least)d to %(most)d values.")
            % {"name": name, "least": least, "most": most},
        )


def trial(text: str, known: Mapping[str, Any]) -> None:
    """Read a formula and try it with figures of one and of zero; raises `FormulaError`."""
    formula = read_formula(text)
    unknown = sorted(formula.names - known.keys())
    if unknown:
        raise FormulaError(
            "unknown_figure", _("There is no figure “%(name)s”.") % {"name": unknown[0]}
        )
    for each in (ONE, ZERO):
        formula.value(dict.fromkeys(formula.names, each))
