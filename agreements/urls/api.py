from rest_framework.routers import SimpleRouter

from agreements.api.views import AgreementViewSet

router = SimpleRouter()
router.register("agreements", AgreementViewSet, basename="agreement")

urlpatterns = router.urls
