"""The pages of filings of results, public notices and objections."""

from django.urls import path

from institutions.views.notices import filings, objections, portal, posting, publicly

_OBJECTION = "objections/<str:number>/"
desk = [
    path("filings/", filings.FilingList.as_view(), name="filings"),
    path("filings/new/", filings.FileResults.as_view(), name="filing_new"),
    path("filings/<int:pk>/", filings.FilingPage.as_view(), name="filing"),
    path("filings/<int:pk>/acknowledge/", filings.Acknowledge.as_view(), name="filing_ack"),
    path("public-notices/", posting.NoticeList.as_view(), name="notices"),
    path("public-notices/new/", posting.PostNotice.as_view(), name="notice_new"),
    path("public-notices/<int:pk>/", posting.NoticePage.as_view(), name="notice"),
    path(
        "applications/<str:number>/negotiate/",
        posting.OpenNegotiation.as_view(),
        name="application_negotiate",
    ),
    path("objections/", objections.ObjectionList.as_view(), name="objections"),
    path(_OBJECTION, objections.ObjectionPage.as_view(), name="objection"),
    path(f"{_OBJECTION}objector/", objections.ShowObjector.as_view(), name="objector"),
    path(f"{_OBJECTION}uphold/", objections.Uphold.as_view(), name="objection_uphold"),
    path(f"{_OBJECTION}reject/", objections.Reject.as_view(), name="objection_reject"),
    path(f"{_OBJECTION}dismiss/", objections.Dismiss.as_view(), name="objection_dismiss"),
]
own = [
    path(_OBJECTION, portal.OwnObjection.as_view(), name="objection"),
    path(f"{_OBJECTION}comment/", portal.Comment.as_view(), name="objection_comment"),
]
public = [
    path("public-notices/", publicly.Notices.as_view(), name="notices"),
    path("public-notices/<int:pk>/", publicly.NoticePage.as_view(), name="notice"),
]
