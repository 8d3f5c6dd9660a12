"""The import contract that import-linter lacks: it sees `django` as one, we forbid a part of it."""

import re
from typing import ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

FORBIDDEN = re.compile(
    r"^\s*(from|import)\s+(django\.db|rest_framework|celery)\b|^\s*from\s+django\s+import\s+.*\bdb\b"
)
LIBRARIES = frozenset({"django", "rest_framework", "celery"})
# Choices live in Django's models module, and touch no database.
ALLOWED_IN_ENUMS = "from django.db import models"


class PureContract(Contract):
    """Rules, and all they import, know neither Django's ORM nor DRF nor Celery."""

    type_name: ClassVar[str] = "pure"
    pure_name = re.compile(
        r"^([a-z]+\.(rules|enums)|agency\.(workdays|lawbook|regions|parameters|policy))(\..+)?$"
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found: list[tuple[str, str, str]] = []
        for source in sorted(filter(self.pure_name.match, graph.modules)):
            for module in {source} | self.own_upstream(graph, source):
                found.extend((source, module, line) for line in self.forbidden_lines(graph, module))
        return ContractCheck(kept=not found, metadata={"found": found})

    def own_upstream(self, graph: ImportGraph, source: str) -> set[str]:
        return {
            module
            for module in graph.find_upstream_modules(source)
            if not graph.is_module_squashed(module)
        }

    def forbidden_lines(self, graph: ImportGraph, module: str) -> list[str]:
        imported = graph.find_modules_directly_imported_by(module) & LIBRARIES
        lines = [
            detail["line_contents"]
            for library in imported
            for detail in graph.get_import_details(importer=module, imported=library)
        ]
        in_enums = re.search(r"\.enums(\.|$)", module) is not None
        return [
            line
            for line in lines
            if FORBIDDEN.match(line) and not (in_enums and line.strip() == ALLOWED_IN_ENUMS)
        ]

    def render_broken_contract(self, check: ContractCheck) -> None:
        for source, module, line in check.metadata["found"]:
            output.print_error(f"{source} must be pure, but {module} says: {line.strip()}")
