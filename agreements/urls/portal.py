from django.urls import path

from agreements.views import portal

app_name = "agreements_portal"

urlpatterns = [
    path("agreements/", portal.OwnAgreements.as_view(), name="list"),
    path("agreements/requests/<str:number>/", portal.OwnRequest.as_view(), name="request"),
    path("agreements/requests/<str:number>/withdraw/", portal.Withdraw.as_view(), name="withdraw"),
    path("agreements/<int:pk>/", portal.OwnAgreement.as_view(), name="detail"),
    path("agreements/<int:pk>/request/<str:kind>/", portal.FileRequest.as_view(), name="file"),
]
