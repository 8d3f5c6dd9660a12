"""Who may see the files of filings."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from institutions.models import (
    AccountRequest,
    ApplicationMaterial,
    ChangeRequest,
    DesignationApplication,
    Inquiry,
    ProcedureVersion,
    RefusalFact,
    TrainingEvent,
)
from institutions.permissions.accounts import VIEW_ACCOUNT_REQUESTS, VIEW_OWN_ACCOUNTS
from institutions.permissions.changes import READ_CHANGES
from institutions.permissions.designation import READ_APPLICATIONS, VIEW_BARS
from institutions.permissions.guidance import READ_INQUIRIES, READ_PROCEDURES, READ_TRAININGS


@file_owner(ChangeRequest, "evidence", READ_CHANGES)
def changes_of(user: User) -> Any:
    return ChangeRequest.objects.visible_to(user)


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


@file_owner(ApplicationMaterial, "files", READ_APPLICATIONS)
def materials_of(user: User) -> Any:
    seen = DesignationApplication.objects.visible_to(user)
    return ApplicationMaterial.objects.filter(application__in=seen.values("pk"))


@file_owner(RefusalFact, "evidence", VIEW_BARS)
def refusal_facts_of(user: User) -> Any:
    return RefusalFact.objects.all()
