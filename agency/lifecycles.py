"""Diagrams of the state machines, drawn from the machines themselves.

A README names a machine between two marks; what stands between them is written, never typed:

    <!-- lifecycle agreements.Agreement -->
    <!-- end of lifecycle -->
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django_fsm import FSMFieldMixin

from agency.models import Lifecycle

_BLOCK = re.compile(
    r"(?P<mark><!-- lifecycle (?P<label>\w+\.\w+) -->\n).*?(?=<!-- end of lifecycle -->)", re.DOTALL
)


def diagram(model: type[Lifecycle]) -> str:
    """Return the states of a model and the acts that move them, as Mermaid."""
    field = next(each for each in model._meta.get_fields() if isinstance(each, FSMFieldMixin))
    first = field.get_default()
    order = {str(value): place for place, (value, _label) in enumerate(field.flatchoices)}
    acts: dict[tuple[str, str], list[str]] = {}
    for source, target, name in _moves(model, field):
        acts.setdefault((source, target), []).append(name)
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    for source, target in sorted(acts, key=lambda pair: (order[pair[0]], order[pair[1]])):
        lines.append(f"    {source} --> {target}: {', '.join(sorted(acts[source, target]))}")
    ends = set(order) - {source for source, target in acts if source != target}
    lines += [f"    {state} --> [*]" for state in sorted(ends, key=lambda each: order[each])]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def with_diagrams(text: str) -> str:
    """Return a text with the diagrams between its marks as the machines are now."""
    return _BLOCK.sub(lambda found: found["mark"] + diagram(apps.get_model(found["label"])), text)


def readmes() -> list[Path]:
    """Return the files that may hold diagrams: the README of the project and of each app."""
    base = Path(settings.BASE_DIR)
    return [base / "README.md", *sorted(base.glob("*/README.md"))]


def _moves(model: type[Lifecycle], field: FSMFieldMixin) -> Iterator[tuple[str, str, str]]:
    everything = [str(value) for value, _label in field.flatchoices]
    for step in field.get_all_transitions(model):
        targets = getattr(step.target, "allowed_states", None) or [step.target or step.source]
        sources = everything if step.source in ("*", "+") else [str(step.source)]
        for source in sources:
            for target in targets:
                yield source, str(target), step.name
