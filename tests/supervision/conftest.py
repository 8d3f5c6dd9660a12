import pytest

from agency.rules import Refusal
from tests.supervision.factories import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def codes():
    """Return the codes of a refusal's obstacles."""

    def of(refusal: "pytest.ExceptionInfo[Refusal]") -> list[str]:
        return [each.code for each in refusal.value.obstacles]

    return of
