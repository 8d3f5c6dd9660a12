"""Texts in every state, made the way the office makes them."""

import json
from datetime import date, datetime
from functools import cached_property
from typing import Any

from agency.enums import Role
from agency.models import User
from agreements.enums.templates import CommentOutcome, TextKind
from agreements.models import Consultation, ConsultationComment, TemplateVersion
from agreements.services.templates import commenting, consulting
from agreements.services.templates.drafting import draft_version
from agreements.services.templates.files import import_text
from agreements.services.templates.publishing import publish_version
from tests.agency.factories import RegionFactory, user_with
from tests.agreements.factories import AgreementFactory, at
from tests.institutions.factories import InstitutionFactory, member_of

CLAUSES: list[dict[str, Any]] = [
    {
        "key": "parties",
        "heading": "双方",
        "body": "{{ agency_name }}与{{ institution_name }}订立本协议。",
        "is_mandatory": True,
    },
    {"key": "payment", "heading": "拨付", "body": "审核后{{ pay_days }}个工作日内拨付。"},
    {
        "key": "breach",
        "heading": "违约",
        "body": "数据不真实的,可以约谈并支付违约金。",
        "is_mandatory": True,
        "measures": [1, 4],
        "damages": "违约费用的{{ damages_rate }}%",
    },
]
VARIABLES = [
    {"name": "pay_days", "label": "拨付工作日", "type": "number", "default": "30"},
    {"name": "damages_rate", "label": "违约金比例", "type": "percent", "sample": "20"},
]


def as_file(clauses: Any = None, variables: Any = None) -> bytes:
    content = {"clauses": clauses or CLAUSES, "variables": variables or VARIABLES}
    return json.dumps(content, ensure_ascii=False).encode()


class Texts:
    """The people of one story about texts."""

    @cached_property
    def region(self) -> Any:
        return RegionFactory()

    @cached_property
    def officer(self) -> User:
        return user_with(Role.AGREEMENT_OFFICER)

    @cached_property
    def head(self) -> User:
        return user_with(Role.AGENCY_HEAD)

    @cached_property
    def institution(self) -> Any:
        institution = InstitutionFactory()
        AgreementFactory(institution=institution, region=self.region)
        return institution

    @cached_property
    def member(self) -> User:
        return member_of(self.institution)

    def drafted(
        self,
        on: date | str,
        *,
        kind: TextKind = TextKind.MAIN,
        local: bool = False,
        clauses: Any = None,
        empty: bool = False,
        **kwargs: Any,
    ) -> TemplateVersion:
        version = draft_version(
            kind=kind,
            region=self.region if local else None,
            title="定点医疗机构医疗保障服务协议",
            by=self.officer,
            at=at(on),
            **{"reason": "政策调整", **kwargs},
        )
        if not empty and not kwargs.get("based_on_id"):
            self.written(version, at(on), clauses)
        return version

    def written(self, version: TemplateVersion, when: datetime, clauses: Any = None) -> None:
        import_text(
            version_id=version.pk,
            content=as_file(clauses),
            filename="text.json",
            by=self.officer,
            at=when,
        )

    def published(self, on: date | str, **kwargs: Any) -> TemplateVersion:
        """A first text that refines none: nobody has to be asked."""
        return self.publish(self.drafted(on, **kwargs), on)

    def publish(
        self, version: TemplateVersion, on: date | str, first: date | str | None = None
    ) -> TemplateVersion:
        day = first or on
        return publish_version(
            version_id=version.pk,
            effective_from=date.fromisoformat(day) if isinstance(day, str) else day,
            by=self.head,
            at=at(on),
        )

    def asked(self, version: TemplateVersion, on: date | str, **kwargs: Any) -> Consultation:
        return consulting.open_consultation(
            version_id=version.pk, by=self.officer, at=at(on), **kwargs
        )

    def said(
        self, consultation: Consultation, on: date | str, text: str = "建议修改", **kwargs: Any
    ) -> ConsultationComment:
        return commenting.comment(
            consultation_id=consultation.pk,
            institution_id=self.institution.pk,
            text=text,
            by=kwargs.pop("by", self.member),
            at=at(on),
            **kwargs,
        )

    def closed(self, consultation: Consultation, on: date | str) -> Consultation:
        return consulting.close_consultation(
            consultation_id=consultation.pk, by=self.officer, at=at(on)
        )

    def answered(
        self, comment: ConsultationComment, on: date | str, text: str = "予以采纳"
    ) -> ConsultationComment:
        return commenting.answer(
            comment_id=comment.pk,
            outcome=CommentOutcome.ADOPTED,
            text=text,
            by=self.officer,
            at=at(on),
        )
