"""The promised days of service matters: each part has its own, the whole the latest of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from agency.bundles import BundlePartState, BundleState
from agency.models import BundlePart, ServiceBundle
from agency.services.official import office_calendar
from agency.workdays import DeadlineBasis


def pause(part: BundlePart, *, on: date) -> None:
    """Let the promise stand still from the day, while the applicant supplies what is missing.

    Law: rules.md T-10 (A-04).
    """
    basis = DeadlineBasis.from_json(part.due_basis)
    _store(part, replace(basis, paused_from=max(on, basis.start)))


def resume(part: BundlePart, *, on: date) -> None:
    """Let the promise run again from the day, put off by the days it stood still."""
    basis = DeadlineBasis.from_json(part.due_basis)
    if basis.paused_from is None:
        return
    stood = (basis.paused_from, on)
    pauses = (*basis.pauses, stood) if on > basis.paused_from else basis.pauses
    _store(part, replace(basis, pauses=pauses, paused_from=None))


def _store(part: BundlePart, basis: DeadlineBasis) -> None:
    deadline, renewed = office_calendar().own.renewed(basis)
    part.due_on, part.due_basis = deadline.on, renewed.to_json()


def decisive(bundle: ServiceBundle, parts: Iterable[BundlePart]) -> BundlePart:
    """Return the part whose promise is the whole's: the latest of those that run, or, while all
    that is open waits for the applicant, of those that stand still.
    """
    rows = list(parts)
    if bundle.state == BundleState.SUPPLEMENT:
        still = [each for each in rows if each.state == BundlePartState.SUPPLEMENT]
    else:
        still = [each for each in rows if not each.due_basis.get("paused_from")]
    return max(still or rows, key=lambda each: each.due_on)


def set_deadline(bundle: ServiceBundle) -> None:
    """Set the promised day of the whole by its parts. One query."""
    part = decisive(bundle, BundlePart.objects.filter(bundle=bundle))
    bundle.due_on, bundle.due_basis = part.due_on, part.due_basis
