"""Texts of agreements for tests: a published template, and an agreed text the short way."""

from datetime import UTC, date, datetime

from agency.enums import Role
from agency.models import User
from agreements.enums.templates import TextKind, VersionState
from agreements.enums.texts import Side, SigningMethod, TextState
from agreements.models import (
    Agreement,
    AgreementTemplate,
    AgreementText,
    Signature,
    Supplement,
    TemplateClause,
    TemplateVariable,
    TemplateVersion,
)
from agreements.services.texts.freezing import frozen
from agreements.services.texts.in_force import current_text
from tests.agency.factories import UserFactory
from tests.institutions.factories import member_of

ALWAYS = date(2000, 1, 1)
CLAUSES = (
    ("parties", "第一条 总则", "{{ agency_name }}与{{ institution_name }}订立本协议。", ()),
    (
        "payment",
        "第二条 结算",
        "总额指标{{ total_control }}元,质量保证金{{ deposit }}%。",
        (),
    ),
    ("breach", "第三条 违约", "提供的数据不真实的,甲方可以依约处理。", (1, 2, 3, 4, 5, 6)),
)
VARIABLES = (("total_control", "年度总额指标", "12000000"), ("deposit", "质量保证金比例", "5"))


def published_text(
    kind: TextKind = TextKind.MAIN, *, region: str | None = None, first: date = ALWAYS
) -> TemplateVersion:
    """Return a published version in force since `first`; made at most once a test. One query if
    it is there.
    """
    found = TemplateVersion.objects.filter(
        template__kind=kind, template__region=region, state=VersionState.PUBLISHED
    ).first()
    if found:
        return found
    at = datetime(2000, 1, 1, tzinfo=UTC)
    template, _new = AgreementTemplate.objects.get_or_create(
        kind=kind, region_id=region, defaults={"created_at": at}
    )
    version = TemplateVersion.objects.create(
        template=template,
        number=template.versions.count() + 1,
        title=f"医疗保障定点医疗机构{TextKind(kind).label}",
        reason="修订",
        drafted_at=at,
        drafted_by=UserFactory(),
    )
    TemplateClause.objects.bulk_create(
        TemplateClause(
            version=version,
            key=key,
            position=position,
            heading=heading,
            body=body,
            is_breach=bool(measures),
            measures=list(measures),
            damages="违约费用的10%" if 4 in measures else "",
        )
        for position, (key, heading, body, measures) in enumerate(CLAUSES, start=1)
    )
    TemplateVariable.objects.bulk_create(
        TemplateVariable(version=version, name=name, label=label, default=default)
        for name, label, default in VARIABLES
    )
    version.publish(by=UserFactory(), at=at, effective_from=first)
    version.save()
    return version


def agree_text(
    matter: Agreement | Supplement, *, at: datetime, by: User | None = None
) -> AgreementText:
    """Bring the text of a draft to where the head signs: agreed by both, signed by the institution.
    As the services leave it, without their notices and history.
    """
    text = current_text(matter)
    assert text is not None
    institution = text.institution
    if text.state == TextState.DRAFT:
        text.send(at=at)
        text.save(update_fields=["state", "agency_agreed_at"])
    if text.state == TextState.NEGOTIATING:
        text.agency_agreed_at = text.institution_agreed_at = at
        data, sha256 = frozen(text, on=at.date())
        text.settle(snapshot=data, sha256=sha256)
        text.method = SigningMethod.ELECTRONIC
        text.save()
    user = by or signatory_of(institution)
    Signature.objects.create(
        text=text,
        side=Side.INSTITUTION,
        method=SigningMethod.ELECTRONIC,
        name=institution.legal_representative or str(user),
        position="法定代表人",
        user=user,
        recorded_by=user,
        sha256=text.sha256,
        signed_at=at,
    )
    return text


def signatory_of(institution) -> User:
    """The institution's account, made if there is none."""
    rows = User.objects.filter(
        membership__institution=institution, groups__name=Role.INSTITUTION_ADMINISTRATOR
    )
    return rows.first() or member_of(institution)
