"""Which agreements in other regions follow that of the home region (B-17). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told
from agency.reasons import Reason, reason


class CascadeAct(StrEnum):
    """What was decided about the agreement."""

    SUSPEND = "suspend"
    DISSOLVE = "dissolve"
    RESUME = "resume"

    @property
    def label(self) -> Promise:
        return CASCADE_ACT_LABELS[self]


CASCADE_ACT_LABELS = {
    CascadeAct.SUSPEND: _("suspended"),
    CascadeAct.DISSOLVE: _("dissolved"),
    CascadeAct.RESUME: _("resumed"),
}


class DecidingLevel(StrEnum):
    """The level of the region whose agency decided."""

    COUNTY = "county"
    PREFECTURE = "prefecture"
    PROVINCE = "province"

    @property
    def label(self) -> Promise:
        return DECIDING_LEVEL_LABELS[self]


DECIDING_LEVEL_LABELS = {
    DecidingLevel.COUNTY: _("county"),
    DecidingLevel.PREFECTURE: _("prefecture"),
    DecidingLevel.PROVINCE: _("province"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CascadeQuestion:
    home_region: str = asked(_("Region where the institution is located"))
    deciding_region: str = asked(_("Region that decided"))
    deciding_level: DecidingLevel = asked(_("Level of that region"))
    others: tuple[str, ...] = asked(_("Other regions with an agreement"))
    act: CascadeAct = asked(_("What was decided"))


@dataclass(frozen=True, kw_only=True, slots=True)
class CascadeAnswer:
    cascades_to: tuple[str, ...] = told(_("Follow on the same day"))
    proposed_to: tuple[str, ...] = told(_("Receive a proposal"))
    because: tuple[Reason, ...]


@law(
    "B-17",
    article=_("Order 2, art. 44"),
    decides=_("Which agreements in other regions are suspended or dissolved along with this one"),
    question=CascadeQuestion,
    answer=CascadeAnswer,
)
def cascade(question: CascadeQuestion, office: Office) -> CascadeAnswer:
    """Return the regions whose agreements follow a decision of the home region on the same day.

    A resumption at home resumes nothing elsewhere: the others are asked to consider it.

    Law: B-17 (Order 2 art. 44).
    """
    others = tuple(
        dict.fromkeys(each for each in question.others if each != question.deciding_region)
    )
    decided_at_home = (
        holds_region(question.deciding_region, question.home_region)
        and question.deciding_level is not DecidingLevel.COUNTY
    )
    follows = decided_at_home and question.act is not CascadeAct.RESUME
    return CascadeAnswer(
        cascades_to=others if follows else (),
        proposed_to=others if decided_at_home and not follows else (),
        because=tuple(cascade_reasons(question, others, follows)),
    )


def holds_region(outer: str, inner: str) -> bool:
    """Tell whether a region is another or holds it; codes nest by pairs of digits (GB/T 2260)."""
    if outer == inner:
        return True
    if not (outer.isascii() and outer.isdigit()):
        return False
    prefix = outer
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return bool(prefix) and inner.startswith(prefix)


def cascade_reasons(
    question: CascadeQuestion, others: tuple[str, ...], follows: bool
) -> Iterator[Reason]:
    if not holds_region(question.deciding_region, question.home_region):
        yield reason(
            _("%(region)s is not where the institution is located (%(home)s): nothing follows."),
            region=question.deciding_region,
            home=question.home_region,
        )
        return
    if question.deciding_level is DecidingLevel.COUNTY:
        yield reason(_("A county decided; only a prefecture or a province is followed elsewhere."))
        return
    yield reason(
        _("The %(level)s where the institution is located decided: %(act)s."),
        level=question.deciding_level,
        act=question.act,
    )
    if not follows:
        yield reason(_("A resumption resumes nothing elsewhere: the others receive a proposal."))
    elif others:
        yield reason(
            _("The agreements of %(regions)s follow on the same day."), regions=list(others)
        )
    else:
        yield reason(_("There is no agreement in another region."))
