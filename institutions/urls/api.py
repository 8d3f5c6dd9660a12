from rest_framework.routers import SimpleRouter

from institutions.api.views import ChangeViewSet, InstitutionViewSet, LetterViewSet

router = SimpleRouter()
router.register("institutions", InstitutionViewSet)
router.register("changes", ChangeViewSet)
router.register("letters", LetterViewSet)
urlpatterns = router.urls
