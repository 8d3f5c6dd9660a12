from rest_framework.routers import SimpleRouter

from institutions.api.account_requests import AccountRequestViewSet
from institutions.api.applications import ApplicationViewSet
from institutions.api.assessments import AssessmentViewSet
from institutions.api.changes import ChangeViewSet
from institutions.api.guidance import (
    FaqViewSet,
    InquiryViewSet,
    ProcedureViewSet,
    TrainingViewSet,
)
from institutions.api.notices import (
    ObjectionViewSet,
    PublicNoticeViewSet,
    ResultFilingViewSet,
)
from institutions.api.roster import DepartmentViewSet, RosterImportViewSet, RosterViewSet
from institutions.api.views import InstitutionViewSet, OwnLetterViewSet

router = SimpleRouter()
router.register("account-requests", AccountRequestViewSet)
router.register("applications", ApplicationViewSet)
router.register("assessments", AssessmentViewSet)
router.register("institutions", InstitutionViewSet)
router.register("changes", ChangeViewSet)
router.register("own-letters", OwnLetterViewSet)
router.register("procedures", ProcedureViewSet)
router.register("answers", FaqViewSet)
router.register("trainings", TrainingViewSet)
router.register("inquiries", InquiryViewSet)
router.register("public-notices", PublicNoticeViewSet)
router.register("objections", ObjectionViewSet)
router.register("result-filings", ResultFilingViewSet)
router.register("departments", DepartmentViewSet)
router.register("roster", RosterViewSet)
router.register("roster-imports", RosterImportViewSet)
urlpatterns = router.urls
