from agency.urls import time

app_name = "agency_portal"
urlpatterns = [*time.portal]
