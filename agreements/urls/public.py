"""The published texts; besides a panel of the register's pages."""

from agreements.urls import templates
from agreements.views import public

__all__ = ["public"]

app_name = "agreements_public"

urlpatterns: list = [*templates.open_to_all]
