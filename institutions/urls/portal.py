from django.urls import path

from institutions.views import evidence, portal

app_name = "institutions_portal"
urlpatterns = [
    path("", portal.Home.as_view(), name="home"),
    path("institution/", portal.OwnPage.as_view(), name="institution"),
    path("changes/", portal.ChangeList.as_view(), name="changes"),
    path("changes/new/", portal.NewChange.as_view(), name="change_new"),
    path("changes/<str:number>/", portal.ChangePage.as_view(), name="change"),
    path("changes/<str:number>/withdraw/", portal.WithdrawChange.as_view(), name="change_withdraw"),
    path("changes/<str:number>/evidence/<int:pk>/", evidence.Evidence.as_view(), name="evidence"),
]
