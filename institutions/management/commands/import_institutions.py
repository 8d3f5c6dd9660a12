from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from institutions.services.importing import Outcome, import_register, write_report
from institutions.services.register_file import (
    DIRECTORY,
    DIRECTORY_COLUMNS,
    DIRECTORY_REQUIRED,
    REGISTER_COLUMNS,
    REQUIRED,
    FileRefused,
)

SHOWN_ERRORS = 20
HELP = f"""Import institutions from a CSV file in UTF-8 or GB18030, with a line of columns.

Register layout, one verified institution a row:
  required: {", ".join(REQUIRED)}
  optional: {", ".join(name for name in REGISTER_COLUMNS if name not in REQUIRED)}
Directory layout, names and places without codes; rows become unverified entries:
  required: {", ".join(DIRECTORY_REQUIRED)}
  optional: {", ".join(name for name in DIRECTORY_COLUMNS if name not in DIRECTORY_REQUIRED)}

A row with an error keeps the whole file out, unless --partial is given. The same file again
changes nothing. docs/import-institutions.md says what each column means.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--partial", action="store_true", help="store the good rows although others have errors"
        )
        parser.add_argument(
            "--report", type=Path, metavar="CSV", help="where to write the errors, row by row"
        )
        parser.add_argument("--lang", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["lang"]):
            report = options["report"]
            self._import(
                Path(options["file"]),
                Path(report) if report else None,
                partial=options["partial"],
            )

    def _import(self, path: Path, report: Path | None, *, partial: bool) -> None:
        try:
            outcome = import_register(
                path, at=timezone.now(), partial=partial, progress=self._progress
            )
        except (FileRefused, OSError) as error:
            raise CommandError(f"{path}: {error}") from error
        if report:
            with report.open("w", encoding="utf-8-sig", newline="") as file:
                write_report([*outcome.errors, *outcome.repeated], file)
        self._summarise(outcome)
        if outcome.errors:
            raise CommandError(self._verdict(outcome, report))

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done:,}/{total:,}", ending="\r" if done < total else "\n")
        self.stdout.flush()

    def _summarise(self, outcome: Outcome) -> None:
        reading = outcome.reading
        self.stdout.write(
            f"{reading.rows:,} rows ({reading.layout}, {reading.encoding}): "
            f"{outcome.created:,} new, {outcome.updated:,} updated, "
            f"{outcome.unchanged:,} unchanged, {len(outcome.repeated):,} repeated, "
            f"{len({each.row for each in outcome.errors}):,} with errors; "
            f"{outcome.regions:,} new regions"
        )
        if reading.layout == DIRECTORY and outcome.created:
            self.stdout.write(
                "The new entries have no codes: they are at the desk, and on the public register "
                "only once their codes are entered."
            )
        for error in outcome.errors[:SHOWN_ERRORS]:
            self.stderr.write(
                f"row {error.row}, {error.column} “{error.value}”: {error.error} {error.remedy}"
            )

    def _verdict(self, outcome: Outcome, report: Path | None) -> str:
        stored = "The good rows were stored." if outcome.stored else "Nothing was stored."
        where = f"All errors: {report}." if report else "--report FILE writes all errors."
        return f"{len(outcome.errors):,} errors. {stored} {where}"
