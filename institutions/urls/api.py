from rest_framework.routers import SimpleRouter

from institutions.api.views import ChangeViewSet, InstitutionViewSet

router = SimpleRouter()
router.register("institutions", InstitutionViewSet)
router.register("changes", ChangeViewSet)
urlpatterns = router.urls
