from django.urls import path

from institutions.views import public

app_name = "institutions_public"
urlpatterns = [
    path("", public.Register.as_view(), name="home"),
    path("institutions/<str:code>/", public.InstitutionPage.as_view(), name="detail"),
]
