"""One of everything, all of one institution, and who may look at it: what cross-app tests visit."""

import json
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from agency.enums import Actor, JobStatus, OutboxState, Profile, ProposalState, Role, RuleSet
from agency.models import (
    AuditCheck,
    CalendarImport,
    ClosingDay,
    JobRun,
    OutboxMessage,
    PolicyParameter,
    RuleSetChoice,
    StandIn,
    User,
)
from agency.services import calendar_imports, closing
from agency.services.parameters import propose_parameter
from agency.services.rule_sets import propose_choice
from agreements.enums.life import RequestKind
from agreements.enums.templates import TextKind
from agreements.models import Consultation, DesignatedList, RenewalRound
from agreements.services import requests
from agreements.services.reviews import record_unfiled_change
from agreements.services.templates.commenting import comment
from agreements.services.texts import negotiation
from agreements.services.texts.drafting import draw_up_supplement
from archives.models import Record
from archives.services import filing as archives
from institutions.enums.assessment import ExpertField, TieKind
from institutions.enums.changes import ChangeField
from institutions.enums.designation import NotAcceptedGround
from institutions.models import (
    AddressCommitment,
    ApiToken,
    Institution,
    InstitutionLetter,
    ResultFiling,
    RosterImport,
)
from institutions.services.assessment import pool, recusal
from institutions.services.change_values import FieldChange
from institutions.services.designation import checks, drafts, recording
from institutions.services.faq import draft_faq
from institutions.services.filing import file_change
from institutions.services.inquiries import answer_inquiry
from institutions.services.practitioners.previewing import preview_import
from institutions.services.trainings import invite
from settlements.enums import BatchState, Check
from settlements.models import ClaimBatch, KnowledgeVersion, Statement
from settlements.services.intake import take_in
from settlements.services.review import review_batch
from settlements.services.submission import submit_batch
from supervision.models import AdministrationReport
from supervision.services import hearing, orders
from tests.agency.factories import user_with
from tests.agency.factories_bundles import bundle as filed_bundle
from tests.agency.letters import issued, issued_by_administration
from tests.agreements.cascades import Told
from tests.agreements.factories_performance import Left as Performance
from tests.agreements.factories_templates import Texts
from tests.agreements.texts import published_text
from tests.institutions import factories_applications as applications
from tests.institutions import factories_assessment as assessing
from tests.institutions import factories_guidance as guidance
from tests.institutions import factories_practitioners as rosters
from tests.institutions.factories import InstitutionFactory, credit_code, member_of, token_of
from tests.institutions.factories_accounts import account_request
from tests.institutions.factories_notices import NoticeTeam
from tests.settlements.claimfiles import AT, hand_in, ordinary, uploads
from tests.settlements.statement_factories import Team, declared_statement, finding, paid_order
from tests.supervision import factories as cases
from tests.supervision.factories_disputes import left_about
from tests.supervision.factories_measures import left_by

# The clock of every cross-app test: a Friday of a year whose calendar is known.
TODAY = date(2026, 11, 20)
NOW = cases.at(TODAY)
FILED_ON = date(2025, 6, 2)
BEFORE_AGREEMENT = date(2024, 3, 4)
SECRET_ADDRESS = "九江市浔阳区保密巷7号"


