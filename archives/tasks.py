from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from archives.services import filing


@job("archives.collect", _("File ended matters as records"), hour=3, minute=0)
def collect(on: date) -> int:
    return filing.collect(at=timezone.now())
