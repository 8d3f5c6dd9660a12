"""Evidence handed out to those who may see the case it belongs to."""

from django.db.models import Q
from django.http import FileResponse, Http404

from agency.models import Attachment
from supervision.models import Case


def evidence_file(case: Case, pk: int, *, with_clue: bool) -> FileResponse:
    """Return a file of the case: of its measures and statements, and with the clue its own."""
    owners = Q(pk__in=case.measures.values("files")) | Q(pk__in=case.statements.values("files"))
    if with_clue:
        owners |= Q(pk__in=case.evidence.values("pk"))
    found = Attachment.objects.filter(owners, pk=pk).first()
    if found is None:
        raise Http404
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.content_type,
    )
