"""Who may do what with an order of the administration: it orders and judges, the agency reports
back.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, act

_JUDGES = (Role.SUPERVISOR, Role.ADMINISTRATION_HEAD)

ORDER_HANDLING = act("supervision.order_handling", _("Order handling"), *_JUDGES)
ANSWER_ORDER = act("supervision.answer_order", _("Answer the order"), Role.AUDIT_OFFICER)
ACCEPT_ANSWER = act("supervision.accept_answer", _("Accept the report"), *_JUDGES)
DEMAND_MORE = act("supervision.demand_more", _("Demand more"), *_JUDGES)
ASK_EXTENSION = act("supervision.ask_extension", _("Ask for more time"), Role.AUDIT_OFFICER)
GRANT_EXTENSION = act("supervision.grant_extension", _("Grant more time"), *_JUDGES)
REFUSE_EXTENSION = act(
    "supervision.refuse_extension", pgettext_lazy("extension", "Refuse more time"), *_JUDGES
)
VIEW_SUPERVISION = act(
    "supervision.overview.view", _("Supervision of the agency"), *ADMINISTRATION_STAFF
)
NOTE_EXCEPTION = act(
    "supervision.note_exception",
    _("Note on an exception"),
    Role.SUPERVISOR,
    Role.LAW_OFFICER,
    Role.ADMINISTRATION_HEAD,
)
