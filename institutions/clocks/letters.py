"""The deadlines of letters, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.models import LetterTransition, User
from agency.permissions import VIEW_LETTERS
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.models import InstitutionLetter
from institutions.permissions.letters import VIEW_OWN_LETTERS


def _record_letters(steps: Sequence[Step], on: date, at: datetime) -> None:
    LetterTransition.objects.bulk_create(
        [
            LetterTransition(
                subject=each.row.letter,
                act=each.act,
                source=each.row.letter.state,
                target=each.row.letter.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
        ],
        batch_size=CHUNK,
    )


def _told_of_letters(letters: Sequence[InstitutionLetter]) -> Mapping[int, list[User]]:
    """The institution, and whoever issued the letter."""
    members = members_by_institution(each.institution_id for each in letters)
    return {
        each.pk: [
            *members[each.institution_id],
            *([each.letter.issued_by] if each.letter.issued_by else []),
        ]
        for each in letters
    }


LETTERS = Matter(
    model=InstitutionLetter,
    key="letter",
    record=_record_letters,
    told=_told_of_letters,
    desk_act=VIEW_LETTERS,
    portal_act=VIEW_OWN_LETTERS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region", "letter__issued_by"),
)

LETTER_PERIOD = clock(
    "institutions.letter_period",
    _("Period from the service of a letter"),
    LETTERS,
    due="period_due_on",
    basis="period_due_basis",
    provisional="period_due_provisional",
    open=InstitutionLetter.objects.with_period,
    duty=Duty.THEIRS,
    listed=False,
)
