"""Why something cannot be done with a letter now."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from agency.enums import Actor, LetterState, ServiceMethod, ServiceState
from agency.models import LetterService, OfficialLetter, User
from agency.rules import Obstacle

SERVICE = "T-09"


def side_obstacles(letter: OfficialLetter, by: User | None) -> list[Obstacle]:
    """The administration's letters are its own; all others are the agency's to serve."""
    owner = Actor.ADMINISTRATION if letter.actor == Actor.ADMINISTRATION else Actor.AGENCY
    if by is None or by.actor == owner:
        return []
    text = _("This letter is the %s's: only its own staff act on it.")
    return [Obstacle("letter_of_the_other_side", text % owner.label)]


def _not_alive(letter: OfficialLetter) -> list[Obstacle]:
    if letter.state == LetterState.WITHDRAWN:
        text = _("The letter was withdrawn on %s.")
        return [Obstacle("letter_withdrawn", text % letter.withdrawn_on)]
    if letter.is_corrected:
        text = _("The letter was corrected by %s.")
        remedy = _("Act on that one.")
        return [Obstacle("letter_corrected", text % letter.correction.number, remedy=remedy)]
    return []


def sending_obstacles(letter: OfficialLetter, by: User | None) -> list[Obstacle]:
    """Return why service of the letter cannot begin now."""
    found = side_obstacles(letter, by) + _not_alive(letter)
    if letter.state == LetterState.SERVED:
        text = _("The letter was served on %s.")
        found.append(Obstacle("letter_served", text % letter.served_on, rule=SERVICE))
    kind = letter.the_kind
    if kind is not None and not kind.served:
        text = _("Letters of the kind “%s” are served on nobody.")
        found.append(Obstacle("letter_not_to_be_served", text % kind.label))
    if (pending := letter.open_service) is not None:
        text = _("Service is under way: %(method)s, since %(day)s.")
        facts = {"method": pending.get_method_display(), "day": pending.sent_on}
        remedy = _("Record its delivery, or that it failed.")
        found.append(Obstacle("service_under_way", text % facts, remedy=remedy))
    return found


def sending_day_obstacles(
    letter: OfficialLetter,
    method: ServiceMethod,
    *,
    sent_on: date,
    on: date,
    tracking_number: str,
) -> list[Obstacle]:
    """Return why service cannot begin this way on that day."""
    found = _day_obstacles(_("Sent on"), sent_on, earliest=letter.issued_on, on=on)
    if method == ServiceMethod.POST and not tracking_number.strip():
        text = _("Tracking number: service by post needs one.")
        found.append(Obstacle("tracking_number_missing", text, rule=SERVICE))
    return found


def delivery_obstacles(service: LetterService, by: User | None) -> list[Obstacle]:
    """Return why the delivery of a pending service cannot be recorded."""
    found = side_obstacles(service.letter, by)
    if service.state != ServiceState.PENDING:
        text = _("This service is over: %s.")
        found.append(Obstacle("service_over", text % service.get_state_display()))
    elif service.method not in (ServiceMethod.POST, ServiceMethod.HAND):
        text = _("Service “%s” is not confirmed by the office.")
        remedy = _("The institution confirms in the portal; a public notice ends by itself.")
        facts = service.get_method_display()
        found.append(Obstacle("service_confirmed_elsewhere", text % facts, remedy=remedy))
    return found


def delivery_fact_obstacles(
    *, issued_on: date, sent_on: date, served_on: date, on: date, recipient: str, has_proof: bool
) -> list[Obstacle]:
    """Return what is wrong in what is said of a delivery.

    Law: T-09 (Administrative Penalty Law art. 61).
    """
    found = _day_obstacles(_("Served on"), served_on, earliest=max(issued_on, sent_on), on=on)
    if not recipient.strip():
        text = _("Received by: say who took the letter.")
        found.append(Obstacle("recipient_missing", text, rule=SERVICE))
    if not has_proof:
        text = _("Proof: service counts only with the signed receipt.")
        remedy = _("Upload the scan of the receipt.")
        found.append(Obstacle("proof_missing", text, rule=SERVICE, remedy=remedy))
    return found


def _day_obstacles(label: str, day: date, *, earliest: date, on: date) -> list[Obstacle]:
    found = []
    if day < earliest:
        text = _("%(label)s: %(day)s is before %(earliest)s, when the letter was issued or sent.")
        facts = {"label": label, "day": day, "earliest": earliest}
        found.append(Obstacle("service_day_too_early", text % facts, rule=SERVICE))
    if day > on:
        text = _("%(label)s: %(day)s has not come yet.")
        facts = {"label": label, "day": day}
        remedy = _("Record it on that day.")
        found.append(Obstacle("service_day_to_come", text % facts, rule=SERVICE, remedy=remedy))
    return found


def failing_obstacles(service: LetterService, by: User | None) -> list[Obstacle]:
    """Return why a service cannot be recorded as failed."""
    found = side_obstacles(service.letter, by)
    if service.state != ServiceState.PENDING:
        text = _("This service is over: %s.")
        found.append(Obstacle("service_over", text % service.get_state_display()))
    return found


def withdrawing_obstacles(letter: OfficialLetter, by: User) -> list[Obstacle]:
    """Return why the letter cannot be withdrawn."""
    return side_obstacles(letter, by) + _not_alive(letter)


def correcting_obstacles(letter: OfficialLetter, by: User) -> list[Obstacle]:
    """Return why the letter cannot be corrected: it must stand, and the person's roles must issue
    letters of its kind.
    """
    found = side_obstacles(letter, by) + _not_alive(letter)
    kind = letter.the_kind
    if kind is None:
        text = _("The program no longer knows letters of this kind.")
        found.append(Obstacle("letter_kind_unknown", text))
    elif kind.actor == Actor.INSTITUTION:
        text = _("This is the institution's own letter: it corrects it itself.")
        found.append(Obstacle("letter_of_institution", text))
    elif kind.roles.isdisjoint(by.roles):
        text = _("Your roles do not issue the letter “%s”.")
        roles = "、".join(sorted(str(role.label) for role in kind.roles))
        remedy = _("It is issued by: %s.") % roles
        found.append(Obstacle("letter_not_permitted", text % kind.label, remedy=remedy))
    return found
