from django.urls import path

from supervision.urls import disputes
from supervision.views import (
    case_acts,
    clocks,
    interviews,
    orders,
    overview,
    proceeding_acts,
    staff,
)

app_name = "supervision_desk"
urlpatterns = [
    path("supervision/", overview.Overview.as_view(), name="overview"),
    path("supervision/csv/", overview.OverviewCsv.as_view(), name="overview_csv"),
    path(
        "supervision/<slug:area>/<slug:key>/<slug:what>/",
        overview.OverviewList.as_view(),
        name="overview_list",
    ),
    path(
        "supervision/<slug:area>/<slug:key>/<slug:what>/csv/",
        overview.OverviewListCsv.as_view(),
        name="overview_list_csv",
    ),
    path(
        "supervision/<slug:area>/<slug:key>/<slug:what>/<int:pk>/note/",
        overview.NoteException.as_view(),
        name="overview_note",
    ),
    path("cases/", staff.CaseList.as_view(), name="list"),
    path("cases/new/", case_acts.RegisterClue.as_view(), name="new"),
    path("cases/findings/", staff.FindingList.as_view(), name="findings"),
    path("interviews/", interviews.InterviewList.as_view(), name="interviews"),
    path("interviews/<int:pk>/", interviews.InterviewPage.as_view(), name="interview"),
    path("interviews/<int:pk>/call/", interviews.Call.as_view(), name="interview_call"),
    path("interviews/<int:pk>/record/", interviews.Record.as_view(), name="interview_record"),
    path("interviews/<int:pk>/absence/", interviews.Absence.as_view(), name="interview_absence"),
    path(
        "interviews/commitments/<int:pk>/done/",
        interviews.CheckCommitment.as_view(),
        name="commitment_done",
    ),
    path("cases/orders/", orders.OrderList.as_view(), name="orders"),
    path("cases/orders/new/", orders.GiveOrder.as_view(), name="order_new"),
    path("cases/orders/<str:number>/", orders.OrderPage.as_view(), name="order_page"),
    path("cases/orders/<str:number>/answer/", orders.Answer.as_view(), name="answer_order"),
    path("cases/orders/<str:number>/accept/", orders.Accept.as_view(), name="order_accept"),
    path("cases/orders/<str:number>/more/", orders.DemandMore.as_view(), name="order_more"),
    path("cases/orders/<str:number>/ask/", orders.AskExtension.as_view(), name="order_ask"),
    path("cases/orders/<str:number>/grant/", orders.GrantExtension.as_view(), name="order_grant"),
    path(
        "cases/orders/<str:number>/refuse/", orders.RefuseExtension.as_view(), name="order_refuse"
    ),
    path("cases/<str:number>/", staff.CaseDetail.as_view(), name="detail"),
    path("cases/<str:number>/open/", case_acts.OpenCase.as_view(), name="open"),
    path(
        "cases/<str:number>/measures/add/<slug:kind>/",
        case_acts.AddMeasure.as_view(),
        name="add_measure",
    ),
    path(
        "cases/<str:number>/measures/<int:pk>/remove/",
        case_acts.RemoveMeasure.as_view(),
        name="remove_measure",
    ),
    path("cases/<str:number>/notice/", case_acts.GiveNotice.as_view(), name="notice"),
    path(
        "cases/<str:number>/notice/served/", case_acts.ServeNotice.as_view(), name="notice_served"
    ),
    path(
        "cases/<str:number>/defence/extend/",
        clocks.ExtendDefence.as_view(),
        name="extend_defence",
    ),
    path("cases/<str:number>/decide/", case_acts.Decide.as_view(), name="decide"),
    path("cases/<str:number>/decision/", staff.Decision.as_view(), name="decision"),
    path(
        "cases/<str:number>/decision/served/",
        case_acts.ServeDecision.as_view(),
        name="decision_served",
    ),
    path(
        "cases/<str:number>/performance/",
        case_acts.RecordPerformance.as_view(),
        name="performance",
    ),
    path("cases/<str:number>/close/", case_acts.CloseCase.as_view(), name="close"),
    path("cases/<str:number>/dismiss/", case_acts.DismissCase.as_view(), name="dismiss"),
    path("cases/<str:number>/supplement/", case_acts.SupplementCase.as_view(), name="supplement"),
    path("cases/<str:number>/report/", case_acts.SendReport.as_view(), name="report"),
    path(
        "cases/<str:number>/demand/",
        proceeding_acts.IssueDemand.as_view(),
        name="demand_issue",
    ),
    path(
        "cases/<str:number>/demand/<int:pk>/served/",
        proceeding_acts.ServeDemand.as_view(),
        name="demand_served",
    ),
    path(
        "cases/<str:number>/demand/<int:pk>/performed/",
        proceeding_acts.DemandPerformed.as_view(),
        name="demand_performed",
    ),
    path(
        "cases/<str:number>/review/submit/",
        proceeding_acts.SubmitForReview.as_view(),
        name="submit_review",
    ),
    path(
        "cases/<str:number>/review/", proceeding_acts.ReviewLegality.as_view(), name="legal_review"
    ),
    path(
        "cases/<str:number>/discussion/",
        proceeding_acts.RecordDiscussion.as_view(),
        name="discussion",
    ),
    path("cases/<str:number>/filing/", proceeding_acts.FileDecision.as_view(), name="file"),
    path(
        "cases/<str:number>/filing/answer/",
        proceeding_acts.AnswerFiling.as_view(),
        name="answer_filing",
    ),
    path(
        "cases/<str:number>/filing/correct/",
        proceeding_acts.CorrectDecision.as_view(),
        name="correct",
    ),
    path(
        "cases/<str:number>/report/acknowledge/",
        proceeding_acts.AcknowledgeReport.as_view(),
        name="acknowledge",
    ),
    path(
        "cases/<str:number>/report/ask/",
        proceeding_acts.AskAboutReport.as_view(),
        name="ask_about_report",
    ),
    path(
        "cases/<str:number>/report/answer/",
        proceeding_acts.AnswerQuestion.as_view(),
        name="answer_question",
    ),
    path(
        "agreements/<int:pk>/proceedings/", proceeding_acts.NameGround.as_view(), name="name_ground"
    ),
    *disputes.STAFF,
]
