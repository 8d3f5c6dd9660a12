"""Letters in every state: heads and seals, consents to electronic service, and what became of the
letters that the other stories issue (T-09).
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from agency.enums import LetterState, ServiceMethod
from agency.models import OfficialLetter, Region, User
from agency.services.letters import (
    correct_letter,
    fail_service,
    send_letter,
    serve_letter,
    withdraw_letter,
)
from agency.services.letters.heads import enter_letterhead
from demo.world.accounts import PASSWORD, account_of
from demo.world.institutions import BY_KEY, INSTITUTIONS
from demo.world.papers import paper
from demo.world.regions import AGENCY_REGION
from demo.world.script import Script, World
from demo.world.seals import seal
from institutions.services.letters import confirm_receipt, give_consent

# Before the first letter of any story.
BEGINNING = 990
# Who lets letters be served in the portal; all others get paper.
# Applicants look after their letters themselves.
CODES = [each.code for each in INSTITUTIONS]
CONSENTING = ("central", "renhe", "rehab", "tcm")
HEADS = (
    ("head", "九江市医疗保障事业管理中心(演示)", "九江医保中心"),
    ("admin_head", "九江市医疗保障局(演示)", "九江医保局"),
)


def enter(script: Script) -> None:
    world = script.world
    script.on(world.ago(BEGINNING), partial(heads, world), hour=8, label="letterheads")
    script.on(world.ago(BEGINNING), partial(consents, world), hour=9, label="consents")
    acts = (
        (45, notice_that_ran_its_time),
        (12, notice_that_runs),
        (9, by_post),
        (8, returned_by_post),
        (7, by_hand),
        (6, confirmed),
        (4, corrected),
        (3, withdrawn),
    )
    for before, act in acts:
        script.on(world.ago(before), partial(act, world), hour=20, label=f"letter {act.__name__}")


def heads(world: World, on: date, at: datetime) -> None:
    region = Region.objects.get(pk=AGENCY_REGION)
    for username, name, prefix in HEADS:
        enter_letterhead(
            region=region,
            office_name=name,
            prefix=prefix,
            address="九江市濂溪区示范路1号(演示)",
            phone="0792-0000000",
            seal=seal(name.removesuffix("(演示)")),
            effective_from=on,
            by=world.users[username],
            at=at,
            on=on,
        )


def consents(world: World, on: date, at: datetime) -> None:
    for key in CONSENTING:
        user = _own(world, key)
        give_consent(
            institution_id=world.of(BY_KEY[key]).pk,
            signed_name=str(user),
            password=PASSWORD,
            by=user,
            at=at,
        )


def confirm(world: World, letter: OfficialLetter, at: datetime) -> None:
    """Have the institution confirm a letter that lies in its portal."""
    institution = letter.of_institution.institution
    key = next(key for key, each in world.institutions.items() if each == institution)
    user = _own(world, key)
    confirm_receipt(letter_id=letter.pk, signed_name=str(user), password=PASSWORD, by=user, at=at)


def confirmed(world: World, on: date, at: datetime) -> None:
    """All that lies in the portals is confirmed, but for what is told of in the last days."""
    for letter in _waiting(ServiceMethod.PORTAL):
        confirm(world, letter, at)


def notice_that_ran_its_time(world: World, on: date, at: datetime) -> None:
    _by_notice(world, on, at)


def notice_that_runs(world: World, on: date, at: datetime) -> None:
    _by_notice(world, on, at)


def _by_notice(world: World, on: date, at: datetime) -> None:
    letter = _unsent()
    send_letter(
        letter_id=letter.pk,
        method=ServiceMethod.NOTICE,
        by=_issuer(world, letter),
        at=at,
        on=on,
    )


def by_post(world: World, on: date, at: datetime) -> None:
    for number in (1, 2):
        _deliver(world, ServiceMethod.POST, on, at, tracking_number=f"EMS-DEMO-{number:04}")


def by_hand(world: World, on: date, at: datetime) -> None:
    _deliver(world, ServiceMethod.HAND, on, at)


def returned_by_post(world: World, on: date, at: datetime) -> None:
    letter = _unsent()
    by = _issuer(world, letter)
    service = send_letter(
        letter_id=letter.pk,
        method=ServiceMethod.POST,
        by=by,
        at=at,
        on=on,
        tracking_number="EMS-DEMO-0009",
    )
    fail_service(service_id=service.pk, reason="原址查无此人,邮件退回", by=by, at=at, on=on)


def corrected(world: World, on: date, at: datetime) -> None:
    letter = _unsent("change_approved")
    correct_letter(
        letter_id=letter.pk,
        context={"reason": "材料齐全,予以通过(更正审核意见)"},
        reason="原文书审核意见有误",
        by=_issuer(world, letter),
        at=at,
        on=on,
    )


def withdrawn(world: World, on: date, at: datetime) -> None:
    letter = _unsent("change_accepted")
    withdraw_letter(
        letter_id=letter.pk,
        reason="申报已撤回,受理通知书不再有效",
        by=world.users["head"],
        at=at,
        on=on,
    )


def _deliver(
    world: World, method: ServiceMethod, on: date, at: datetime, *, tracking_number: str = ""
) -> None:
    letter = _unsent()
    serve_letter(
        letter_id=letter.pk,
        method=method,
        served_on=on,
        recipient="院办公室",
        proof=paper("送达回证", letter.number, letter.addressee),
        by=_issuer(world, letter),
        at=at,
        on=on,
        tracking_number=tracking_number,
    )


def _unsent(*kinds: str) -> OfficialLetter:
    """Return the oldest letter of the agency that nobody has tried to serve; those of cases are
    served by their own story.
    """
    letters = OfficialLetter.objects.filter(
        state=LetterState.ISSUED,
        actor="agency",
        services__isnull=True,
        correction__isnull=True,
        of_institution__institution__code__in=CODES,
    ).exclude(kind__in=["prior_notice", "handling_decision"])
    if kinds:
        letters = letters.filter(kind__in=kinds)
    found = letters.order_by("pk").first()
    assert found is not None, "the other stories issue enough of them"  # noqa: S101
    return found


def _waiting(method: ServiceMethod) -> list[OfficialLetter]:
    letters = OfficialLetter.objects.filter(
        state=LetterState.ISSUED,
        services__method=method,
        services__state="pending",
        of_institution__institution__code__in=CODES,
    ).exclude(kind__in=["prior_notice", "handling_decision"])
    return list(letters.select_related("of_institution__institution").order_by("pk"))


def _issuer(world: World, letter: OfficialLetter) -> User:
    return letter.issued_by if letter.issued_by is not None else world.users["intake"]


def _own(world: World, key: str) -> User:
    return world.users[account_of(BY_KEY[key])]
