from settlements.urls.batches import portal_patterns as batch_patterns
from settlements.urls.statements import portal_patterns

app_name = "settlements_portal"
urlpatterns = [*batch_patterns, *portal_patterns]
