"""The pages of requests for accounts, and of the accounts of an institution."""

from django.urls import path

from institutions.views import account_requests as requests
from institutions.views import own_accounts

desk = [
    path("account-requests/", requests.RequestList.as_view(), name="account_requests"),
    path("account-requests/<str:number>/", requests.RequestPage.as_view(), name="account_request"),
    path(
        "account-requests/<str:number>/approve/",
        requests.Approve.as_view(),
        name="account_approve",
    ),
    path("account-requests/<str:number>/review/", requests.Review.as_view(), name="account_review"),
    path("account-requests/<str:number>/reject/", requests.Reject.as_view(), name="account_reject"),
]
portal = [
    path("accounts/", own_accounts.OwnAccounts.as_view(), name="accounts"),
    path("accounts/new/", own_accounts.OpenOwnAccount.as_view(), name="own_account_new"),
    path("accounts/<int:pk>/", own_accounts.OwnAccountPage.as_view(), name="own_account"),
    path(
        "accounts/<int:pk>/password/",
        own_accounts.SetOwnPassword.as_view(),
        name="own_account_password",
    ),
    path(
        "accounts/<int:pk>/close/",
        own_accounts.CloseOwnAccount.as_view(),
        name="own_account_close",
    ),
    path(
        "account-requests/<str:number>/", requests.OwnRequestPage.as_view(), name="account_request"
    ),
    path(
        "account-requests/<str:number>/approve/",
        requests.ApproveOwn.as_view(),
        name="account_approve",
    ),
    path(
        "account-requests/<str:number>/reject/",
        requests.RejectOwn.as_view(),
        name="account_reject",
    ),
]
