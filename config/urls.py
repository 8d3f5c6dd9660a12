"""Every entrance of the office: apps contribute urls/{public,staff,portal,api}.py, named here."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.api import schema_patterns
from config.health import healthz

Routes = list[URLPattern | URLResolver]

handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

public: Routes = [
    # path("", include("institutions.urls.public")),
]
staff: Routes = [
    path("", include("agency.urls.staff")),
    # path("institutions/", include("institutions.urls.staff")),
    # path("agreements/", include("agreements.urls.staff")),
    # path("settlements/", include("settlements.urls.staff")),
    # path("supervision/", include("supervision.urls.staff")),
    # path("archives/", include("archives.urls.staff")),
]
portal: Routes = [
    # path("", include("institutions.urls.portal")),
    # path("agreements/", include("agreements.urls.portal")),
    # path("settlements/", include("settlements.urls.portal")),
    # path("supervision/", include("supervision.urls.portal")),
]
api: Routes = [
    path("", include("agency.urls.api")),
    # path("", include("institutions.urls.api")),
    # path("", include("agreements.urls.api")),
    # path("", include("settlements.urls.api")),
    # path("", include("supervision.urls.api")),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    # /login/, /logout/, /account/
    path("", include("agency.urls.public")),
    path("desk/", include(staff)),
    path("portal/", include(portal)),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("api/", include(schema_patterns)),
    path("", include(public)),
]
