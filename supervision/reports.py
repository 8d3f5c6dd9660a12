"""The decisions about cases, entered in the office's report of decisions."""

from agency.decisions import decision_source
from supervision.models import CaseTransition

decision_source(CaseTransition, institution="subject__institution__name")
