import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agency.rules import Refusal
from institutions.models import Institution
from settlements.claimfiles.errors import ErrorLog, Fault, FileError, write_report
from settlements.claimfiles.reading import Unreadable, blocks, open_file, scratch
from settlements.enums import BatchState, FileKind
from settlements.models import ClaimBatch
from settlements.services.intake import take_in
from settlements.services.submission import UNPACKED_LIMIT, submit_batch

CODE = "fixmedins_code"


class Command(BaseCommand):
    help = "Hand in a claim batch as the institution named in it, and take it in at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settlements", type=Path, required=True, metavar="setl_d.csv")
        parser.add_argument("--lines", type=Path, required=True, metavar="fee_list_d.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = {FileKind.SETTLEMENTS: options["settlements"], FileKind.LINES: options["lines"]}
        for path in paths.values():
            if not path.is_file():
                raise CommandError(f"{path}: no such file")
        try:
            institution = self._institution(paths[FileKind.SETTLEMENTS])
        except Unreadable as unreadable:
            self._refuse(unreadable.error)
        batch = self._submit(institution, paths)
        if batch.state == BatchState.REJECTED:
            self.stdout.write(f"rejected: {batch.error_count} errors")
            report = batch.error_report
            self.stdout.write(f"error report: {report.file.path if report else ''}")
            self.stdout.write(f"batch: {batch.pk}")
            sys.exit(1)
        self.stdout.write(
            f"{batch.get_state_display()}: {batch.claim_count} settlements,"
            f" {batch.line_count} lines, {batch.fund_amount} CNY from the fund"
        )
        self.stdout.write(f"batch: {batch.pk}")

    def _institution(self, path: Path) -> Institution:
        """Return the institution named in the first row that names one; refuse unknown ones."""
        with scratch() as folder:
            file = open_file(FileKind.SETTLEMENTS, path, Path(folder))
            frame = next(blocks(file, [CODE], ErrorLog()), None)
        if CODE not in file.header:
            self._refuse(FileError(file.name, 1, CODE, "", Fault.COLUMN_MISSING))
        codes: list[str] = [] if frame is None else frame[CODE].drop_nulls().to_list()
        if not codes:
            self._refuse(FileError(file.name, 2, CODE, "", Fault.VALUE_MISSING))
        institution = Institution.objects.filter(code=codes[0]).first()
        if institution is None:
            self._refuse(FileError(file.name, 2, CODE, codes[0], Fault.INSTITUTION_UNKNOWN))
        return institution

    def _submit(self, institution: Institution, paths: dict[FileKind, Path]) -> ClaimBatch:
        at = timezone.now()
        with (
            paths[FileKind.SETTLEMENTS].open("rb") as settlements,
            paths[FileKind.LINES].open("rb") as lines,
        ):
            files = {
                FileKind.SETTLEMENTS: File(settlements, name=paths[FileKind.SETTLEMENTS].name),
                FileKind.LINES: File(lines, name=paths[FileKind.LINES].name),
            }
            try:
                submission = submit_batch(
                    institution=institution, files=files, by=None, at=at, limit=UNPACKED_LIMIT
                )
            except Refusal as refusal:
                raise CommandError("; ".join(str(each) for each in refusal.obstacles)) from refusal
        if not submission.is_new:
            self.stdout.write(f"these files were handed in before as {submission.batch.number}")
        return take_in(batch_id=submission.batch.pk, at=at)

    def _refuse(self, error: FileError) -> NoReturn:
        """Files that name no institution make no batch; their report lies in a file of its own."""
        with tempfile.NamedTemporaryFile(prefix="errors-", suffix=".csv", delete=False) as stream:
            report = Path(stream.name)
        write_report(report, [error], 1)
        self.stdout.write(f"rejected: {error.text} {error.remedy}")
        self.stdout.write(f"error report: {report}")
        sys.exit(1)
