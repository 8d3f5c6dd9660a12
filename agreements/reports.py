"""The decisions about agreements, entered in the office's report of decisions."""

from agency.decisions import decision_source
from agreements.models import (
    AgreementRequestTransition,
    AgreementTransition,
    DissolutionReviewTransition,
)

_OF = "subject__agreement__institution__name"

decision_source(AgreementTransition, institution="subject__institution__name")
decision_source(AgreementRequestTransition, institution=_OF)
decision_source(DissolutionReviewTransition, institution=_OF)
