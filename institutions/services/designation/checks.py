"""What an application still lacks: in its form, its conditions, its documents (A-03, A-04)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.codes import credit_code_fault, id_number_fault
from agency.reasons import Reason
from agency.rules import Obstacle
from agency.services.calendar import office
from institutions.enums.designation import MaterialDefect
from institutions.enums.persons import Post
from institutions.enums.register import Standing
from institutions.models import ApplicationMaterial, DesignationApplication, MaterialItem
from institutions.rules.designation import ConditionsQuestion, InsuranceStaff, condition_checks
from institutions.services.persons import person_obstacles
from institutions.standings import standings_of

INSTITUTION, PERSONS, CONDITIONS, MATERIALS, CHECK = range(1, 6)
STEPS: Mapping[int, Promise] = {
    INSTITUTION: gettext_lazy("Institution and licence"),
    PERSONS: gettext_lazy("Persons in charge"),
    CONDITIONS: gettext_lazy("Basic conditions"),
    MATERIALS: gettext_lazy("Documents"),
    CHECK: gettext_lazy("Check and submit"),
}
# What each step must have said before the application is submitted.
NEEDED = {
    INSTITUTION: (
        "licence_no",
        "licence_valid_to",
        "credit_code",
        "kind",
        "nature",
        "level",
        "contact_name",
        "contact_phone",
    ),
    CONDITIONS: ("opened_on", "own_physicians", "insurance_staff", "expected_fund_use"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A basic condition of A-03 as declared: whether it is met, and why."""

    code: str
    met: bool
    why: Reason


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A document of the list that applies, with what was handed in for it."""

    item: MaterialItem
    material: ApplicationMaterial | None

    @property
    def files(self) -> list[object]:
        return list(self.material.files.all()) if self.material else []

    @property
    def defect(self) -> MaterialDefect | None:
        if self.material is not None and self.files:
            return MaterialDefect.UNREADABLE if self.material.is_unreadable else None
        return MaterialDefect.MISSING if self.item.is_required else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that must still be said, and the step of the form that asks for it."""

    step: int
    obstacle: Obstacle


def checklist(application: DesignationApplication, on: date) -> list[ListedItem]:
    """Return the documents of the list in force on the day that applies to the applicant, and
    what was handed in for each. Three queries.
    """
    handed_in = {
        each.item_id: each for each in application.materials.prefetch_related("files", "item")
    }
    items = MaterialItem.objects.in_force_on(on).of_region(application.region)
    listed = [
        ListedItem(item, handed_in.pop(item.pk, None))
        for item in items
        if item.applies_to(application.kind, internet=application.is_internet_hospital)
    ]
    # What was handed in while it was on the list stays with the application.
    gone = [ListedItem(each.item, each) for each in handed_in.values() if each.files.all()]
    return [*listed, *gone]


def defects(application: DesignationApplication, on: date) -> list[ListedItem]:
    """Return the documents that are missing or cannot be read."""
    return [each for each in checklist(application, on) if each.defect]


def conditions(application: DesignationApplication, on: date) -> list[Condition]:
    """Return the basic conditions as declared, on the day; none before the form says enough."""
    if application.opened_on is None or not application.insurance_staff:
        return []
    question = ConditionsQuestion(
        opened_on=application.opened_on,
        submitted_on=on,
        beds=application.beds,
        insurance_staff=InsuranceStaff(application.insurance_staff),
        own_physicians=application.own_physicians or 0,
        principal_in_charge=application.principal_in_charge,
        systems=application.systems,
        information_system=application.information_system,
        other_conditions=application.other_conditions,
    )
    return [Condition(code, met, why) for code, met, why in condition_checks(question)]


def gaps(application: DesignationApplication, on: date) -> list[Gap]:
    """Return everything that keeps the draft from being submitted, step by step."""
    found = [*_form_gaps(application), *_licence_gaps(application, on), *_person_gaps(application)]
    standing = standings_of([application.institution_id], on).get(application.institution_id)
    if standing in (Standing.IN_FORCE, Standing.SUSPENDED):
        text = _("%(name)s has an agreement already: %(standing)s.") % {
            "name": application.institution.name,
            "standing": standing.label,
        }
        remedy = _("A renewal is asked for at the agreement; a change of facts is filed as one.")
        obstacle = Obstacle("designated_already", text, "A-02", remedy)
        found.append(Gap(INSTITUTION, obstacle))
    return sorted(found, key=lambda each: each.step)


