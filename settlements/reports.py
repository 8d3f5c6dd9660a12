"""The decisions about payments, entered in the office's report of decisions."""

from agency.decisions import decision_source
from settlements.models import PaymentOrderTransition, StatementTransition

decision_source(StatementTransition, institution="subject__institution__name")
decision_source(PaymentOrderTransition, institution="subject__statement__institution__name")
