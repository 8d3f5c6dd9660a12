"""Addresses of disputes, demands, breaches by the agency and measures on it."""

from django.urls import path

from supervision.views.disputes import acts, panels, portal, staff

__all__ = ["PORTAL", "STAFF", "panels"]

_SUBJECT = "<slug:subject>/<int:pk>/<slug:route>/"

STAFF = [
    path("disputes/", staff.DisputeList.as_view(), name="disputes"),
    path("disputes/enter/", staff.EnterList.as_view(), name="dispute_enter"),
    path(f"disputes/enter/{_SUBJECT}", acts.EnterDispute.as_view(), name="dispute_new"),
    path("disputes/breaches/", staff.BreachList.as_view(), name="breaches"),
    path("disputes/breaches/<str:number>/", staff.BreachDetail.as_view(), name="breach"),
    path("disputes/demands/", staff.DemandList.as_view(), name="demands"),
    path("disputes/demands/<str:number>/", staff.DemandDetail.as_view(), name="demand"),
    path(
        "disputes/demands/<str:number>/accept/", acts.AcceptDemand.as_view(), name="demand_accept"
    ),
    path(
        "disputes/demands/<str:number>/refuse/", acts.RefuseDemand.as_view(), name="demand_refuse"
    ),
    path(
        "disputes/demands/<str:number>/corrected/",
        acts.RecordCorrection.as_view(),
        name="demand_correct",
    ),
    path("disputes/measures/", staff.MeasureList.as_view(), name="agency_measures"),
    path("disputes/measures/new/", acts.TakeMeasure.as_view(), name="measure_new"),
    path("disputes/measures/<str:number>/", staff.MeasureDetail.as_view(), name="agency_measure"),
    path(
        "disputes/measures/<str:number>/report/",
        acts.ReportMeasure.as_view(),
        name="measure_report",
    ),
    path(
        "disputes/measures/<str:number>/return/", acts.ReturnReport.as_view(), name="measure_return"
    ),
    path(
        "disputes/measures/<str:number>/close/", acts.CloseMeasure.as_view(), name="measure_close"
    ),
    path("disputes/<str:number>/", staff.DisputeDetail.as_view(), name="dispute"),
    path("disputes/<str:number>/accept/", acts.AcceptDispute.as_view(), name="dispute_accept"),
    path(
        "disputes/<str:number>/not-accepted/",
        acts.NotAcceptDispute.as_view(),
        name="dispute_not_accept",
    ),
    path(
        "disputes/<str:number>/coordination/accept/",
        acts.AcceptCoordination.as_view(),
        name="coordination_accept",
    ),
    path(
        "disputes/<str:number>/coordination/not-accepted/",
        acts.NotAcceptCoordination.as_view(),
        name="coordination_not_accept",
    ),
    path("disputes/<str:number>/invite/", acts.InviteSides.as_view(), name="dispute_invite"),
    path("disputes/<str:number>/propose/", acts.Propose.as_view(), name="dispute_propose"),
    path("disputes/<str:number>/answer/", acts.AgencyAnswer.as_view(), name="dispute_answer"),
    path("disputes/<str:number>/step/", acts.RecordStep.as_view(), name="dispute_step"),
    path("disputes/<str:number>/result/", acts.RecordResult.as_view(), name="dispute_result"),
    path(
        "disputes/<str:number>/coordination/result/",
        acts.Conclude.as_view(),
        name="coordination_result",
    ),
    path("disputes/<str:number>/carry-out/", acts.CarryOut.as_view(), name="dispute_carry_out"),
    path(
        "disputes/<str:number>/extend/",
        acts.ExtendReconsideration.as_view(),
        name="dispute_extend",
    ),
]

PORTAL = [
    path("remedies/", portal.Remedies.as_view(), name="remedies"),
    path(f"remedies/file/{_SUBJECT}", portal.FileDispute.as_view(), name="dispute_new"),
    path("remedies/breaches/<str:number>/", portal.OwnBreach.as_view(), name="breach"),
    path("remedies/demands/new/", portal.FileDemand.as_view(), name="demand_new"),
    path("remedies/demands/<str:number>/", portal.OwnDemand.as_view(), name="demand"),
    path(
        "remedies/demands/<str:number>/withdraw/",
        portal.WithdrawDemand.as_view(),
        name="demand_withdraw",
    ),
    path("remedies/<str:number>/", portal.OwnDispute.as_view(), name="dispute"),
    path("remedies/<str:number>/answer/", portal.AnswerProposal.as_view(), name="dispute_answer"),
    path("remedies/<str:number>/add/", portal.AddToDispute.as_view(), name="dispute_add"),
    path(
        "remedies/<str:number>/withdraw/", portal.WithdrawDispute.as_view(), name="dispute_withdraw"
    ),
]
