from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import SHOWN, Found, by_number, finder
from agency.models import User
from institutions.models import (
    AccountRequest,
    Assessment,
    ChangeRequest,
    DesignationApplication,
    Institution,
    Objection,
    Practitioner,
    PublicNotice,
    ResultFiling,
    RosterImport,
)
from institutions.permissions.accounts import VIEW_ACCOUNT_REQUESTS
from institutions.permissions.assessment import VIEW_ASSESSMENTS
from institutions.permissions.changes import VIEW_CHANGES
from institutions.permissions.designation import VIEW_APPLICATIONS
from institutions.permissions.notices import VIEW_FILINGS, VIEW_NOTICES, VIEW_OBJECTIONS
from institutions.permissions.practitioners import VIEW_ROSTERS
from institutions.permissions.register import VIEW_INSTITUTIONS
from institutions.services.search import search_register


@finder(_("Institutions"), VIEW_INSTITUTIONS, order=10)
def institutions(text: str, user: User) -> Iterator[Found]:
    rows = Institution.objects.visible_to(user)
    for hit in search_register(rows, text, size=SHOWN):
        yield Found(
            hit.institution.name, hit.institution.get_absolute_url(), hit.institution.code or ""
        )


@finder(_("Changes"), VIEW_CHANGES, order=20)
def changes(text: str, user: User) -> Iterator[Found]:
    rows = ChangeRequest.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda change: change.institution.name)


@finder(_("Account requests"), VIEW_ACCOUNT_REQUESTS, order=14)
def account_requests(text: str, user: User) -> Iterator[Found]:
    rows = AccountRequest.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda request: request.institution.name)


@finder(_("Public notices"), VIEW_NOTICES, order=22)
def public_notices(text: str, user: User) -> Iterator[Found]:
    rows = PublicNotice.objects.select_related("region")
    return by_number(rows, text, lambda notice: str(notice.region))


@finder(_("Filings of results"), VIEW_FILINGS, order=23)
def result_filings(text: str, user: User) -> Iterator[Found]:
    rows = ResultFiling.objects.visible_to(user).select_related("region")
    return by_number(rows, text, lambda filing: str(filing.region))


@finder(_("Objections"), VIEW_OBJECTIONS, order=24)
def objections(text: str, user: User) -> Iterator[Found]:
    rows = Objection.objects.visible_to(user).select_related("entry")
    return by_number(rows, text, lambda objection: objection.entry.name)


@finder(_("Applications"), VIEW_APPLICATIONS, order=15)
def applications(text: str, user: User) -> Iterator[Found]:
    rows = DesignationApplication.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda application: application.institution.name)


@finder(_("Practitioners"), VIEW_ROSTERS, order=25)
def practitioners(text: str, user: User) -> Iterator[Found]:
    rows = Practitioner.objects.visible_to(user).matching(text).select_related("person")
    for each in rows.order_by("pk")[:SHOWN]:
        yield Found(each.person.name, each.get_absolute_url(), each.staff_code or "")


@finder(_("Roster imports"), VIEW_ROSTERS, order=26)
def roster_imports(text: str, user: User) -> Iterator[Found]:
    rows = RosterImport.objects.visible_to(user).select_related("institution").defer("errors")
    return by_number(rows, text, lambda run: run.institution.name)


@finder(_("Assessments"), VIEW_ASSESSMENTS, order=17)
def assessments(text: str, user: User) -> Iterator[Found]:
    rows = Assessment.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda assessment: assessment.institution.name)
