from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from institutions.services import names, tokens


@job("institutions.spell_names", _("Names not yet spelt in pinyin"), hour=1, minute=10)
def spell_names(on: date) -> int:
    return names.spell_names()


@job("institutions.warn_of_tokens", _("Tokens that end soon"), hour=7, minute=50)
def warn_of_tokens(on: date) -> int:
    return tokens.warn_of_expiry(on=on, at=timezone.now())
