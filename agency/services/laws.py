"""Asking the lawbook: which rules there are, for which office, and which tests name them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from agency.lawbook import LAWS, Law, Office, OfficeFor, QuestionError, laws_in_order
from agency.models import Region
from agency.services.calendar import office

RULE_ID = re.compile(r"(?<![\w.-])[A-Z]-\d\d[a-z]?(?:\.\d+)?(?![\w.-]*\d)")


def all_laws() -> list[Law]:
    """Return every rule of every app, time rules first."""
    # Apps above this one enter their rules when their module is loaded; none is imported by name.
    autodiscover_modules("time_rules", "bundle_rules", "rules")
    return laws_in_order()


def law_by_id(rule: str) -> Law | None:
    all_laws()
    return LAWS.get(rule)


def offices(*, today: date) -> OfficeFor:
    """Return a finder of offices that asks the database once per region and day."""

    @cache
    def office_for(*, on: date | None, region: str | None) -> Office:
        if region is None:
            return office(on=on or today)
        known = Region.objects.filter(code=region).first()
        if known is None:
            raise QuestionError("region", region, _("the code of a known region"))
        return office(on=on or today, region=known)

    return office_for


@cache
def rule_tests() -> Mapping[str, tuple[str, ...]]:
    """Return which test files name which rule; nothing where the tests are not installed."""
    root = Path(settings.BASE_DIR)
    found: dict[str, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for rule in sorted(set(RULE_ID.findall(path.read_text(encoding="utf-8")))):
            found.setdefault(rule, []).append(str(path.relative_to(root)))
    return {rule: tuple(paths) for rule, paths in found.items()}
