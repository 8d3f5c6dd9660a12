"""What people are told about. Apps enter their topics in `notifications`; the preferences page
and the outbox read them.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Delivery


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of message. `prefixes` are the beginnings of the keys of its notices.

    A mandatory topic always comes by mail at once; an urgent one also outside office hours. One
    without `mail` stays in the inbox. `actors` are those who are ever told of it.
    """

    code: str
    label: str | Promise
    prefixes: tuple[str, ...] = ()
    mandatory: bool = False
    urgent: bool = False
    mail: bool = True
    default: Delivery = Delivery.AT_ONCE
    actors: tuple[Actor, ...] = tuple(Actor)

    def delivery(self, wanted: str | None) -> Delivery:
        """Return how it reaches a person who wants it so; None for one who never said."""
        if not self.mail:
            return Delivery.NONE
        if self.mandatory or wanted is None:
            return Delivery.AT_ONCE if self.mandatory else self.default
        return Delivery(wanted)


TOPICS: dict[str, Topic] = {}


def topic(entry: Topic) -> Topic:
    """Enter a topic. Refuses a second entry of its code or of one of its prefixes."""
    taken = {prefix for each in TOPICS.values() for prefix in each.prefixes}
    if entry.code in TOPICS or taken & set(entry.prefixes):
        raise ValueError(f"topic {entry.code}: its code or a prefix is entered already")
    TOPICS[entry.code] = entry
    return entry


def topic_of(key: str) -> Topic:
    """Return the topic of a notice by the beginning of its key, the longest that fits."""
    fitting = [
        (len(prefix), each.code)
        for each in TOPICS.values()
        for prefix in each.prefixes
        if key.startswith(prefix)
    ]
    return TOPICS[max(fitting)[1]] if fitting else GENERAL


GENERAL = topic(Topic("general", _("Other matters")))
DEADLINES = topic(
    Topic("deadlines", _("Deadlines and the calendar"), prefixes=("deadline.", "calendar."))
)
LETTERS = topic(
    Topic("letters", _("Official letters and their service"), prefixes=("letter",), mandatory=True)
)
ACCOUNT = topic(
    Topic(
        "account",
        _("Your account and its security"),
        prefixes=("account.", "token."),
        mandatory=True,
        urgent=True,
    )
)
POLICY = topic(
    Topic(
        "policy",
        _("Parameters and rule sets"),
        prefixes=("parameter.", "rule_set_choice."),
        actors=(Actor.AGENCY, Actor.ADMINISTRATION),
    )
)
JOBS = topic(
    Topic("jobs", _("Nightly jobs"), prefixes=("job.",), urgent=True, actors=(Actor.AGENCY,))
)
# A mail about mail that fails would fail as well: alarms stay in the inbox.
ALARMS = topic(
    Topic(
        "alarms",
        _("Alarms of the outbox"),
        prefixes=("outbox.",),
        mail=False,
        actors=(Actor.AGENCY,),
    )
)
BUNDLES = topic(
    Topic("bundles", _("Service matters"), prefixes=("bundle.",), actors=(Actor.AGENCY,))
)
