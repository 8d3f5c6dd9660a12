from rest_framework.routers import SimpleRouter

from supervision.api.disputes import (
    AgencyBreachViewSet,
    CorrectionDemandViewSet,
    DisputeViewSet,
)
from supervision.api.orders import OrderViewSet
from supervision.api.views import CaseViewSet

router = SimpleRouter()
router.register("cases", CaseViewSet, basename="case")
router.register("agency-breaches", AgencyBreachViewSet, basename="agency-breach")
router.register("correction-demands", CorrectionDemandViewSet, basename="correction-demand")
router.register("disputes", DisputeViewSet, basename="dispute")
router.register("administration-orders", OrderViewSet, basename="administration-order")
urlpatterns = router.urls
