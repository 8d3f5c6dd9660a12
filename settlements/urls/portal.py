from settlements.urls.statements import portal_patterns

app_name = "settlements_portal"
urlpatterns = [*portal_patterns]
