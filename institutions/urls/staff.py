from django.urls import path

from institutions.urls import entry
from institutions.views import accounts, clocks, staff, tokens

app_name = "institutions_desk"
urlpatterns = [
    path("institutions/", staff.InstitutionList.as_view(), name="list"),
    path("institutions/<int:pk>/", staff.InstitutionPage.as_view(), name="detail"),
    path("institutions/<int:pk>/verify/", staff.Verify.as_view(), name="verify"),
    path("institutions/<int:pk>/account/", accounts.ShowAccount.as_view(), name="account"),
    *entry.desk,
    path("changes/", staff.ChangeList.as_view(), name="changes"),
    path("changes/<str:number>/", staff.ChangePage.as_view(), name="change"),
    path(
        "changes/<str:number>/account/",
        accounts.ShowChangedAccount.as_view(),
        name="change_account",
    ),
    path("changes/<str:number>/approve/", staff.ApproveChange.as_view(), name="change_approve"),
    path("changes/<str:number>/reject/", staff.RejectChange.as_view(), name="change_reject"),
    path("changes/<str:number>/pause/", clocks.PauseDecision.as_view(), name="change_pause"),
    path("changes/<str:number>/resume/", clocks.ResumeDecision.as_view(), name="change_resume"),
    path("tokens/", tokens.AllTokens.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.RevokeAnyToken.as_view(), name="token_revoke"),
]
