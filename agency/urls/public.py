from django.urls import path

from agency.views import account, deadlines

app_name = "agency"
urlpatterns = [
    path("deadline/", deadlines.explain_deadline, name="deadline"),
    path("login/", account.LogIn.as_view(), name="login"),
    path("logout/", account.LogOut.as_view(), name="logout"),
    path("account/password/", account.ChangePassword.as_view(), name="password"),
    path("account/notices/", account.Notices.as_view(), name="notices"),
]
