from rest_framework.routers import SimpleRouter

from settlements.api.statements import StatementViewSet

router = SimpleRouter()
router.register("statements", StatementViewSet)
urlpatterns = router.urls
