import pytest

from tests.supervision.factories import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(autouse=True)
def shelves(tmp_path, settings):
    """Records of a test lie in its own directory."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
