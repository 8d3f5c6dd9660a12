"""Answers for everybody: written without names by one person, published by another (B-02)."""

import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.guidance import FaqState
from institutions.models import FaqTransition, FrequentQuestion, Inquiry
from institutions.notifications import guidance as notifications
from institutions.permissions.guidance import (
    RETIRE_FAQ,
    faq_discard_obstacles,
    faq_draft_obstacles,
    faq_publication_obstacles,
    faq_retirement_obstacles,
)

RULE = "B-01"
# Telephone, identity and account numbers: what a published answer never holds.
LONG_NUMBER = re.compile(r"(?<![0-9])[0-9][0-9 -]{9,}[0-9Xx](?![0-9])")
SHORTEST_NAME = 2


@transaction.atomic
def draft_faq(
    *, inquiry_id: int, question: str, answer: str, by: User, at: datetime
) -> FrequentQuestion:
    """Write an answer that was given for everybody. Refuses the names and numbers of the asker."""
    inquiry = Inquiry.objects.select_related("institution", "region").locked(inquiry_id)
    exists = FrequentQuestion.objects.filter(
        inquiry=inquiry, state__in=[FaqState.DRAFT, FaqState.PUBLISHED]
    ).exists()
    written = Obstacle("faq_exists", _("This answer has been written for everybody already."))
    refuse_if(
        faq_draft_obstacles(inquiry, by)
        + ([written] if exists else [])
        + naming_obstacles(inquiry, question, answer)
    )
    faq = FrequentQuestion.objects.create(
        inquiry=inquiry,
        region=inquiry.region,
        topic=inquiry.topic,
        question=question.strip(),
        answer=answer.strip(),
        drafted_by=by,
        drafted_at=at,
    )
    _record(faq, act="draft", source="", by=by, at=at)
    notifications.faq_drafted(faq, by=by, at=at)
    return faq


@transaction.atomic
def publish_faq(*, faq_id: int, by: User, at: datetime) -> FrequentQuestion:
    faq = FrequentQuestion.objects.locked(faq_id)
    refuse_if(faq_publication_obstacles(faq, by))
    source = faq.state
    faq.publish(by=by, at=at)
    faq.save(update_fields=["state", "published_by", "published_at"])
    _record(faq, act="publish", source=source, by=by, at=at)
    return faq


@transaction.atomic
def discard_faq(*, faq_id: int, by: User, at: datetime, reason: str = "") -> FrequentQuestion:
    faq = FrequentQuestion.objects.locked(faq_id)
    refuse_if(faq_discard_obstacles(faq, by))
    source = faq.state
    faq.discard()
    faq.save(update_fields=["state"])
    _record(faq, act="discard", source=source, by=by, at=at, reason=reason)
    return faq


@transaction.atomic
def retire_faq(*, faq_id: int, by: User, at: datetime, reason: str) -> FrequentQuestion:
    """Take a published answer back, because it no longer holds."""
    faq = FrequentQuestion.objects.locked(faq_id)
    not_entitled = Obstacle(
        "not_entitled", _("Published answers are retired by an agreement officer or the head.")
    )
    refuse_if(faq_retirement_obstacles(faq, by) + ([] if RETIRE_FAQ.allows(by) else [not_entitled]))
    source = faq.state
    faq.retire()
    faq.save(update_fields=["state"])
    _record(faq, act="retire", source=source, by=by, at=at, reason=reason)
    return faq


def naming_obstacles(inquiry: Inquiry, question: str, answer: str) -> list[Obstacle]:
    """Return what still tells who asked: names, codes, long numbers."""
    text = f"{question}\n{answer}"
    institution = inquiry.institution
    names = [
        inquiry.asked_name,
        inquiry.asked_phone,
        *([institution.name, institution.code or ""] if institution else []),
    ]
    checks = {
        Obstacle("question_missing", _("Nothing is asked.")): not question.strip(),
        Obstacle("text_missing", _("Nothing is written."), remedy=_("Write a text.")): (
            not answer.strip()
        ),
        Obstacle(
            "names_the_asker",
            _("The text still names who asked."),
            remedy=_("Leave out names and codes; write “an institution”."),
        ): any(len(name) >= SHORTEST_NAME and name in text for name in names),
        Obstacle(
            "holds_a_number",
            _("The text holds a number that may be one of a telephone, a person or an account."),
            remedy=_("Leave the number out."),
        ): bool(LONG_NUMBER.search(text)),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _record(
    faq: FrequentQuestion, *, act: str, source: str, by: User, at: datetime, reason: str = ""
) -> None:
    FaqTransition.objects.create(
        subject=faq,
        act=act,
        source=source,
        target=faq.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
