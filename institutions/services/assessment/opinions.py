"""Each expert's own opinion: drafted, then signed and fixed (A-06). Nobody else reads it before
the whole group has signed.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.enums.assessment import (
    AssessmentKind,
    ChecklistPart,
    FindingResult,
    SignatureCheck,
    Verdict,
)
from institutions.models import (
    Assessment,
    AssessmentMember,
    AssessmentOpinion,
    ChecklistItem,
    FindingEvidence,
    OpinionFinding,
)
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import SIGN_OPINION, WRITE_OPINION, step_obstacles
from institutions.services.assessment.drawing import lock_assessment_of
from institutions.services.assessment.history import RULE, record_step
from institutions.services.letters.consent import signature_obstacles


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingDraft:
    """What an expert says of one item. New files are added; those in `dropped` are taken away."""

    item_id: int
    result: str = ""
    note: str = ""
    files: Sequence[UploadedFile | UploadRef] = ()
    dropped: Collection[int] = ()


def items_for(assessment: Assessment) -> list[ChecklistItem]:
    """Return what is looked at in an assessment, in order: without the on-site part if nobody goes
    there. One query.
    """
    items = ChecklistItem.objects.filter(checklist=assessment.checklist_id)
    if assessment.kind == AssessmentKind.WRITTEN:
        items = items.filter(part=ChecklistPart.WRITTEN)
    return list(items.order_by("place"))


@transaction.atomic
def save_opinion(
    *,
    member_id: int,
    verdict: str,
    reasons: str,
    advice: str,
    findings: Sequence[FindingDraft],
    by: User,
    at: datetime,
) -> AssessmentOpinion:
    """Keep the draft of an opinion as it is; what is missing may come later."""
    assessment = lock_assessment_of(member_id)
    member = AssessmentMember.objects.locked(member_id)
    refuse_if(writing_obstacles(assessment, member, by))
    opinion, _new = AssessmentOpinion.objects.get_or_create(
        member=member, defaults={"saved_at": at}
    )
    refuse_if(signed_obstacles(opinion))
    opinion.verdict, opinion.reasons, opinion.advice = verdict, reasons.strip(), advice.strip()
    opinion.saved_at = at
    opinion.save(update_fields=["verdict", "reasons", "advice", "saved_at"])
    known = {each.pk for each in items_for(assessment)}
    for draft in findings:
        if draft.item_id in known:
            _save_finding(opinion, draft, by=by, at=at)
    return opinion


def _save_finding(
    opinion: AssessmentOpinion, draft: FindingDraft, *, by: User, at: datetime
) -> None:
    finding, _new = OpinionFinding.objects.update_or_create(
        opinion=opinion,
        item_id=draft.item_id,
        defaults={"result": draft.result, "note": draft.note.strip()},
    )
    if draft.dropped:
        FindingEvidence.objects.filter(finding=finding, attachment__in=draft.dropped).delete()
    FindingEvidence.objects.bulk_create(
        FindingEvidence(finding=finding, attachment=each)
        for each in store_files(draft.files, by=by, at=at)
    )


@transaction.atomic
def sign_opinion(
    *,
    member_id: int,
    signed_name: str,
    by: User,
    at: datetime,
    password: str = "",
    code_was_spent: bool = False,
) -> AssessmentOpinion:
    """Sign one's own opinion: nobody changes it any more. With the last signature the opinions are
    opened to the group and the office.

    `code_was_spent` says that the page has taken a one-time code in place of the password.
    """
    assessment = lock_assessment_of(member_id)
    member = AssessmentMember.objects.locked(member_id)
    obstacles = step_obstacles(assessment, SIGN_OPINION, by) + own_obstacles(member, by)
    refuse_if(obstacles)
    opinion = AssessmentOpinion.objects.filter(member=member).first()
    if opinion is None:
        text = _("Nothing has been written yet.")
        refuse_if([Obstacle("opinion_missing", text, RULE, _("Write the opinion first."))])
    assert opinion is not None, "refused above"  # noqa: S101
    # With a one-time code the password is not asked for; the name is, either way.
    wrong = signature_obstacles(by, signed_name=signed_name, password=password)
    if code_was_spent:
        wrong = [each for each in wrong if each.code != "password_wrong"]
    refuse_if(signed_obstacles(opinion) + content_obstacles(assessment, opinion) + wrong)
    name = signed_name.strip()
    opinion.sign(
        name=name,
        checked_by=SignatureCheck.CODE if code_was_spent else SignatureCheck.PASSWORD,
        sha256=digest_of_opinion(opinion, name=name, at=at),
        at=at,
    )
    opinion.save(update_fields=["signed_name", "checked_by", "sha256", "signed_at"])
    on = timezone.localdate(at)
    state = assessment.state
    record_step(
        assessment,
        act="sign_opinion",
        source=state,
        on=on,
        at=at,
        by=by,
        reason=f"SHA-256 {opinion.sha256}",
    )
    if not assessment.members.active().exclude(opinion__signed_at__isnull=False).exists():
        assessment.complete(at=at)
        assessment.save(update_fields=["state", "completed_at"])
        record_step(assessment, act="complete", source=state, on=on, at=at, by=None)
        notifications.opinions_complete(assessment, at=at)
    return opinion


def writing_obstacles(assessment: Assessment, member: AssessmentMember, by: User) -> list[Obstacle]:
    """Return why somebody cannot write in an opinion now."""
    return step_obstacles(assessment, WRITE_OPINION, by) + own_obstacles(member, by)


def own_obstacles(member: AssessmentMember, by: User) -> list[Obstacle]:
    """Return that the seat is not the person's own. A stand-in signs for nobody."""
    if member.is_active and member.expert.account_id == by.pk:
        return []
    text = _("Only the expert who was drawn may do this.")
    return [Obstacle("not_own_opinion", text, RULE)]


