from rest_framework.routers import SimpleRouter

from agreements.api.measures import ObligationViewSet, ServiceBlockViewSet
from agreements.api.templates import ConsultationViewSet, TextVersionViewSet
from agreements.api.views import AgreementViewSet, DissolutionReviewViewSet

router = SimpleRouter()
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("unfiled-changes", DissolutionReviewViewSet)
router.register("obligations", ObligationViewSet)
router.register("service-blocks", ServiceBlockViewSet)
router.register("agreement-texts", TextVersionViewSet)
router.register("text-consultations", ConsultationViewSet)

urlpatterns = router.urls
