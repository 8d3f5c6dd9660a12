"""Taking in a batch: read, check, store as one transaction, so that a refused batch leaves nothing
but its receipt and the error report, and a killed worker leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from agency.models import User
from agency.services.attachments import store_attachment
from institutions.models import Institution
from settlements import notifications
from settlements.claimfiles.checking import count_values, unknown_values
from settlements.claimfiles.errors import ErrorLog, Fault, FileError, write_report
from settlements.claimfiles.reading import scratch
from settlements.enums import BatchState, FileKind
from settlements.models import BatchTransition, ClaimBatch, Code, DataRemark
from settlements.services import loading
from settlements.services.batch_files import Loaded, Rejected, load_files, open_files
from settlements.services.locks import INSTITUTION, INTAKE, try_lock, wait_for_lock
from settlements.services.progress import Step, report_progress
from settlements.services.shelves import attach_own_shelf, live_shelf, open_own_shelf

# From so many lines on a batch gets a shelf of its own.
OWN_SHELF_FROM = 50_000
ERRORS_SHOWN = 50
VALUES_REMARKED = 50
CODED_CLAIM_FIELDS = ("gend", "hosp_lv", "insutype", "med_type")
REPORT_LIMIT_BYTES = 100 * 1024 * 1024


def take_in(*, batch_id: int, at: datetime, by: User | None = None) -> ClaimBatch:
    """Check and store a received batch; return it accepted or rejected.

    Does nothing for a batch that is further on, or that another worker has in hand. A batch whose
    worker died is taken up again from the start. Costs one pass over each file.
    """
    batch = _begin(batch_id, at, by)
    if batch.state != BatchState.CHECKING or _is_in_hand(batch_id):
        return batch
    with scratch() as folder:
        try:
            return _accept(batch_id, Path(folder), at, by)
        except Rejected as rejected:
            log = rejected.log
        except (DataError, IntegrityError) as error:
            # Something the checks let pass and the database does not: still no half batch.
            log = ErrorLog()
            problem = str(error).partition("\n")[0]
            log.add(FileError("", 0, "", "", Fault.NOT_STORABLE, {"problem": problem}))
        return _reject(batch_id, log, Path(folder), at, by)


@transaction.atomic
def _begin(batch_id: int, at: datetime, by: User | None) -> ClaimBatch:
    batch = ClaimBatch.objects.locked(batch_id)
    if batch.state == BatchState.RECEIVED:
        source = batch.state
        batch.check_files()
        batch.save(update_fields=["state"])
        _record(batch, "check", source, at, by)
    return batch


def _record(
    batch: ClaimBatch, act: str, source: str, at: datetime, by: User | None, reason: str = ""
) -> None:
    BatchTransition.objects.create(
        subject=batch,
        act=act,
        source=source,
        target=batch.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule="B-04",
        reason=reason,
    )


def _accept(batch_id: int, folder: Path, at: datetime, by: User | None) -> ClaimBatch:
    files = open_files(batch_id, folder)
    on = timezone.localdate(at)
    threshold = getattr(settings, "CLAIMS_OWN_SHELF_FROM", OWN_SHELF_FROM)
    is_large = files[FileKind.LINES].line_breaks >= threshold
    shared = None if is_large else live_shelf(on)
    with transaction.atomic():
        # Whoever holds this lock works on the batch; it ends with the transaction, also when
        # the worker is killed.
        if not try_lock(INTAKE, batch_id):
            return ClaimBatch.objects.get(pk=batch_id)
        batch = ClaimBatch.objects.select_related("institution").get(pk=batch_id)
        if batch.state != BatchState.CHECKING:
            return batch
        shelf_id = shared.pk if shared else open_own_shelf(on, batch_id).pk
        loaded = load_files(batch, files, shelf_id, is_shared=shared is not None)
        report_progress(batch_id, Step.COMPARING)
        # Batches of one institution are compared and accepted one after the other.
        wait_for_lock(INSTITUTION, batch.institution_id)
        _compare(batch, loaded)
        if is_large:
            report_progress(batch_id, Step.INDEXING)
            attach_own_shelf(shelf_id)
        return _finish(batch, loaded, at, by)


def _registered(codes: Collection[str]) -> set[str]:
    rows = Institution.objects.filter(code__in=codes).values_list("code", flat=True)
    return {code for code in rows if code}


@transaction.atomic
def _is_in_hand(batch_id: int) -> bool:
    """Ask before the files are read through; what decides is the lock of the work itself."""
    return not try_lock(INTAKE, batch_id)


def _compare(batch: ClaimBatch, loaded: Loaded) -> None:
    batch.first_line_key = loaded.lines.first_key
    batch.last_line_key = loaded.lines.last_key
    log = ErrorLog()
    loading.log_taken_in_before(batch, loaded.shelf_id, log)
    if log:
        raise Rejected(log)
    loading.settle_once(batch, loaded.shelf_id)


def _finish(batch: ClaimBatch, loaded: Loaded, at: datetime, by: User | None) -> ClaimBatch:
    batch = _with_facts(batch, loaded)
    source = batch.state
    batch.accept(on=timezone.localdate(at))
    batch.save()
    batch.files.filter(kind=FileKind.SETTLEMENTS).update(row_count=batch.claim_count)
    batch.files.filter(kind=FileKind.LINES).update(row_count=batch.line_count)
    _remark_unknown_codes(batch, loaded)
    _record(batch, "accept", source, at, by)
    notifications.batch_accepted(batch, at=at)
    return batch


def _with_facts(batch: ClaimBatch, loaded: Loaded) -> ClaimBatch:
    total = loaded.claims.select(
        pl.col("medfee_sumamt").cast(pl.Decimal(38, 2)).sum(),
        pl.col("fund_pay_sumamt").cast(pl.Decimal(38, 2)).sum(),
    ).row(0)
    batch.shelf_id = loaded.shelf_id
    batch.claim_count, batch.line_count = loaded.claims.height, loaded.lines.count
    batch.medfee_amount, batch.fund_amount = Decimal(total[0]), Decimal(total[1])
    batch.is_supplementary = (
        ClaimBatch.objects.taken_in()
        .filter(institution=batch.institution_id, month=batch.month)
        .exists()
    )
    return batch


def _remark_unknown_codes(batch: ClaimBatch, loaded: Loaded) -> None:
    known: dict[str, set[str]] = {}
    for field, code in Code.objects.values_list("field", "code"):
        known.setdefault(field, set()).add(code)
    counted = {
        field: [count_values(loaded.claims, field, "setl_id")] for field in CODED_CLAIM_FIELDS
    }
    counted["med_chrgitm_type"] = [
        each.filter(pl.col("value").is_not_null()) for each in loaded.lines.unknown_codes
    ]
    DataRemark.objects.bulk_create(
        DataRemark(
            batch=batch,
            field=field,
            value=str(each["value"] or "")[:100],
            row_count=each["rows"],
            example=each["example"],
        )
        for field, counts in counted.items()
        for each in unknown_values(counts, known.get(field, set()))[:VALUES_REMARKED]
    )


def _reject(
    batch_id: int, log: ErrorLog, folder: Path, at: datetime, by: User | None
) -> ClaimBatch:
    """Store the error report and reject; nothing else of the files was kept."""
    log.unregistered(_registered)
    errors = log.in_order()
    report = folder / "report.csv"
    with override("zh-hans"):
        write_report(report, errors, log.count)
    with transaction.atomic():
        batch = ClaimBatch.objects.locked(batch_id)
        if batch.state != BatchState.CHECKING:
            return batch
        with report.open("rb") as stream:
            upload = UploadedFile(stream, f"errors-{batch.number}.csv", size=report.stat().st_size)
            stored = store_attachment(
                upload,
                by=None,
                at=at,
                types=("text/plain",),
                limit=REPORT_LIMIT_BYTES,
                look_inside=False,
                scanned=False,
            )
        source = batch.state
        batch.reject(report=stored, errors=log.count)
        batch.first_errors = [each.as_dict() for each in errors[:ERRORS_SHOWN]]
        batch.save(update_fields=["state", "error_report", "error_count", "first_errors"])
        _record(batch, "reject", source, at, by)
        notifications.batch_rejected(batch, at=at)
    return batch
