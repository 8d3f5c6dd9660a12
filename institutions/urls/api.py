from rest_framework.routers import SimpleRouter

from institutions.api.account_requests import AccountRequestViewSet
from institutions.api.changes import ChangeViewSet
from institutions.api.views import InstitutionViewSet, OwnLetterViewSet

router = SimpleRouter()
router.register("account-requests", AccountRequestViewSet)
router.register("institutions", InstitutionViewSet)
router.register("changes", ChangeViewSet)
router.register("own-letters", OwnLetterViewSet)
urlpatterns = router.urls
