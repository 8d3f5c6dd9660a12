from django.urls import path

from institutions.urls import guidance, notices
from institutions.views import first_visit, public

app_name = "institutions_public"
urlpatterns = [
    path("", public.Register.as_view(), name="home"),
    path("apply/", first_visit.WayIn.as_view(), name="way_in"),
    path("apply/account/", first_visit.OpenAccount.as_view(), name="open_account"),
    path("apply/account/<str:number>/", first_visit.AccountAsked.as_view(), name="account_asked"),
    *guidance.open_to_all,
    *notices.public,
    path("institutions/<str:code>/", public.InstitutionPage.as_view(), name="detail"),
]
