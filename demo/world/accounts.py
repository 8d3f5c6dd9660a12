"""The people of the demo: one account per role at least, all with the same password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise

from agency.enums import Actor, Role
from agency.models import Region, User
from agency.services.people import add_user
from demo.world.applicants import APPLICANTS, Applicant
from demo.world.experts import INVITED
from demo.world.factors import load_factors
from demo.world.institutions import BY_KEY, INSTITUTIONS, Invented
from demo.world.regions import AGENCY_REGION
from institutions.models import Institution
from institutions.services.members import add_member

PASSWORD = "demo-Jiujiang-2026"  # noqa: S105 - shown to everybody on purpose
# Applicants have no code yet, and so stand in no register of ours.
_NAMES = {each.key: each.name for each in INSTITUTIONS} | {
    each.key: each.institution.name for each in APPLICANTS
}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in; `institution` is a key of `INSTITUTIONS`."""

    username: str
    name: str
    roles: tuple[Role, ...]
    institution: str = ""

    @property
    def label(self) -> str | Promise:
        """What the person is, in the reader's language."""
        roles = "、".join(str(role.label) for role in self.roles)
        return f"{roles} · {_NAMES[self.institution]}" if self.institution else roles

    @property
    def password(self) -> str:
        return PASSWORD


_HOSPITAL = (Role.INSTITUTION_ADMINISTRATOR, Role.INSTITUTION_CLERK)

ACCOUNTS: tuple[Account, ...] = (
    Account("intake", "方晓文", (Role.INTAKE_CLERK,)),
    Account("reviewer", "沈明远", (Role.CLAIM_REVIEWER,)),
    Account("reviewer2", "蔡静宜", (Role.CLAIM_REVIEWER,)),
    Account("settlement", "潘立群", (Role.SETTLEMENT_OFFICER,)),
    Account("settlement2", "袁佩兰", (Role.SETTLEMENT_OFFICER,)),
    Account("audit", "董正清", (Role.AUDIT_OFFICER,)),
    Account("audit2", "于海宁", (Role.AUDIT_OFFICER,)),
    Account("payment", "叶知秋", (Role.PAYMENT_OFFICER,)),
    Account("payment2", "程一帆", (Role.PAYMENT_OFFICER,)),
    Account("agreement", "魏长庚", (Role.AGREEMENT_OFFICER,)),
    Account("agreement2", "傅雅文", (Role.AGREEMENT_OFFICER,)),
    Account("legal", "汪律清", (Role.LEGAL_REVIEWER,)),
    Account("head", "钟国樑", (Role.AGENCY_HEAD,)),
    Account("archivist", "姜素芬", (Role.ARCHIVIST,)),
    Account("sysadmin", "丁一鸣", (Role.SYSTEM_ADMINISTRATOR,)),
    Account("secadmin", "贺安平", (Role.SECURITY_ADMINISTRATOR,)),
    Account("auditadmin", "严明远", (Role.AUDIT_ADMINISTRATOR,)),
    Account("supervisor", "段维民", (Role.SUPERVISOR,)),
    Account("law", "雷守正", (Role.LAW_OFFICER,)),
    Account("admin_head", "侯启明", (Role.ADMINISTRATION_HEAD,)),
    Account("hospital", "邱小慧", _HOSPITAL, "renhe"),
    Account("hospital_clerk", "江若琳", (Role.INSTITUTION_CLERK,), "renhe"),
    Account("trial_hospital", "史文博", _HOSPITAL, "trial"),
    Account("social", "熊建华", (Role.SOCIAL_SUPERVISOR,)),
    *(Account(each.username, each.person.name, (Role.EXPERT,)) for each in INVITED[:2]),
)
# Where the visitor logs in as nobody in particular, an institution is `hospital_<key>`.
_NAMED = {each.institution for each in ACCOUNTS}


def other_account(institution: Invented) -> Account:
    return Account(
        f"hospital_{institution.key}", f"{institution.stem}医保办", _HOSPITAL, institution.key
    )


def every_account() -> tuple[Account, ...]:
    """Return the shown accounts, and one for each institution that has none among them."""
    others = (other_account(each) for each in INSTITUTIONS if each.key not in _NAMED)
    experts = (Account(each.username, each.person.name, (Role.EXPERT,)) for each in INVITED[2:])
    return (*ACCOUNTS, *others, *experts)


def asked_for(applicant: Applicant) -> Account:
    """Return the account an applicant opens for itself at its first visit."""
    roles = (Role.INSTITUTION_ADMINISTRATOR,)
    return Account(applicant.username, applicant.contact.name, roles, applicant.key)


def account_of(institution: Invented) -> str:
    """Return the user name under which the institution files."""
    own = [each for each in every_account() if each.institution == institution.key]
    return own[0].username


def load_accounts(at: datetime) -> dict[str, User]:
    """Create every account and return them by user name."""
    region = Region.objects.get(pk=AGENCY_REGION)
    users = {}
    for account in every_account():
        user = add_user(
            username=account.username,
            name=account.name,
            roles=account.roles,
            region=region,
        )
        if user.actor == Actor.INSTITUTION:
            institution = Institution.objects.get(code=BY_KEY[account.institution].code)
            add_member(user_id=user.pk, institution_id=institution.pk, by=None, at=at)
        users[account.username] = user
    # Hashed once for all: the same public password sixty times would take half a minute.
    hashed = make_password(PASSWORD)
    User.objects.filter(username__in=users).update(password=hashed)
    for user in users.values():
        user.password = hashed
    load_factors(users)
    return users
