"""A migrated database kept as a template: migrating takes most of a minute, copying none."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings

PREFIX = "template_office_"
ROOT = Path(__file__).resolve().parent.parent


def fingerprint() -> str:
    """Return a digest of everything the migrated database depends on."""
    digest = hashlib.sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def template_database(url: str) -> str:
    """Return the name of the template on the server of `url`, built first if it is not there.
    One process builds, others wait; templates of other migrations are dropped.
    """
    name = f"{PREFIX}{fingerprint()}"
    parts = urlsplit(url)
    connection = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            building = f"{name}_building"
            cursor.execute(f'CREATE DATABASE "{building}"')
            environment = {
                **os.environ,
                "DATABASE_URL": urlunsplit(parts._replace(path=f"/{building}")),
                "REDIS_URL": settings.CELERY_BROKER_URL,
                "DJANGO_SETTINGS_MODULE": "config.settings.local",
            }
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    connection.close()
    return name
