from django.urls import path

from institutions.urls import (
    assessment,
    changes,
    designation,
    entry,
    guidance,
    notices,
    practitioners,
)
from institutions.views import accounts, staff, tokens

app_name = "institutions_desk"
urlpatterns = [
    path("institutions/", staff.InstitutionList.as_view(), name="list"),
    path("institutions/<int:pk>/", staff.InstitutionPage.as_view(), name="detail"),
    path("institutions/<int:pk>/verify/", staff.Verify.as_view(), name="verify"),
    path("institutions/<int:pk>/account/", accounts.ShowAccount.as_view(), name="account"),
    *entry.desk,
    *designation.desk,
    *assessment.desk,
    *changes.desk,
    *practitioners.desk,
    *guidance.desk,
    *notices.desk,
    path("tokens/", tokens.AllTokens.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.RevokeAnyToken.as_view(), name="token_revoke"),
]
