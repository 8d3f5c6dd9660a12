"""Cascades, the dissolved list, inpatients and the check of a rectification."""

from django.urls import path

from agreements.views import cascade, dissolved, inpatients, ledger

staff = [
    path("agreements/<int:pk>/check/", ledger.RecordCheck.as_view(), name="check"),
    path("cascades/", cascade.CascadeList.as_view(), name="cascades"),
    path("cascades/<str:number>/", cascade.CascadePage.as_view(), name="cascade_receipt"),
    path(
        "cascades/<str:number>/acknowledge/",
        cascade.Acknowledge.as_view(),
        name="cascade_acknowledge",
    ),
    path("cascades/<str:number>/accept/", cascade.Accept.as_view(), name="cascade_accept"),
    path("cascades/<str:number>/decline/", cascade.Decline.as_view(), name="cascade_decline"),
    path("dissolved/", dissolved.DissolvedList.as_view(), name="dissolved"),
    path("dissolved/<int:pk>/", dissolved.EntryPage.as_view(), name="dissolved_entry"),
    path("dissolved/<int:pk>/publish/", dissolved.Publish.as_view(), name="dissolved_publish"),
    path("dissolved/<int:pk>/withdraw/", dissolved.Withdraw.as_view(), name="dissolved_withdraw"),
]

own = [
    path("inpatients/<int:pk>/", inpatients.AnswerWarning.as_view(), name="inpatients"),
]

open_to_all = [
    path("dissolved/", dissolved.PublicList.as_view(), name="dissolved"),
    path("dissolved/list.csv", dissolved.public_csv, name="dissolved_csv"),
]
