from django.urls import path

from supervision.views import case_acts, clocks, orders, staff

app_name = "supervision_desk"
urlpatterns = [
    path("cases/", staff.CaseList.as_view(), name="list"),
    path("cases/new/", case_acts.RegisterClue.as_view(), name="new"),
    path("cases/findings/", staff.FindingList.as_view(), name="findings"),
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
]
