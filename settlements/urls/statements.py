from django.urls import path

from settlements.views.portal import statements as portal
from settlements.views.staff import accounts
from settlements.views.staff import statement_acts as acts
from settlements.views.staff import statements as staff

ONE = "statements/<str:number>/"

desk_patterns = [
    path("statements/", staff.StatementList.as_view(), name="statement_list"),
    path(ONE, staff.StatementPage.as_view(), name="statement_detail"),
    path(f"{ONE}audit/", acts.Audit.as_view(), name="statement_audit"),
    path(f"{ONE}approve/", acts.Approve.as_view(), name="statement_approve"),
    path(f"{ONE}verify/", acts.Verify.as_view(), name="statement_verify"),
    path(f"{ONE}issue-order/", acts.IssueOrder.as_view(), name="statement_issue_order"),
    path(f"{ONE}pay/", acts.RecordPayment.as_view(), name="statement_pay"),
    path(f"{ONE}close/", acts.Close.as_view(), name="statement_close"),
    path(f"{ONE}explain-delay/", acts.ExplainDelay.as_view(), name="statement_explain_delay"),
    path(f"{ONE}approve-delay/", acts.ApproveDelay.as_view(), name="statement_approve_delay"),
    path(f"{ONE}decision/", acts.RecordDecision.as_view(), name="statement_record_decision"),
    path(f"{ONE}order/", staff.OrderOnPaper.as_view(), name="statement_order"),
    path(
        "payment-orders/<str:number>/account/",
        accounts.ShowOrderAccount.as_view(),
        name="order_account",
    ),
]

portal_patterns = [
    path("statements/", portal.StatementList.as_view(), name="statement_list"),
    path(ONE, portal.StatementPage.as_view(), name="statement_detail"),
    path(f"{ONE}deductions/", portal.DeductionsOnPaper.as_view(), name="statement_deductions"),
]