def signed_obstacles(opinion: AssessmentOpinion) -> list[Obstacle]:
    if not opinion.is_signed:
        return []
    day = timezone.localdate(opinion.signed_at)
    text = _("The opinion was signed on %(day)s and does not change any more.") % {"day": day}
    return [Obstacle("opinion_signed", text, RULE)]


def content_obstacles(assessment: Assessment, opinion: AssessmentOpinion) -> list[Obstacle]:
    """Return what an opinion lacks to be signed. Three queries."""
    obstacles = []
    if not opinion.verdict:
        text = _("The result is missing: qualified or not qualified.")
        obstacles.append(Obstacle("verdict_missing", text, RULE))
    if not opinion.reasons:
        obstacles.append(Obstacle("reasons_missing", _("The reasons are missing."), RULE))
    if opinion.verdict == Verdict.NOT_QUALIFIED and not opinion.advice:
        text = _("Who holds the applicant not qualified says what to rectify.")
        obstacles.append(Obstacle("advice_missing", text, RULE))
    found = {each.item_id: each for each in opinion.findings.all()}
    for item in items_for(assessment):
        finding = found.get(item.pk)
        result = finding.result if finding else ""
        shown = {"item": item}
        if not result and item.field == opinion.member.field:
            text = _("“%(item)s”: of your field, and without a finding.") % shown
            obstacles.append(Obstacle("finding_missing", text, RULE))
        needs_note = result in (FindingResult.NOT_MET, FindingResult.NOT_APPLICABLE)
        if finding and needs_note and not finding.note:
            text = _("“%(item)s”: this finding needs its reason.") % shown
            obstacles.append(Obstacle("note_missing", text, RULE))
        if (
            item.condition
            and result == FindingResult.NOT_MET
            and opinion.verdict == Verdict.QUALIFIED
        ):
            text = _("“%(item)s” is a basic condition you found not met: not qualified.") % shown
            remedy = _("Change the finding or the result.")
            obstacles.append(Obstacle("condition_not_met", text, "A-03", remedy))
    return obstacles


def digest_of_opinion(opinion: AssessmentOpinion, *, name: str, at: datetime) -> str:
    """Return the fingerprint of everything an opinion says, its files included, and of who signed
    it when. Two queries.
    """
    findings = opinion.findings.select_related("item").prefetch_related("evidence")
    content = {
        "assessment": opinion.member.assessment.number,
        "expert": opinion.member.expert_id,
        "verdict": str(opinion.verdict),
        "reasons": opinion.reasons,
        "advice": opinion.advice,
        "findings": [
            {
                "item": each.item.place,
                "result": str(each.result),
                "note": each.note,
                "files": sorted(file.sha256 for file in each.evidence.all()),
            }
            for each in findings.order_by("item__place")
        ],
        "signed_name": name,
        "signed_at": at.isoformat(),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
