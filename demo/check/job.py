"""The steps of the main job, in order; each says in a line what it saw."""

from __future__ import annotations

import csv
import io
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agency.jobs import in_order
from agency.services.jobs import run_job
from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement, AgreementRequest
from demo.check.visitor import Failed, Upload, Visitor
from demo.claims import Answer, ClaimFiles, generate
from demo.claims.batch import previous_month
from demo.knowledge import in_use
from demo.world.accounts import PASSWORD, account_of
from demo.world.factors import paper_code
from demo.world.institutions import BY_KEY, INSTITUTIONS, Invented
from demo.world.stories.claims import in_force
from institutions.enums.register import Nature
from institutions.models import Institution
from settlements.models import ClaimBatch

CLAIMANT = BY_KEY["renhe"]
LINES = 3000
MONTHS_BACK = 11
CODE_PAGE = "/login/code/"
MOVE_MONEY = {"approve", "verify", "issue-order", "pay"}
WORKER_TIMEOUT_S = 180
POLL_S = 0.5


@dataclass
class MainJob:
    """One run of the main job against a running office."""

    url: str
    say: Callable[[str], None]
    now: datetime = field(default_factory=timezone.localtime)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    batch: dict[str, Any] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    statement: str = ""
    case: str = ""

    @property
    def today(self) -> date:
        return self.now.date()

    def steps(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("The office answers", self.office_answers),
            ("The public reads the register", self.public_reads),
            ("The hospital hands in a claim batch", self.hospital_hands_in),
            ("The worker takes it in and reviews it", self.worker_reviews),
            ("Findings are what was planted", self.findings_match),
            ("The reviewer decides the findings", self.reviewer_decides),
            ("The reviewer audits the statement", self.reviewer_audits),
            ("Nobody does two of the four posts", self.posts_are_apart),
            ("The settlement officer approves", self.settlement_approves),
            ("The audit officer verifies", self.audit_verifies),
            ("The payment officer orders and records", self.payment_pays),
            ("A second payment is refused", self.second_payment_refused),
            ("The hospital sees it paid", self.hospital_sees_paid),
            ("A suspension is asked for and refused", self.suspension_decided),
            ("A change of information is approved", self.change_decided),
            ("A case is opened from a finding", self.case_opened),
            ("The supervisor reads it", self.supervisor_reads),
            ("The day's jobs run", self.jobs_run),
        )

    def run(self) -> bool:
        """Do every step; the first that fails ends the run."""
        started = time.monotonic()
        for title, step in self.steps():
            begun = time.monotonic()
            try:
                seen = step()
            except Failed as failed:
                self.say(f"FAILED  {title}: {failed}")
                return False
            self.say(f"ok {time.monotonic() - begun:6.2f} s  {title:<42} {seen}")
        self.say(f"The main job is done in {time.monotonic() - started:.1f} s.")
        return True

    def as_(self, username: str) -> Visitor:
        if username not in self.visitors:
            visitor = Visitor(self.url)
            page = visitor.log_in(username, PASSWORD)
            if CODE_PAGE in page.url:
                visitor.submit(page.url, {"code": paper_code(username)})
            self.visitors[username] = visitor
        return self.visitors[username]

    # --- looking on ---------------------------------------------------------------------------

    def office_answers(self) -> str:
        nobody = Visitor(self.url)
        nobody.get("/healthz")
        nobody.get("/api/schema/")
        nobody.get("/api/docs/")
        if "/login/" not in nobody.get("/desk/").url:
            raise Failed("the desk opens without a log-in")
        return "health, API description, log-in before the desk"

    def public_reads(self) -> str:
        nobody = Visitor(self.url)
        found = nobody.get(f"/?q={CLAIMANT.code}").plain
        page = nobody.get(f"/institutions/{CLAIMANT.code}/").plain
        if CLAIMANT.name not in found or CLAIMANT.name not in page:
            raise Failed(f"{CLAIMANT.code} is not on the register")
        rows = self.as_("supervisor").get("/api/v1/institutions/").json()["results"]
        return f"{CLAIMANT.name}; {len(rows)} institutions by the API"

    # --- claims -------------------------------------------------------------------------------

    def hospital_hands_in(self) -> str:
        files = self._files()
        self.answers = files.answers
        page = self.as_("hospital").submit(
            "/portal/claims/new/",
            files={
                "settlements": Upload("setl_d.csv", files.settlements),
                "lines": Upload("fee_list_d.csv", files.lines),
            },
        )
        found = re.search(r"/portal/claims/([^/]+)/$", page.url)
        if not found:
            raise Failed(f"the upload leads to {page.url}")
        self.batch = {"number": found[1]}
        return f"{found[1]}: {files.line_count:,} lines, {files.declared:,.2f} CNY"

    def _files(self) -> ClaimFiles:
        institution = Institution.objects.get(code=CLAIMANT.code)
        batches = ClaimBatch.objects.filter(institution=institution)
        taken = set(batches.taken_in().values_list("month", flat=True))
        months = [previous_month(self.today, back) for back in range(1, MONTHS_BACK + 1)]
        free = [month for month in months if month not in taken]
        return generate(
            institution=CLAIMANT.code,
            hosp_lv=CLAIMANT.level,
            # With no month left, a supplementary batch of the last one.
            month=free[0] if free else months[0],
            lines=LINES,
            knowledge=in_use(self.today),
            in_force=in_force(institution),
            tag=f"{batches.count():04d}",
        )

    def worker_reviews(self) -> str:
        visitor, deadline = self.as_("hospital"), time.monotonic() + WORKER_TIMEOUT_S
        rows = visitor.get("/api/v1/claim-batches/").json()["results"]
        key = next(row["id"] for row in rows if row["number"] == self.batch["number"])
        while True:
            self.batch = visitor.get(f"/api/v1/claim-batches/{key}/").json()
            if self.batch["state"] == "reviewed":
                return (
                    f"declared on {self.batch['declared_on']}, {self.batch['line_count']:,} lines"
                )
            if self.batch["state"] == "rejected":
                raise Failed(f"rejected: {self.batch['first_errors'][:3]}")
            if time.monotonic() > deadline:
                raise Failed(f"still “{self.batch['state']}” after {WORKER_TIMEOUT_S} s")
            time.sleep(POLL_S)

    def findings_match(self) -> str:
        path = f"/api/v1/claim-batches/{self.batch['id']}/findings/?format=csv"
        text = self.as_("hospital").get(path).body.decode("utf-8-sig")
        columns = ("check", "setl_id", "bkkp_sn", "amount", "fund_amount")
        found = {
            tuple(row[name] for name in columns)
            for row in csv.DictReader(io.StringIO(text, newline=""))
        }
        expected = {tuple(str(value) for value in astuple(each)) for each in self.answers}
        if found != expected:
            raise Failed(
                f"missing {sorted(expected - found)}, unexpected {sorted(found - expected)}"
            )
        counts = Counter(each.check for each in self.answers)
        return f"{len(expected)} findings of {len(counts)} checks"

    def reviewer_decides(self) -> str:
        checks = sorted({each.check for each in self.answers})
        for check in checks:
            self.as_("reviewer").submit(
                f"/desk/claims/{self.batch['number']}/checks/{check}/",
                {"verdict": "confirmed", "reason": "与病历核对属实"},
            )
        return f"{len(checks)} checks confirmed"

    def reviewer_audits(self) -> str:
        page = self.as_("reviewer").get(f"/desk/claims/{self.batch['number']}/")
        found = re.search(r"/desk/statements/([^/\"]+)/", page.text)
        if not found:
            raise Failed("the batch's page leads to no statement")
        self.statement = found[1]
        self._act("reviewer", "audit")
        return self.statement

    def _act(self, username: str, act: str, values: dict[str, str] | None = None) -> str:
        path = f"/desk/statements/{self.statement}/{act}/"
        values = dict(values or {})
        visitor = self.as_(username)
        if act in MOVE_MONEY and username != "reviewer":
            values["one_time_code"] = paper_code(username)
        return visitor.submit(path, values).plain

    def posts_are_apart(self) -> str:
        try:
            self._act("reviewer", "approve")
        except Failed:
            return "the reviewer cannot approve as well"
        raise Failed("the reviewer approved the own audit")

    def settlement_approves(self) -> str:
        self._act("settlement", "approve")
        return self.statement

    def audit_verifies(self) -> str:
        self._act("audit", "verify")
        return self.statement

    def payment_pays(self) -> str:
        self._act("payment", "issue-order")
        reference = f"CHK{self.now:%Y%m%d%H%M%S%f}"
        self._act("payment", "pay", {"bank_reference": reference, "paid_on": str(self.today)})
        return f"bank reference {reference}"

    def second_payment_refused(self) -> str:
        values = {"bank_reference": "CHK-SECOND", "paid_on": str(self.today)}
        try:
            self._act("payment", "pay", values)
        except Failed:
            return "paid is paid"
        raise Failed("the statement was paid twice")

    def hospital_sees_paid(self) -> str:
        self.as_("hospital").get(f"/portal/statements/{self.statement}/")
        rows = self.as_("hospital").get("/api/v1/statements/").json()["results"]
        state = next(row["state"] for row in rows if row["number"] == self.statement)
        if state != "paid":
            raise Failed(f"the portal says “{state}”")
        return state

    # --- agreements, register, cases ------------------------------------------------------------

    def suspension_decided(self) -> str:
        invented, agreement = self._may_leave()
        before = set(AgreementRequest.objects.values_list("number", flat=True))
        self.as_(account_of(invented)).submit(
            f"/portal/agreements/{agreement.pk}/request/suspend/", {"reason": "设备更新,申请中止"}
        )
        request = AgreementRequest.objects.exclude(number__in=before).get()
        self.as_("agreement").submit(
            f"/desk/agreements/requests/{request.number}/refuse/", {"reason": "材料不全"}
        )
        request = AgreementRequest.objects.get(pk=request.pk)
        if request.state != RequestState.REFUSED:
            raise Failed(f"{request.number} is “{request.state}”")
        return f"{request.number} of {invented.name}"

    def _may_leave(self) -> tuple[Invented, Agreement]:
        """Return a private institution in force that has no such request yet."""
        private = [each for each in INSTITUTIONS if each.nature != Nature.PUBLIC]
        for invented in sorted(private, key=lambda each: each.key != CLAIMANT.key):
            agreement = (
                Agreement.objects.filter(
                    institution__code=invented.code, state=AgreementState.EFFECTIVE
                )
                .exclude(requests__state__in=[RequestState.FILED, RequestState.ACCEPTED])
                .exclude(pk__in=Agreement.objects.filter(renewed_by__isnull=False))
                .order_by("-valid_to")
                .first()
            )
            if agreement and (agreement.valid_to - self.today).days > 100:
                return invented, agreement
        raise Failed("no private institution could ask for a suspension")

    def change_decided(self) -> str:
        phone = f"0792-8{self.now:%H%M%S}"
        values = {"new_phone": phone, "approved_phone": str(self.today), "explanation": "更换总机"}
        page = self.as_("hospital").submit("/portal/changes/new/", values)
        number = page.url.rstrip("/").rpartition("/")[2]
        self.as_("intake").submit(f"/desk/changes/{number}/check/", {"reason": "与证照一致"})
        self.as_("intake").submit(f"/desk/changes/{number}/approve/", {"reason": "已核对"})
        if Institution.objects.get(code=CLAIMANT.code).phone != phone:
            raise Failed(f"{number} is approved, but the register has another telephone")
        return f"{number}: {phone}"

    def case_opened(self) -> str:
        audit = self.as_("audit")
        listed = audit.get("/desk/cases/findings/").text
        found = re.search(r"/desk/cases/new/\?finding=(\d+)", listed)
        if not found:
            raise Failed("no confirmed finding is offered for a case")
        page = audit.submit(
            f"/desk/cases/new/?finding={found[1]}",
            {"title": "疑点转线索", "clue": "已认定的审核疑点"},
        )
        self.case = page.url.rstrip("/").rpartition("/")[2]
        audit.submit(f"/desk/cases/{self.case}/open/", {"facts": "经核对,收费与病历不符。"})
        return self.case

    def supervisor_reads(self) -> str:
        supervisor = self.as_("supervisor")
        page = supervisor.get(f"/admin/supervision/case/?q={self.case}")
        if self.case not in page.plain:
            raise Failed(f"the admin does not find {self.case}")
        supervisor.get(f"/desk/cases/{self.case}/")
        return "in the admin and at the desk"

    def jobs_run(self) -> str:
        runs = [run_job(job.name, on=self.today) for job in in_order()]
        return f"{len(runs)} jobs, {sum(run.count for run in runs)} rows"
