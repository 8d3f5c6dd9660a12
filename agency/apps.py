from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AgencyConfig(AppConfig):
    name = "agency"
    verbose_name = _("The office")

    def ready(self) -> None:
        # Apps enter their deadlines, files, receipts and figures when these modules are loaded.
        autodiscover_modules(
            "bars",
            "bundle_matters",
            "indicators",
            "clocks",
            "checks",
            "overview",
            "owners",
            "receipts",
            "readiness",
            "reports",
            "standings",
        )
