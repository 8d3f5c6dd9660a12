from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from institutions.services import names, tokens
from institutions.services.letters import remind_unconfirmed


@job("institutions.spell_names", _("Names not yet spelt in pinyin"), hour=1, minute=10)
def spell_names(on: date) -> int:
    return names.spell_names()


@job("institutions.warn_of_tokens", _("Tokens that end soon"), hour=7, minute=50)
def warn_of_tokens(on: date) -> int:
    return tokens.warn_of_expiry(on=on, at=timezone.now())


@job("institutions.unconfirmed_letters", _("Letters not confirmed in time"), hour=1, minute=20)
def remind_of_unconfirmed_letters(on: date) -> int:
    return remind_unconfirmed(on=on, at=timezone.now())
