"""Who may see the files of filings."""

from typing import Any

from django.db.models import Q

from agency.models import User
from agency.owners import file_owner
from institutions.models import (
    AccountRequest,
    AddressCommitment,
    ApplicationMaterial,
    Assessment,
    ChangeItem,
    ChangeRequest,
    DesignationApplication,
    Inquiry,
    Objection,
    OpinionFinding,
    ProcedureVersion,
    RefusalFact,
    RosterImport,
    ServiceCommitment,
    ThirdPartyEngagement,
    TrainingEvent,
)
from institutions.permissions.accounts import VIEW_ACCOUNT_REQUESTS, VIEW_OWN_ACCOUNTS
from institutions.permissions.assessment import USE_EXPERT_ROOM, VIEW_ASSESSMENTS
from institutions.permissions.changes import READ_CHANGES
from institutions.permissions.designation import READ_APPLICATIONS, VIEW_BARS
from institutions.permissions.guidance import READ_INQUIRIES, READ_PROCEDURES, READ_TRAININGS
from institutions.permissions.notices import VIEW_OBJECTIONS
from institutions.permissions.practitioners import READ_ROSTER, VIEW_OWN_ROSTER


@file_owner(ChangeRequest, "evidence", READ_CHANGES, USE_EXPERT_ROOM)
def changes_of(user: User) -> Any:
    seen = ChangeRequest.objects.visible_to(user)
    assessed = _assessed_changes(user)
    return ChangeRequest.objects.filter(
        Q(pk__in=seen.values("pk")) | Q(pk__in=assessed.values("pk"))
    )


@file_owner(ChangeItem, "evidence", READ_CHANGES, USE_EXPERT_ROOM)
def changed_fields_of(user: User) -> Any:
    seen = ChangeRequest.objects.visible_to(user)
    assessed = _assessed_changes(user)
    return ChangeItem.objects.filter(
        Q(request__in=seen.values("pk")) | Q(request__in=assessed.values("pk"))
    )


def _assessed_changes(user: User) -> Any:
    """What an expert works on: while the assessment lasts, its materials may be read."""
    working = Assessment.objects.worked_on_by(user)
    return ChangeRequest.objects.filter(pk__in=working.values("change"))


@file_owner(AddressCommitment, "evidence", READ_CHANGES)
def commitments_of(user: User) -> Any:
    return AddressCommitment.objects.visible_to(user)


@file_owner(AccountRequest, "licence", VIEW_ACCOUNT_REQUESTS, VIEW_OWN_ACCOUNTS)
def account_requests_of(user: User) -> Any:
    return AccountRequest.objects.visible_to(user)


@file_owner(ProcedureVersion, "file", READ_PROCEDURES)
def procedure_versions_of(user: User) -> Any:
    rows = ProcedureVersion.objects.all()
    return rows if user.is_office_staff else rows.published()


@file_owner(TrainingEvent, "materials", READ_TRAININGS)
def trainings_of(user: User) -> Any:
    return TrainingEvent.objects.visible_to(user)


@file_owner(Inquiry, "files", READ_INQUIRIES)
def inquiries_of(user: User) -> Any:
    return Inquiry.objects.visible_to(user)


@file_owner(ApplicationMaterial, "files", READ_APPLICATIONS, USE_EXPERT_ROOM)
def materials_of(user: User) -> Any:
    seen = DesignationApplication.objects.visible_to(user)
    working = Assessment.objects.worked_on_by(user)
    return ApplicationMaterial.objects.filter(
        Q(application__in=seen.values("pk")) | Q(application__in=working.values("application"))
    )


@file_owner(OpinionFinding, "evidence", USE_EXPERT_ROOM, VIEW_ASSESSMENTS)
def findings_of(user: User) -> Any:
    return OpinionFinding.objects.visible_to(user)


@file_owner(ThirdPartyEngagement, "report", VIEW_ASSESSMENTS)
def reports_of(user: User) -> Any:
    return ThirdPartyEngagement.objects.all()


@file_owner(RefusalFact, "evidence", VIEW_BARS)
def refusal_facts_of(user: User) -> Any:
    return RefusalFact.objects.all()


@file_owner(Objection, "evidence", VIEW_OBJECTIONS)
def objections_of(user: User) -> Any:
    # Files may tell who objected: the applicant does not see them.
    return Objection.objects.visible_to(user) if user.is_office_staff else Objection.objects.none()


@file_owner(RosterImport, "file", VIEW_OWN_ROSTER)
def roster_files_of(user: User) -> Any:
    # The file holds identity numbers: the office sees its rows, not the file.
    rows = RosterImport.objects.visible_to(user)
    return RosterImport.objects.none() if user.is_office_staff else rows


@file_owner(ServiceCommitment, "file", READ_ROSTER)
def service_commitments_of(user: User) -> Any:
    rows = ServiceCommitment.objects.all()
    return rows if user.is_office_staff else rows.filter(institution__memberships__user=user)
