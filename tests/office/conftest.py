"""One world for a whole module: its tests look, and what they change is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agency.models import User
from tests.office.world import NOW, World

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with time_machine.travel(NOW, tick=True), django_db_blocker.unblock(), transaction.atomic():
        world = World()
        # Everything that has an address is made now: what a test makes is rolled back with it.
        assert world.places
        yield world
        transaction.set_rollback(True)


def as_user(user: User) -> Client:
    """Return a client that gets a 500 as a browser would."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@contextmanager
def nothing_written() -> Iterator[None]:
    """Whatever happens within writes no row, sessions apart."""
    with CaptureQueriesContext(connection) as captured:
        yield
    written = [
        each["sql"]
        for each in captured.captured_queries
        if each["sql"].startswith(WRITES) and "django_session" not in each["sql"]
    ]
    assert not written, written
