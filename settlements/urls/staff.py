from settlements.urls.batches import desk_patterns as batch_patterns
from settlements.urls.statements import desk_patterns

app_name = "settlements_desk"
urlpatterns = [*batch_patterns, *desk_patterns]
