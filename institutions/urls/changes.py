"""The pages of changes of information."""

from django.urls import path

from institutions.views import accounts, clocks
from institutions.views.changes import acts, portal, staff

_OF = "changes/<str:number>/"
desk = [
    path("changes/", staff.ChangeList.as_view(), name="changes"),
    path("changes/commitments/", staff.CommitmentList.as_view(), name="commitments"),
    path(_OF, staff.ChangePage.as_view(), name="change"),
    path(f"{_OF}account/", accounts.ShowChangedAccount.as_view(), name="change_account"),
    path(f"{_OF}check/", acts.CheckChange.as_view(), name="change_check"),
    path(f"{_OF}route/", acts.ChooseRoute.as_view(), name="change_route"),
    path(f"{_OF}approve/", acts.ApproveChange.as_view(), name="change_approve"),
    path(f"{_OF}reject/", acts.RejectChange.as_view(), name="change_reject"),
    path(f"{_OF}stop/", acts.StopChange.as_view(), name="change_stop"),
    path(f"{_OF}visit/", acts.RecordVisit.as_view(), name="change_visit"),
    path(f"{_OF}pause/", clocks.PauseDecision.as_view(), name="change_pause"),
    path(f"{_OF}resume/", clocks.ResumeDecision.as_view(), name="change_resume"),
]
own = [
    path("changes/", portal.ChangeList.as_view(), name="changes"),
    path("changes/new/", portal.NewChange.as_view(), name="change_new"),
    path("changes/preview/", portal.PreviewChange.as_view(), name="change_preview"),
    path(_OF, portal.ChangePage.as_view(), name="change"),
    path(f"{_OF}withdraw/", portal.WithdrawChange.as_view(), name="change_withdraw"),
    path(f"{_OF}stop/", portal.StopOwnChange.as_view(), name="change_stop"),
]
