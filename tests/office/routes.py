"""Every address of the program, from its URL configuration: a new page is covered unasked."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agency.enums import Role
from tests.office.world import World

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")


@dataclass(frozen=True, slots=True)
class Route:
    """`path` as the configuration writes it, from the root on."""

    name: str
    path: str
    callback: Any

    def __str__(self) -> str:
        return self.name

    @property
    def area(self) -> str:
        return self.path.partition("/")[0]

    @property
    def within(self) -> str:
        return self.path.partition("/")[2]

    @property
    def names_something(self) -> bool:
        return bool(PLACEHOLDER.search(self.path))

    @property
    def converters(self) -> list[str]:
        """What each placeholder of the address takes: `int`, `str`, …"""
        return [match[1] or "str" for match in CONVERTER.finditer(self.path)]

    @property
    def view_class(self) -> Any:
        return getattr(self.callback, "view_class", None)

    def url(self, world: World) -> str:
        """Return the address of the world's own matter."""
        places = world.places
        values = {
            match[1]: places[self.within[: match.end()]]
            for match in PLACEHOLDER.finditer(self.within)
        }
        return reverse(self.name, kwargs=values)


def walk(resolver: Any, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Route]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each, path, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern) and each.name:
            yield Route(":".join([*spaces, each.name]), path, each.callback)


ROUTES = list(walk(get_resolver()))
DESK = [each for each in ROUTES if each.area == "desk"]
PORTAL = [each for each in ROUTES if each.area == "portal"]
ADMIN = [each for each in ROUTES if each.area == "admin"]
API = [each for each in ROUTES if each.path.startswith("api/v1/")]
PAGES = [*DESK, *PORTAL]


def api_readers(route: Route) -> Collection[Role]:
    """Return the roles that may read a list of the API."""
    view = route.callback.cls
    action = route.callback.actions["get"]
    return getattr(view, "acts", {}).get(action, getattr(view, "act", None)).roles
