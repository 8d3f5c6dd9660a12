"""Drawing up the text of an agreement from the template in force, and filling it in (A-09)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.numbers import next_number
from agreements.enums.templates import TextKind
from agreements.enums.texts import SupplementState
from agreements.models import (
    Agreement,
    AgreementText,
    Supplement,
    TemplateVersion,
    TextClause,
)
from agreements.permissions.supplements import supplementing_obstacles
from agreements.permissions.texts import (
    drawing_up_obstacles,
    filling_obstacles,
    no_template,
)
from agreements.services.templates.published import version_for
from agreements.services.texts.history import record_supplement_step, record_text_step
from agreements.services.texts.in_force import current_text, is_signed_by_anybody, text_of
from agreements.services.texts.values import (
    clauses_of,
    known_values,
    presumed_values,
)
from agreements.services.texts.voiding import void_text
from institutions.models import DesignationApplication, Institution


@transaction.atomic
def draw_up(
    agreement_id: int,
    *,
    by: User,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
    kind: TextKind | None = None,
) -> AgreementText:
    """Draw up the text of a draft agreement from the version in force today; an earlier text of
    it that nobody agreed to becomes void. Refuses where no text is published.
    """
    agreement = Agreement.objects.locked(agreement_id)
    earlier = current_text(agreement)
    refuse_if(drawing_up_obstacles(agreement, earlier, by, signed=is_signed_by_anybody(earlier)))
    if earlier is not None:
        reason = _("The text was drawn up anew.")
        void_text(earlier.pk, by=by, at=at, reason=reason)
    return write_text(
        agreement, None, kind=kind or TextKind.MAIN, variables=variables, by=by, at=at
    )


def write_text(
    agreement: Agreement,
    supplement: Supplement | None,
    *,
    kind: TextKind,
    variables: Mapping[str, Any] | None,
    by: User,
    at: datetime,
) -> AgreementText:
    """Write a text for what the caller has locked."""
    on = timezone.localdate(at)
    version = _version(kind, agreement, on)
    values = {
        **presumed_values(version),
        **(_values_before(agreement) if supplement is None else {}),
        **known_values(agreement, supplement, on=on),
        **_given(variables),
    }
    text = AgreementText.objects.create(
        agreement=None if supplement else agreement,
        supplement=supplement,
        version=version,
        kind=kind,
        title=version.title,
        variables=values,
        drawn_up_at=at,
        drawn_up_by=by,
    )
    TextClause.objects.bulk_create(clauses_of(text, list(version.clauses.all()), values))
    record_text_step(text, act="draw_up", source="", on=on, at=at, by=by)
    return text


@transaction.atomic
def fill_in(*, text_id: int, variables: Mapping[str, Any], by: User, at: datetime) -> AgreementText:
    """Fill values into a text that was not offered yet: its clauses are written anew."""
    text = AgreementText.objects.locked(text_id)
    refuse_if(filling_obstacles(text, by))
    text.variables = {**text.variables, **_given(variables, empty=True)}
    text.save(update_fields=["variables"])
    text.clauses.all().delete()
    clauses = list(text.version.clauses.all())
    TextClause.objects.bulk_create(clauses_of(text, clauses, text.variables))
    on = timezone.localdate(at)
    record_text_step(text, act="fill_in", source=text.state, on=on, at=at, by=by)
    return text


@transaction.atomic
def draw_up_yearly(
    agreement_id: int,
    year: int,
    *,
    by: User,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
) -> Supplement:
    """Draw up the yearly agreement of a fixed agreement, for a calendar year within its term."""
    agreement = Agreement.objects.get(pk=agreement_id)
    return draw_up_supplement(
        agreement_id,
        kind=TextKind.YEARLY,
        valid_from=max(date(year, 1, 1), agreement.valid_from),
        valid_to=min(date(year, 12, 31), agreement.valid_to),
        by=by,
        at=at,
        variables=variables,
    )


@transaction.atomic
def draw_up_supplement(
    agreement_id: int,
    *,
    kind: TextKind,
    valid_from: date,
    valid_to: date,
    by: User,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
    institution: Institution | None = None,
    application: DesignationApplication | None = None,
) -> Supplement:
    """Draw up a supplement of a signed agreement, with its text; its term is within the
    agreement's. `institution` is the internet hospital it is for.
    """
    agreement = Agreement.objects.locked(agreement_id)
    kind = TextKind(kind)
    signed = text_of(agreement.pk)
    yearly = kind == TextKind.YEARLY
    refuse_if(
        supplementing_obstacles(
            agreement,
            kind,
            by,
            first=valid_from,
            last=valid_to,
            is_fixed=signed is not None and signed.kind == TextKind.FIXED,
        )
        + _repeated(agreement, kind, valid_from.year)
        + _hospital_obstacles(agreement, kind, institution)
    )
    on = timezone.localdate(at)
    key = f"{agreement.region_id}-{on.year}"
    supplement = Supplement.objects.create(
        number=f"SUP-{key}-{next_number(f'supplement:{key}'):04}",
        agreement=agreement,
        kind=kind,
        year=valid_from.year if yearly else None,
        institution=institution,
        application=application,
        valid_from=valid_from,
        valid_to=valid_to,
        drawn_up_at=at,
    )
    record_supplement_step(supplement, act="draw_up", source="", on=on, at=at, by=by)
    write_text(agreement, supplement, kind=kind, variables=variables, by=by, at=at)
    return supplement


def _repeated(agreement: Agreement, kind: TextKind, year: int) -> list[Obstacle]:
    if kind != TextKind.YEARLY:
        return []
    rows = agreement.supplements.filter(kind=kind, year=year)
    other = rows.exclude(state=SupplementState.CANCELLED).first()
    if other is None:
        return []
    text = _("The yearly agreement of %(year)s has been drawn up: %(number)s.")
    said = text % {"year": year, "number": other.number}
    return [Obstacle("year_has_its_agreement", said, "B-15", _("Amend or cancel that one."))]


def _hospital_obstacles(
    agreement: Agreement, kind: TextKind, hospital: Institution | None
) -> list[Obstacle]:
    """Return why a supplement for an internet hospital cannot be drawn up: it names none."""
    if (kind == TextKind.SUPPLEMENTARY_INTERNET) == (hospital is not None):
        return []
    text = _("A supplement for an internet hospital names it; other supplements name none.")
    return [Obstacle("internet_hospital_missing", text, "A-02", _("Choose the hospital."))]


def _version(kind: TextKind, agreement: Agreement, on: date) -> TemplateVersion:
    version = version_for(kind, agreement.region, on)
    if version is None:
        refuse_if([no_template(kind, agreement.region)])
        raise AssertionError("refused above")
    return version


def _values_before(agreement: Agreement) -> dict[str, str]:
    """Return what was filled into the text of the agreement that this one renews."""
    if agreement.renewal_of_id is None:
        return {}
    before = text_of(agreement.renewal_of_id)
    return dict(before.variables) if before else {}


def _given(variables: Mapping[str, Any] | None, *, empty: bool = False) -> dict[str, str]:
    given = {name: str(value).strip() for name, value in (variables or {}).items()}
    return given if empty else {name: value for name, value in given.items() if value}
