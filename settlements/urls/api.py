from rest_framework.routers import SimpleRouter

from settlements.api.batches import ClaimBatchViewSet
from settlements.api.statements import StatementViewSet

router = SimpleRouter()
router.register("claim-batches", ClaimBatchViewSet)
router.register("statements", StatementViewSet)
urlpatterns = router.urls