class World:
    """Matters of `institution`, each made the way the office makes it."""

    def __init__(self, *, seed: str = "") -> None:
        self.seed = seed
        self.office = cases.Office()
        self.office.institution = InstitutionFactory(
            name=f"浔阳保密医院{seed}",
            registered_address=SECRET_ADDRESS,
            bank_account="6222777788889999",
        )
        self.institution: Institution = self.office.institution
        self.member: User = self.office.member
        self.agreement = self.office.agreement
        # The administrator of another institution, which has nothing.
        self.stranger = member_of(InstitutionFactory(name="别的医院"))
        self._file()
        self._negotiate()
        self._assess()
        self._employ()
        self._claim()
        self._supervise()
        self._archive()
        self._policy()
        self.account_request = account_request(
            credit_code=self.institution.credit_code, username=f"asked{self.seed}"
        )
        self._apply()
        self._plan()
        self._post()
        self._watch()
        self._guide()
        self._ask_about_a_text()
        self.performance = Performance(self.agreement, self.member)
        self.told = Told(self.agreement, on=self.agreement.valid_from)
        self.bundle = filed_bundle()
        self.letter = issued(addressee=self.institution.name)
        self.own_letter = InstitutionLetter.objects.create(
            letter=self.letter, institution=self.institution
        )
        self.administration_letter = issued_by_administration(addressee=self.institution.name)
        # Made once, before any test: what a test makes is rolled back with it.
        self.newcomer, self.stand_in, self.token  # noqa: B018

    def _file(self) -> None:
        self.change = file_change(
            institution_id=self.institution.pk,
            changes=[FieldChange(ChangeField.NAME, f"浔阳新保密医院{self.seed}", FILED_ON)],
            by=self.member,
            at=cases.at(FILED_ON),
            evidence=[cases.pdf("批文.pdf")],
        )
        self.commitment = AddressCommitment.objects.create(
            change=self.change,
            text="承诺",
            signed_name="签署人",
            signed_at=NOW,
            signed_by=self.member,
        )
        self.request = requests.file_request(
            agreement_id=self.agreement.pk,
            kind=RequestKind.RENEW,
            by=self.member,
            at=cases.at(FILED_ON),
            reason="续签",
        )

    def _apply(self) -> None:
        """An application from before the agreement, which waits for the desk, and a draft."""
        before = {"institution": self.institution, "by": self.member, "materials": False}
        self.application = applications.submitted(
            applications.drafted(day=BEFORE_AGREEMENT, **before), day=BEFORE_AGREEMENT
        )
        self.draft = applications.drafted(day=FILED_ON, **before)
        listed = next(each.item for each in checks.checklist(self.draft, FILED_ON))
        self.material = drafts.add_files(
            application_id=self.draft.pk,
            item_id=listed.pk,
            files=[applications.picture("申请表.png")],
            by=self.member,
            at=cases.at(FILED_ON),
        )
        self.bar = recording.record_fact(
            ground=NotAcceptedGround.N2,
            event_on=FILED_ON,
            institution=self.institution,
            source_document="价格检查 1 号",
            by=user_with(Role.INTAKE_CLERK),
            at=cases.at(FILED_ON),
        )

    def _post(self) -> None:
        """A result filed and posted, an objection to it, and a change found unfiled."""
        team = NoticeTeam()
        self.public_notice = team.posted(institution=self.institution, on=TODAY)
        self.objection = team.objected(self.public_notice, when=NOW, objector="王示范")
        self.result_filing = ResultFiling.objects.get(
            results__application__notice_entries__notice=self.public_notice
        )
        self.review = record_unfiled_change(
            institution_id=self.institution.pk,
            field=ChangeField.PRINCIPAL,
            approved_on=date(2025, 3, 3),
            discovered_on=FILED_ON,
            source="比对发现",
            by=team.officer,
            at=cases.at(FILED_ON),
        )
        letter = issued()
        self.designated_list = DesignatedList.objects.create(
            number=letter.number,
            region=letter.region,
            letter=letter,
            as_on=TODAY,
            issued_at=NOW,
            issued_by=team.officer,
        )

    def _employ(self) -> None:
        """A department with one person, and a file of another that waits to be applied."""
        self.ward = rosters.department(self.institution)
        self.roster_entry = rosters.hired(self.member, self.ward)
        self.roster_import = self._import(rosters.line(1000 + self.institution.pk))

    def _import(self, line: dict[str, str]) -> RosterImport:
        return preview_import(
            institution_id=self.institution.pk,
            file=rosters.csv_file([line]),
            by=self.member,
            at=NOW,
        ).run

    def _assess(self) -> None:
        """A drawn group of five, one of whom the institution objects to, and a third party."""
        team = assessing.Team([*ExpertField, ExpertField.MEDICINE])
        to_assess = assessing.application(institution=self.institution)
        self.assessment = team.drawn(to_assess, at=NOW)
        # Of several worlds' experts anybody may have been drawn.
        self.seat = self.assessment.members.select_related("expert").order_by("pk")[0]
        self.expert = self.seat.expert
        self.recusal = recusal.object_to_expert(
            assessment_id=self.assessment.pk,
            person_name="某专家",
            reason="曾有纠纷",
            by=self.member,
            at=NOW,
        )
        self.tie = pool.declare_tie(
            expert_id=self.expert.pk,
            institution=self.stranger.membership.institution,
            kind=TieKind.RELATIVE,
            held_from=FILED_ON,
            by=team.organiser,
            at=NOW,
        )
        self.third_party = pool.add_third_party(
            name=f"保密评估公司{self.seed}",
            credit_code=credit_code(900_000 + self.institution.pk),
            qualified_from=FILED_ON,
            qualified_to=TODAY,
            by=team.organiser,
            at=NOW,
        )

    def _claim(self) -> None:
        files = ordinary(self.institution.code, tag=self.seed)
        files.lines[0]["fee_ocur_time"] = "2026-09-30 08:00:00"  # outside the stay
        batch = submit_batch(
            institution=self.institution, files=uploads(files.csv()), by=self.member, at=AT
        ).batch
        take_in(batch_id=batch.pk, at=AT)
        self.batch = review_batch(batch_id=batch.pk, at=AT)
        assert self.batch.state == BatchState.REVIEWED
        self.finding = self.batch.findings.first()
        broken = ordinary(self.institution.code, tag=f"x{self.seed}")
        broken.lines[0]["cnt"] = "two"
        rejected = submit_batch(
            institution=self.institution, files=uploads(broken.csv()), by=self.member, at=AT
        ).batch
        self.rejected: ClaimBatch = take_in(batch_id=rejected.pk, at=AT)
        self.statement = Statement.objects.get(batch=self.batch)
        self.order = paid_order(
            Team(), institution=self.institution, reference=f"ICBC-{self.institution.pk}"
        )
        finding(self.order.statement.batch, "10.00")
        self.knowledge = KnowledgeVersion.objects.create(
            number=KnowledgeVersion.objects.count() + 1,
            source="test",
            source_hash=f"{self.seed:0>64}",
            imported_at=AT,
        )

    def _supervise(self) -> None:
        self.case = cases.in_defence(self.office, "refuse")
        hearing.give_statement(
            case_id=self.case.pk,
            text="有异议",
            by=self.member,
            on=cases.SERVED_ON,
            at=cases.at(cases.SERVED_ON),
            files=[cases.pdf("申辩.pdf")],
        )
        self.measure = self.case.measures.get()
        self.demand = cases.FormalDemand.objects.create(
            case=self.case,
            text="请退回费用",
            issued_on=cases.SERVED_ON,
            issued_by=self.office.officer,
        )
        # What a grave decision owes the administration; only the pages ask for it.
        cases.FilingReview.objects.create(case=self.case, due_on=date(2025, 5, 27))
        AdministrationReport.objects.create(case=self.case, due_on=date(2025, 5, 14))
        self.order_of_administration = orders.order_handling(
            institution=self.institution,
            case_id=self.case.pk,
            text="限期处理",
            due_on=date(2025, 6, 9),
            by=self.office.supervisor,
            on=cases.SERVED_ON,
            at=cases.at(cases.SERVED_ON),
        )
        self.renewal_round = RenewalRound.objects.create(
            number=f"RNW-360400-2025-{self.seed:04}",
            region=self.institution.region,
            title="年度续签",
            ends_from=date(2025, 12, 1),
            ends_to=date(2025, 12, 31),
            opened_on=cases.SERVED_ON,
            opened_at=cases.at(cases.SERVED_ON),
            opened_by=self.office.officer,
        )
        self.left = left_by(self.case, self.measure, by=self.office.officer, at=NOW)
        self.disputed = left_about(
            self.request,
            member=self.member,
            supervisor=self.office.supervisor,
            on=cases.SERVED_ON,
        )

    def _archive(self) -> None:
        archives.collect(at=NOW)
        self.record = Record.objects.get(statement=self.order.statement)

    def _plan(self) -> None:
        """A notice that waits to be published, and a day on which the agency is closed."""
        by, year = user_with(Role.SYSTEM_ADMINISTRATOR), 2040
        waiting = CalendarImport.objects.filter(year=year).first()
        days = [{"name": "元旦", "date": f"{year}-01-02", "isOffDay": True}]
        self.notice = waiting or calendar_imports.propose_import(
            raw=json.dumps({"year": year, "papers": [], "days": days}).encode(),
            filename="notice.json",
            notice_no="国办发明电〔2039〕1号",
            source="test",
            by=by,
            at=NOW,
        )
        day = date(2030, 1, 7)
        known = ClosingDay.objects.filter(on=day).first()
        self.closing_day = known or closing.add_closing_day(
            day=day, name="搬迁", decided_by="主任", document="纪要", by=by, on=TODAY, at=NOW
        )

    def _watch(self) -> None:
        self.run = JobRun.objects.create(
            job="agency.seal_history",
            on=TODAY,
            status=JobStatus.DONE,
            started_at=NOW,
            finished_at=NOW,
        )
        self.check = AuditCheck.objects.create(
            from_day=TODAY,
            to_day=TODAY,
            requested_by=user_with(Role.AUDIT_ADMINISTRATOR),
            requested_at=NOW,
            days_total=1,
        )

    def _guide(self) -> None:
        """A draft, a training that is planned, a question, and an answer for everybody."""
        self.version = guidance.draft(
            NOW, effective_from=TODAY, title=f"规程{self.seed}", by=user_with(Role.AGENCY_HEAD)
        )
        self.training = guidance.planned(NOW, held_on=TODAY)
        officer, invited = self.training.created_by, [self.institution.pk]
        invite(event_id=self.training.pk, institution_ids=invited, by=officer, at=NOW)
        self.inquiry = guidance.asked(self.member, NOW)
        answered = guidance.asked(self.member, NOW)
        answer_inquiry(inquiry_id=answered.pk, answer="见规程", by=officer, at=NOW)
        self.faq = draft_faq(
            inquiry_id=answered.pk, question="何时拨付", answer="见规程", by=officer, at=NOW
        )

    def _ask_about_a_text(self) -> None:
        """A text in consultation, and what the institution says of it: one text for all worlds."""
        texts = Texts()
        found = Consultation.objects.open().first()
        self.consultation = found or texts.asked(texts.drafted(TODAY, kind=TextKind.YEARLY), TODAY)
        self.consultation.parties.get_or_create(institution=self.institution)
        self.text_comment = comment(
            consultation_id=self.consultation.pk,
            institution_id=self.institution.pk,
            clause_key="breach",
            text="违约金过高",
            by=self.member,
            at=NOW,
        )

    def _negotiate(self) -> None:
        """A supplement that both sides negotiate, with an open proposal, and the agreement's
        filing: what the pages of texts need.
        """
        published_text(TextKind.AMENDMENT)
        officer, day = user_with(Role.AGREEMENT_OFFICER), cases.at(self.agreement.valid_from)
        self.supplement = draw_up_supplement(
            self.agreement.pk,
            kind=TextKind.AMENDMENT,
            valid_from=self.agreement.valid_from,
            valid_to=self.agreement.valid_to,
            by=officer,
            at=day,
        )
        self.negotiated = negotiation.send(
            text_id=self.supplement.texts.get().pk, by=officer, at=day
        )
        self.wording = negotiation.propose(
            clause_id=self.negotiated.clauses.get(key="breach").pk,
            body="另行约定。",
            reason="情况变化",
            by=self.member,
            at=day,
        )
        self.agreement_filing = self.agreement.filings.get()

    def grow(self) -> None:
        """Give the institution several more of everything that it sees in a list."""
        for field in (ChangeField.CONTACT_NAME, ChangeField.OPENING_HOURS, ChangeField.SUBJECTS):
            file_change(
                institution_id=self.institution.pk,
                changes=[FieldChange(field, "新值", FILED_ON)],
                by=self.member,
                at=cases.at(FILED_ON),
            )
        for _each in range(3):
            applications.drafted(institution=self.institution, by=self.member, materials=False)
        for _number in range(3):
            guidance.asked(self.member, NOW)
            guidance.held(NOW, self.institution, held_on=TODAY)
        cases.agreement_in_force(self.institution, date(2026, 1, 1))
        for number in range(3):
            rosters.hired(self.member, self.ward)
            rosters.department(self.institution, f"B{number}")
            self._import(rosters.line(2000 + number))
            hand_in(self.institution, ordinary(self.institution.code, tag=f"g{number}").csv())
            finding(declared_statement(institution=self.institution).batch, "10.00")
            cases.noticed(self.office)

    @cached_property
    def mail(self) -> OutboxMessage:
        return OutboxMessage.objects.create(
            address="clerk@example.invalid",
            sender="office@example.invalid",
            topic="general",
            key=f"world{self.seed}",
            message_id=f"<world{self.seed}@example.invalid>",
            subject="通知",
            body="通知",
            state=OutboxState.FAILED,
            created_at=NOW,
            next_attempt_at=NOW,
        )

    def _policy(self) -> None:
        """A value and a profile that wait for the head: one of each for all worlds."""
        waiting = {"state": ProposalState.PROPOSED}
        self.parameter = PolicyParameter.objects.filter(**waiting).first() or propose_parameter(
            key="defence_wd",
            profile=Profile.JIUJIANG,
            value=Decimal(6),
            effective_from=date(2027, 1, 1),
            reason="调整",
            by=user_with(Role.SETTLEMENT_OFFICER),
            at=NOW,
        )
        self.choice = RuleSetChoice.objects.filter(**waiting).first() or propose_choice(
            region_code=self.institution.region_id,
            rule_set=RuleSet.FUND,
            profile=Profile.QUXIAN,
            effective_from=date(2027, 1, 1),
            document="九医保发〔2026〕12号",
            reason="调整",
            by=user_with(Role.SETTLEMENT_OFFICER),
            at=NOW,
        )

    @cached_property
    def newcomer(self) -> User:
        return user_with(Role.ARCHIVIST)

    @cached_property
    def stand_in(self) -> StandIn:
        return StandIn.objects.create(
            delegator=user_with(Role.ARCHIVIST),
            delegate=self.newcomer,
            starts_on=TODAY,
            ends_on=TODAY,
            reason="休假",
            granted_by=user_with(Role.SECURITY_ADMINISTRATOR),
            granted_at=NOW,
        )

    @cached_property
    def token(self) -> ApiToken:
        token_of(self.member, at=NOW)
        return ApiToken.objects.get(created_by=self.member)

    def person(self, role: Role) -> User:
        """Somebody with the role; institution staff are of the world's own institution, the expert
        of its own assessment.
        """
        if role.actor is Actor.INSTITUTION:
            return member_of(self.institution, role)
        if role == Role.EXPERT:
            assert self.expert.account is not None
            return self.expert.account
        return user_with(role)

    @cached_property
    def places(self) -> dict[str, Any]:
        """What stands in an address: the address up to and with the placeholder, its value.

        A new page whose address names something new enters it here.
        """
        return {
            "law/<str:rule>": "T-02",
            "jobs/<str:job>": self.run.job,
            "jobs/runs/<int:pk>": self.run.pk,
            "audit/checks/<int:pk>": self.check.pk,
            "payment-orders/<str:number>": self.order.number,
            "calendar/<int:year>": TODAY.year,
            "calendar/imports/<int:pk>": self.notice.pk,
            "calendar/closing/<int:pk>": self.closing_day.pk,
            "deadlines/<str:clock>": "institutions.change_decision",
            "deadlines/<str:clock>/<int:pk>": self.change.pk,
            "parameters/<slug:key>": "defence_wd",
            "parameters/proposals/<int:pk>": self.parameter.pk,
            "regions/<str:code>": self.institution.region_id,
            "regions/choices/<int:pk>": self.choice.pk,
            "applications/<str:number>": self.application.number,
            "applications/drafts/<int:pk>": self.draft.pk,
            "applications/documents/<int:pk>": self.material.pk,
            "applications/documents/<int:pk>/<int:file>": self.material.files.first().pk,
            "bars/<int:pk>": self.bar.pk,
            "documents/<int:pk>": self.material.item_id,
            "assessments/<str:number>": self.assessment.number,
            "assessments/<str:number>/draws/<int:place>": 1,
            "assessments/<str:number>/members/<int:pk>": self.seat.pk,
            "recusals/<int:pk>": self.recusal.pk,
            "experts/<int:pk>": self.expert.pk,
            "expert-ties/<int:pk>": self.tie.pk,
            "third-parties/<int:pk>": self.third_party.pk,
            "checklists/<int:version>": 1,
            "my-assessments/<str:number>": self.assessment.number,
            "institutions/<int:pk>": self.institution.pk,
            "institutions/<str:code>": self.institution.code,
            "changes/<str:number>": self.change.number,
            "account-requests/<str:number>": self.account_request.number,
            "accounts/<int:pk>": self.member.pk,
            "filings/<int:pk>": self.result_filing.pk,
            "public-notices/<int:pk>": self.public_notice.pk,
            "objections/<str:number>": self.objection.number,
            "designated-lists/<int:pk>": self.designated_list.pk,
            "cascades/<str:number>": self.told.receipt.number,
            "dissolved/<int:pk>": self.told.entry.pk,
            "inpatients/<int:pk>": self.told.warning.pk,
            "unfiled-changes/<str:number>": self.review.number,
            "unfiled-changes/new/<int:institution_pk>": self.institution.pk,
            "agreements/requests/<str:number>": self.request.number,
            "agreement-texts/<int:pk>": self.consultation.version.template_id,
            "agreement-texts/versions/<int:pk>": self.consultation.version_id,
            "agreement-texts/versions/<int:pk>/clauses/<slug:key>": "breach",
            "agreement-texts/versions/<int:pk>/variables/<slug:name>": "pay_days",
            "agreement-texts/consultations/<int:pk>": self.consultation.pk,
            "agreement-texts/comments/<int:pk>": self.text_comment.pk,
            "text-consultations/<int:pk>": self.consultation.pk,
            "text-consultations/<int:pk>/clauses/<slug:key>": "breach",
            "agreements/texts/<int:pk>": self.negotiated.pk,
            "agreements/texts/clauses/<int:pk>": self.wording.clause_id,
            "agreements/texts/proposals/<int:pk>": self.wording.pk,
            "agreements/supplements/<str:number>": self.supplement.number,
            "agreement-filings/<str:number>": self.agreement_filing.number,
            "agreements/<str:code>": self.agreement.texts.get().code,
            "agreements/new/<int:institution_pk>": self.institution.pk,
            "performance/<str:number>": self.performance.assessment.number,
            "performance/appeals/<int:pk>": self.performance.appeal.pk,
            "performance/rounds/<int:pk>": self.performance.round.pk,
            "performance/sets/<int:pk>": self.performance.draft.pk,
            "performance/sets/<int:pk>/indicators/<int:indicator_pk>": (
                self.performance.indicator.pk
            ),
            "agreements/<int:pk>": self.agreement.pk,
            "agreements/<int:pk>/request/<str:kind>": RequestKind.RENEW.value,
            "claims/<str:number>": self.batch.number,
            "claims/<str:number>/files/<str:kind>": "setl_d",
            "claims/<str:number>/findings/<int:pk>": self.finding.pk,
            "claims/<str:number>/checks/<str:check>": Check.OUTSIDE_STAY.value,
            "knowledge/<int:number>": self.knowledge.number,
            "statements/<str:number>": self.statement.number,
            "cases/<str:number>": self.case.number,
            "cases/<str:number>/measures/add/<slug:kind>": "interview",
            "cases/<str:number>/measures/<int:pk>": self.measure.pk,
            "cases/<str:number>/demand/<int:pk>": self.demand.pk,
            "cases/orders/<str:number>": self.order_of_administration.number,
            "supervision/<slug:area>": "handling",
            "supervision/<slug:area>/<slug:key>": "orders",
            "supervision/<slug:area>/<slug:key>/<slug:what>": "open",
            "supervision/<slug:area>/<slug:key>/<slug:what>/<int:pk>": (
                self.order_of_administration.pk
            ),
            "renewals/rounds/<str:number>": self.renewal_round.number,
            "disputes/enter/<slug:subject>": "breach",
            "disputes/enter/<slug:subject>/<int:pk>": self.disputed.breach.pk,
            "disputes/enter/<slug:subject>/<int:pk>/<slug:route>": "negotiation",
            "disputes/breaches/<str:number>": self.disputed.breach.number,
            "disputes/demands/<str:number>": self.disputed.demand.number,
            "disputes/measures/<str:number>": self.disputed.measure.number,
            "disputes/<str:number>": self.disputed.dispute.number,
            "remedies/file/<slug:subject>": "breach",
            "remedies/file/<slug:subject>/<int:pk>": self.disputed.breach.pk,
            "remedies/file/<slug:subject>/<int:pk>/<slug:route>": "negotiation",
            "remedies/breaches/<str:number>": self.disputed.breach.number,
            "remedies/demands/<str:number>": self.disputed.demand.number,
            "remedies/<str:number>": self.disputed.dispute.number,
            "obligations/<str:number>": self.left.obligation.number,
            "blocks/<int:pk>": self.left.block.pk,
            "interviews/<int:pk>": self.left.interview.pk,
            "interviews/commitments/<int:pk>": self.left.commitment.pk,
            "outbox/<int:pk>": self.mail.pk,
            "letters/<int:pk>": self.letter.pk,
            "letters/<int:pk>/pages/<int:page>": 1,
            "administration-letters/<int:pk>": self.administration_letter.pk,
            "letter-templates/<slug:kind>": self.letter.kind,
            "letter-templates/<slug:kind>/<slug:language>": self.letter.language,
            "letter-texts/<int:pk>": self.letter.template_id,
            "letterheads/<slug:code>": self.institution.region_id,
            "administration-letter-templates/<slug:kind>": self.administration_letter.kind,
            "administration-letter-templates/<slug:kind>/<slug:language>": "zh-hans",
            "administration-letter-texts/<int:pk>": self.administration_letter.template_id,
            "administration-letterheads/<slug:code>": self.institution.region_id,
            "service-matters/<str:number>": self.bundle.number,
            "service-matters/kinds/<str:kind>": self.bundle.kind,
            "service-matters/kinds/parts/<int:pk>": self.bundle.parts.first().type_id,
            "service-matters/record/<str:kind>": self.bundle.kind,
            "service-matters/parts/<int:pk>": self.bundle.parts.first().pk,
            "practitioners/<int:pk>": self.roster_entry.practitioner_id,
            "roster-imports/<str:number>": self.roster_import.number,
            "roster/rows/<int:pk>": self.roster_entry.pk,
            "roster/people/<int:pk>": self.roster_entry.practitioner_id,
            "roster/departments/<int:pk>": self.roster_entry.department_id,
            "roster/imports/<str:number>": self.roster_import.number,
            "reports/<slug:code>": "licences",
            "procedures/<int:pk>": self.version.procedure_id,
            "procedures/versions/<int:pk>": self.version.pk,
            "trainings/<int:pk>": self.training.pk,
            "inquiries/<str:number>": self.inquiry.number,
            "answers/<int:pk>": self.faq.pk,
            "records/<str:number>": self.record.number,
            "people/<int:pk>": self.newcomer.pk,
            "tokens/<int:pk>": self.token.pk,
            "stand-ins/<int:pk>": self.stand_in.pk,
            "records/<str:number>/files/<int:pk>": self.record.files.first().pk,
        }

    @property
    def api_keys(self) -> dict[str, Any]:
        """The key of each resource of the API, by the base of its route's name."""
        return {
            "accountrequest": self.account_request.number,
            "institution": self.institution.code,
            "changerequest": self.change.number,
            "rosterentry": self.roster_entry.pk,
            "rosterimport": self.roster_import.number,
            "designationapplication": self.application.number,
            "agreement": self.agreement.pk,
            "renewalround": self.renewal_round.number,
            "administration-order": self.order_of_administration.number,
            "templateversion": self.consultation.version_id,
            "consultation": self.consultation.pk,
            "agreementtext": self.negotiated.pk,
            "supplement": self.supplement.number,
            "agreementfiling": self.agreement_filing.number,
            "publicnotice": self.public_notice.pk,
            "objection": self.objection.number,
            "resultfiling": self.result_filing.pk,
            "dissolutionreview": self.review.number,
            "cascadereceipt": self.told.receipt.number,
            "dissolvedentry": self.told.entry.pk,
            "claimbatch": self.batch.pk,
            "statement": self.statement.number,
            "case": self.case.number,
            "performanceassessment": self.performance.assessment.number,
            "obligation": self.left.obligation.number,
            "serviceblock": self.left.block.pk,
            "record": self.record.number,
            "officialletter": self.letter.pk,
            "servicebundle": self.bundle.number,
            "institutionletter": self.own_letter.pk,
            "procedure": self.version.procedure_id,
            "frequentquestion": self.faq.pk,
            "trainingevent": self.training.pk,
            "inquiry": self.inquiry.number,
        }

    @property
    def secrets(self) -> list[str]:
        """What nobody but the institution and the office may read on a page."""
        return [
            self.institution.name,
            self.institution.code,
            SECRET_ADDRESS,
            self.institution.bank_account,
            self.case.title,
            "批文.pdf",
            "申请表.png",
            "申辩.pdf",
        ]
