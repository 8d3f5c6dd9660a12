"""The addresses of renewals."""

from django.urls import path

from agreements.views.renewals import acts, board, rounds
from agreements.views.renewals import portal as own

desk = [
    path("renewals/", board.RenewalBoard.as_view(), name="renewals"),
    path("renewals/csv/", board.RenewalCsv.as_view(), name="renewals_csv"),
    path("renewals/include/", acts.IncludeInRound.as_view(), name="renewals_include"),
    path("renewals/notice/", acts.SendNotices.as_view(), name="renewals_notice"),
    path("renewals/draft/", acts.DrawUpDrafts.as_view(), name="renewals_draft"),
    path("renewals/rounds/", rounds.RoundList.as_view(), name="renewal_rounds"),
    path("renewals/rounds/new/", rounds.OpenRound.as_view(), name="renewal_round_new"),
    path("renewals/rounds/<str:number>/", rounds.RoundPage.as_view(), name="renewal_round"),
    path(
        "renewals/rounds/<str:number>/close/",
        rounds.CloseRound.as_view(),
        name="renewal_round_close",
    ),
    path("agreements/<int:pk>/not-renew/", acts.NotRenew.as_view(), name="not_renew"),
    path(
        "agreements/<int:pk>/not-renew/revoke/",
        acts.RevokeNotRenew.as_view(),
        name="not_renew_revoke",
    ),
    path("agreements/requests/<str:number>/review/", acts.ReviewExit.as_view(), name="review_exit"),
]
portal = [
    path("agreements/<int:pk>/renewal/", own.OwnRenewal.as_view(), name="renewal"),
]
