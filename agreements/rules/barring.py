"""Which dissolutions bar a new application, and whom (A-05). Pure."""

from institutions.rules.designation import RefusalGround

# Of the fourteen grounds of Order 2 art. 43, those that are a breach of law; the persons in charge
# are barred with them (N7). Which ground is which of both the law does not say: decided here.
UNLAWFUL = frozenset({2, 3, 8, 9, 11, 14})
# Serious breaches of the agreement. Ground 12, the institution's own request, is no breach.
BREACHES = frozenset({1, 4, 5, 6, 7, 10, 13})


def institution_ground(dissolution_ground: int) -> RefusalGround | None:
    """Return the ground on which a dissolution bars the institution, if it does.

    Law: A-05 (Order 2 arts. 12, 43).
    """
    if dissolution_ground in UNLAWFUL:
        return RefusalGround.N5
    return RefusalGround.N6 if dissolution_ground in BREACHES else None


def bars_persons(dissolution_ground: int) -> bool:
    """Tell whether a dissolution bars those who held a post on its day, wherever they apply.

    Law: A-05 (Order 2 arts. 12, 43).
    """
    return dissolution_ground in UNLAWFUL
