"""Every entrance of the office: apps contribute urls/{public,staff,portal,api}.py, named here."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.api import schema_patterns
from config.entry import admin_login
from config.health import healthz

handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

# Here, not while apps are loaded: the supervision pages import what only loaded apps have.
admin.autodiscover()

APPS = ["agency", "institutions", "agreements", "settlements", "supervision", "archives"]


def rooms(entrance: str) -> list[URLPattern | URLResolver]:
    """Return the routes that the apps contribute to an entrance, from the ground floor up."""
    names = [f"{app}.urls.{entrance}" for app in APPS]
    return [
        path("", include(name))
        for name in names
        if find_spec(name.rpartition(".")[0]) and find_spec(name)
    ]


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("desk/", include(rooms("staff"))),
    path("portal/", include(rooms("portal"))),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("api/v1/", include(rooms("api"))),
    path("api/", include(schema_patterns)),
    path("", include(rooms("public"))),
]
