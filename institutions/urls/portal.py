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
from institutions.views import accounts, letters, portal, tokens

app_name = "institutions_portal"
urlpatterns = [
    path("", portal.Home.as_view(), name="home"),
    path("institution/", portal.OwnPage.as_view(), name="institution"),
    path("institution/account/", accounts.ShowOwnAccount.as_view(), name="account"),
    path("institution/readings/", accounts.OwnReadings.as_view(), name="readings"),
    *entry.portal,
    *designation.portal,
    path("letters/", letters.LetterList.as_view(), name="letters"),
    path("letters/consent/", letters.ConsentPage.as_view(), name="consent"),
    path("letters/consent/give/", letters.GiveConsent.as_view(), name="consent_give"),
    path("letters/consent/revoke/", letters.RevokeConsent.as_view(), name="consent_revoke"),
    path("letters/<int:pk>/", letters.LetterPage.as_view(), name="letter"),
    path("letters/<int:pk>/pdf/", letters.LetterPdf.as_view(), name="letter_pdf"),
    path("letters/<int:pk>/confirm/", letters.ConfirmReceipt.as_view(), name="letter_confirm"),
    *assessment.own,
    *changes.own,
    *practitioners.own,
    *guidance.own,
    *notices.own,
    path("tokens/", tokens.OwnTokens.as_view(), name="tokens"),
    path("tokens/new/", tokens.NewToken.as_view(), name="token_new"),
    path("tokens/<int:pk>/revoke/", tokens.RevokeOwnToken.as_view(), name="token_revoke"),
]
