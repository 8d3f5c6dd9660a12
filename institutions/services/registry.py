"""Entering institutions in the register, and what the register said on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from agency.codes import credit_code_fault
from agency.models import Region, User
from agency.privacy import mask_account
from agency.rules import Obstacle, refuse_if
from institutions.codes import national_code_fault
from institutions.models import Institution, InstitutionFact
from institutions.models.institution import label_of
from institutions.permissions.register import VERIFY_ENTRY, verification_obstacles
from institutions.services.facts import as_text
from institutions.services.names import spell_names

VERIFYING = ("code", "credit_code", "kind", "nature", "level", "registered_address")

SHOWN_FACTS = (
    "code",
    "credit_code",
    "licence_no",
    "kind",
    "nature",
    "level",
    "beds",
    "legal_representative",
    "principal",
    "actual_controller",
    "registered_address",
    "subjects",
    "floor_area",
    "phone",
    "email",
    "website",
    "contact_name",
    "opening_hours",
    "licence_valid_to",
    "opened_on",
    "bank_name",
)


class Facts(TypedDict, total=False):
    """The facts of a verified institution; the first eight are required."""

    code: str
    credit_code: str
    name: str
    kind: str
    nature: str
    level: str
    registered_address: str
    region: Region
    licence_no: str
    beds: int
    legal_representative: str
    principal: str
    actual_controller: str
    subjects: str
    phone: str
    bank_name: str
    bank_account: str
    opened_on: date | None
    website: str
    email: str
    contact_name: str
    opening_hours: str
    licence_valid_to: date | None
    floor_area: Decimal | None


@dataclass(frozen=True, slots=True)
class Account:
    """Where money for an institution goes."""

    bank_name: str
    bank_account: str

    @property
    def masked(self) -> str:
        return mask_account(self.bank_account)


@transaction.atomic
def register_institution(*, by: User | None, at: datetime, **facts: Unpack[Facts]) -> Institution:
    """Enter a verified institution. Refuses faulty codes, codes already entered, missing facts."""
    refuse_if(_code_obstacles(facts) + _missing_obstacles(facts, ["name", "region", *VERIFYING]))
    with pghistory.context(act="institutions.register", user=by.pk if by else None):
        institution = Institution.objects.create(**facts)
    spell_names([institution.pk])
    return institution


@transaction.atomic
def verify_entry(
    *, institution_id: int, by: User, at: datetime, **facts: Unpack[Facts]
) -> Institution:
    """Complete an unverified entry by its codes and what they vouch for.

    Refuses an entry that has its code already, faulty codes, and codes of other institutions.
    """
    institution = Institution.objects.locked(institution_id)
    refuse_if(
        verification_obstacles(institution, by)
        + _code_obstacles(facts, but=institution.pk)
        + _missing_obstacles(facts, VERIFYING)
    )
    for column, value in facts.items():
        setattr(institution, column, value)
    with pghistory.context(act=VERIFY_ENTRY.code, user=by.pk):
        institution.save(update_fields=list(facts))
    return institution


def unverified_obstacles(institution: Institution) -> list[Obstacle]:
    """Return why an institution without its national code may not have, say, an agreement."""
    if institution.is_verified:
        return []
    text = _("The institution is an unverified entry without a national code.")
    remedy = _("Enter its codes on its page first.")
    return [Obstacle("institution_unverified", text, rule="A-02", remedy=remedy)]


def account_on(institution: Institution, day: date) -> Account:
    """Return the bank account that was in effect on the day: a payment ordered before a change
    goes to the account of its time (B-13a). One query.
    """
    values = {
        column: as_text(getattr(institution, column)) for column in ("bank_name", "bank_account")
    }
    facts = InstitutionFact.objects.filter(institution=institution, field__in=values)
    values |= {each.field: each.value for each in facts.in_effect_on(day)}
    return Account(**values)


def _missing_obstacles(facts: Mapping[str, Any], required: Iterable[str]) -> list[Obstacle]:
    return [
        Obstacle(
            "fact_missing",
            _("%(field)s is missing.") % {"field": label_of(column)},
        )
        for column in required
        if not facts.get(column)
    ]


def _code_obstacles(facts: Mapping[str, Any], *, but: int = 0) -> list[Obstacle]:
    others = Institution.objects.exclude(pk=but)
    obstacles = []
    for column, fault_of in (("code", national_code_fault), ("credit_code", credit_code_fault)):
        value = facts.get(column) or ""
        label = label_of(column)
        if value and (fault := fault_of(value)):
            obstacles.append(
                Obstacle(
                    f"{column}_faulty",
                    _("%(label)s %(value)s: %(fault)s.")
                    % {"label": label, "value": value, "fault": fault},
                    remedy=_("Copy it from the certificate again."),
                )
            )
        elif value and others.filter(**{column: value}).exists():
            obstacles.append(
                Obstacle(
                    f"{column}_taken",
                    _("%(label)s %(value)s belongs to another institution.")
                    % {"label": label, "value": value},
                )
            )
    return obstacles


def register_facts(institution: Institution) -> list[tuple[str, str]]:
    """Return the facts as pages list them, the account masked."""
    rows = [(label_of(column), institution.shown(column)) for column in SHOWN_FACTS]
    rows.insert(5, (label_of("region"), str(institution.region)))
    return [*rows, (label_of("bank_account"), institution.masked_account)]
