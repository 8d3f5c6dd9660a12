"""Production settings refuse to start without what they cannot invent."""

import os
import subprocess
import sys

import pytest

COMPLETE = {
    "SECRET_KEY": "k7Qw-2vN8xZr5tYb1mLc9pJd4sHf6gKa3eWu0iOqXnTzVyBhRjMlCxPo",
    "FIELD_KEYS": "Q0-nDmX1mFvVtqS3mRk0WJ8bYc2LrT5uZaE6iHoPx7s",
    "FIELD_FINGERPRINT_KEY": "f7Rk2WJ8bYc2LrT5uZaE6iHoPx7sQ0-nDmX1mFvVtqQ",
    "ALLOWED_HOSTS": "office.example.test",
    "DATABASE_URL": "postgres://office@127.0.0.1:1/office",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {*COMPLETE, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    base = {key: value for key, value in os.environ.items() if key not in own}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**base, "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", list(COMPLETE))
def test_refuses_to_start_without(missing):
    given = {name: value for name, value in COMPLETE.items() if name != missing}

    ended = manage("check", **given)

    assert ended.returncode != 0
    assert f"ImproperlyConfigured: Set the environment variable {missing}." in ended.stderr


def test_deployment_check_is_clean():
    ended = manage("check", "--deploy", "--fail-level", "INFO", **COMPLETE)

    assert ended.returncode == 0, ended.stderr
    assert "no issues (0 silenced)" in ended.stdout
