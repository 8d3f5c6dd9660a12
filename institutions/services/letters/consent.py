"""The signed confirmation without which nothing is served in the portal (T-09)."""

from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle, refuse_if
from institutions.models import ElectronicServiceConsent, Institution
from institutions.permissions.letters import GIVE_CONSENT, REVOKE_CONSENT

CONSENT_VERSION = 1
RULE = "T-09"


def consent_text() -> str:
    """Return what the institution signs, in the office's language, Chinese."""
    with translation.override("zh-hans"):
        return _(
            "We confirm that letters of the medical insurance agency and administration may be "
            "served on us electronically in the portal for institutions. A letter counts as "
            "served on the day on which our administrator confirms its receipt; periods that run "
            "from receipt begin on that day. We read the portal on every working day. We may "
            "revoke this confirmation at any time; letters confirmed before stay served "
            "(Administrative Penalty Law, art. 61)."
        )


def consent_of(institution_id: int) -> ElectronicServiceConsent | None:
    """Return the consent in force, if there is one. One query."""
    return ElectronicServiceConsent.objects.in_force().filter(institution=institution_id).first()


@transaction.atomic
def give_consent(
    *, institution_id: int, signed_name: str, password: str, by: User, at: datetime
) -> ElectronicServiceConsent:
    """Put the institution's signed consent on file. Refuses a second one, a name that is not the
    signer's own, and a wrong password.
    """
    institution = Institution.objects.locked(institution_id)
    obstacles = entitlement_obstacles(GIVE_CONSENT, institution.pk, by)
    if consent_of(institution.pk):
        text = _("The consent is on file already.")
        obstacles.append(Obstacle("consent_exists", text, RULE))
    refuse_if(obstacles + signature_obstacles(by, signed_name=signed_name, password=password))
    return ElectronicServiceConsent.objects.create(
        institution=institution,
        text_version=CONSENT_VERSION,
        text=consent_text(),
        signed_name=signed_name.strip(),
        signed_at=at,
        signed_by=by,
    )


@transaction.atomic
def revoke_consent(*, institution_id: int, by: User, at: datetime) -> ElectronicServiceConsent:
    """Revoke the consent: from now on letters come by hand or by post."""
    institution = Institution.objects.locked(institution_id)
    consent = consent_of(institution.pk)
    obstacles = entitlement_obstacles(REVOKE_CONSENT, institution.pk, by)
    if consent is None:
        text = _("There is no consent on file.")
        obstacles.append(Obstacle("consent_missing", text, RULE))
    refuse_if(obstacles)
    assert consent is not None, "one of the obstacles"  # noqa: S101
    consent.revoke(by=by, at=at)
    consent.save(update_fields=["revoked_by", "revoked_at"])
    return consent


def entitlement_obstacles(act: Act, institution_id: int, by: User) -> list[Obstacle]:
    """Return why somebody may not act for the institution. One query."""
    if act.allows(by) and by.is_active and _is_member(institution_id, by):
        return []
    text = _("Only an administrator of the institution may do this.")
    return [Obstacle("not_entitled", text)]


def signature_obstacles(by: User, *, signed_name: str, password: str) -> list[Obstacle]:
    """Return what is wrong with a signature: the signer's own name, and the password again."""
    checks = {
        Obstacle(
            "signature_differs",
            _("The name signed is not the name of your account, %(name)s.") % {"name": str(by)},
            RULE,
            _("Sign with your own name."),
        ): signed_name.strip() != str(by),
        Obstacle(
            "password_wrong",
            _("The password is not right."),
            RULE,
            _("Enter the password of your account again."),
        ): not check_password(password, by.password),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _is_member(institution_id: int, by: User) -> bool:
    return Institution.objects.filter(pk=institution_id, memberships__user=by).exists()
