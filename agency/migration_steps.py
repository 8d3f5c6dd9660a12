"""An operation of migrations that does many as one."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What a model is created with, as it is after the last of the operations.
INCLUDED = (AddConstraint, AddField, AddIndex)


class Together(Operation):
    """Does the operations as one step: every model is built once, as it is after the last of them,
    and not anew after each. Hundreds of operations on tables that refer to each other take
    seconds instead of minutes (docs/decisions/0009).

    A model made in it has from the start what the later operations add to it; so a field must not
    be added and altered, removed or renamed in the same step. Not for `RunPython`.
    """

    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        self.created = {each.name_lower for each in operations if isinstance(each, CreateModel)}

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Built models would be built anew by each operation; without them, once at the end.
        state.__dict__.pop("apps", None)
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for each in self._own():
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for each in reversed(self._own()):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations as one"

    def _own(self) -> list[Operation]:
        """Return the operations but those a new model includes."""
        return [
            each
            for each in self.operations
            if not (isinstance(each, INCLUDED) and each.model_name_lower in self.created)
        ]
