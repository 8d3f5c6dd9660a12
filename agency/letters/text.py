"""Text templates: checked before they are kept, rendered in a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from agency.letters.markup import protected
from agency.letters.wording import capital, money, signed_day, worded, written_day
from agency.rules import Obstacle

LONGEST_TEMPLATE = 50_000
LONGEST_LETTER = 500_000
# What a letter needs, and nothing that could run for long.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For,
    nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
)  # fmt: skip
_FILTERS = ("default", "first", "join", "last", "length", "list", "trim", "upper")


def environment(language: str, *, mark_up: bool = True) -> ImmutableSandboxedEnvironment:
    """Return the sandbox templates of the language run in. With `mark_up`, values are written
    such that they never act as mark-up.
    """

    def finalize(value: Any) -> str:
        text = worded(value, language)
        return protected(text) if mark_up else text

    found = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, keep_trailing_newline=True,
        trim_blocks=True, lstrip_blocks=True, autoescape=False, optimized=False,
    )  # fmt: skip
    found.globals.clear()
    found.filters = {name: found.filters[name] for name in _FILTERS} | {
        "money": money,
        "capital": capital,
        "day": lambda value: written_day(value, language),
        "signed_day": lambda value: signed_day(value, language),
    }
    return found


def check_text(
    title: str, body: str, *, samples: Mapping[str, Any], language: str
) -> list[Obstacle]:
    """Return why the template cannot be kept: syntax, unknown variables with their lines and the
    known ones, or a failure with the sample values.
    """
    if len(title) + len(body) > LONGEST_TEMPLATE:
        text = _("The template has %(length)d characters; the limit is %(limit)d.")
        facts = {"length": len(title) + len(body), "limit": LONGEST_TEMPLATE}
        return [Obstacle("template_too_long", text % facts)]
    env = environment(language)
    obstacles = [
        *check_source(title, env, samples, where=_("title")),
        *check_source(body, env, samples, where=_("text")),
    ]
    if obstacles:
        return obstacles
    try:
        render_text(title, body, samples, language)
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        return [
            Obstacle(
                "template_fails",
                _("The template fails with the sample values: %s") % error,
                remedy=_("Look at what the preview was given, and correct the template."),
            )
        ]
    return []


def check_source(
    source: str, env: ImmutableSandboxedEnvironment, known: Iterable[str], *, where: str
) -> list[Obstacle]:
    """Return what is wrong in one source: its syntax, its constructs, its variables."""
    try:
        tree = env.parse(source)
        # Before compiling, which already computes what is constant.
        if forbidden := list(_forbidden(tree, where)):
            return forbidden
        env.compile(source)
    except TemplateSyntaxError as error:
        text = _("%(where)s, line %(line)d: %(message)s")
        facts = {"where": where, "line": error.lineno, "message": error.message}
        return [Obstacle("template_syntax", text % facts)]
    except RecursionError:
        return [Obstacle("template_syntax", _("The template is nested too deeply."))]
    return list(_unknown(tree, set(known), where))


def _forbidden(tree: nodes.Template, where: str) -> Iterator[Obstacle]:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.EvalContextModifier | nodes.Call) or not isinstance(
            node, _ALLOWED
        ):
            text = _("%(where)s, line %(line)d: “%(construct)s” is not allowed in a letter.")
            facts = {"where": where, "line": node.lineno, "construct": type(node).__name__}
            yield Obstacle("template_construct", text % facts)


def _unknown(tree: nodes.Template, known: set[str], where: str) -> Iterator[Obstacle]:
    unknown = meta.find_undeclared_variables(tree) - known
    for name in sorted(unknown):
        lines = sorted({node.lineno for node in tree.find_all(nodes.Name) if node.name == name})
        text = _("%(where)s, line %(line)s: no variable “%(name)s” is known for this kind.")
        facts = {"where": where, "line": ", ".join(map(str, lines)), "name": name}
        yield Obstacle(
            "template_unknown_variable",
            text % facts,
            remedy=_("Known are: %s.") % ", ".join(sorted(known)),
        )


def render_text(
    title: str, body: str, context: Mapping[str, Any], language: str
) -> tuple[str, str]:
    """Return title (plain) and body (mark-up) with the values filled in.

    Raises a jinja2 error where the template asks for what is not there.
    """
    heading = environment(language, mark_up=False).from_string(title).render(context)
    text = environment(language).from_string(body).render(context)
    if len(heading) + len(text) > LONGEST_LETTER:
        raise SecurityError(f"longer than {LONGEST_LETTER} characters")
    return " ".join(heading.split()), text
