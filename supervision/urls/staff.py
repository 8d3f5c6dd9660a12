from django.urls import path

from supervision.views import case_acts, clocks, staff

app_name = "supervision_desk"
urlpatterns = [
    path("cases/", staff.CaseList.as_view(), name="list"),
    path("cases/new/", case_acts.RegisterClue.as_view(), name="new"),
    path("cases/findings/", staff.FindingList.as_view(), name="findings"),
    path("cases/orders/", staff.OrderList.as_view(), name="orders"),
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
        "cases/<str:number>/orders/<int:pk>/answer/",
        case_acts.AnswerOrder.as_view(),
        name="answer_order",
    ),
]
