"""Many operations as one step: the same tables, forwards and backwards."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from agency.migration_steps import Together

SHELF = migrations.CreateModel("Shelf", [("id", models.AutoField(primary_key=True))])
BOOK = migrations.CreateModel(
    "Book", [("id", models.AutoField(primary_key=True)), ("title", models.CharField(max_length=9))]
)
BOOKS_STAND = [
    migrations.AddField("Book", "shelf", models.ForeignKey("agency.Shelf", models.PROTECT)),
    migrations.AddIndex("Book", models.Index(fields=["title"], name="book_by_title")),
    migrations.AddConstraint(
        "Book", models.CheckConstraint(condition=~models.Q(title=""), name="book_has_a_title")
    ),
]
LATER = [migrations.AddField("Shelf", "room", models.CharField(max_length=9, default=""))]


def tables() -> dict[str, object]:
    """What the database knows of the two tables."""
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        return {
            name: (
                [
                    each.name
                    for each in connection.introspection.get_table_description(cursor, name)
                ],
                connection.introspection.get_constraints(cursor, name),
            )
            for name in ("agency_book", "agency_shelf")
            if name in known
        }


def run(operations: list[Any]) -> list[object]:
    """Do the operations, and undo them; return what the database knew after each direction."""
    seen, states = [], [ProjectState()]
    for each in operations:
        states.append(states[-1].clone())
        each.state_forwards("agency", states[-1])
    with connection.schema_editor() as editor:
        for place, each in enumerate(operations):
            each.database_forwards("agency", editor, states[place], states[place + 1])
    seen.append(tables())
    with connection.schema_editor() as editor:
        for place, each in reversed(list(enumerate(operations))):
            each.database_backwards("agency", editor, states[place + 1], states[place])
    seen.append(tables())
    return seen


@pytest.mark.django_db
def test_together_makes_what_each_alone_makes() -> None:
    operations = [SHELF, BOOK, *BOOKS_STAND]
    alone = run([*operations, *LATER])
    together = run([Together(operations), Together(LATER)])
    names = {name: sorted(constraints) for name, (_columns, constraints) in alone[0].items()}
    assert "book_has_a_title" in names["agency_book"] and "book_by_title" in names["agency_book"]
    assert {name: set(columns) for name, (columns, _each) in together[0].items()} == {
        "agency_book": {"id", "title", "shelf_id"},
        "agency_shelf": {"id", "room"},
    }
    assert {name: sorted(each) for name, (_columns, each) in together[0].items()} == names
    assert alone[1] == together[1] == {}
