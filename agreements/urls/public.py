"""The published texts; besides a panel of the register's pages."""

from agreements.urls import cascade, performance, signing, templates
from agreements.views import public

__all__ = ["public"]

app_name = "agreements_public"

urlpatterns: list = [
    *cascade.open_to_all,
    *performance.public,
    *signing.open_to_all,
    *templates.open_to_all,
]
