from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from institutions.services import change_effects, licences, names, tokens, training_lists
from institutions.services.assessment import overdue
from institutions.services.designation import deciding, drafts
from institutions.services.letters import remind_unconfirmed
from institutions.services.notices import negotiation


# Before anything of the day is paid: the account holds from the beginning of its day.
@job("institutions.accounts_take_effect", _("Bank accounts take effect"), hour=0, minute=5)
def let_accounts_take_effect(on: date) -> int:
    return change_effects.take_due_into_effect(on=on, at=timezone.now())


@job("institutions.spell_names", _("Names not yet spelt in pinyin"), hour=1, minute=10)
def spell_names(on: date) -> int:
    return names.spell_names()


@job("institutions.warn_of_tokens", _("Tokens that end soon"), hour=7, minute=50)
def warn_of_tokens(on: date) -> int:
    return tokens.warn_of_expiry(on=on, at=timezone.now())


@job("institutions.unconfirmed_letters", _("Letters not confirmed in time"), hour=1, minute=20)
def remind_of_unconfirmed_letters(on: date) -> int:
    return remind_unconfirmed(on=on, at=timezone.now())


@job(
    "institutions.deemed_acceptance",
    _("Applications accepted because nobody answered in time"),
    hour=0,
    minute=20,
)
def deem_accepted(on: date) -> int:
    return deciding.deem_accepted(on=on, at=timezone.now())


@job("institutions.late_supplements", _("Supplements not delivered in time"), hour=7, minute=40)
def tell_of_late_supplements(on: date) -> int:
    return deciding.tell_of_overdue_supplements(on=on, at=timezone.now())


@job("institutions.old_drafts", _("Drafts of applications left alone"), hour=2, minute=20)
def discard_old_drafts(on: date) -> int:
    return drafts.discard_old_drafts(on=on, at=timezone.now())


@job(
    "institutions.training_gaps",
    _("Yearly list of institutions without training"),
    hour=6,
    minute=0,
)
def list_training_gaps(on: date) -> int:
    """On 31 December the list of the year; a run missed that day is made up for afterwards."""
    year = on.year if (on.month, on.day) == (12, 31) else on.year - 1
    url = f"{reverse('agency_desk:report', args=['training-gaps'])}?year={year}"
    return training_lists.tell_of_gaps(year, on=on, at=timezone.now(), url=url)


@job(
    "institutions.warn_of_licences", _("Licences of institutions that end soon"), hour=6, minute=10
)
def warn_of_licences(on: date) -> int:
    url = reverse("agency_desk:report", args=["licences"])
    return licences.warn_of_licences(on=on, at=timezone.now(), url=url)


@job("institutions.end_notices", _("Public notices that are over"), hour=0, minute=15)
def end_public_notices(on: date) -> int:
    return negotiation.end_notices(on=on, at=timezone.now())


@job("institutions.assessments_overdue", _("Applications not assessed in time"), hour=6, minute=20)
def enter_overdue_assessments(on: date) -> int:
    return overdue.enter_overdue(on=on, at=timezone.now())
