"""What whoever checks or decides a change should know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from institutions.bars import bars_of
from institutions.enums.persons import Post
from institutions.models import ChangeItem, ChangeRequest, ResponsiblePerson


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to look at: a sentence, the rule, and the page that says more."""

    text: str | Promise
    rule: str = ""
    url: str = ""


def hints_for(change: ChangeRequest, *, on: date) -> list[Hint]:
    """Return what to look at before deciding; nothing once it is decided. Bounded queries."""
    if not change.is_open:
        return []
    return [*_late(change), *_without_evidence(change), *_persons(change, on)]


def _late(change: ChangeRequest) -> Iterator[Hint]:
    if change.is_late:
        text = _("Filed after its deadline of %(day)s: a breach, to be warned of.")
        yield Hint(text % {"day": change.filing_due_on}, "B-13a")


def _without_evidence(change: ChangeRequest) -> Iterator[Hint]:
    if change.evidence.all():
        return
    bare = [each for each in change.items.all() if not each.evidence.all()]
    if bare:
        text = _("No evidence was filed for: %(fields)s.")
        fields = "、".join(str(each.get_field_display()) for each in bare)
        yield Hint(text % {"fields": fields}, "B-13a")


def _persons(change: ChangeRequest, on: date) -> Iterator[Hint]:
    """Bans follow the person across institutions (A-05 N7, N8)."""
    named = [each for each in change.items.all() if each.person is not None]
    if not named:
        return
    ids = [each.person_id for each in named if each.person_id is not None]
    for bar in bars_of([], ids, on):
        for item in named:
            if item.person_id == bar.person_id:
                yield _barred(item, bar.source, bar.url)
    posts = ResponsiblePerson.objects.filter(person__in=ids, held_to__isnull=True).exclude(
        institution=change.institution_id
    )
    for post in posts.select_related("institution", "person"):
        text = _("%(person)s is %(post)s of %(institution)s as well.")
        yield Hint(
            text
            % {
                "person": post.person.name,
                "post": Post(post.post).label,
                "institution": post.institution.name,
            },
            "A-05",
            post.institution.get_absolute_url(),
        )


def _barred(item: ChangeItem, source: str, url: str) -> Hint:
    text = _("%(field)s: %(person)s is on record with a bar (%(source)s).")
    said = {
        "field": item.get_field_display(),
        "person": item.person.name if item.person else "",
        "source": source,
    }
    return Hint(text % said, "A-05", url)
