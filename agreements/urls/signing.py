"""The pages of negotiating, signing, filing and verifying agreements."""

from django.urls import path

from agreements.views.signing import acts, clauses, documents, filings, pages, panels, supplements

__all__ = ["desk", "open_to_all", "own", "panels"]

_TEXT = "agreements/texts/<int:pk>/"
_CLAUSE = "agreements/texts/clauses/<int:pk>/propose/"
_PROPOSAL = "agreements/texts/proposals/<int:pk>/"
_SUPPLEMENT = "agreements/supplements/<str:number>/"
_FILING = "agreement-filings/<str:number>/"

desk = [
    path("agreements/verify/", documents.Verify.as_view(), name="verify"),
    path(_TEXT, pages.TextPage.as_view(), name="text"),
    path(f"{_TEXT}print/", documents.Print.as_view(), name="text_print"),
    path(f"{_TEXT}document/", documents.Document.as_view(), name="text_document"),
    path(f"{_TEXT}fill-in/", acts.FillIn.as_view(), name="text_fill_in"),
    path(f"{_TEXT}send/", acts.Send.as_view(), name="text_send"),
    path(f"{_TEXT}take-back/", acts.TakeBack.as_view(), name="text_take_back"),
    path(f"{_TEXT}agree/", acts.Agree.as_view(), name="text_agree"),
    path(f"{_TEXT}reopen/", acts.Reopen.as_view(), name="text_reopen"),
    path(f"{_TEXT}paper/", acts.OnPaper.as_view(), name="text_paper"),
    path(f"{_TEXT}strike/", acts.Strike.as_view(), name="text_strike"),
    path(_CLAUSE, clauses.Propose.as_view(), name="clause_propose"),
    path(f"{_PROPOSAL}accept/", clauses.Accept.as_view(), name="proposal_accept"),
    path(f"{_PROPOSAL}refuse/", clauses.Refuse.as_view(), name="proposal_refuse"),
    path(f"{_PROPOSAL}counter/", clauses.Counter.as_view(), name="proposal_counter"),
    path(f"{_PROPOSAL}withdraw/", clauses.Withdraw.as_view(), name="proposal_withdraw"),
    path("agreements/<int:pk>/text/", acts.DrawUp.as_view(), name="text_draw_up"),
    path(
        "agreements/<int:pk>/supplement/",
        supplements.DrawUpSupplement.as_view(),
        name="supplement_new",
    ),
    path(_SUPPLEMENT, supplements.SupplementPage.as_view(), name="supplement"),
    path(f"{_SUPPLEMENT}sign/", supplements.SignSupplement.as_view(), name="supplement_sign"),
    path(f"{_SUPPLEMENT}cancel/", supplements.CancelSupplement.as_view(), name="supplement_cancel"),
    path("agreement-filings/", filings.FilingList.as_view(), name="filings"),
    path("agreement-filings/file/", filings.File.as_view(), name="filing_file"),
    path(_FILING, filings.FilingPage.as_view(), name="filing"),
    path(f"{_FILING}acknowledge/", filings.Acknowledge.as_view(), name="filing_acknowledge"),
    path(f"{_FILING}return/", filings.SendBack.as_view(), name="filing_return"),
]

own = [
    path("agreements/verify/", documents.OwnVerify.as_view(), name="verify"),
    path(_TEXT, pages.OwnText.as_view(), name="text"),
    path(f"{_TEXT}print/", documents.Print.as_view(), name="text_print"),
    path(f"{_TEXT}document/", documents.Document.as_view(), name="text_document"),
    path(f"{_TEXT}agree/", acts.OwnAgree.as_view(), name="text_agree"),
    path(f"{_TEXT}reopen/", acts.OwnReopen.as_view(), name="text_reopen"),
    path(f"{_TEXT}sign/", acts.Sign.as_view(), name="text_sign"),
    path(
        f"{_TEXT}withdraw-signature/",
        acts.WithdrawSignature.as_view(),
        name="text_withdraw_signature",
    ),
    path(_CLAUSE, clauses.OwnPropose.as_view(), name="clause_propose"),
    path(f"{_PROPOSAL}accept/", clauses.OwnAccept.as_view(), name="proposal_accept"),
    path(f"{_PROPOSAL}refuse/", clauses.OwnRefuse.as_view(), name="proposal_refuse"),
    path(f"{_PROPOSAL}counter/", clauses.OwnCounter.as_view(), name="proposal_counter"),
    path(f"{_PROPOSAL}withdraw/", clauses.OwnWithdraw.as_view(), name="proposal_withdraw"),
    path(_SUPPLEMENT, supplements.OwnSupplement.as_view(), name="supplement"),
]

open_to_all = [
    path("agreements/<str:code>/", documents.PublicVerify.as_view(), name="agreement_code"),
]
