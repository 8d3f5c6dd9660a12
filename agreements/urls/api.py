from rest_framework.routers import SimpleRouter

from agreements.api.cascade import CascadeReceiptViewSet, DissolvedEntryViewSet
from agreements.api.measures import ObligationViewSet, ServiceBlockViewSet
from agreements.api.performance import PerformanceViewSet
from agreements.api.renewals import RenewalRoundViewSet
from agreements.api.signing import (
    AgreementFilingViewSet,
    NegotiatedTextViewSet,
    SupplementViewSet,
)
from agreements.api.templates import ConsultationViewSet, TextVersionViewSet
from agreements.api.views import AgreementViewSet, DissolutionReviewViewSet

router = SimpleRouter()
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("unfiled-changes", DissolutionReviewViewSet)
router.register("obligations", ObligationViewSet)
router.register("service-blocks", ServiceBlockViewSet)
router.register("renewal-rounds", RenewalRoundViewSet)
router.register("agreement-texts", TextVersionViewSet)
router.register("text-consultations", ConsultationViewSet)
router.register("cascades", CascadeReceiptViewSet)
router.register("dissolved-agreements", DissolvedEntryViewSet)
router.register("negotiated-texts", NegotiatedTextViewSet)
router.register("supplements", SupplementViewSet)
router.register("agreement-filings", AgreementFilingViewSet)
router.register("performance-assessments", PerformanceViewSet)

urlpatterns = router.urls
