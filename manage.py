#!/usr/bin/env python
"""Django's command line, with private PostgreSQL and Redis up while a command needs them."""

import os
import sys

from django.core.management import execute_from_command_line

from config import services


def main() -> None:
    settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", services.LOCAL_SETTINGS)
    if not services.needed_for(sys.argv, settings=settings):
        execute_from_command_line(sys.argv)
        return
    with services.running():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
