from django.urls import path

from agency.views import access, account, log_in, people

public = [
    path("login/", log_in.LogIn.as_view(), name="login"),
    path("login/code/", log_in.LogInCode.as_view(), name="log_in_code"),
    path("logout/", log_in.LogOut.as_view(), name="logout"),
    path("session-expired/", log_in.Expired.as_view(), name="expired"),
    path("account/", account.MyAccount.as_view(), name="account"),
    path("account/alive/", log_in.alive, name="alive"),
    path("account/password/", account.ChangePassword.as_view(), name="password"),
    path("account/second-factor/", account.SetUpFactor.as_view(), name="second_factor"),
    path("account/second-factor/codes/", account.RecoveryCodes.as_view(), name="recovery_codes"),
    path("account/sessions/end/", account.EndSessions.as_view(), name="end_sessions"),
]
desk = [
    path("access/", access.Access.as_view(), name="access"),
    path("access/holders/", access.Holders.as_view(), name="holders"),
    path("people/", people.People.as_view(), name="people"),
    path("people/new/", people.OpenAccount.as_view(), name="person_new"),
    path("people/<int:pk>/", people.PersonPage.as_view(), name="person"),
    path("people/<int:pk>/roles/", people.ChangeRoles.as_view(), name="person_roles"),
    path("people/<int:pk>/second-factor/", people.ResetFactor.as_view(), name="person_factor"),
    path("people/<int:pk>/sessions/", people.EndTheirSessions.as_view(), name="person_sessions"),
    path("people/<int:pk>/password/", people.SetPassword.as_view(), name="person_password"),
    path("people/<int:pk>/close/", people.CloseAccount.as_view(), name="person_close"),
    path("people/<int:pk>/reopen/", people.ReopenAccount.as_view(), name="person_reopen"),
    path("stand-ins/", access.StandIns.as_view(), name="stand_ins"),
    path("stand-ins/new/", access.GrantStandIn.as_view(), name="stand_in_new"),
    path("stand-ins/<int:pk>/revoke/", access.RevokeStandIn.as_view(), name="stand_in_revoke"),
    path("log-ins/", access.LogIns.as_view(), name="log_ins"),
]
