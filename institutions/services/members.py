"""Accounts of institutions."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agency.enums import Actor
from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.models import Institution, Membership
from institutions.permissions.register import ADD_MEMBER


@transaction.atomic
def add_member(*, user_id: int, institution_id: int, by: User | None, at: datetime) -> Membership:
    """Give a person an institution's data to see. `by` is None for the program itself.

    Refuses anybody who acts for another actor, or has an institution already.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    checks = {
        Obstacle(
            "not_entitled", _("Accounts of institutions are added by a system administrator.")
        ): by is not None and not ADD_MEMBER.allows(by),
        Obstacle(
            "wrong_actor",
            _("%(user)s does not act for an institution.") % {"user": user},
            remedy=_("Give the person an account that acts for an institution."),
        ): user.actor != Actor.INSTITUTION,
        Obstacle(
            "member_already", _("%(user)s belongs to an institution already.") % {"user": user}
        ): Membership.objects.filter(user=user).exists(),
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    return Membership.objects.create(
        user=user, institution=Institution.objects.get(pk=institution_id)
    )