def _form_gaps(application: DesignationApplication) -> Iterator[Gap]:
    for step, names in NEEDED.items():
        for name in names:
            if getattr(application, name) in (None, ""):
                label = application._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                text = _("%(field)s is missing.") % {"field": str(label).capitalize()}
                remedy = _("Enter it in the step “%(step)s”.") % {"step": STEPS[step]}
                yield Gap(step, Obstacle(f"{name}_missing", text, "A-04", remedy))


def _licence_gaps(application: DesignationApplication, on: date) -> Iterator[Gap]:
    valid_to = application.licence_valid_to
    if valid_to is not None and valid_to < on:
        text = _("Licence valid to: %(day)s is over.") % {"day": valid_to}
        remedy = _("Have the licence renewed first, then enter its new end.")
        yield Gap(INSTITUTION, Obstacle("licence_expired", text, "A-02", remedy))
    opened_on = application.opened_on
    if opened_on is not None and opened_on > on:
        text = _("Operating since: %(day)s has not come yet.") % {"day": opened_on}
        remedy = _("Enter the day on which operation began.")
        yield Gap(CONDITIONS, Obstacle("opened_in_future", text, "A-03", remedy))
    for obstacle in credit_code_obstacles(application.credit_code):
        yield Gap(INSTITUTION, obstacle)
    own = application.institution.credit_code
    if own and application.credit_code and own != application.credit_code:
        text = _("Unified social credit code: %(code)s is not the one in the register, %(own)s.")
        facts = {"code": application.credit_code, "own": own}
        remedy = _("Compare it with the licence; if the register is wrong, ask the agency.")
        yield Gap(INSTITUTION, Obstacle("credit_code_differs", text % facts, "A-04", remedy))


def credit_code_obstacles(code: str) -> list[Obstacle]:
    """Return why a text is no unified social credit code."""
    fault = credit_code_fault(code) if code else None
    if not fault:
        return []
    text = _("Unified social credit code %(code)s: %(fault)s.") % {"code": code, "fault": fault}
    remedy = _("Compare it with the licence.")
    return [Obstacle("credit_code_invalid", text, "GB 32100", remedy)]


def _person_gaps(application: DesignationApplication) -> Iterator[Gap]:
    named = {each.post: each for each in application.persons.all()}
    for post in Post:
        person = named.get(post.value)
        if person is None or not person.name or not person.id_number:
            text = _("%(post)s: name and identity number are needed.") % {"post": post.label}
            remedy = _("Enter them in the step “%(step)s”.") % {"step": STEPS[PERSONS]}
            yield Gap(PERSONS, Obstacle(f"{post.value}_missing", text, "A-05", remedy))
            continue
        for each in person_obstacles(name=person.name, id_number=person.id_number):
            yield Gap(PERSONS, each)


def id_number_obstacles(post: Post, number: str) -> list[Obstacle]:
    """Return why a text is no identity number of the holder of a post."""
    fault = id_number_fault(number) if number else None
    if not fault:
        return []
    text = _("%(post)s, identity number: %(fault)s.") % {"post": post.label, "fault": fault}
    return [
        Obstacle("id_number_invalid", text, "GB 11643", _("Compare it with the identity card."))
    ]


def operating_since(application: DesignationApplication, on: date) -> Reason | None:
    """Return why the operating time is too short on the day, or None (A-03.1, no refusal)."""
    return next(
        (
            each.why
            for each in conditions(application, on)
            if each.code == "A-03.1" and not each.met
        ),
        None,
    )


def takes_at_once(application: DesignationApplication, on: date) -> bool:
    """Whether the program accepts what is complete and in order by itself."""
    return bool(office(on=on, region=application.region).number("designation_accept_at_once"))
