from django.urls import path

from agency.views import account, audit, deadlines

app_name = "agency"
urlpatterns = [
    path("deadline/", deadlines.explain_deadline, name="deadline"),
    path("integrity/", audit.Integrity.as_view(), name="integrity"),
    path("integrity/heads.json", audit.heads_as_json, name="heads_json"),
    path("integrity/heads.txt", audit.heads_as_text, name="heads_text"),
    path("login/", account.LogIn.as_view(), name="login"),
    path("logout/", account.LogOut.as_view(), name="logout"),
    path("account/password/", account.ChangePassword.as_view(), name="password"),
    path("account/notices/", account.Notices.as_view(), name="notices"),
]
