from rest_framework.routers import SimpleRouter

from agreements.api.views import AgreementViewSet, DissolutionReviewViewSet

router = SimpleRouter()
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("unfiled-changes", DissolutionReviewViewSet)

urlpatterns = router.urls
