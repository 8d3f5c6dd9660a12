"""No pages of its own: it enters a panel of the register's pages."""

from agreements.views import public

__all__ = ["public"]

app_name = "agreements_public"

urlpatterns: list = []
