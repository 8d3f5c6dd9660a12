"""The contract on pure modules sees what import-linter's own contracts cannot."""

import grimp
import pytest

from config.contracts import PureContract


def broken_by(line: str, module: str = "office.rules", library: str = "django") -> bool:
    graph = grimp.ImportGraph()
    graph.add_module(module)
    graph.add_module(library, is_squashed=True)
    graph.add_import(importer=module, imported=library, line_number=1, line_contents=line)
    contract = PureContract(name="pure", session_options={}, contract_options={})
    return not contract.check(graph, verbose=False).kept


@pytest.mark.parametrize(
    "line",
    ["from django.db import models", "from django.db.models import Q", "from django import db"],
)
def test_rules_may_not_import_the_orm(line):
    assert broken_by(line)


def test_rules_may_translate():
    assert not broken_by("from django.utils.translation import gettext_lazy as _")


def test_enums_may_take_choices_and_nothing_else():
    assert not broken_by("from django.db import models", module="office.enums")
    assert broken_by("from django.db.models import Q", module="office.enums")


def test_rules_may_not_reach_the_orm_through_another_module():
    graph = grimp.ImportGraph()
    for module in ("office.rules", "office.facts"):
        graph.add_module(module)
    graph.add_module("celery", is_squashed=True)
    graph.add_import(importer="office.rules", imported="office.facts")
    graph.add_import(
        importer="office.facts",
        imported="celery",
        line_number=1,
        line_contents="from celery import shared_task",
    )
    contract = PureContract(name="pure", session_options={}, contract_options={})

    assert not contract.check(graph, verbose=False).kept
