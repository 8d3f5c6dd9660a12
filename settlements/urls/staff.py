from settlements.urls.statements import desk_patterns

app_name = "settlements_desk"
urlpatterns = [*desk_patterns]
